"""A WaitGroup for one use, as C++20's `std::latch` is made: a counter, and a futex on it.

Done takes one from the counter, and the one that makes it zero wakes everybody. Wait looks until it sees zero, asleep
meanwhile. All units are there from the start: it has no Add. Right, as long as it is used once.

Source: the counter and the wait of `<latch>` in libstdc++ 13 and libc++ 17.

Assumptions.
  1. A futex compares and falls asleep in one step, and a wake-up wakes everybody who sleeps.
  2. Nobody sleeps or wakes for no reason; the loop would look again.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol, Result


class Place(IntEnum):
    """Where a thread stands: the atomic operation it does next."""

    RETURNED = 0
    DONE_TAKE = 1
    DONE_WAKE = 2
    WAIT_LOAD = 3
    WAIT_SLEEP = 4
    WAIT_ASLEEP = 5


class Shared(NamedTuple):
    """The counter, and how often the sleepers were woken."""

    counter: int = 0
    wakes: int = 0


class Thread(NamedTuple):
    """One call. A local that no later step reads is reset."""

    place: Place
    saved: int = 0  # the counter as this waiter last saw it
    wakes: int = 0  # those before it fell asleep
    result: Result = Result.PENDING


DONE = Thread(Place.RETURNED, result=Result.NONE)
WAITED = Thread(Place.RETURNED, result=Result.TRUE)


def initial(units: int) -> Shared:
    """A latch for so many units."""
    return Shared(counter=units)


def begin(call: Call) -> Thread:
    """A thread that enters `call`. Raises ValueError for what a latch does not have."""
    if call.timed or call.interrupted or call.delta not in (None, -1):
        raise ValueError("a latch has done() and wait() and nothing else")
    return Thread(Place.WAIT_LOAD) if call.delta is None else Thread(Place.DONE_TAKE)


latch = Protocol("latch", "One use, as std::latch: a counter and a futex on it.", initial, begin)


# done()


@latch.action(Place.DONE_TAKE)
def done(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """One unit is taken from the counter; whoever takes the last one wakes the sleepers."""
    counter = shared.counter - 1
    return shared._replace(counter=counter), Thread(Place.DONE_WAKE) if counter == 0 else DONE


@latch.action(Place.DONE_WAKE)
def wake_all(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Everybody who sleeps on the counter is woken."""
    return shared._replace(wakes=shared.wakes + 1), DONE


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
    return shared, Thread(Place.WAIT_ASLEEP, wakes=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether the sleepers were woken since."""
    return shared.wakes != thread.wakes


@latch.action(Place.WAIT_ASLEEP, guard=woken)
def wake_up(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A sleeper that was woken looks again."""
    return shared, Thread(Place.WAIT_LOAD)
