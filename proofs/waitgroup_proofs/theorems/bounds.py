"""At its bounds `strict` refuses and changes nothing; Go, under legal use, never goes beyond them.

Established, of `strict`, under every use: a call is refused only if it would take the counter out of 0 .. 2^31 - 1, or
be one waiter too many beside 2^31 - 1, and has then changed nothing. Of `go`, under legal use: no wait that registers
carries into the bubble flag, and no add wraps; the rules about totals are what protects it (`necessity`).

Refuted, of Go's word without those rules, each a claim that one would like to be true, with a counterexample down to
the bits: Go cuts the delta to 32 bits and says nothing (`Add(1<<32)`); half of that is negative (`Add(1<<31)`); the
2^31st waiter becomes the bubble flag, and before Go 1.25 the 2^32nd one a unit of work; an Add that panics is not
undone, so that if it is recovered, the next Add is swallowed; and a counter that has overflowed can come back to zero.

Assumed: the invariant (`inductive`) where a protocol is spoken of; that a Go `int` has 64 bits.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.lift import paths
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import Vector, vector
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.packing import BITS, DELTA, WORD, Words, obligation
from waitgroup_proofs.theorems.steps import Outcome, Step, about, outcomes
from waitgroup_spec import word as spec
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.word import COUNTER_MAX, COUNTER_MIN, GO_1_24, GO_1_25, WAITERS_MAX, ZERO, Layout, Word

#: Deltas that Go does not cut.
FIRST, SECOND, THIRD = (vector(f"{name}_delta", COUNTER_MIN, COUNTER_MAX) for name in ("first", "second", "third"))


# What holds


def refused(outcome: Outcome) -> Obligation:
    """A call that strict refuses."""
    thread = outcome.caller.thread
    adds = thread.place in (strict.Place.ADD_APPLY, strict.Place.ADD_READ)

    def conclusion(step: Step) -> bool:
        was: strict.Shared = step.was
        if step.shared != was:
            return False
        return not 0 <= was.counter + thread.delta <= COUNTER_MAX if adds else was.waiters == WAITERS_MAX

    sentence = f"{outcome.action.name} refuses only what is out of range, and changes nothing."
    return about(outcome, f"bounds.refused.{outcome.id}", sentence, conclusion)


def carries_nothing(outcome: Outcome) -> Obligation:
    """A step of Go leaves the flag alone, and moves the waiters by one at most, or to zero."""

    def conclusion(step: Step) -> bool:
        was, now = step.was.word, step.shared.word
        return now.bubble == was.bubble and now.waiters in (was.waiters, was.waiters + 1, 0)

    sentence = f"{outcome.action.name} carries nothing from one field of the word into another."
    return about(outcome, f"bounds.carry.{outcome.id}", sentence, conclusion)


def obligations(of: Abstraction) -> list[Obligation]:
    """What strict refuses; what never happens to Go's word."""
    if of.name == "strict":
        return [refused(outcome) for outcome in outcomes(of) if outcome.answer is Result.REJECTED]
    return [carries_nothing(outcome) for outcome in outcomes(of) if not outcome.panics]


# What one would like to hold, and does not: each with the word that some calls lead to


def one_more(words: Words, bits: int) -> Word:
    """The word with one waiter more."""
    return words.unpack((bits + 1) % 2**64)


def flag_stays_clear(words: Words, bits: int) -> bool:
    """With one unit outstanding and the bubble flag clear, registering a waiter never sets the flag."""
    word = words.unpack(bits)
    return word.counter != 1 or word.bubble == 1 or one_more(words, bits).bubble == 0


def old_one_more(words: Words, bits: int) -> Word:
    """The same before Go 1.25."""
    return words.unpack((bits + 1) % 2**64, GO_1_24)


def old_counter_stays(words: Words, bits: int) -> bool:
    """Before Go 1.25, with one unit outstanding, registering a waiter never changed the counter."""
    return words.unpack(bits, GO_1_24).counter != 1 or old_one_more(words, bits).counter == 1


def added(words: Words, word: Word, delta: int) -> Word:
    """The word after Add(delta)."""
    return words.plus_delta(word, delta)


def adds_its_argument(words: Words, word: Word, delta: int) -> bool:
    """Add(k), for a 64-bit k, adds k or panics."""
    after = added(words, word, delta)
    return word.counter < 0 or after.counter < 0 or after.counter - word.counter == delta


def negative_delta_takes(words: Words, word: Word, delta: int) -> bool:
    """A negative delta lowers the counter or panics."""
    after = added(words, word, delta)
    return delta >= 0 or word.counter < 0 or after.counter < 0 or after.counter < word.counter


def large_added(words: Words, word: Word) -> Word:
    """The word after Add(1<<32)."""
    return words.plus_delta(word, 2**32)


def large_delta_counts(words: Words, word: Word) -> bool:
    """Add(1<<32) changes the word."""
    return large_added(words, word) != word


def half_added(words: Words, word: Word) -> Word:
    """The word after Add(1<<31)."""
    return words.plus_delta(word, 2**31)


def half_is_positive(words: Words, word: Word) -> bool:
    """Add(1<<31) to a group with nothing outstanding makes its counter positive."""
    return word != ZERO or half_added(words, word).counter > 0


def panicking_add_is_undone(words: Words, word: Word, delta: int) -> bool:
    """An Add that makes the counter negative, and so panics, leaves the word as it was: one unit, two taken."""
    after = added(words, word, delta)
    return word != Word(counter=1, waiters=1) or delta != -2 or after.counter >= 0 or after == word


def taken_and_added(words: Words, word: Word) -> Word:
    """The word after a Done that panics and is recovered, and an Add(1)."""
    return added(words, added(words, word, -1), 1)


def next_add_counts(words: Words, word: Word) -> bool:
    """After a Done too many, recovered, Add(1) leaves a unit of work outstanding."""
    return word != ZERO or taken_and_added(words, word).counter == 1


def three_added(words: Words, first: int, second: int, third: int) -> Word:
    """The word after three Adds to a new group."""
    return added(words, added(words, added(words, ZERO, first), second), third)


def overflow_is_for_good(words: Words, first: int, second: int, third: int) -> bool:
    """Three positive Adds, of which one may panic and be recovered, do not leave the counter at zero."""
    return first <= 0 or second <= 0 or third <= 0 or three_added(words, first, second, third).counter != 0


class Wish(NamedTuple):
    """A claim about some unknowns, and the word that a counterexample leads to."""

    claim: Callable[..., bool]
    unknowns: tuple[Any, ...]
    after: Callable[..., Word]
    layout: Layout = GO_1_25


WISHES = (
    Wish(flag_stays_clear, (BITS,), one_more),
    Wish(old_counter_stays, (BITS,), old_one_more, GO_1_24),
    Wish(adds_its_argument, (WORD, DELTA), added),
    Wish(negative_delta_takes, (WORD, DELTA), added),
    Wish(large_delta_counts, (WORD,), large_added),
    Wish(half_is_positive, (WORD,), half_added),
    Wish(panicking_add_is_undone, (WORD, DELTA), added),
    Wish(next_add_counts, (WORD,), taken_and_added),
    Wish(overflow_is_for_good, (FIRST, SECOND, THIRD), three_added),
)


def shown(field: int | Vector, signed: bool) -> Any:
    """A field as a Z3 integer, to be shown in decimal; or the vector itself, to be shown bit by bit."""
    if not signed:
        return field.expression if isinstance(field, Vector) else z3.BitVecVal(field, 64)
    return z3.BV2Int(field.expression, is_signed=True) if isinstance(field, Vector) else z3.IntVal(field)


def refuted(words: Words, wish: Wish) -> Obligation:
    """The claim, refuted: the counterexample shows the word that it leads to."""
    claimed = obligation(words, "bounds", wish.claim, wish.unknowns)

    def build() -> Formulas:
        ((_, word),) = paths(wish.after, words, *wish.unknowns)
        fields = {f"{name} after": shown(field, True) for name, field in word._asdict().items()}
        fields["word after"] = shown(words.pack(word, wish.layout), False)
        return claimed.build()._replace(shown=fields)

    return replace(claimed, build=build, expected="refuted")


def wishes(words: Words = spec) -> list[Obligation]:
    """Every wish, refuted."""
    return [refuted(words, wish) for wish in WISHES]
