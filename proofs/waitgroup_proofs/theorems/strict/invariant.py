"""Strict under every use: the invariant, the rank, and where it comes to rest. Plain Python, a sentence each.

There are no rules of legal use here: the invariant is kept whatever is called, and whenever.
"""

from waitgroup_proofs.theorems.abstraction import Caller, LocalClause, clause, sentence_of
from waitgroup_proofs.theorems.strict.census import NOBODY, Census
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX

# One thread


def joined(shared: strict.Shared, caller: Caller[strict.Thread]) -> bool:
    """A waiter joined the present generation or an earlier one."""
    return caller.thread.generation <= shared.generation


LOCAL = (
    LocalClause("JOINED", sentence_of(joined), joined, (Place.WAIT_PARKED, Place.WAIT_CANCEL), looks_at_shared=True),
)


# Everyone


def bounds(shared: strict.Shared, _census: Census) -> bool:
    """The counter lies in 0 .. 2^31 - 1."""
    return 0 <= shared.counter <= COUNTER_MAX


def room(shared: strict.Shared, _census: Census) -> bool:
    """There are at most 2^31 - 1 waiters."""
    return shared.waiters <= WAITERS_MAX


def counted(shared: strict.Shared, census: Census) -> bool:
    """The word counts exactly the waiters of the present generation."""
    return shared.waiters == census.parked


def waiting(shared: strict.Shared, _census: Census) -> bool:
    """Waiters are registered only while there is outstanding work."""
    return shared.waiters == 0 or shared.counter > 0


GLOBAL = tuple(map(clause, (bounds, room, counted, waiting)))


def rank(census: Census) -> tuple[int, int]:
    """Two natural numbers, which every step inside a call decreases in lexicographic order.

    A step that changes the word, or ends a call that might have, lowers the first; any other step lowers the second.
    """
    return census.changes, census.steps


# Where nothing can step


def stuck(_shared: strict.Shared, census: Census) -> bool:
    """Nobody has a step to take: the threads are all parked without a timeout, or outside any call."""
    return census.steps == 0


def accounted_for(shared: strict.Shared, census: Census) -> bool:
    """Where nothing can step, every call in progress is a parked, registered waiter."""
    return census.changes == census.parked == shared.waiters


def outstanding(shared: strict.Shared, census: Census) -> bool:
    """Where nothing can step and someone is parked, work is outstanding."""
    return census.parked == 0 or shared.counter > 0


def as_new(shared: strict.Shared, census: Census) -> bool:
    """Where nothing can step and the counter is zero, nobody is in a call, and no waiter is registered."""
    return shared.counter != 0 or (census == NOBODY and shared.waiters == 0)


AT_REST = tuple(map(clause, (accounted_for, outstanding, as_new)))
