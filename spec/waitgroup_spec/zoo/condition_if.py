"""A mutex and a condition variable, with `if` where `while` should stand.

Origin: the first mistake that every text on condition variables warns of. POSIX, C++ and Java allow a sleeper to be
woken for nothing, and say that the condition must be looked at again.

Wrong: a waiter that is woken for nothing returns though the work is outstanding. Nothing else breaks it: where nobody
is woken for nothing it is right under every use, reuse included, in which `while` is not.

Assumptions: what happens under the mutex is one step. Once in a run, at any moment, one sleeper is woken for nothing.
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
    """The counter, how often everyone asleep has been woken, and how often a sleeper may still be woken for nothing."""

    counter: int = 0
    wakes: int = 0
    for_nothing: int = 1


LEVEL = Level("pre-added", 1, 1, Failure.EARLY)

condition_if = Protocol(
    "condition_if",
    "A mutex and a condition variable; waiters look once and believe whoever wakes them.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@condition_if.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: refused if too much is taken away; at zero everyone asleep is woken."""
    counter = shared.counter + thread.delta
    if counter < 0:
        return shared, REFUSED
    return shared._replace(counter=counter, wakes=shared.wakes + (counter == 0)), ADDED


@condition_if.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: returns at zero; else it sleeps, and gives the mutex back in the same step."""
    if shared.counter == 0:
        return shared, WAITED
    return shared, Thread(Place.WAIT_ASLEEP, saved=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether everyone has been woken since the waiter fell asleep."""
    return shared.wakes != thread.saved


@condition_if.action(Place.WAIT_ASLEEP, guard=woken)
def wake(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The woken waiter returns."""
    return shared, WAITED


def may_wake_for_nothing(shared: Shared, thread: Thread) -> bool:
    """Whether a sleeper may still be woken for nothing, and this one has not been woken already."""
    return shared.for_nothing > 0 and not woken(shared, thread)


@condition_if.action(Place.WAIT_ASLEEP, guard=may_wake_for_nothing)
def wake_for_nothing(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A waiter that is woken for nothing returns too: it does not look at the counter again."""
    return shared._replace(for_nothing=shared.for_nothing - 1), WAITED
