"""Go's protocol under legal use: the invariant, the rank, and where it comes to rest. Plain Python, a sentence each.

A clause is a predicate; its docstring is its sentence, its name in capitals is its id. The `LOCAL` ones speak of one
thread and look at its own place and locals alone, so that no step of another thread can break them. The `GLOBAL` ones
speak of the shared state and of the census of all threads. That every legal run keeps them all is proved in
`inductive`; that none can be spared, in `necessity`. The tests evaluate the same functions in every state that the
explorer reaches.
"""

from waitgroup_proofs.theorems.abstraction import Caller, LocalClause, clause, sentence_of
from waitgroup_proofs.theorems.go.census import NOBODY, Census, License
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX, ZERO

# One thread


def sign(_shared: go.Shared, caller: Caller[go.Thread]) -> bool:
    """The delta of a pending Add is not 0, and has the sign that its license names."""
    return caller.thread.delta < 0 if caller.license is License.NEGATIVE else caller.thread.delta > 0


def seen(_shared: go.Shared, caller: Caller[go.Thread]) -> bool:
    """A zeroer saw the counter at zero, the flag clear, and at least one waiter."""
    saved = caller.thread.saved
    return saved.counter == 0 and saved.bubble == 0 and saved.waiters > 0


def left(_shared: go.Shared, caller: Caller[go.Thread]) -> bool:
    """An Add that releases permits has at least one left to release."""
    return caller.thread.releases > 0


def loaded(_shared: go.Shared, caller: Caller[go.Thread]) -> bool:
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


# Everyone


def clean(shared: go.Shared, _census: Census) -> bool:
    """The bubble flag is clear."""
    return shared.word.bubble == 0


def natural(shared: go.Shared, _census: Census) -> bool:
    """The number of permits is not negative."""
    return shared.permits >= 0


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


GLOBAL = tuple(map(clause, (clean, natural, tokens, conserve, zeroer, waking, phase, units, waiters)))


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


# Where nothing can step


def stuck(shared: go.Shared, census: Census) -> bool:
    """The threads are all parked, for want of a permit, or outside any call."""
    return census == NOBODY._replace(parked=census.parked) and (census.parked == 0 or shared.permits <= 0)


def accounted_for(shared: go.Shared, census: Census) -> bool:
    """Where nothing can step, the parked waiters are the registered ones, and no permit is left."""
    return census.parked == shared.word.waiters and shared.permits == 0


def outstanding(shared: go.Shared, census: Census) -> bool:
    """Where nothing can step and someone is parked, work is outstanding that no call owns."""
    return census.parked == 0 or (shared.word.counter > 0 and census.claimed == 0)


def as_new(shared: go.Shared, census: Census) -> bool:
    """Where nothing can step and the counter is zero, nobody is in a call, no permit is left, the word is zero."""
    return shared.word.counter != 0 or (census == NOBODY and shared.word == ZERO and shared.permits == 0)


AT_REST = tuple(map(clause, (accounted_for, outstanding, as_new)))
