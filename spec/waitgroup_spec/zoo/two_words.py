"""The counter in one atomic word and the waiters in another: each is exact, and together they are not.

Origin: what one writes with atomics and a semaphore before reading why Go packs the two into one word.

Wrong: the waiter reads the counter and is counted in two steps. The last done() between them finds nobody waiting, so
it releases nothing, and the waiter waits for a permit that never comes.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, PANICKED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    ADD_RELEASE = 3
    WAIT_LOAD = 4
    WAIT_COUNT = 5
    WAIT_ACQUIRE = 6


class Shared(NamedTuple):
    """Two words, and the semaphore."""

    counter: int = 0
    waiters: int = 0
    permits: int = 0
    panicked: bool = False


LEVEL = Level("pre-added", 1, 1, Failure.STRANDED)

two_words = Protocol(
    "two_words",
    "The counter and the waiters in two atomic words, and a semaphore.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOAD),
    halted=lambda shared: bool(shared.panicked),
    outcome=lambda _shared: "panic",
    legend={"panic": "the counter is negative"},
    counter=lambda shared: int(shared.counter),
)


@two_words.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The delta is added in one step; a negative counter panics, zero goes on to release."""
    shared = shared._replace(counter=shared.counter + thread.delta)
    if shared.counter < 0:
        return shared._replace(panicked=True), PANICKED
    return shared, ADDED if shared.counter > 0 else Thread(Place.ADD_RELEASE)


@two_words.action(Place.ADD_RELEASE)
def release(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiters are exchanged for zero, and each is given a permit."""
    return shared._replace(waiters=0, permits=shared.permits + shared.waiters), ADDED


@two_words.action(Place.WAIT_LOAD)
def load(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns at once if the counter is zero."""
    return shared, WAITED if shared.counter == 0 else Thread(Place.WAIT_COUNT)


@two_words.action(Place.WAIT_COUNT)
def count(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter is counted, whatever the counter is now."""
    return shared._replace(waiters=shared.waiters + 1), Thread(Place.WAIT_ACQUIRE)


def permit_left(shared: Shared, _thread: Thread) -> bool:
    """Whether the semaphore has a permit."""
    return shared.permits > 0


@two_words.action(Place.WAIT_ACQUIRE, guard=permit_left)
def acquire(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter takes a permit, and returns."""
    return shared._replace(permits=shared.permits - 1), WAITED
