"""A WaitGroup for one use, as C++20's `std::latch` is made: a counter, and a futex on it.

Done takes one from the counter, and the one that makes it zero wakes everybody. Wait looks until it sees zero, asleep
meanwhile. All units are there from the start: it has no Add.

Origin: `<latch>` in libstdc++ and libc++, whose orderings `waitgroup_spec.memory` looks at too.

Wrong only where C++ says that the behaviour is undefined: a done() too many is taken, and the counter is negative.

Assumptions.
  1. A futex compares and falls asleep in one step, and a wake-up wakes everybody who sleeps.
  2. Nobody sleeps or wakes for no reason; the loop would look again.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol
from waitgroup_spec.zoo.calls import ADDED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands; what it has saved is the counter that it saw, and once it sleeps, the wake-ups before."""

    ADD_TAKE = 2
    ADD_WAKE = 3
    WAIT_LOAD = 4
    WAIT_SLEEP = 5
    WAIT_ASLEEP = 6


class Shared(NamedTuple):
    """The counter, and how often the sleepers were woken."""

    counter: int = 0
    wakes: int = 0


def initial(units: int) -> Shared:
    """A latch for so many units."""
    return Shared(counter=units)


def begin(call: Call) -> Thread:
    """A thread that enters `call`. Raises ValueError for what a latch does not have."""
    if call.delta is not None and call.delta != -1:
        raise ValueError("a latch has done() and wait() and nothing else")
    return beginning(Place.ADD_TAKE, Place.WAIT_LOAD)(call)


LEVEL = Level("surplus", 1, 1, Failure.NEGATIVE)

latch = Protocol(
    "latch",
    "One use, as std::latch: a counter and a futex on it.",
    initial,
    begin,
    counter=lambda shared: int(shared.counter),
)


# done()


@latch.action(Place.ADD_TAKE)
def done(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """One unit is taken from the counter; whoever takes the last one wakes the sleepers."""
    counter = shared.counter - 1
    return shared._replace(counter=counter), Thread(Place.ADD_WAKE) if counter == 0 else ADDED


@latch.action(Place.ADD_WAKE)
def wake_all(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Everybody who sleeps on the counter is woken."""
    return shared._replace(wakes=shared.wakes + 1), ADDED


# wait()


@latch.action(Place.WAIT_LOAD)
def load(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A counter at zero ends the wait."""
    if shared.counter == 0:
        return shared, WAITED
    return shared, Thread(Place.WAIT_SLEEP, saved=shared.counter)


@latch.action(Place.WAIT_SLEEP)
def sleep(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The waiter falls asleep if the counter is still what it saw; else it looks again."""
    if shared.counter != thread.saved:
        return shared, Thread(Place.WAIT_LOAD)
    return shared, Thread(Place.WAIT_ASLEEP, saved=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether the sleepers were woken since."""
    return bool(shared.wakes != thread.saved)


@latch.action(Place.WAIT_ASLEEP, guard=woken)
def wake_up(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A sleeper that was woken looks again."""
    return shared, Thread(Place.WAIT_LOAD)
