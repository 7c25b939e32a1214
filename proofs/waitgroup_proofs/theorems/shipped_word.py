"""The shipped word does what `strict` does, for every word and every delta, provided that its cell keeps its bounds.

Established, of the functions and constants of `waitgroup.core`, the shipped text itself, run on unknown integers: both
fields can be read from every word; and the sums that the steps compute stay within 0 and WORD_MAX exactly where the
guard of the action of that name is true, and are then the word with the fields that the action leaves. A sum outside is
the trap. CrossHair says the same in another way: it runs the code, with a solver inside (`waitgroup_proofs.contracts`).

Assumed, besides what every theorem assumes: the addition of two timedeltas raises OverflowError exactly if the sum is
outside `timedelta.min` and `timedelta.max`, which are WORD_MAX microseconds apart (tested at these bounds); that a step
takes effect at once is the interpreter's part, or the lock's; and fewer than 2^31 - 1 waiters when one joins: `wait`
looks before, and so many do not fit into any memory.
"""

from collections.abc import Callable
from typing import Any
from typing import Protocol as Structural

from waitgroup import core as shipped
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
    """The module `waitgroup.core`, or a mutant of it."""

    LOWEST: int
    COUNTER_MAX: int
    UNIT: int
    WORD_MAX: int
    WAITERS_MAX: int

    def pack(self, counter: int, waiters: int) -> int: ...
    def counter_of(self, word: int) -> int: ...
    def waiters_of(self, word: int) -> int: ...
    def parts_of(self, delta: int) -> tuple[int, int, int]: ...


def stays(words: Words, after: int) -> bool:
    """Whether a sum is within the bounds of the cell: else the step traps."""
    return 0 <= after <= words.WORD_MAX


def same(words: Words, after: int, shared: Shared, happens: bool) -> bool:
    """Whether a sum is the word that an action leaves, or a trap if the action does not happen."""
    if not happens:
        return not stays(words, after)
    return stays(words, after) and after == words.pack(shared.counter, shared.waiters)


def reads_back(words: Words, counter: int, waiters: int) -> bool:
    """Both fields can be read from the word, which is within its bounds."""
    word = words.pack(counter, waiters)
    return stays(words, word) and words.counter_of(word) == counter and words.waiters_of(word) == waiters


def steps_up(words: Words, counter: int, waiters: int) -> bool:
    """What `add(1)` adds to the word is the action `apply` of 1."""
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=1))
    return same(words, words.pack(counter, waiters) + words.UNIT, shared, thread.result == Result.NONE)


def steps_down(words: Words, counter: int, waiters: int) -> bool:
    """What `done()` takes from the word is the action `apply` of -1."""
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=-1))
    return same(words, words.pack(counter, waiters) - words.UNIT, shared, thread.result == Result.NONE)


def applies(words: Words, counter: int, waiters: int, delta: int) -> bool:
    """Adding the parts of any delta but 0, one after the other, is the action `apply`."""
    if delta == 0:
        return True
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
    first, second, third = words.parts_of(delta)
    once = words.pack(counter, waiters) + first * words.UNIT
    twice = once + second * words.UNIT
    if not (stays(words, once) and stays(words, twice)):
        return bool(thread.result != Result.NONE)
    return same(words, twice + third * words.UNIT, shared, thread.result == Result.NONE)


def parts_fit(words: Words, counter: int, waiters: int, delta: int) -> bool:
    """Each part of a delta that could be applied is within what one timedelta can be, in either direction."""
    if not -words.COUNTER_MAX <= delta <= words.COUNTER_MAX:
        return True
    first, second, third = words.parts_of(delta)
    return fits(words, first) and fits(words, second) and fits(words, third)


def fits(words: Words, part: int) -> bool:
    """Whether so many units are a timedelta: the smallest is LOWEST, the largest somewhat more than -LOWEST."""
    return words.LOWEST <= part * words.UNIT <= 0 - words.LOWEST


def crosses(words: Words, counter: int, waiters: int, saved_counter: int, saved_waiters: int) -> bool:
    """Two words are the same exactly if the action `cross`, of a thread that saw one of them, happens at the other."""
    if not is_word(saved_counter, saved_waiters):
        return True
    thread = Thread(Place.ADD_CROSS, delta=0 - saved_counter, saved_waiters=saved_waiters)
    shared, thread = strict.cross(Shared(counter, waiters), thread)
    if words.pack(counter, waiters) != words.pack(saved_counter, saved_waiters):
        return bool(thread.result != Result.NONE)
    return bool(thread.result == Result.NONE and words.pack(shared.counter, shared.waiters) == 0)


def joins(words: Words, counter: int, waiters: int) -> bool:
    """Taking 1 from the word is the action `join`."""
    if waiters == words.WAITERS_MAX:
        return True
    shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
    return same(words, words.pack(counter, waiters) - 1, shared, thread.place == Place.WAIT_PARKED)


def cancels(words: Words, counter: int, waiters: int) -> bool:
    """Adding 1 to the word is the action `cancel` of a waiter that is counted, and has not been granted."""
    if waiters == 0:
        return True
    shared, _ = strict.cancel(Shared(counter, waiters), Thread(Place.WAIT_CANCEL, reason=Result.FALSE))
    return same(words, words.pack(counter, waiters) + 1, shared, True)


#: Each predicate, and the unknowns it is about beside the word.
TRANSITIONS: tuple[tuple[Callable[..., bool], tuple[Any, ...]], ...] = (
    (reads_back, ()),
    (steps_up, ()),
    (steps_down, ()),
    (applies, (DELTA,)),
    (parts_fit, (DELTA,)),
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
    """The encoding, and the transitions."""
    return [obligation(words, claim, unknowns) for claim, unknowns in TRANSITIONS]
