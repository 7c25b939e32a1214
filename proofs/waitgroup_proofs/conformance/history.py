"""A recorded history: what a free run of an implementation called, and what that gave, read from NDJSON.

The format is in docs/histories.md. Whatever is malformed is refused with the number of its line; whether the history
has an explanation is for `verdicts` to say.
"""

import json
import math
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from waitgroup_proofs.conformance.expected import WORDS
from waitgroup_spec.protocol import Call
from waitgroup_spec.word import COUNTER_MAX

#: The version of the format.
VERSION = 1


class HistoryError(ValueError):
    """The file is no history. The message is one line, and says which line of the file is wrong."""


class Kind(IntEnum):
    """What an event is; of those of the same time, the calls come first."""

    CALL = 0
    RETURN = 1
    QUIET = 2


class Operation(NamedTuple):
    """A call with what it gave: one of `WORDS`, or "" if the history ends before it returns."""

    thread: str
    group: str
    call: Call
    word: str


class Event(NamedTuple):
    """The beginning or the end of an operation, which is known by its number; a quiet moment has none (-1)."""

    line: int
    at: int
    kind: Kind
    operation: int


class History(NamedTuple):
    """A run. Each group begins with so many `units`; the events are in the order in which they are to be explained."""

    name: str
    version: str
    units: int
    operations: tuple[Operation, ...]
    events: tuple[Event, ...]


#: The keys of each kind of line: those that it must have, and those that it may have.
HEADER = ({"history", "name", "version", "units"}, set[str]())
CALLS = {
    "add": ({"at", "thread", "event", "call", "delta"}, {"group"}),
    "done": ({"at", "thread", "event", "call"}, {"group"}),
    "wait": ({"at", "thread", "event", "call"}, {"group", "timeout"}),
}
RETURN = ({"at", "thread", "event", "result"}, {"group"})
QUIET = ({"event"}, {"at"})


class Reader:
    """Reads the lines after the first, one by one."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self.operations: list[Operation] = []
        self.events: list[Event] = []
        self.open: dict[str, int] = {}
        self.returned: dict[str, int] = {}
        self.now: int | None = None

    def line(self, number: int, record: dict[str, Any]) -> None:
        """One line. Raises HistoryError, without the number of the line, if it is malformed or out of place."""
        event = record.get("event")
        if event == "call":
            self.call(number, record)
        elif event == "return":
            self.answer(number, record)
        elif event == "quiet":
            keys(record, QUIET)
            at = self.time(record) if "at" in record else self.now
            self.events.append(Event(number, at or 0, Kind.QUIET, -1))
        else:
            raise HistoryError(f"the event is {shown(event)}, not call, return or quiet")

    def call(self, number: int, record: dict[str, Any]) -> None:
        """A call begins."""
        name = record.get("call")
        if not isinstance(name, str) or name not in CALLS:
            raise HistoryError(f"the call is {shown(name)}, not add, done or wait")
        keys(record, CALLS[name])
        at, thread = self.time(record), text(record, "thread")
        if thread in self.open:
            raise HistoryError(f"{shown(thread)} calls before its last call has returned")
        if self.returned.get(thread) == at:
            raise HistoryError(f"{shown(thread)} calls at the time at which its last call returned: that must be later")
        self.open[thread] = len(self.operations)
        self.events.append(Event(number, at, Kind.CALL, len(self.operations)))
        group = text(record, "group") if "group" in record else ""
        self.operations.append(Operation(thread, group, called(record), ""))

    def answer(self, number: int, record: dict[str, Any]) -> None:
        """A call returns."""
        keys(record, RETURN)
        at, thread, word = self.time(record), text(record, "thread"), text(record, "result")
        if word not in WORDS:
            raise HistoryError(f"the result is {shown(word)}, not one of: {', '.join(WORDS)}")
        if thread not in self.open:
            raise HistoryError(f"{shown(thread)} returns, and has not called")
        position = self.open.pop(thread)
        operation = self.operations[position]
        if "group" in record and record["group"] != operation.group:
            raise HistoryError(f"the group is {shown(record['group'])}, and {shown(operation.group)} where it calls")
        self.returned[thread] = at
        self.operations[position] = operation._replace(word=word)
        self.events.append(Event(number, at, Kind.RETURN, position))

    def time(self, record: dict[str, Any]) -> int:
        """The time of a line, which is no earlier than that of the last one."""
        at = whole(record, "at")
        if self.now is not None and at < self.now:
            raise HistoryError(f"the time is {at}, before that of the line above, {self.now}")
        self.now = at
        return at


def read(lines: Iterable[bytes]) -> History:
    """The history in these lines. Raises HistoryError if they are none."""
    reader = Reader()
    header: dict[str, Any] | None = None
    for number, line in enumerate(lines, 1):
        try:
            record = parsed(line)
            if header is None:
                header = checked(record)
            else:
                reader.line(number, record)
        except HistoryError as error:
            raise HistoryError(f"line {number}: {error}") from None
    if header is None:
        raise HistoryError("line 1: the file is empty")
    events = tuple(in_order(reader.events))
    return History(header["name"], header["version"], header["units"], tuple(reader.operations), events)


def in_order(events: Iterable[Event]) -> Iterator[Event]:
    """The events by time; of those of one time the calls come first, but none goes past a quiet moment."""
    together: list[Event] = []
    for event in events:
        if together and (event.kind is Kind.QUIET or event.at != together[0].at):
            yield from sorted(together, key=lambda one: one.kind)
            together = []
        if event.kind is Kind.QUIET:
            yield event
        else:
            together.append(event)
    yield from sorted(together, key=lambda one: one.kind)


def parsed(line: bytes) -> dict[str, Any]:
    """The JSON object of a line."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            raise HistoryError("a key is there twice")
        return record

    try:
        record = json.loads(line.decode(), object_pairs_hook=once)
    except HistoryError:
        raise
    except UnicodeDecodeError:
        raise HistoryError("not in UTF-8") from None
    except (ValueError, RecursionError):
        raise HistoryError("not JSON") from None
    if not isinstance(record, dict):
        raise HistoryError("no JSON object")
    return record


def checked(record: dict[str, Any]) -> dict[str, Any]:
    """The first line."""
    if "history" not in record:
        raise HistoryError(f'not the first line of a history, which has "history": {VERSION}')
    if record["history"] != VERSION or isinstance(record["history"], bool):
        raise HistoryError(f"version {shown(record['history'])} of the format is not known, only {VERSION}")
    keys(record, HEADER)
    for key in ("name", "version"):
        text(record, key)
    if not 0 <= whole(record, "units") <= COUNTER_MAX:
        raise HistoryError(f"the units are {record['units']}, not from 0 to {COUNTER_MAX}")
    return record


def called(record: dict[str, Any]) -> Call:
    """The call, in the words of the contract."""
    if record["call"] == "add":
        return Call(whole(record, "delta"))
    if record["call"] == "done":
        return Call(-1)
    timeout = record.get("timeout")
    if timeout is None:
        return Call()
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not finite(timeout):
        raise HistoryError(f"the timeout is {shown(timeout)}, not a number of seconds")
    return Call(timed=True)


def finite(number: float) -> bool:
    """Whether a number is one, also a whole one that is too large for a float."""
    return isinstance(number, int) or math.isfinite(number)


def keys(record: dict[str, Any], allowed: tuple[set[str], set[str]]) -> None:
    """Refuse a line that lacks a key, or has one that means nothing in it."""
    needed, optional = allowed
    if missing := sorted(needed - record.keys()):
        raise HistoryError(f"{shown(missing[0])} is missing")
    if unknown := sorted(record.keys() - needed - optional):
        raise HistoryError(f"{shown(unknown[0])} has no meaning here")


def whole(record: dict[str, Any], key: str) -> int:
    """A whole number."""
    value = record[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise HistoryError(f"{shown(key)} is {shown(value)}, not a whole number")
    return value


def text(record: dict[str, Any], key: str) -> str:
    """A string."""
    value = record[key]
    if not isinstance(value, str):
        raise HistoryError(f"{shown(key)} is {shown(value)}, not a string")
    return value


def shown(value: Any) -> str:
    """A value of a file in a message: short, and without what a terminal would obey."""
    said = json.dumps(value)
    return said if len(said) <= 60 else f"{said[:57]}..."
