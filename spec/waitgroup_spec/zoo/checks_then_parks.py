"""A waiter that looks at the counter, and then parks: two steps, and nothing that holds them together.

Origin: the lost wakeup, as old as parking itself. Because of it a futex compares the word before it sleeps, and a
condition variable gives the mutex back in the same step.

Wrong: the last done() may come between the look and the parking. It wakes everyone, and there is nobody yet; then the
waiter parks, and nobody is left to wake it.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, PANICKED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    ADD_WAKE = 3
    WAIT_LOOK = 4
    WAIT_PARK = 5
    WAIT_ASLEEP = 6  # `saved`: the wake-ups before it parked


class Shared(NamedTuple):
    """The counter, and how often everyone parked has been woken."""

    counter: int = 0
    wakes: int = 0
    panicked: bool = False


LEVEL = Level("pre-added", 1, 1, Failure.STRANDED)

checks_then_parks = Protocol(
    "checks_then_parks",
    "A waiter looks at the counter, then parks, in two steps.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    halted=lambda shared: bool(shared.panicked),
    outcome=lambda _shared: "panic",
    legend={"panic": "the counter is negative"},
    counter=lambda shared: int(shared.counter),
)


@checks_then_parks.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The delta is added in one step; a negative counter panics, zero goes on to wake."""
    shared = shared._replace(counter=shared.counter + thread.delta)
    if shared.counter < 0:
        return shared._replace(panicked=True), PANICKED
    return shared, ADDED if shared.counter > 0 else Thread(Place.ADD_WAKE)


@checks_then_parks.action(Place.ADD_WAKE)
def wake_all(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Everyone who is parked now is woken."""
    return shared._replace(wakes=shared.wakes + 1), ADDED


@checks_then_parks.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns if the counter is zero; else it makes up its mind to park."""
    return shared, WAITED if shared.counter == 0 else Thread(Place.WAIT_PARK)


@checks_then_parks.action(Place.WAIT_PARK)
def park(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter parks, whatever the counter is now."""
    return shared, Thread(Place.WAIT_ASLEEP, saved=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether everyone has been woken since the waiter parked."""
    return shared.wakes != thread.saved


@checks_then_parks.action(Place.WAIT_ASLEEP, guard=woken)
def wake(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The woken waiter looks again."""
    return shared, Thread(Place.WAIT_LOOK)
