"""The invariant of Go's protocol under legal use, and the ranking function: plain Python, a sentence each.

A clause is a predicate; its docstring is its sentence, its name in capitals is its id. The `LOCAL` ones speak of one
thread and look at its own place and locals alone, so that no step of another thread can break them. The `GLOBAL` ones
speak of the shared state and of the census of all threads. That every legal run keeps them all is proved in
`inductive`; that none can be spared, in `necessity`. The tests evaluate the same functions in every state that the
explorer reaches.
"""

from collections.abc import Callable
from typing import NamedTuple

from waitgroup_proofs.theorems.census import Caller, Census, License
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Panic, Place
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX


class LocalClause(NamedTuple):
    """A statement about each thread that stands at one of `places`."""

    id: str
    sentence: str
    holds: Callable[[Caller], bool]
    places: tuple[Place, ...]

    def concerns(self, caller: Caller) -> bool:
        """Whether it says anything about this thread."""
        return caller.thread.place in self.places


class Clause(NamedTuple):
    """A statement about the shared state and the census of all threads."""

    id: str
    sentence: str
    holds: Callable[[go.Shared, Census], bool]


def sentence_of(predicate: Callable[..., bool]) -> str:
    """Its docstring, in one line."""
    return " ".join((predicate.__doc__ or "").split())


# One thread


def sign(caller: Caller) -> bool:
    """The delta of a pending Add is not 0, and has the sign that its license names."""
    return caller.thread.delta < 0 if caller.license is License.NEGATIVE else caller.thread.delta > 0


def seen(caller: Caller) -> bool:
    """A zeroer saw the counter at zero, the flag clear, and at least one waiter."""
    saved = caller.thread.saved
    return saved.counter == 0 and saved.bubble == 0 and saved.waiters > 0


def left(caller: Caller) -> bool:
    """An Add that releases permits has at least one left to release."""
    return caller.thread.releases > 0


def loaded(caller: Caller) -> bool:
    """A Wait that is about to compare has loaded a counter other than zero."""
    return caller.thread.saved.counter != 0


LOCAL = tuple(
    LocalClause(f.__name__.upper(), sentence_of(f), f, places)
    for f, places in (
        (sign, (Place.ADD_APPLY,)),
        (seen, (Place.ADD_RELOAD, Place.ADD_RESET)),
        (left, (Place.ADD_RELEASE,)),
        (loaded, (Place.WAIT_SWAP,)),
    )
)


def well_formed(caller: Caller) -> bool:
    """Every local clause."""
    return all(clause.holds(caller) for clause in LOCAL if clause.concerns(caller))


# Everyone


def clean(shared: go.Shared, _census: Census) -> bool:
    """Nobody has panicked, and the bubble flag is clear."""
    return shared.panic == Panic.NONE and shared.word.bubble == 0


def natural(shared: go.Shared, _census: Census) -> bool:
    """Neither the number of registered waiters nor that of permits is negative."""
    return shared.word.waiters >= 0 and shared.permits >= 0


def tokens(shared: go.Shared, census: Census) -> bool:
    """Calls own no more units than are outstanding."""
    return census.claimed <= shared.word.counter


def conserve(shared: go.Shared, census: Census) -> bool:
    """Parked waiters are the registered ones, those a permit is still to be released for, and those it has been."""
    return census.parked == shared.word.waiters + census.releases + shared.permits


def zeroer(shared: go.Shared, census: Census) -> bool:
    """While the counter is zero with waiters registered there is exactly one zeroer, which saw exactly these waiters;
    at any other time there is none."""
    if shared.word.counter == 0 and shared.word.waiters > 0:
        return census.zeroers == 1 and census.zeroer_waiters == shared.word.waiters
    return census.zeroers == 0


def waking(shared: go.Shared, census: Census) -> bool:
    """Until the last waiter of a generation has taken its permit and looked again, the word stays zero."""
    over = census.releases + shared.permits + census.woken == 0
    return over or (shared.word.counter == 0 and shared.word.waiters == 0)


def phase(_shared: go.Shared, census: Census) -> bool:
    """While an Add from zero is pending, no Wait is in progress."""
    return census.from_zero == 0 or census.waits == 0


def units(shared: go.Shared, census: Census) -> bool:
    """The counter, and all that pending Adds will add to it, fits 31 bits."""
    return shared.word.counter + census.nested_units + census.from_zero_units <= COUNTER_MAX


def waiters(_shared: go.Shared, census: Census) -> bool:
    """The Waits in progress fit 31 bits."""
    return census.waits <= WAITERS_MAX


GLOBAL = tuple(
    Clause(f.__name__.upper(), sentence_of(f), f)
    for f in (clean, natural, tokens, conserve, zeroer, waking, phase, units, waiters)
)


def invariant(shared: go.Shared, census: Census) -> bool:
    """Every global clause."""
    return all(clause.holds(shared, census) for clause in GLOBAL)


def rank(census: Census) -> tuple[int, int, int]:
    """Three natural numbers, which every step inside a call decreases in lexicographic order.

    The first falls when an Add is applied, when a zeroer goes on, and when a Wait registers or passes; the second when
    a Wait loads, or finds its word stale and goes back; the third with each permit released, taken and used.
    """
    return (
        3 * census.adds + 2 * census.reloading + census.resetting + census.loading + census.fresh + census.stale,
        3 * census.stale + 2 * census.loading + census.fresh,
        census.releases + 2 * census.parked + census.woken,
    )
