"""A mutex around everything, and one semaphore for all generations.

Origin: the race that the comment in Go's source told until 1.5 (`go_2011`, `go_1_4`), and that is the reason why each
generation had a semaphore of its own there. Go has had one semaphore again since 1.5, and forbids the use.

Wrong where a group is used again before all waits have returned: a permit does not say whom it is for. A waiter of the
next generation takes the one that an earlier waiter has not yet come for; the wait of the one is too short, and that of
the other too long.

Assumption: what happens under the mutex is one step.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, REFUSED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    WAIT_LOOK = 3
    WAIT_ACQUIRE = 4


class Shared(NamedTuple):
    """The group, and its semaphore."""

    counter: int = 0
    waiters: int = 0
    permits: int = 0


LEVEL = Level("reuse-eager", 1, 2, Failure.EARLY)

one_semaphore = Protocol(
    "one_semaphore",
    "A mutex around everything, and one semaphore for all generations.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@one_semaphore.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: refused if too much is taken away; at zero a permit for each waiter."""
    counter = shared.counter + thread.delta
    if counter < 0:
        return shared, REFUSED
    if counter == 0:
        return Shared(0, 0, shared.permits + shared.waiters), ADDED
    return shared._replace(counter=counter), ADDED


@one_semaphore.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: returns at zero; else one waiter more."""
    if shared.counter == 0:
        return shared, WAITED
    return shared._replace(waiters=shared.waiters + 1), Thread(Place.WAIT_ACQUIRE)


def permit_left(shared: Shared, _thread: Thread) -> bool:
    """Whether the semaphore has a permit."""
    return shared.permits > 0


@one_semaphore.action(Place.WAIT_ACQUIRE, guard=permit_left)
def acquire(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter takes a permit, whoever it was meant for, and returns."""
    return shared._replace(permits=shared.permits - 1), WAITED
