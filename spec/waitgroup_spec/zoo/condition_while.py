"""A mutex, a condition variable, and waiters that wait while the counter is positive.

Origin: the usual code, and the way in which condition variables are taught; `docs/conformance.md` has it in C and in
Python.

Wrong where a group is used again at once: a waiter that was woken but has not yet run finds the counter positive again,
takes the next generation's work for its own, and sleeps on. Where nobody adds before all waits have returned, it is
right. `condition_generation` is the remedy.

Assumptions: what happens under the mutex is one step. A waiter whom somebody wakes for nothing looks at the counter
and, while that is positive, sleeps again, which changes nothing and is no step here.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, REFUSED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    WAIT_LOOK = 3
    WAIT_ASLEEP = 4  # `saved`: the wake-ups before it fell asleep


class Shared(NamedTuple):
    """The counter, and how often everyone asleep has been woken."""

    counter: int = 0
    wakes: int = 0


LEVEL = Level("reuse-parked", 1, 1, Failure.STRANDED)

condition_while = Protocol(
    "condition_while",
    "A mutex and a condition variable; waiters wait while the counter is positive.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@condition_while.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: refused if too much is taken away; at zero everyone asleep is woken."""
    counter = shared.counter + thread.delta
    if counter < 0:
        return shared, REFUSED
    return Shared(counter, shared.wakes + (counter == 0)), ADDED


@condition_while.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: returns at zero; else it sleeps, and gives the mutex back in the same step."""
    if shared.counter == 0:
        return shared, WAITED
    return shared, Thread(Place.WAIT_ASLEEP, saved=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether everyone has been woken since the waiter fell asleep."""
    return shared.wakes != thread.saved


@condition_while.action(Place.WAIT_ASLEEP, guard=woken)
def wake(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The woken waiter has the mutex again and looks at the counter as it is now: at zero it returns, or it sleeps."""
    return look(shared, thread)
