"""The idea of `strict` for hardware: compare-and-swap loops that reset in the same step, and permits on a semaphore.

Done never leaves the word at zero with waiters in it: the compare-and-swap that takes the last unit takes the waiters
too. So there is no window to check for, and no reset. The semaphore is that of `waitgroup_spec.protocols.go`.

Origin: our own; `waitgroup_spec.memory` asks for its orderings.

Wrong where a group is used again before all have woken up: the semaphore does not know generations, so a waiter of the
next one takes a permit that was meant for another. `strict` lets each waiter park by itself for this reason.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.zoo.calls import Failure, Level


class Place(IntEnum):
    """Where a thread stands: the atomic operation it does next."""

    RETURNED = 0
    ADD_LOAD = 1
    ADD_SWAP = 2
    ADD_RELEASE = 3
    WAIT_LOAD = 4
    WAIT_SWAP = 5
    WAIT_ACQUIRE = 6


class Word(NamedTuple):
    """Counter and waiters, in one word."""

    counter: int = 0
    waiters: int = 0


class Shared(NamedTuple):
    """The word and the semaphore."""

    word: Word = Word()
    permits: int = 0


class Thread(NamedTuple):
    """One call. A local that no later step reads is reset."""

    place: Place
    delta: int = 0
    saved: Word = Word()  # the word as this thread last saw it
    releases: int = 0  # permits still to release
    result: Result = Result.PENDING


ADDED = Thread(Place.RETURNED, result=Result.NONE)
REFUSED = Thread(Place.RETURNED, result=Result.REJECTED)
WAITED = Thread(Place.RETURNED, result=Result.TRUE)


def initial(units: int) -> Shared:
    """A new group after add(units)."""
    return Shared(Word(counter=units))


def begin(call: Call) -> Thread:
    """A thread that enters `call`. Raises ValueError for a wait that may end early."""
    if call.timed or call.interrupted:
        raise ValueError("this wait has no timeout and cannot be interrupted")
    return Thread(Place.WAIT_LOAD) if call.delta is None else Thread(Place.ADD_LOAD, delta=call.delta)


LEVEL = Level("reuse-eager", 1, 2, Failure.EARLY)

strict_cas = Protocol(
    "strict_cas",
    "The idea of strict for hardware: one compare-and-swap that resets too, permits on a semaphore.",
    initial,
    begin,
    counter=lambda shared: int(shared.word.counter),
)


# add(delta); done() is add(-1)


def considered(word: Word, thread: Thread) -> Thread:
    """The thread once it has seen the word: it refuses to take more than there is, or tries to replace the word."""
    if word.counter + thread.delta < 0:
        return REFUSED
    return thread._replace(place=Place.ADD_SWAP, saved=word)


@strict_cas.action(Place.ADD_LOAD)
def look(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The word is read; too little to take is refused."""
    return shared, considered(shared.word, thread)


@strict_cas.action(Place.ADD_SWAP)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """If the word has not moved, the delta is added, and a counter at zero takes the waiters away.

    Else the next try starts from the word that was found, as with C's `compare_exchange`.
    """
    if shared.word != thread.saved:
        return shared, considered(shared.word, thread)
    counter, waiters = thread.saved.counter + thread.delta, thread.saved.waiters
    if counter > 0 or waiters == 0:
        return shared._replace(word=Word(counter, waiters)), ADDED
    return shared._replace(word=Word()), Thread(Place.ADD_RELEASE, releases=waiters)


@strict_cas.action(Place.ADD_RELEASE)
def release(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """One permit for each waiter that was taken away; the last one ends the call."""
    shared = shared._replace(permits=shared.permits + 1)
    return shared, ADDED if thread.releases == 1 else thread._replace(releases=thread.releases - 1)


# wait()


@strict_cas.action(Place.WAIT_LOAD)
def load(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A counter at zero ends the wait."""
    if shared.word.counter == 0:
        return shared, WAITED
    return shared, Thread(Place.WAIT_SWAP, saved=shared.word)


@strict_cas.action(Place.WAIT_SWAP)
def join(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The waiter is counted if the word has not moved; else it looks again."""
    if shared.word != thread.saved:
        return shared, Thread(Place.WAIT_LOAD)
    waiters = thread.saved.waiters + 1
    return shared._replace(word=thread.saved._replace(waiters=waiters)), Thread(Place.WAIT_ACQUIRE)


def permit_left(shared: Shared, _thread: Thread) -> bool:
    """Whether the semaphore has a permit to take."""
    return shared.permits > 0


@strict_cas.action(Place.WAIT_ACQUIRE, guard=permit_left)
def acquire(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter takes a permit and returns."""
    return shared._replace(permits=shared.permits - 1), WAITED
