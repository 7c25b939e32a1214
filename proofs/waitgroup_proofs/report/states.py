"""States of a protocol as plain data, for pages: named tuples are taken apart in one way for every protocol."""

from enum import Enum
from typing import Any

from waitgroup_proofs.report.tables import leaves
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Result
from waitgroup_spec.word import Word

#: How many colours threads have.
COLOURS = 6

#: Fields of a thread that are told apart from its other locals.
TOLD = ("place", "result")

#: How a call ended, in words.
ENDED = {
    Result.NONE: "returned",
    Result.TRUE: "returned true",
    Result.FALSE: "returned false",
    Result.REJECTED: "refused",
    Result.INTERRUPTED: "interrupted",
    Result.PANICKED: "panicked",
}


def in_words(member: Enum) -> str:
    """`ADD_APPLY` as "add apply"."""
    return member.name.lower().replace("_", " ")


def said(value: Any) -> str:
    """The value of a field in words."""
    if isinstance(value, Enum):
        return in_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "_fields"):
        return summary(value)
    return (", ".join(map(said, value)) or "none") if isinstance(value, tuple) else str(value)


def summary(fields: Any) -> str:
    """Nested named tuples in a line: what is not zero, no or none."""
    return ", ".join(f"{name} {value}" for name, value in leaves(fields) if value) or "all zero"


def shared_as_data(shared: Any) -> list[dict[str, Any]]:
    """The fields of the shared state by their names; a packed word keeps its own."""
    return [
        {"name": name, "word": list(value)}
        if isinstance(value, Word)
        else {"name": name, "value": int(value) if type(value) is int else said(value)}
        for name, value in shared._asdict().items()
    ]


def thread_as_data(thread: Any) -> dict[str, Any]:
    """Where a thread stands, and those of its locals that are not as at the beginning of a call without any."""
    blank = thread._field_defaults
    return {
        "stands": standing(thread),
        "locals": [
            [name, said(value)]
            for name, value in thread._asdict().items()
            if name not in TOLD and value != blank.get(name)
        ],
    }


def standing(thread: Any) -> str:
    """Where a thread stands; how its call ended, if it has."""
    return in_words(thread.place) if thread.result is Result.PENDING else ENDED[thread.result]


def standings(system: System, state: State) -> list[str]:
    """Where every thread stands; one that has not started waits for that."""
    locals_ = (system.locals.values[number] for number in state[1:])
    return [standing(local.thread) if local.started else "not started" for local in locals_]


def colour(number: int) -> str:
    """The class of a thread's colour, in the style of the pages."""
    return f"t{number % COLOURS}"
