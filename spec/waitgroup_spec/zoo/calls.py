"""What the pages of the zoo share: a thread with one local, how a call begins and ends, and a level of a game."""

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Result


class Ended(IntEnum):
    """The places of a call that is over; those of a page are numbered from 2 on."""

    RETURNED = 0
    PANICKED = 1


class Thread(NamedTuple):
    """One call. A local that no later step reads is reset.

    `saved` is what the thread keeps from one of its steps to a later one; each page says what that is.
    """

    place: IntEnum
    delta: int = 0  # add's argument, until it is applied
    saved: int = 0
    result: Result = Result.PENDING


ADDED = Thread(Ended.RETURNED, result=Result.NONE)
REFUSED = Thread(Ended.RETURNED, result=Result.REJECTED)
WAITED = Thread(Ended.RETURNED, result=Result.TRUE)
PANICKED = Thread(Ended.PANICKED, result=Result.PANICKED)


def beginning(add: IntEnum, wait: IntEnum) -> Callable[[Call], Thread]:
    """How a call begins: at `add` or at `wait`. What it returns raises ValueError for a timeout or an interrupt."""

    def begin(call: Call) -> Thread:
        if call.timed or call.interrupted:
            raise ValueError("this wait has no timeout and cannot be interrupted")
        return Thread(wait) if call.delta is None else Thread(add, delta=call.delta)

    return begin


class Failure(Enum):
    """What an algorithm can do wrong, as the sentence that a player is told to bring about."""

    EARLY = "a wait returns though work is outstanding"
    STRANDED = "a waiter stays blocked though its work is done"
    PANIC = "a call panics though the program keeps the rules"
    REFUSED = "a call is refused though there is enough to take away"
    NEGATIVE = "a done() too many is taken as if it were none"


class Level(NamedTuple):
    """The smallest program that shows what is wrong with an algorithm: the scenario, its size, what is to be reached.

    With `goal` None nothing can be reached: every run of the algorithm is right, in this program and in all others that
    the page promises.
    """

    scenario: str
    workers: int
    waiters: int
    goal: Failure | None = None
