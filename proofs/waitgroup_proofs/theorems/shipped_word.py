"""Each transition of the shipped word is the action of `strict`, for every word and every delta.

Established, of the functions of `waitgroup.word`, the shipped text itself, run on unknown integers: the two fields can
be read from every word that they make, which fits 63 bits; and from every word, a transition gives None exactly where
the guard of its action is false, and else the word with the fields that the action leaves. CrossHair says the same of
the class around them (`waitgroup_proofs.contracts`), in another way: it runs the code, with a solver inside.

Assumed: nothing but what every theorem assumes; that a transition takes effect in one step is the mutex's part.
"""

from collections.abc import Callable
from typing import Any
from typing import Protocol as Structural

from waitgroup import word as shipped
from waitgroup_proofs.contracts import is_word
from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.abstraction import sentence_of
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place, Shared, Thread

COUNTER, WAITERS, DELTA = integer("counter"), integer("waiters"), integer("delta")
SAVED_COUNTER, SAVED_WAITERS = integer("saved.counter"), integer("saved.waiters")


class Words(Structural):
    """The module `waitgroup.word`, or a mutant of it."""

    def pack(self, counter: int, waiters: int) -> int: ...
    def counter_of(self, word: int) -> int: ...
    def waiters_of(self, word: int) -> int: ...
    def applied(self, word: int, delta: int) -> int | None: ...
    def crossed(self, word: int, expected: int) -> int | None: ...
    def joined(self, word: int) -> int | None: ...
    def cancelled(self, word: int) -> int: ...


def same(words: Words, after: int | None, shared: Shared, happens: bool) -> bool:
    """Whether a transition gave what an action leaves, or None if the action does not happen."""
    if after is None or not happens:
        return after is None and not happens
    return after == words.pack(shared.counter, shared.waiters)


def reads_back(words: Words, counter: int, waiters: int) -> bool:
    """Both fields can be read from the word, which is Go's with the flag clear and fits 63 bits."""
    word = words.pack(counter, waiters)
    fits = 0 <= word < 2**63 and word == counter * 2**32 + waiters
    return fits and words.counter_of(word) == counter and words.waiters_of(word) == waiters


def applies(words: Words, counter: int, waiters: int, delta: int) -> bool:
    """`applied` is the action `apply`, of every delta but 0."""
    if delta == 0:
        return True
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
    return same(words, words.applied(words.pack(counter, waiters), delta), shared, thread.result == Result.NONE)


def crosses(words: Words, counter: int, waiters: int, saved_counter: int, saved_waiters: int) -> bool:
    """`crossed` is the action `cross`, of a thread that takes what it saw of the counter, whatever it saw."""
    if not is_word(saved_counter, saved_waiters):
        return True
    thread = Thread(Place.ADD_CROSS, delta=0 - saved_counter, saved_waiters=saved_waiters)
    shared, thread = strict.cross(Shared(counter, waiters), thread)
    after = words.crossed(words.pack(counter, waiters), words.pack(saved_counter, saved_waiters))
    return same(words, after, shared, thread.result == Result.NONE)


def joins(words: Words, counter: int, waiters: int) -> bool:
    """`joined` is the action `join`."""
    shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
    return same(words, words.joined(words.pack(counter, waiters)), shared, thread.place == Place.WAIT_PARKED)


def cancels(words: Words, counter: int, waiters: int) -> bool:
    """`cancelled` is the action `cancel` of a waiter that has not been granted, and is one of those counted."""
    if waiters == 0:
        return True
    shared, _ = strict.cancel(Shared(counter, waiters), Thread(Place.WAIT_CANCEL, reason=Result.FALSE))
    return same(words, words.cancelled(words.pack(counter, waiters)), shared, True)


#: Each predicate, and the unknowns it is about beside the word.
TRANSITIONS: tuple[tuple[Callable[..., bool], tuple[Any, ...]], ...] = (
    (reads_back, ()),
    (applies, (DELTA,)),
    (crosses, (SAVED_COUNTER, SAVED_WAITERS)),
    (joins, ()),
    (cancels, ()),
)


def obligation(words: Words, claim: Callable[..., bool], unknowns: tuple[Any, ...]) -> Obligation:
    """The claim about every word."""
    return Obligation(
        f"shipped-word.{claim.__name__.replace('_', '-')}",
        sentence_of(claim),
        lambda: Formulas([formula(is_word, COUNTER, WAITERS)], formula(claim, words, COUNTER, WAITERS, *unknowns)),
    )


def obligations(words: Words = shipped) -> list[Obligation]:
    """The encoding, and the four transitions."""
    return [obligation(words, claim, unknowns) for claim, unknowns in TRANSITIONS]
