"""Mistakes that no ordering repairs: WaitGroups that go wrong though every operation of theirs is acq_rel.

The first three use the group when a waiter, who has returned, may have freed it; the last one strands a waiter. They go
wrong under `Model.SEQUENTIAL` too, in as many steps: seq_cst would not help either.
"""

from typing import NamedTuple

from waitgroup_spec.memory.language import (
    Instruction,
    exchange,
    fetch_add,
    jump,
    label,
    load,
    program,
    read,
    update,
    write,
)
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, NOTHING, Program
from waitgroup_spec.memory.programs import GROUP


class Hazard(NamedTuple):
    """A program that goes wrong under the strongest orderings; `instead` says what to do."""

    name: str
    sentence: str
    instead: str
    program: Program


def take_one(last: str) -> list[Instruction]:
    """Done: one unit is taken; only whoever takes the last one goes on behind the label `last`."""
    return [
        write("result"),
        fetch_add("before", "counter", -1, ACQ_REL),
        jump(last, when=lambda own: own["before"] == 1),
        jump("returned"),
        label(last),
    ]


def freed(locations: dict[str, int], worker: list[Instruction], waiter: list[Instruction]) -> Program:
    """One worker, and one waiter that frees the group when its wait has returned."""
    text = program(locations, ["result", GROUP], waiter=[*waiter, read("result"), write(GROUP)], worker=worker)
    return text._replace(object=GROUP)


def until(name: str, location: str, value: int) -> list[Instruction]:
    """Look until the location holds the value."""
    return [label(name), load(name, location, ACQUIRE), jump(name, when=lambda own: own[name] != value)]


def take_permit(location: str) -> Instruction:
    """Take a permit; blocked while there is none."""
    return update("permit", location, lambda value, _own: value - 1 if value else NOTHING, ACQ_REL)


NOTIFY = Hazard(
    "notify-after-zero",
    "Done brings the counter to zero and then notifies through the object; a waiter that sees the zero frees it.",
    "Wake by an address, as a futex does, or let waiters return by what is published last.",
    freed(
        {"counter": 1, "condition": 0},
        [*take_one("notify"), exchange("notified", "condition", 1, ACQ_REL), label("returned")],
        until("look", "counter", 0),
    ),
)

EVENT = Hazard(
    "event-in-the-object",
    "The last Done sets an event in the object, but a waiter that comes late trusts the counter and frees it.",
    "Let every waiter return by the event, or by the counter, but not some by the one and some by the other.",
    freed(
        {"counter": 1, "event": 0},
        [*take_one("set"), exchange("was", "event", 1, ACQ_REL), label("returned")],
        [
            load("seen", "counter", ACQUIRE),
            jump("through", when=lambda own: own["seen"] == 0),
            *until("look", "event", 1),
            label("through"),
        ],
    ),
)

SEMAPHORE = Hazard(
    "field-after-posting",
    "The semaphore publishes the permit, then reads a field of its own; who took the permit has freed the group.",
    "Publishing the permit must be the last access of the object.",
    freed(
        {"counter": 1, "permits": 0, "sleepers": 0},
        [
            *take_one("post"),
            fetch_add("posted", "permits", 1, ACQ_REL),
            load("asleep", "sleepers", ACQUIRE),
            label("returned"),
        ],
        [take_permit("permits")],
    ),
)

TWO_WORDS = Hazard(
    "two-words",
    "Counter and waiters are two words: the last Done sees no waiter, and the waiter saw a counter that was not zero.",
    "Keep both in one word, and change it in one step.",
    program(
        {"counter": 1, "waiters": 0, "permits": 0},
        ["result"],
        waiter=[
            load("seen", "counter", ACQUIRE),
            jump("through", when=lambda own: own["seen"] == 0),
            fetch_add("registered", "waiters", 1, ACQ_REL),
            take_permit("permits"),
            label("through"),
            read("result"),
        ],
        worker=[
            *take_one("look"),
            load("parked", "waiters", ACQUIRE),
            jump("returned", when=lambda own: own["parked"] == 0),
            fetch_add("posted", "permits", 1, ACQ_REL),
            label("returned"),
        ],
    ),
)

HAZARDS = {hazard.name: hazard for hazard in (NOTIFY, EVENT, SEMAPHORE, TWO_WORDS)}
