"""The protocols' decoded word is Go's packed 64-bit word, for every word and every delta.

Established, of the functions of `waitgroup_spec.word`, run on 64-bit vectors: they decode a word as Go's expressions
do; `plus_delta` adds `delta << 32` to the packed word and `plus_waiter` adds 1, whatever the word and the delta; what
an addition keeps, and when it is the sum of integers. What happens beyond is in `bounds`.

Assumed: that a Go `int` has 64 bits, and that `atomic.Uint64` adds modulo 2^64.
"""

from collections.abc import Callable
from typing import Any
from typing import Protocol as Structural

import z3

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import Vector, vector
from waitgroup_proofs.theorems.abstraction import sentence_of
from waitgroup_spec import word as spec
from waitgroup_spec.word import COUNTER_MAX, COUNTER_MIN, GO_1_24, WAITERS_MAX, Layout, Word

BITS, OTHER_BITS = vector("bits", 0, 2**64 - 1), vector("other_bits", 0, 2**64 - 1)
DELTA = vector("delta", -(2**63), 2**63 - 1)
#: A delta that Go does not cut.
FIRST = vector("first_delta", COUNTER_MIN, COUNTER_MAX)
WORD = Word(
    counter=vector("counter", COUNTER_MIN, COUNTER_MAX),
    bubble=vector("bubble", 0, 1),
    waiters=vector("waiters", 0, WAITERS_MAX),
)
#: The fields of BITS, by Go's own expressions as operations on its 64-bit vector.
GO_DECODED: Any = (
    Vector(z3.SignExt(32, z3.Extract(63, 32, BITS.expression)), COUNTER_MIN, COUNTER_MAX),
    Vector(z3.If(BITS.expression & 0x80000000 != 0, z3.BitVecVal(1, 64), z3.BitVecVal(0, 64)), 0, 1),
    Vector(BITS.expression & 0x7FFFFFFF, 0, WAITERS_MAX),
)


class Words(Structural):
    """The module `waitgroup_spec.word`, or a mutant of it."""

    def pack(self, word: Word, layout: Layout = ...) -> int: ...
    def unpack(self, bits: int, layout: Layout = ...) -> Word: ...
    def plus_delta(self, word: Word, delta: int) -> Word: ...
    def plus_waiter(self, word: Word) -> Word: ...


# What holds


def bits_round_trip(words: Words, bits: int) -> bool:
    """Packing what was unpacked gives the same 64 bits."""
    return words.pack(words.unpack(bits)) == bits


def word_round_trip(words: Words, word: Word) -> bool:
    """Unpacking what was packed gives the same word."""
    return words.unpack(words.pack(word)) == word


def decoded_like_go(words: Words, bits: int) -> Any:
    """The fields are Go's int32(state >> 32), state & 0x80000000 != 0 and uint32(state & 0x7fffffff)."""
    return words.unpack(bits) == GO_DECODED


def compared_as_bits(words: Words, bits: int, other_bits: int) -> bool:
    """Words are equal exactly if their 64 bits are: to compare fields is what compare-and-swap does."""
    return (words.unpack(bits) == words.unpack(other_bits)) == (bits == other_bits)


def delta_is_addition(words: Words, bits: int, delta: int) -> bool:
    """Add's read-modify-write is the 64-bit addition of delta << 32, for every word and every 64-bit delta."""
    return words.pack(words.plus_delta(words.unpack(bits), delta)) % 2**64 == (bits + delta * 2**32) % 2**64


def waiter_is_addition(words: Words, bits: int) -> bool:
    """Wait's new word is the 64-bit addition of 1, carries included, for every word."""
    return words.pack(words.plus_waiter(words.unpack(bits))) % 2**64 == (bits + 1) % 2**64


def low_half_kept(_words: Words, bits: int, delta: int) -> bool:
    """Adding delta << 32 changes only the high half of the 64 bits."""
    return (bits + delta * 2**32) % 2**32 == bits % 2**32


def low_bits_matter(words: Words, word: Word, delta: int) -> bool:
    """Only the low 32 bits of a 64-bit delta matter."""
    return words.plus_delta(word, delta) == words.plus_delta(word, delta % 2**32)


def multiples_vanish(words: Words, word: Word, delta: int) -> bool:
    """A delta that is a multiple of 2^32, such as that of Add(1<<32), changes nothing."""
    return words.plus_delta(word, delta * 2**32) == word


def exact_in_range(words: Words, word: Word, delta: int) -> bool:
    """While the sum fits 32 bits, the counter is the sum of integers, whatever the 64-bit delta."""
    fits = COUNTER_MIN - word.counter <= delta <= COUNTER_MAX - word.counter
    return not fits or words.plus_delta(word, delta).counter - word.counter == delta


def negative_if_out_of_range(words: Words, word: Word, delta: int) -> bool:
    """From a counter that is not negative, one Add of an int32 leads below zero exactly if the sum leaves 0..2^31-1:
    Go's panic "negative WaitGroup counter" also catches the overflow."""
    if word.counter < 0:
        return True
    return (words.plus_delta(word, delta).counter < 0) == (not 0 <= word.counter + delta <= COUNTER_MAX)


def waiter_keeps_the_rest(words: Words, word: Word) -> bool:
    """While waiters < 2^31-1, one waiter more keeps the counter and the flag."""
    return word.waiters == WAITERS_MAX or words.plus_waiter(word) == word._replace(waiters=word.waiters + 1)


def full_waiters_carry(words: Words, word: Word) -> bool:
    """At 2^31-1 waiters with the flag clear, one more sets the flag, and the waiter count reads 0."""
    full = word.waiters == WAITERS_MAX and word.bubble == 0
    return not full or words.plus_waiter(word) == Word(word.counter, 1, 0)


def old_waiters_carry(words: Words, bits: int) -> bool:
    """Before Go 1.25, one waiter more kept the counter exactly if waiters < 2^32-1."""
    before, after = words.unpack(bits, GO_1_24), words.unpack((bits + 1) % 2**64, GO_1_24)
    return (after.counter == before.counter) == (before.waiters < 2**32 - 1)


HOLD: tuple[tuple[Callable[..., bool], tuple[Any, ...]], ...] = (
    (bits_round_trip, (BITS,)),
    (word_round_trip, (WORD,)),
    (decoded_like_go, (BITS,)),
    (compared_as_bits, (BITS, OTHER_BITS)),
    (delta_is_addition, (BITS, DELTA)),
    (waiter_is_addition, (BITS,)),
    (low_half_kept, (BITS, DELTA)),
    (low_bits_matter, (WORD, DELTA)),
    (multiples_vanish, (WORD, FIRST)),
    (exact_in_range, (WORD, DELTA)),
    (negative_if_out_of_range, (WORD, FIRST)),
    (waiter_keeps_the_rest, (WORD,)),
    (full_waiters_carry, (WORD,)),
    (old_waiters_carry, (BITS,)),
)


def within(unknown: Vector) -> bool:
    """That the integer for which a vector stands is within its bounds."""
    return unknown.low <= unknown <= unknown.high  # type: ignore[no-any-return]


def obligation(words: Words, theorem: str, claim: Callable[..., bool], unknowns: tuple[Any, ...]) -> Obligation:
    """The claim about every value of the unknowns."""
    vectors = [part for unknown in unknowns for part in (unknown if isinstance(unknown, tuple) else (unknown,))]
    return Obligation(
        f"{theorem}.{claim.__name__.replace('_', '-')}",
        sentence_of(claim),
        lambda: Formulas([formula(within, unknown) for unknown in vectors], formula(claim, words, *unknowns)),
    )


def obligations(words: Words = spec) -> list[Obligation]:
    """The lemmas."""
    return [obligation(words, "packing", claim, unknowns) for claim, unknowns in HOLD]
