"""The word and its transitions: each guard is true exactly where it should be, and each effect is exact.

The expected value is always computed from the two fields, never from the packed word.
"""

from hypothesis import given
from hypothesis import strategies as st

from waitgroup.word import (
    COUNTER_MAX,
    WAITERS_MAX,
    ZERO,
    applied,
    cancelled,
    counter_of,
    crossed,
    joined,
    pack,
    waiters_of,
)

FIELD_MAX = 2**31 - 1
#: A field's values, its bounds and their neighbours much more often than chance would give them.
FIELDS = st.sampled_from([0, 1, 2, FIELD_MAX - 1, FIELD_MAX]) | st.integers(0, FIELD_MAX)
POSITIVE_FIELDS = FIELDS.filter(bool)
#: The lowest and the highest total of a counter, and the totals on either side of each.
EDGES = st.sampled_from([-1, 0, 1, FIELD_MAX - 1, FIELD_MAX, FIELD_MAX + 1])
WIDE = st.integers(-(2**70), 2**70)


def test_both_fields_end_at_2_to_the_31_minus_1() -> None:
    assert (FIELD_MAX, FIELD_MAX, 0) == (COUNTER_MAX, WAITERS_MAX, ZERO)


def test_a_word_has_the_counter_in_its_high_half_and_the_waiters_in_its_low_half() -> None:
    assert 0x7FFFFFFF_00000001 == pack(2**31 - 1, 1)


@given(FIELDS, FIELDS)
def test_packing_and_reading_the_fields_gives_them_back(counter: int, waiters: int) -> None:
    word = pack(counter, waiters)
    assert (counter, waiters) == (counter_of(word), waiters_of(word))


@given(FIELDS, FIELDS)
def test_a_word_fits_in_64_bits_with_the_top_bits_of_both_halves_clear(counter: int, waiters: int) -> None:
    assert 0 == pack(counter, waiters) & ~0x7FFFFFFF_7FFFFFFF


@given(FIELDS, FIELDS, FIELDS, FIELDS)
def test_two_words_are_equal_only_if_both_fields_are(counter: int, waiters: int, other: int, others: int) -> None:
    assert ((counter, waiters) == (other, others)) is (pack(counter, waiters) == pack(other, others))


@given(FIELDS, FIELDS, EDGES)
def test_an_add_near_a_bound_is_applied_exactly_within_range_and_short_of_a_crossing(
    counter: int, waiters: int, total: int
) -> None:
    allowed = 0 <= total <= FIELD_MAX and not (total == 0 and waiters > 0)
    expected = pack(total, waiters) if allowed else None
    assert expected == applied(pack(counter, waiters), total - counter)


@given(FIELDS, FIELDS, WIDE)
def test_an_add_of_any_size_is_applied_exactly_within_range_and_short_of_a_crossing(
    counter: int, waiters: int, delta: int
) -> None:
    total = counter + delta
    allowed = 0 <= total <= FIELD_MAX and not (total == 0 and waiters > 0)
    expected = pack(total, waiters) if allowed else None
    assert expected == applied(pack(counter, waiters), delta)


@given(FIELDS, POSITIVE_FIELDS)
def test_the_last_unit_is_not_taken_from_under_parked_waiters(counter: int, waiters: int) -> None:
    assert None is applied(pack(counter, waiters), -counter)


@given(FIELDS)
def test_without_waiters_all_units_can_be_taken_at_once(counter: int) -> None:
    assert ZERO == applied(pack(counter, 0), -counter)


@given(FIELDS, FIELDS, FIELDS, FIELDS)
def test_a_crossing_gives_zero_exactly_if_the_word_has_not_moved(
    counter: int, waiters: int, other: int, others: int
) -> None:
    expected = ZERO if (counter, waiters) == (other, others) else None
    assert expected == crossed(pack(counter, waiters), pack(other, others))


@given(FIELDS, FIELDS)
def test_a_crossing_of_the_word_that_was_read_gives_zero(counter: int, waiters: int) -> None:
    assert ZERO == crossed(pack(counter, waiters), pack(counter, waiters))


@given(FIELDS, FIELDS)
def test_a_waiter_joins_exactly_while_there_is_work_and_room(counter: int, waiters: int) -> None:
    expected = pack(counter, waiters + 1) if counter >= 1 and waiters < FIELD_MAX else None
    assert expected == joined(pack(counter, waiters))


@given(FIELDS)
def test_nobody_joins_a_group_without_outstanding_work(waiters: int) -> None:
    assert None is joined(pack(0, waiters))


@given(POSITIVE_FIELDS)
def test_the_last_place_is_taken_and_after_it_nobody_joins(counter: int) -> None:
    full = joined(pack(counter, FIELD_MAX - 1))
    assert pack(counter, FIELD_MAX) == full
    assert None is joined(full)


@given(FIELDS, POSITIVE_FIELDS)
def test_cancelling_takes_one_waiter_and_leaves_the_counter(counter: int, waiters: int) -> None:
    assert pack(counter, waiters - 1) == cancelled(pack(counter, waiters))


@given(POSITIVE_FIELDS, FIELDS.filter(lambda waiters: waiters < FIELD_MAX))
def test_joining_and_cancelling_leave_the_word_as_it_was(counter: int, waiters: int) -> None:
    word = pack(counter, waiters)
    parked = joined(word)
    assert parked is not None
    assert word == cancelled(parked)
