"""The packed word: fields and bits agree for every 64-bit pattern, and its arithmetic is that of a 64-bit machine."""

import ctypes
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup_spec.word import (
    COUNTER_MAX,
    COUNTER_MIN,
    GO_1_24,
    GO_1_25,
    WAITERS_MAX,
    ZERO,
    Layout,
    Word,
    pack,
    plus_delta,
    plus_waiter,
    to_signed,
    unpack,
)

EDGES = [0, 1, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1]
PATTERNS = st.sampled_from(EDGES) | st.integers(0, 2**64 - 1)
#: A word whose halves are each at or near a bound.
HALVES = st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**32 - 1])
EDGE_PATTERNS = st.builds(lambda high, low: high * 2**32 + low, HALVES, HALVES)
#: What a Go int can hold.
DELTAS = st.sampled_from([-(2**63), -(2**32), -1, 0, 1, 2**31, 2**32, 2**63 - 1]) | st.integers(-(2**63), 2**63 - 1)
LAYOUTS = pytest.mark.parametrize("layout", [GO_1_25, GO_1_24], ids=["1.25", "1.24"])


def halves(bits: int) -> tuple[int, int]:
    """The pattern as a C struct of an int32 above a uint32."""
    high, low = struct.unpack(">iI", struct.pack(">Q", bits))
    return high, low


def test_both_layouts_fill_64_bits() -> None:
    assert [64, 64] == [sum(layout) for layout in (GO_1_25, GO_1_24)]


def test_the_bounds_of_the_fields_are_those_of_the_layout() -> None:
    assert (-(2**31), 2**31 - 1, 2**31 - 1) == (COUNTER_MIN, COUNTER_MAX, WAITERS_MAX)


@LAYOUTS
def test_the_zero_value_is_64_clear_bits(layout: Layout) -> None:
    assert 0 == pack(ZERO, layout)
    assert ZERO == unpack(0, layout)


@given(bits=PATTERNS | EDGE_PATTERNS)
def test_since_1_25_the_fields_are_an_int32_a_bit_and_31_bits(bits: int) -> None:
    counter, low = halves(bits)
    assert Word(counter, low >> 31, low & 0x7FFFFFFF) == unpack(bits, GO_1_25)


@given(bits=PATTERNS | EDGE_PATTERNS)
def test_up_to_1_24_the_fields_are_an_int32_and_a_uint32(bits: int) -> None:
    counter, low = halves(bits)
    assert Word(counter, 0, low) == unpack(bits, GO_1_24)


@LAYOUTS
@given(bits=PATTERNS | EDGE_PATTERNS)
def test_packing_the_fields_of_a_pattern_gives_the_pattern(layout: Layout, bits: int) -> None:
    assert bits == pack(unpack(bits, layout), layout)


@given(counter=st.integers(COUNTER_MIN, COUNTER_MAX), bubble=st.integers(0, 1), waiters=st.integers(0, WAITERS_MAX))
def test_the_fields_of_a_packed_word_are_the_word_s(counter: int, bubble: int, waiters: int) -> None:
    word = Word(counter, bubble, waiters)
    assert word == unpack(pack(word))


@given(value=st.integers(-(2**70), 2**70))
def test_the_signed_reading_is_that_of_a_conversion_to_int32(value: int) -> None:
    assert ctypes.c_int32(value).value == to_signed(value)


@given(value=st.integers(-(2**70), 2**70))
def test_the_signed_reading_of_64_bits_is_that_of_a_conversion_to_int64(value: int) -> None:
    assert ctypes.c_int64(value).value == to_signed(value, 64)


@given(bits=PATTERNS | EDGE_PATTERNS, delta=DELTAS)
def test_adding_a_delta_is_the_64_bit_sum_with_the_delta_shifted_by_32(bits: int, delta: int) -> None:
    expected = ctypes.c_uint64(bits + (delta << 32)).value
    assert expected == pack(plus_delta(unpack(bits), delta))


@given(bits=PATTERNS | EDGE_PATTERNS, delta=DELTAS)
def test_only_the_low_32_bits_of_a_delta_count(bits: int, delta: int) -> None:
    word = unpack(bits)
    assert plus_delta(word, ctypes.c_int32(delta).value) == plus_delta(word, delta)


@given(bits=PATTERNS | EDGE_PATTERNS)
def test_one_waiter_more_is_the_64_bit_pattern_plus_one(bits: int) -> None:
    assert ctypes.c_uint64(bits + 1).value == pack(plus_waiter(unpack(bits)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (0x00000001_7FFFFFFE, 0x00000001_7FFFFFFF),
        (0x00000001_7FFFFFFF, 0x00000001_80000000),  # into the bubble flag: the count reads 0
        (0x00000001_FFFFFFFF, 0x00000002_00000000),  # through the flag into the counter
        (0x7FFFFFFF_FFFFFFFF, 0x80000000_00000000),  # and the counter wraps
        (0xFFFFFFFF_FFFFFFFF, 0x00000000_00000000),
    ],
)
def test_a_full_field_of_waiters_carries_into_the_next_bit(before: int, after: int) -> None:
    assert after == pack(plus_waiter(unpack(before)))


def test_before_1_25_the_2_to_the_32th_waiter_would_have_reached_the_counter() -> None:
    assert Word(counter=2, waiters=0) == unpack(pack(Word(counter=1, waiters=2**32 - 1), GO_1_24) + 1, GO_1_24)


@pytest.mark.parametrize(
    ("bits", "word"),
    [
        (0x00000000_80000000, Word(0, 1, 0)),
        (0x80000000_00000000, Word(-(2**31), 0, 0)),
        (0xFFFFFFFF_00000001, Word(-1, 0, 1)),
        (0x00000001_80000000, Word(1, 1, 0)),
        (0x7FFFFFFF_7FFFFFFF, Word(2**31 - 1, 0, 2**31 - 1)),
    ],
)
def test_the_patterns_measured_on_go_read_as_these_fields(bits: int, word: Word) -> None:
    assert word == unpack(bits)
    assert bits == pack(word)
