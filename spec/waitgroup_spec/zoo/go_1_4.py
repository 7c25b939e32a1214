"""Go's WaitGroup before 1.5: counter and waiters are atomic, and only who sees waiters takes the mutex.

Origin: `sync/waitgroup.go` of Go's repository before the packed word of Go 1.5, in its last form, as GopherJS carried
it. Add changes the counter and then reads the waiters; Wait changes the waiters and then reads the counter: so neither
misses the other. A done() too many panics, with the counter changed.

Wrong where a group is used again before all waits have returned: the Add that came to zero looks at the counter again
under the mutex, and if the next generation has begun by then, it releases nobody. Its own waiters sleep until that next
generation is over, or for ever. No scenario of the contract shows this. Where every wait has returned before the next
add, it is right.

Assumption: what Add does under the mutex is one step.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, PANICKED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    ADD_LOOK = 3
    ADD_RELEASE = 4
    WAIT_LOAD = 5
    WAIT_COUNT = 6
    WAIT_LOOK = 7
    WAIT_ACQUIRE = 8


class Shared(NamedTuple):
    """The group; `permits` are those of the semaphores of the generations that are over, in their order."""

    counter: int = 0
    waiters: int = 0
    locked: bool = False
    permits: tuple[int, ...] = ()
    panicked: bool = False


LEVEL = Level("reuse-overlapping", 1, 1, Failure.STRANDED)

go_1_4 = Protocol(
    "go_1_4",
    "Go's before 1.5: atomic counter and waiters, a mutex for the slow path, a semaphore for each generation.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOAD),
    halted=lambda shared: bool(shared.panicked),
    outcome=lambda _shared: "panic",
    legend={"panic": "sync: negative WaitGroup counter"},
    counter=lambda shared: int(shared.counter),
)


@go_1_4.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The delta is added; a negative counter panics, a positive one ends the call."""
    shared = shared._replace(counter=shared.counter + thread.delta)
    if shared.counter < 0:
        return shared._replace(panicked=True), PANICKED
    return shared, ADDED if shared.counter > 0 else Thread(Place.ADD_LOOK)


@go_1_4.action(Place.ADD_LOOK)
def look_for_waiters(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Who came to zero looks for waiters, without the mutex."""
    return shared, ADDED if shared.waiters == 0 else Thread(Place.ADD_RELEASE)


def unlocked(shared: Shared, _thread: Thread) -> bool:
    """Whether the mutex is free."""
    return not shared.locked


@go_1_4.action(Place.ADD_RELEASE, guard=unlocked)
def release(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: a permit for each waiter if the counter is still zero; the next waiter makes a new semaphore."""
    if shared.counter != 0 or shared.waiters == 0:
        return shared, ADDED
    return shared._replace(waiters=0, permits=(*shared.permits, shared.waiters)), ADDED


@go_1_4.action(Place.WAIT_LOAD)
def load(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns at once if the counter is zero."""
    return shared, WAITED if shared.counter == 0 else Thread(Place.WAIT_COUNT)


@go_1_4.action(Place.WAIT_COUNT, guard=unlocked)
def count(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter takes the mutex and is counted, before it reads the counter."""
    return shared._replace(waiters=shared.waiters + 1, locked=True), Thread(Place.WAIT_LOOK)


@go_1_4.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """At zero it is counted no more, and returns; else it remembers the present semaphore. It gives the mutex back."""
    shared = shared._replace(locked=False)
    if shared.counter == 0:
        return shared._replace(waiters=shared.waiters - 1), WAITED
    return shared, Thread(Place.WAIT_ACQUIRE, saved=len(shared.permits))


def permit_left(shared: Shared, thread: Thread) -> bool:
    """Whether the waiter's own semaphore has a permit."""
    return thread.saved < len(shared.permits) and shared.permits[thread.saved] > 0


@go_1_4.action(Place.WAIT_ACQUIRE, guard=permit_left)
def acquire(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The waiter takes a permit of its own semaphore, and returns."""
    own, permits = thread.saved, shared.permits
    return shared._replace(permits=(*permits[:own], permits[own] - 1, *permits[own + 1 :])), WAITED
