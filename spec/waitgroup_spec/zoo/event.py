"""An atomic counter and an event, which is set at zero and cleared when the counter leaves zero.

Origin: the usual code in Python with `threading.Event`, and in .NET with a `ManualResetEvent`.

Wrong where the counter leaves zero while others call: the counter and the event are changed in two steps, and between
them the event is set although work is outstanding. A set that comes only after the clear that belongs behind it leaves
it so, and every wait passes. Where the counter comes to zero once, it is right.

Assumption: setting the event wakes all who sleep on it, as Python's does, even if it is cleared before they run.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, PANICKED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    ADD_SET = 3
    ADD_CLEAR = 4
    WAIT_LOOK = 5
    WAIT_ASLEEP = 6  # `saved`: how often the event had been set before it fell asleep


class Shared(NamedTuple):
    """The counter, whether the event is set, and how often it has been."""

    counter: int = 0
    is_set: bool = True
    sets: int = 0
    panicked: bool = False


LEVEL = Level("add-done", 2, 1, Failure.EARLY)

event = Protocol(
    "event",
    "An atomic counter and an event, set at zero and cleared when the counter leaves zero.",
    initial=lambda units: Shared(counter=units, is_set=units == 0),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    halted=lambda shared: bool(shared.panicked),
    outcome=lambda _shared: "panic",
    legend={"panic": "the counter is negative"},
    counter=lambda shared: int(shared.counter),
)


@event.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The delta is added in one step; a negative counter panics; who comes to zero or leaves it goes to the event."""
    shared = shared._replace(counter=shared.counter + thread.delta)
    if shared.counter < 0:
        return shared._replace(panicked=True), PANICKED
    if shared.counter == 0:
        return shared, Thread(Place.ADD_SET)
    return shared, Thread(Place.ADD_CLEAR) if shared.counter == thread.delta else ADDED


@event.action(Place.ADD_SET)
def set_event(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The event is set, whatever the counter is now, and everyone asleep is woken."""
    return shared._replace(is_set=True, sets=shared.sets + 1), ADDED


@event.action(Place.ADD_CLEAR)
def clear_event(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The event is cleared, whatever the counter is now."""
    return shared._replace(is_set=False), ADDED


@event.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns if the event is set; else it sleeps. The counter it does not look at."""
    return shared, WAITED if shared.is_set else Thread(Place.WAIT_ASLEEP, saved=shared.sets)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether the event has been set since the waiter fell asleep."""
    return shared.sets != thread.saved


@event.action(Place.WAIT_ASLEEP, guard=woken)
def wake(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The woken waiter returns."""
    return shared, WAITED
