"""Counting: add and done move the counter, and a call that is refused has changed nothing."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from waitgroup import NegativeCounterError, WaitGroup

Park = Callable[[WaitGroup, int], list[Future[bool]]]

COUNTER_MAX = 2**31 - 1

pytestmark = pytest.mark.usefixtures("path")


class HasIndex:
    """Looks like an integer to `operator.index`, and is none."""

    def __index__(self) -> int:
        return 1


def test_a_new_group_has_nothing_outstanding() -> None:
    group = WaitGroup()
    assert (0, 0) == (group.counter, group.waiters)


def test_add_and_done_move_the_counter_by_their_delta() -> None:
    group = WaitGroup()
    counters = []
    for delta in (3, -1, -2, 1):
        group.add(delta)
        counters.append(group.counter)
    group.done()
    assert [3, 2, 0, 1, 0] == [*counters, group.counter]


def test_a_done_too_many_raises_and_changes_nothing() -> None:
    group = WaitGroup()
    with pytest.raises(NegativeCounterError, match=r"^the counter is 0, less than what is taken away$"):
        group.done()
    assert 0 == group.counter


def test_taking_more_units_than_there_are_raises_and_changes_nothing() -> None:
    group = WaitGroup()
    group.add(2)
    with pytest.raises(NegativeCounterError, match=r"^the counter is 2, less than what is taken away$"):
        group.add(-3)
    assert 2 == group.counter


def test_the_error_for_too_few_units_is_a_value_error() -> None:
    assert issubclass(NegativeCounterError, ValueError)


@pytest.mark.parametrize("units", range(COUNTER_MAX - 4, COUNTER_MAX + 1))
def test_the_counter_goes_up_to_2_to_the_31_minus_1_and_back_in_one_step_each(units: int) -> None:
    group = WaitGroup()
    group.add(units)
    assert units == group.counter
    group.add(-units)
    assert 0 == group.counter


def test_the_last_unit_below_the_maximum_can_be_added_and_taken_one_at_a_time() -> None:
    group = WaitGroup()
    group.add(COUNTER_MAX - 1)
    group.add(1)
    assert COUNTER_MAX == group.counter
    group.done()
    assert COUNTER_MAX - 1 == group.counter


@pytest.mark.parametrize(("units", "delta"), [(COUNTER_MAX, 1), (1, COUNTER_MAX), (0, 2**31), (0, 2**32), (5, 10**100)])
def test_an_add_above_the_maximum_raises_overflow_error_and_changes_nothing(units: int, delta: int) -> None:
    group = WaitGroup()
    group.add(units)
    with pytest.raises(OverflowError, match=r"^the counter would exceed 2147483647$"):
        group.add(delta)
    assert units == group.counter


@pytest.mark.parametrize("delta", [-6, -(2**31), -(2**32) + 3, -(2**64), -(10**100)])
def test_no_negative_delta_is_truncated_into_range(delta: int) -> None:
    group = WaitGroup()
    group.add(5)
    with pytest.raises(NegativeCounterError):
        group.add(delta)
    assert 5 == group.counter


@pytest.mark.parametrize(
    ("delta", "error"),
    [(10**5000, OverflowError), (-(10**5000), NegativeCounterError)],
    ids=["10**5000", "-10**5000"],
)
def test_a_delta_with_more_digits_than_python_prints_is_refused_like_any_other(
    delta: int, error: type[Exception]
) -> None:
    group = WaitGroup()
    with pytest.raises(error):
        group.add(delta)
    assert 0 == group.counter


@pytest.mark.parametrize("delta", [True, False, 1.0, 0.0, "one", b"1", None, [1], Fraction(1), 1j, HasIndex()])
def test_a_delta_of_another_type_than_int_raises_type_error_and_changes_nothing(delta: Any) -> None:
    group = WaitGroup()
    group.add(1)
    with pytest.raises(TypeError, match=rf"^delta must be an int, not {type(delta).__name__}$"):
        group.add(delta)
    assert 1 == group.counter


@pytest.mark.parametrize("units", [0, 1, COUNTER_MAX])
def test_adding_zero_changes_nothing_at_any_counter(units: int) -> None:
    group = WaitGroup()
    group.add(units)
    group.add(0)
    assert units == group.counter


def test_adding_zero_wakes_no_parked_waiter_and_keeps_them_counted(park: Park) -> None:
    group = WaitGroup()
    group.add(1)
    waits = park(group, 2)
    group.add(0)
    assert set() == wait(waits, timeout=0.05).done
    assert (1, 2) == (group.counter, group.waiters)
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]


@pytest.mark.parametrize(("delta", "error"), [(1, OverflowError), (-(2**31), NegativeCounterError)])
def test_a_refused_add_wakes_no_parked_waiter_and_keeps_them_counted(
    park: Park, delta: int, error: type[Exception]
) -> None:
    group = WaitGroup()
    group.add(COUNTER_MAX)
    waits = park(group, 2)
    with pytest.raises(error):
        group.add(delta)
    assert set() == wait(waits, timeout=0.05).done
    assert (COUNTER_MAX, 2) == (group.counter, group.waiters)
    group.add(-COUNTER_MAX)
    assert [True, True] == [waiting.result() for waiting in waits]


NEAR_ZERO = st.integers(-4, 4)
NEAR_THE_MAXIMUM = st.integers(COUNTER_MAX - 2, COUNTER_MAX + 2)
DELTAS = NEAR_ZERO | NEAR_THE_MAXIMUM | NEAR_THE_MAXIMUM.map(lambda delta: -delta) | st.integers()


class AgainstAnInteger(RuleBasedStateMachine):
    """Every sequence of calls on one thread does to the counter what it does to a plain, checked integer."""

    def __init__(self) -> None:
        super().__init__()
        self.group = WaitGroup()
        self.units = 0

    @rule(delta=DELTAS)
    def add(self, delta: int) -> None:
        total = self.units + delta
        if total < 0:
            with pytest.raises(NegativeCounterError):
                self.group.add(delta)
        elif total > COUNTER_MAX:
            with pytest.raises(OverflowError):
                self.group.add(delta)
        else:
            self.group.add(delta)
            self.units = total

    @rule()
    def done(self) -> None:
        if self.units == 0:
            with pytest.raises(NegativeCounterError):
                self.group.done()
        else:
            self.group.done()
            self.units -= 1

    @rule()
    def drain(self) -> None:
        self.group.add(-self.units)
        self.units = 0

    @rule(timeout=st.sampled_from([0, 0.0, -1, -0.5, 1e-6]))
    def poll(self, timeout: float) -> None:
        assert (self.units == 0) is self.group.wait(timeout)

    @invariant()
    def the_counter_is_the_integer_and_nobody_is_parked(self) -> None:
        assert (self.units, 0) == (self.group.counter, self.group.waiters)


def test_every_sequence_of_calls_does_to_the_counter_what_it_does_to_a_checked_integer() -> None:
    run_state_machine_as_test(AgainstAnInteger)
