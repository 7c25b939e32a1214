"""The packed 64-bit word of Go's WaitGroup, field by field and bit by bit.

Go 1.27.3 keeps the whole state of a group, its semaphore apart, in one 64-bit word::

    bit 63            32   31   30               0
        +---------------+------+-----------------+
        | counter       |bubble| waiters         |
        | signed, 32    |  1   | unsigned, 31    |
        +---------------+------+-----------------+

The protocols compute with the decoded fields (`Word`). That this is the same as 64-bit arithmetic on the packed word,
for every word and every delta, is proved in `waitgroup_proofs.theorems.packing`.
"""

from typing import NamedTuple


class Layout(NamedTuple):
    """How many of the 64 bits each field has, from the top of the word downwards."""

    counter_bits: int
    bubble_bits: int
    waiter_bits: int


#: Since Go 1.25 the top bit of the waiters marks membership of a synctest bubble.
GO_1_25 = Layout(counter_bits=32, bubble_bits=1, waiter_bits=31)
#: Up to Go 1.24 the waiters had all the low bits.
GO_1_24 = Layout(counter_bits=32, bubble_bits=0, waiter_bits=32)

COUNTER_MAX = 2**31 - 1
COUNTER_MIN = -(2**31)
WAITERS_MAX = 2**31 - 1


class Word(NamedTuple):
    """The decoded word: `COUNTER_MIN <= counter <= COUNTER_MAX`, `bubble` 0 or 1, `0 <= waiters <= WAITERS_MAX`."""

    counter: int = 0
    bubble: int = 0
    waiters: int = 0


ZERO = Word()


def to_signed(value: int, bits: int = 32) -> int:
    """The two's complement reading of the low `bits` bits of `value`: what a conversion to int32 keeps."""
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


def pack(word: Word, layout: Layout = GO_1_25) -> int:
    """The 64-bit pattern of `word`, as an unsigned integer."""
    low_bits = layout.bubble_bits + layout.waiter_bits
    counter = word.counter % (1 << layout.counter_bits)
    return counter * (1 << low_bits) + word.bubble * (1 << layout.waiter_bits) + word.waiters


def unpack(bits: int, layout: Layout = GO_1_25) -> Word:
    """The fields of a 64-bit pattern: the inverse of `pack`."""
    low_bits = layout.bubble_bits + layout.waiter_bits
    return Word(
        counter=to_signed((bits >> low_bits) % (1 << layout.counter_bits), layout.counter_bits),
        bubble=(bits >> layout.waiter_bits) % (1 << layout.bubble_bits),
        waiters=bits % (1 << layout.waiter_bits),
    )


def plus_delta(word: Word, delta: int) -> Word:
    """Add's read-modify-write: the low 32 bits of `delta` reach the counter, which wraps; the other fields stay."""
    return Word(to_signed(word.counter + delta), word.bubble, word.waiters)


def plus_waiter(word: Word) -> Word:
    """Wait's new word: one waiter more. A full field carries into the bubble flag, and that one into the counter."""
    if word.waiters < WAITERS_MAX:
        return Word(word.counter, word.bubble, word.waiters + 1)
    if word.bubble == 0:
        return Word(word.counter, 1, 0)
    return Word(to_signed(word.counter + 1), 0, 0)
