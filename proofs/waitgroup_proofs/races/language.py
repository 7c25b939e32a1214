"""The language in which the racing programs are told: accesses, calls of the group, `go` statements and messages.

Each program has one channel, which has room for all its messages.
"""

from collections.abc import Mapping
from typing import NamedTuple

from waitgroup_spec.protocol import Call


class Touch(NamedTuple):
    """An access to a plain variable."""

    variable: str
    write: bool

    def __str__(self) -> str:
        return f"{'write' if self.write else 'read'} {self.variable}"


class Start(NamedTuple):
    """`go`: a goroutine begins, and knows what its starter knew."""

    goroutine: str

    def __str__(self) -> str:
        return f"go {self.goroutine}"


class Send(NamedTuple):
    """A message into the channel; it carries what its sender knows."""

    def __str__(self) -> str:
        return "send"


class Receive(NamedTuple):
    """Wait until there are so many messages, and take all there are. Only `main` receives."""

    messages: int

    def __str__(self) -> str:
        return f"receive {self.messages}"


class Recovered(NamedTuple):
    """A call whose panic is recovered: the goroutine goes on with what follows."""

    call: Call

    def __str__(self) -> str:
        return f"recovered {self.call}"


Statement = Touch | Start | Send | Receive | Recovered | Call
Body = tuple[Statement, ...]


class Case(NamedTuple):
    """One program: what each goroutine does, `main` first.

    `racy`: Go expects a race report. `legal`: the program keeps the five rules of legal use of the group; a program may
    keep them and still race on its own variables.
    """

    name: str
    sentence: str
    racy: bool
    legal: bool
    program: Mapping[str, Body]


def write(variable: str) -> Touch:
    """A write to `variable`."""
    return Touch(variable, True)


def read(variable: str) -> Touch:
    """A read of `variable`."""
    return Touch(variable, False)


def start(*goroutines: str) -> Body:
    """A `go` statement for each."""
    return tuple(map(Start, goroutines))
