"""`strict`: our WaitGroup, safe under every use: validate before applying, and a waiter belongs to its generation.

The production class takes these steps. Each action is one transition of a word with two fields; its guard is
checked in the same step that would change the word, so a call that is refused has changed nothing.

Vocabulary. A *trap* is a transition whose guard is false: it changes nothing, and the thread goes on at READ. A waiter
is *parked* from `join` on; it is *granted* once the generation it joined is over. A generation is exactly whoever is
parked when `cross` happens.

Assumptions.
  1. Every action is atomic: in production one critical section, or one read of the word.
  2. Parking is per waiter: granting one waiter cannot wake another, and a grant cannot be lost.
  3. A timeout may end, and an interrupt may come, at any moment at which the waiter is parked.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX


class Place(IntEnum):
    """Where a thread stands: the transition it tries next."""

    RETURNED = 0
    ADD_APPLY = 1
    ADD_READ = 2
    ADD_CROSS = 3
    WAIT_READ = 4
    WAIT_JOIN = 5
    WAIT_PARKED = 6
    WAIT_CANCEL = 7


class Shared(NamedTuple):
    """The word's two fields, and the generation: how many crossings have granted their waiters."""

    counter: int = 0
    waiters: int = 0
    generation: int = 0


class Thread(NamedTuple):
    """One call. A local that no later step reads is reset."""

    place: Place
    delta: int = 0
    saved_waiters: int = 0  # what `read` saw, for `cross`; the counter it saw is -delta
    timed: bool = False
    interrupted: bool = False
    generation: int = 0  # the one that the waiter joined
    reason: Result = Result.PENDING  # why a parked waiter gives up: FALSE or INTERRUPTED
    result: Result = Result.PENDING


def returned(result: Result) -> Thread:
    """The call is over and answers `result`."""
    return Thread(Place.RETURNED, result=result)


def initial(units: int) -> Shared:
    """A new group after add(units)."""
    return Shared(counter=units)


def begin(call: Call) -> Thread:
    """A thread that enters `call`."""
    if call.delta is None:
        return Thread(Place.WAIT_READ, timed=call.timed, interrupted=call.interrupted)
    return Thread(Place.ADD_APPLY, delta=call.delta)


strict = Protocol(
    "strict",
    "Ours: validate before applying, a waiter belongs to its generation, waits can be timed and cancelled.",
    initial,
    begin,
)


# add(delta); done() is add(-1)


def applicable(shared: Shared, thread: Thread) -> bool:
    """INC, DEC, BULK: the sum is in range, and does not bring the counter to zero under parked waiters."""
    total = shared.counter + thread.delta
    return 0 <= total <= COUNTER_MAX and not (total == 0 and shared.waiters > 0)


@strict.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """INC, DEC or BULK: the delta is added in one step, if that is allowed; `add(0)` does nothing."""
    if thread.delta == 0:
        return shared, returned(Result.NONE)
    if applicable(shared, thread):
        return shared._replace(counter=shared.counter + thread.delta), returned(Result.NONE)
    if thread.delta > 0:
        return shared, returned(Result.REJECTED)
    return shared, thread._replace(place=Place.ADD_READ)


@strict.action(Place.ADD_READ)
def read(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """READ after a trap: too little to take is refused; the last unit under parked waiters is a crossing."""
    if shared.counter + thread.delta < 0:
        return shared, returned(Result.REJECTED)
    if shared.counter + thread.delta == 0 and shared.waiters > 0:
        return shared, thread._replace(place=Place.ADD_CROSS, saved_waiters=shared.waiters)
    return shared, thread._replace(place=Place.ADD_APPLY)


@strict.action(Place.ADD_CROSS)
def cross(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """CROSS: if the word has not moved, it becomes zero and everyone parked is granted; else read again."""
    if shared.counter + thread.delta == 0 and shared.waiters == thread.saved_waiters:
        return Shared(0, 0, shared.generation + 1), returned(Result.NONE)
    return shared, thread._replace(place=Place.ADD_READ, saved_waiters=0)


# wait(timeout)


@strict.action(Place.WAIT_READ)
def look(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """READ: a counter at zero returns True at once; one waiter too many is refused."""
    if shared.counter == 0:
        return shared, returned(Result.TRUE)
    if shared.waiters == WAITERS_MAX:
        return shared, returned(Result.REJECTED)
    return shared, thread._replace(place=Place.WAIT_JOIN)


@strict.action(Place.WAIT_JOIN)
def join(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """JOIN: the waiter parks in this generation if there is outstanding work; else it looks again."""
    if shared.counter >= 1 and shared.waiters < WAITERS_MAX:
        parked = thread._replace(place=Place.WAIT_PARKED, generation=shared.generation)
        return shared._replace(waiters=shared.waiters + 1), parked
    return shared, thread._replace(place=Place.WAIT_READ)


def granted(shared: Shared, thread: Thread) -> bool:
    """Whether the generation that the waiter joined is over."""
    return shared.generation != thread.generation


@strict.action(Place.WAIT_PARKED, guard=granted)
def wake(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """A granted waiter returns True, whatever the counter has become since."""
    return shared, returned(Result.TRUE)


def may_expire(_shared: Shared, thread: Thread) -> bool:
    """Whether the wait was given a timeout."""
    return thread.timed


@strict.action(Place.WAIT_PARKED, guard=may_expire)
def expire(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The timeout ends: the waiter gives up, unless it turns out to have been granted."""
    return shared, thread._replace(place=Place.WAIT_CANCEL, reason=Result.FALSE)


def may_be_interrupted(_shared: Shared, thread: Thread) -> bool:
    """Whether an exception may be delivered to the caller."""
    return thread.interrupted


@strict.action(Place.WAIT_PARKED, guard=may_be_interrupted)
def interrupt(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """An exception reaches the parked thread: the waiter gives up, and the exception leaves the call."""
    return shared, thread._replace(place=Place.WAIT_CANCEL, reason=Result.INTERRUPTED)


@strict.action(Place.WAIT_CANCEL)
def cancel(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """CANCEL: a waiter that is still parked leaves without a trace; one that was granted had its True coming."""
    if not granted(shared, thread):
        return shared._replace(waiters=shared.waiters - 1), returned(thread.reason)
    if thread.reason == Result.FALSE:
        return shared, returned(Result.TRUE)
    return shared, returned(thread.reason)
