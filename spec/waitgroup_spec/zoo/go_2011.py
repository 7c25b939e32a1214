"""Go's WaitGroup of 2011: a mutex around everything, and a new semaphore for each generation.

Origin: `src/pkg/sync/waitgroup.go` of Go's repository when it still called `runtime.Semacquire`, with 2011 in its
copyright line. Its comment tells the race that the semaphore of each generation is there for; see `one_semaphore`.

Right: under every use that the contract knows, reuse races included. The check comes before the counter is changed, a
waiter takes the semaphore of its own generation along, and nothing is read outside the mutex.

Assumption: what happens under the mutex is one step. The permits are released under it; who takes one early needs the
mutex before it sees anything else.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, REFUSED, WAITED, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    WAIT_LOOK = 3
    WAIT_ACQUIRE = 4


class Shared(NamedTuple):
    """The group; `permits` are those of the semaphores of the generations that are over, in their order."""

    counter: int = 0
    waiters: int = 0
    permits: tuple[int, ...] = ()


LEVEL = Level("reuse-open", 2, 2)

go_2011 = Protocol(
    "go_2011",
    "Go's of 2011: everything under a mutex, and a semaphore for each generation.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@go_2011.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: refused if too much is taken away; at zero a permit for each waiter, and a new semaphore."""
    counter = shared.counter + thread.delta
    if counter < 0:
        return shared, REFUSED
    if counter == 0 and shared.waiters > 0:
        return Shared(0, 0, (*shared.permits, shared.waiters)), ADDED
    return shared._replace(counter=counter), ADDED


@go_2011.action(Place.WAIT_LOOK)
def look(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: returns at zero; else one waiter more, which remembers the present semaphore."""
    if shared.counter == 0:
        return shared, WAITED
    parked = thread._replace(place=Place.WAIT_ACQUIRE, saved=len(shared.permits))
    return shared._replace(waiters=shared.waiters + 1), parked


def permit_left(shared: Shared, thread: Thread) -> bool:
    """Whether the waiter's own semaphore has a permit."""
    return thread.saved < len(shared.permits) and shared.permits[thread.saved] > 0


@go_2011.action(Place.WAIT_ACQUIRE, guard=permit_left)
def acquire(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The waiter takes a permit of its own generation, and returns."""
    own, permits = thread.saved, shared.permits
    return shared._replace(permits=(*permits[:own], permits[own] - 1, *permits[own + 1 :])), WAITED
