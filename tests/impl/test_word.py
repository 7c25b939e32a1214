"""The word and the cell that holds it: fields go in and come out, and an addition raises exactly where it must.

That the range of a timedelta is the check of each step is what everything else rests on. The expected value is always
computed from the two fields, never from the packed word.
"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup.core import (
    COUNTER_MAX,
    MICROSECOND,
    STEP,
    UNIT,
    WAITERS_MAX,
    WORD,
    WORD_MAX,
    ZERO,
    Core,
    cell_of,
    counter_of,
    fields_of,
    pack,
    waiters_of,
)

FIELD_MAX = 2**31 - 1
#: A field's values, its bounds and their neighbours much more often than chance would give them.
FIELDS = st.sampled_from([0, 1, 2, FIELD_MAX - 1, FIELD_MAX]) | st.integers(0, FIELD_MAX)
POSITIVE = FIELDS.filter(bool)
#: What the two fields can be: there are waiters only while there is something to wait for.
PAIRS = st.tuples(POSITIVE, FIELDS) | st.just((0, 0))
#: The lowest and the highest total of a counter, and the totals on either side of each.
EDGES = st.sampled_from([-1, 0, 1, FIELD_MAX - 1, FIELD_MAX, FIELD_MAX + 1])
#: The bounds, and what is about half of them: a bulk step is made of two.
WIDE = st.integers(-(2**70), 2**70) | st.integers(-4, 4).flatmap(
    lambda near: st.sampled_from([sign * 2**power + near for sign in (-1, 1) for power in (30, 31, 32)])
)


def moved(fields: tuple[int, int], by: timedelta) -> tuple[int, int] | None:
    """The fields after an addition to the cell; None if that raises."""
    try:
        return fields_of(cell_of(*fields) + by)
    except OverflowError:
        return None


def applied(fields: tuple[int, int], delta: int) -> tuple[int, int] | None:
    """The fields after a group has taken the step for `delta`; None if it has refused, and then nothing has changed."""
    core = Core()
    core._state[WORD] = cell_of(*fields)
    if core._apply(delta):
        return core.counter, core.waiters
    assert fields == (core.counter, core.waiters)
    return None


def test_both_fields_end_at_2_to_the_31_minus_1() -> None:
    assert (FIELD_MAX, FIELD_MAX) == (COUNTER_MAX, WAITERS_MAX)


def test_the_range_of_a_word_is_that_of_a_timedelta() -> None:
    assert timedelta.max == timedelta.min + WORD_MAX // 2 * MICROSECOND + (WORD_MAX - WORD_MAX // 2) * MICROSECOND


def test_a_unit_has_room_for_all_waiters_and_the_largest_counter_just_fits() -> None:
    assert WAITERS_MAX < UNIT
    assert UNIT * COUNTER_MAX <= WORD_MAX < UNIT * (COUNTER_MAX + 1) - WAITERS_MAX


def test_waiters_pull_a_word_down_from_its_units() -> None:
    assert 2 * UNIT - 3 == pack(2, 3)


def test_the_smallest_timedelta_is_the_word_zero_and_a_step_is_a_unit() -> None:
    assert (timedelta.min, timedelta.min + STEP) == (ZERO, cell_of(1, 0))
    assert cell_of(0, 0) == ZERO


@given(PAIRS)
def test_packing_and_reading_the_fields_gives_them_back(fields: tuple[int, int]) -> None:
    word = pack(*fields)
    assert fields == (counter_of(word), waiters_of(word))


@given(PAIRS)
def test_a_word_is_in_the_range_of_the_cell(fields: tuple[int, int]) -> None:
    assert 0 <= pack(*fields) <= WORD_MAX


@given(PAIRS)
def test_what_is_put_in_a_cell_can_be_read_from_it(fields: tuple[int, int]) -> None:
    assert fields == fields_of(cell_of(*fields))


@given(PAIRS, PAIRS)
def test_two_cells_are_equal_only_if_both_fields_are(fields: tuple[int, int], others: tuple[int, int]) -> None:
    assert (fields == others) is (cell_of(*fields) == cell_of(*others))


@pytest.mark.parametrize("waiters", [0, 1, 2**31 - 2, 2**31 - 1])
def test_a_unit_above_the_maximum_leaves_the_range_with_any_number_of_waiters(waiters: int) -> None:
    cell = cell_of(2**31 - 1, waiters)
    with pytest.raises(OverflowError):
        cell + STEP


@pytest.mark.parametrize("waiters", [1, 2, 2**31 - 2, 2**31 - 1])
def test_taking_the_last_unit_from_under_waiters_leaves_the_range(waiters: int) -> None:
    cell = cell_of(1, waiters)
    with pytest.raises(OverflowError):
        cell - STEP


def test_taking_a_unit_where_there_is_none_leaves_the_range() -> None:
    with pytest.raises(OverflowError):
        ZERO - STEP


def test_a_waiter_where_there_is_nothing_to_wait_for_leaves_the_range() -> None:
    with pytest.raises(OverflowError):
        ZERO - MICROSECOND


@given(PAIRS)
def test_one_unit_is_added_exactly_while_the_counter_is_below_its_maximum(fields: tuple[int, int]) -> None:
    counter, waiters = fields
    assert ((counter + 1, waiters) if counter < FIELD_MAX else None) == moved(fields, STEP)


@given(PAIRS)
def test_one_unit_is_taken_exactly_if_there_is_one_and_it_is_not_the_last_under_waiters(
    fields: tuple[int, int],
) -> None:
    counter, waiters = fields
    allowed = counter >= 2 or (counter == 1 and waiters == 0)
    assert ((counter - 1, waiters) if allowed else None) == moved(fields, -STEP)


@given(PAIRS.filter(lambda fields: fields[1] < FIELD_MAX))
def test_a_waiter_joins_exactly_while_there_is_work(fields: tuple[int, int]) -> None:
    counter, waiters = fields
    assert ((counter, waiters + 1) if counter > 0 else None) == moved(fields, -MICROSECOND)


@given(POSITIVE, POSITIVE)
def test_a_waiter_that_leaves_takes_itself_and_leaves_the_counter(counter: int, waiters: int) -> None:
    assert (counter, waiters - 1) == moved((counter, waiters), MICROSECOND)


@given(PAIRS, EDGES)
def test_an_add_near_a_bound_is_applied_exactly_within_range_and_short_of_a_crossing(
    fields: tuple[int, int], total: int
) -> None:
    counter, waiters = fields
    allowed = 0 <= total <= FIELD_MAX and not (total == 0 and waiters > 0)
    assert ((total, waiters) if allowed else None) == applied(fields, total - counter)


@given(PAIRS, WIDE)
def test_an_add_of_any_size_is_applied_exactly_within_range_and_short_of_a_crossing(
    fields: tuple[int, int], delta: int
) -> None:
    counter, waiters = fields
    total = counter + delta
    allowed = 0 <= total <= FIELD_MAX and not (total == 0 and waiters > 0)
    assert ((total, waiters) if allowed else None) == applied(fields, delta)


@given(POSITIVE, POSITIVE)
def test_the_last_units_are_not_taken_from_under_waiters(counter: int, waiters: int) -> None:
    assert None is applied((counter, waiters), -counter)


@given(FIELDS)
def test_without_waiters_all_units_can_be_taken_at_once(counter: int) -> None:
    assert (0, 0) == applied((counter, 0), -counter)
