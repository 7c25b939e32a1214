"""The contract clause by clause: each step is enabled exactly when the table says so, and does exactly what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup_spec.contract import (
    Place,
    Shared,
    Thread,
    apply,
    begin,
    cancel,
    contract,
    expire,
    initial,
    pass_through,
    register,
    reject,
    zero,
)
from waitgroup_spec.explorer import explore
from waitgroup_spec.protocol import Call, Effect, Result
from waitgroup_spec.scenarios import SCENARIOS

COUNTER_MAX = 2**31 - 1
COUNTERS = st.sampled_from([0, 1, 2, COUNTER_MAX - 1, COUNTER_MAX]) | st.integers(0, COUNTER_MAX)
#: Where an add might bring the counter: the bounds and their neighbours much more often than chance would.
TOTALS = st.sampled_from([-1, 0, 1, COUNTER_MAX - 1, COUNTER_MAX, COUNTER_MAX + 1]) | st.integers(-(2**40), 2**40)
GENERATIONS = st.integers(0, 5)


def enabled(shared: Shared, thread: Thread) -> list[str]:
    return [action.name for action in contract.enabled(shared, thread)]


def registered(generation: int, timed: bool = False, interrupted: bool = False) -> Thread:
    """A wait that belongs to this generation."""
    return Thread(Place.WAIT_REGISTERED, timed=timed, interrupted=interrupted, generation=generation)


def over(result: Result) -> Thread:
    """A call that has ended in this way; nothing else of it is left."""
    return Thread(Place.RETURNED, result=result)


def test_a_group_starts_with_its_units_in_generation_0() -> None:
    assert [Shared(0, 0), Shared(7, 0)] == [initial(0), initial(7)]


def test_an_invoked_call_keeps_what_it_was_given() -> None:
    assert Thread(Place.ADD_INVOKED, delta=-3) == begin(Call(delta=-3))
    assert Thread(Place.ADD_INVOKED, delta=0) == begin(Call(delta=0))
    assert Thread(Place.WAIT_INVOKED) == begin(Call())
    assert Thread(Place.WAIT_INVOKED, timed=True) == begin(Call(timed=True))
    assert Thread(Place.WAIT_INVOKED, interrupted=True) == begin(Call(interrupted=True))


@given(counter=COUNTERS, total=TOTALS, generation=GENERATIONS)
def test_an_add_is_applied_within_range_and_refused_outside_and_there_is_no_third_case(
    counter: int, total: int, generation: int
) -> None:
    allowed = 0 <= total <= COUNTER_MAX
    thread = begin(Call(delta=total - counter))
    assert (["apply"] if allowed else ["reject"]) == enabled(Shared(counter, generation), thread)


@given(counter=COUNTERS, total=COUNTERS, generation=GENERATIONS)
def test_apply_adds_the_delta_and_ends_the_generation_exactly_if_that_makes_zero(
    counter: int, total: int, generation: int
) -> None:
    ended = total == 0 and counter != 0
    shared, thread = apply(Shared(counter, generation), begin(Call(delta=total - counter)))
    assert (Shared(total, generation + ended), over(Result.NONE)) == (shared, thread)


@pytest.mark.parametrize("counter", [0, 1, COUNTER_MAX])
def test_add_zero_is_applied_at_any_counter_and_changes_nothing(counter: int) -> None:
    shared, thread = Shared(counter, 3), begin(Call(delta=0))
    assert ["apply"] == enabled(shared, thread)
    assert (shared, over(Result.NONE)) == apply(shared, thread)


@given(counter=COUNTERS, delta=st.integers(-(2**40), 2**40), generation=GENERATIONS)
def test_reject_ends_the_call_in_an_exception_and_changes_nothing(counter: int, delta: int, generation: int) -> None:
    shared = Shared(counter, generation)
    assert (shared, over(Result.REJECTED)) == reject(shared, begin(Call(delta=delta)))


@given(counter=COUNTERS, generation=GENERATIONS, timed=st.booleans(), interrupted=st.booleans())
def test_an_invoked_wait_registers_while_the_counter_is_positive_and_passes_at_zero(
    counter: int, generation: int, timed: bool, interrupted: bool
) -> None:
    thread = begin(Call(timed=timed, interrupted=interrupted))
    assert (["register"] if counter > 0 else ["pass_through"]) == enabled(Shared(counter, generation), thread)


@given(counter=COUNTERS, generation=GENERATIONS, timed=st.booleans(), interrupted=st.booleans())
def test_register_makes_the_wait_belong_to_this_generation_and_changes_nothing_shared(
    counter: int, generation: int, timed: bool, interrupted: bool
) -> None:
    shared = Shared(counter, generation)
    expected = registered(generation, timed, interrupted)
    assert (shared, expected) == register(shared, begin(Call(timed=timed, interrupted=interrupted)))


@given(generation=GENERATIONS)
def test_pass_returns_true_and_changes_nothing(generation: int) -> None:
    shared = Shared(0, generation)
    assert (shared, over(Result.TRUE)) == pass_through(shared, begin(Call()))


@given(counter=COUNTERS, ended=st.booleans(), generation=GENERATIONS, timed=st.booleans(), interrupted=st.booleans())
def test_a_registered_wait_can_return_true_once_released_expire_before_and_be_cancelled_at_any_time(
    counter: int, ended: bool, generation: int, timed: bool, interrupted: bool
) -> None:
    expected = [
        *(["zero"] if ended else []),
        *(["expire"] if timed and not ended else []),
        *(["cancel"] if interrupted else []),
    ]
    thread = registered(generation, timed, interrupted)
    assert expected == enabled(Shared(counter, generation + ended), thread)


@pytest.mark.parametrize("counter", [0, 1, COUNTER_MAX])
def test_a_released_wait_stays_released_whatever_the_counter_has_become_since(counter: int) -> None:
    for generation in (1, 2, 7):
        assert ["zero"] == enabled(Shared(counter, generation), registered(0))


@pytest.mark.parametrize(
    ("step", "result"), [(zero, Result.TRUE), (expire, Result.FALSE), (cancel, Result.INTERRUPTED)]
)
def test_a_registered_wait_ends_in_its_result_and_changes_nothing_shared(step: Effect, result: Result) -> None:
    shared = Shared(5, 2)
    assert (shared, over(result)) == step(shared, registered(2, timed=True, interrupted=True))


def test_a_call_that_has_ended_takes_no_further_step() -> None:
    assert [[]] * len(Result) == [enabled(Shared(1, 1), over(result)) for result in Result]


#: How the contract lets each scenario end with two workers and two waiters.
ALLOWED = {
    "pre-added": {"all returned"},
    "add-done": {"all returned"},
    "nested": {"all returned"},
    "mixed": {"all returned"},
    "reuse": {"all returned"},
    "reuse-eager": {"all returned"},
    # The first waiter, whose own unit stays open; the second waiter too if it comes after that unit was added.
    "reuse-open": {"1 blocked", "2 blocked"},
    "reuse-parked": {"all returned"},
    "surplus": {"all returned, 1 refused"},
    "zero-delta": {"all returned"},
    "timeout-race": {"all returned", "all returned, 1 expired"},
    # The late wait must expire, because its own unit stays open.
    "timeout-reuse": {"all returned, 1 expired", "all returned, 2 expired"},
    "cancel": {"all returned", "all returned, 1 interrupted"},
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_contract_lets_the_scenario_end_in_exactly_these_ways(name: str) -> None:
    assert ALLOWED[name] == set(explore(contract, SCENARIOS[name](2, 2)).outcomes)
