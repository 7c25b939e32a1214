"""`strict` action by action: each guard and effect is exact, also at the bounds, and a refused call changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup_spec.explorer import explore
from waitgroup_spec.explorer.search import Outcome
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocol import Call, Effect, Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place, Shared, Thread, begin, initial
from waitgroup_spec.scenarios import SCENARIOS, WAIT, Client, add, scenario
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX

FIELD_MAX = 2**31 - 1
#: A field's values, its bounds and their neighbours much more often than chance would give them.
FIELDS = st.sampled_from([0, 1, 2, FIELD_MAX - 1, FIELD_MAX]) | st.integers(0, FIELD_MAX)
TOTALS = st.sampled_from([-1, 0, 1, FIELD_MAX - 1, FIELD_MAX, FIELD_MAX + 1]) | st.integers(-(2**40), 2**40)
SHARED = st.builds(Shared, FIELDS, FIELDS, st.integers(0, 5))


def enabled(shared: Shared, thread: Thread) -> list[str]:
    return [action.name for action in strict.strict.enabled(shared, thread)]


def over(result: Result) -> Thread:
    """A call that has ended in this way; nothing else of it is left."""
    return Thread(Place.RETURNED, result=result)


def parked(generation: int = 0, timed: bool = False, interrupted: bool = False) -> Thread:
    """A waiter that has joined this generation."""
    return Thread(Place.WAIT_PARKED, timed=timed, interrupted=interrupted, generation=generation)


def alone(shared: Shared, call: Call) -> tuple[Shared, Thread, list[str]]:
    """One call as far as it goes alone, taking the first step that it can: the ways it went."""
    thread, names = begin(call), []
    while actions := strict.strict.enabled(shared, thread):
        names.append(actions[0].name)
        shared, thread = actions[0].effect(shared, thread)
    return shared, thread, names


def test_a_group_starts_with_its_units_and_without_waiters() -> None:
    assert [Shared(0, 0, 0), Shared(7, 0, 0)] == [initial(0), initial(7)]


def test_an_add_begins_by_applying_and_a_wait_by_looking() -> None:
    assert Thread(Place.ADD_APPLY, delta=-3) == begin(Call(delta=-3))
    assert Thread(Place.WAIT_READ, timed=True, interrupted=True) == begin(Call(timed=True, interrupted=True))


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (Place.ADD_APPLY, "apply"),
        (Place.ADD_READ, "read"),
        (Place.ADD_CROSS, "cross"),
        (Place.WAIT_READ, "look"),
        (Place.WAIT_JOIN, "join"),
        (Place.WAIT_CANCEL, "cancel"),
    ],
)
def test_nothing_can_block_a_thread_except_at_its_parking_place(place: Place, name: str) -> None:
    for shared in (Shared(), Shared(FIELD_MAX, FIELD_MAX, 9)):
        assert [name] == enabled(shared, Thread(place, delta=-1))


@given(ended=st.booleans(), timed=st.booleans(), interrupted=st.booleans(), counter=FIELDS)
def test_a_parked_waiter_wakes_once_granted_and_gives_up_only_if_its_call_allows_that(
    ended: bool, timed: bool, interrupted: bool, counter: int
) -> None:
    expected = [
        *(["wake"] if ended else []),
        *(["expire"] if timed else []),
        *(["interrupt"] if interrupted else []),
    ]
    assert expected == enabled(Shared(counter, 1, 4 + ended), parked(4, timed, interrupted))


@given(shared=SHARED, total=TOTALS)
def test_apply_adds_within_range_and_short_of_a_crossing_refuses_an_overflow_and_traps_else(
    shared: Shared, total: int
) -> None:
    delta = total - shared.counter
    thread = begin(Call(delta=delta))
    if delta == 0:
        expected = (shared, over(Result.NONE))
    elif 0 <= total <= FIELD_MAX and not (total == 0 and shared.waiters > 0):
        expected = (shared._replace(counter=total), over(Result.NONE))
    elif delta > 0:
        expected = (shared, over(Result.REJECTED))
    else:
        expected = (shared, thread._replace(place=Place.ADD_READ))
    assert expected == strict.apply(shared, thread)


@given(shared=SHARED, total=TOTALS)
def test_read_refuses_too_little_sees_a_crossing_and_else_tries_again(shared: Shared, total: int) -> None:
    thread = Thread(Place.ADD_READ, delta=total - shared.counter)
    if total < 0:
        expected = over(Result.REJECTED)
    elif total == 0 and shared.waiters > 0:
        expected = thread._replace(place=Place.ADD_CROSS, saved_waiters=shared.waiters)
    else:
        expected = thread._replace(place=Place.ADD_APPLY)
    assert (shared, expected) == strict.read(shared, thread)


@given(shared=SHARED)
def test_cross_makes_the_word_zero_and_ends_the_generation_if_the_word_has_not_moved(shared: Shared) -> None:
    thread = Thread(Place.ADD_CROSS, delta=-shared.counter, saved_waiters=shared.waiters)
    assert (Shared(0, 0, shared.generation + 1), over(Result.NONE)) == strict.cross(shared, thread)


@given(shared=SHARED, counter=FIELDS, waiters=FIELDS)
def test_cross_does_nothing_and_reads_again_if_either_field_has_moved(
    shared: Shared, counter: int, waiters: int
) -> None:
    if (counter, waiters) != shared[:2]:
        thread = Thread(Place.ADD_CROSS, delta=-counter, saved_waiters=waiters)
        assert (shared, Thread(Place.ADD_READ, delta=-counter)) == strict.cross(shared, thread)


@given(shared=SHARED)
def test_look_returns_true_at_zero_refuses_one_waiter_too_many_and_else_goes_on_to_join(shared: Shared) -> None:
    if shared.counter == 0:
        expected = over(Result.TRUE)
    elif shared.waiters == FIELD_MAX:
        expected = over(Result.REJECTED)
    else:
        expected = Thread(Place.WAIT_JOIN, timed=True)
    assert (shared, expected) == strict.look(shared, begin(Call(timed=True)))


@given(shared=SHARED)
def test_join_parks_in_this_generation_while_there_is_work_and_room_and_else_looks_again(shared: Shared) -> None:
    thread = Thread(Place.WAIT_JOIN, timed=True)
    if shared.counter >= 1 and shared.waiters < FIELD_MAX:
        expected = (shared._replace(waiters=shared.waiters + 1), parked(shared.generation, timed=True))
    else:
        expected = (shared, begin(Call(timed=True)))
    assert expected == strict.join(shared, thread)


@pytest.mark.parametrize("counter", [0, 1, COUNTER_MAX])
def test_a_granted_waiter_returns_true_whatever_the_counter_is(counter: int) -> None:
    shared = Shared(counter, 0, 1)
    assert (shared, over(Result.TRUE)) == strict.wake(shared, parked(0))


@pytest.mark.parametrize(
    ("giving_up", "reason"), [(strict.expire, Result.FALSE), (strict.interrupt, Result.INTERRUPTED)]
)
def test_a_waiter_that_gives_up_goes_on_to_cancel_with_its_reason(giving_up: Effect, reason: Result) -> None:
    shared, thread = Shared(1, 1, 3), parked(3, timed=True, interrupted=True)
    assert (shared, thread._replace(place=Place.WAIT_CANCEL, reason=reason)) == giving_up(shared, thread)


@pytest.mark.parametrize("reason", [Result.FALSE, Result.INTERRUPTED])
def test_cancel_takes_a_waiter_that_is_still_parked_out_of_the_count(reason: Result) -> None:
    shared, thread = Shared(2, 3, 4), Thread(Place.WAIT_CANCEL, generation=4, reason=reason)
    assert (Shared(2, 2, 4), over(reason)) == strict.cancel(shared, thread)


@pytest.mark.parametrize(("reason", "result"), [(Result.FALSE, Result.TRUE), (Result.INTERRUPTED, Result.INTERRUPTED)])
def test_cancel_after_a_grant_changes_nothing_and_an_expired_wait_has_its_true(reason: Result, result: Result) -> None:
    shared, thread = Shared(2, 3, 5), Thread(Place.WAIT_CANCEL, generation=4, reason=reason)
    assert (shared, over(result)) == strict.cancel(shared, thread)


def test_a_done_too_many_is_refused_and_changes_nothing() -> None:
    assert (Shared(), over(Result.REJECTED), ["apply", "read"]) == alone(Shared(), Call(delta=-1))


def test_the_last_done_under_parked_waiters_traps_reads_and_crosses() -> None:
    found = alone(Shared(1, 3, 0), Call(delta=-1))
    assert (Shared(0, 0, 1), over(Result.NONE), ["apply", "read", "cross"]) == found


def test_a_bulk_delta_under_parked_waiters_crosses_too_and_a_larger_one_is_refused() -> None:
    assert (Shared(0, 0, 1), over(Result.NONE), ["apply", "read", "cross"]) == alone(Shared(5, 1, 0), Call(delta=-5))
    assert (Shared(5, 1, 0), over(Result.REJECTED), ["apply", "read"]) == alone(Shared(5, 1, 0), Call(delta=-6))


def test_the_last_unit_that_fits_is_added_and_one_more_is_refused() -> None:
    full = Shared(COUNTER_MAX, 2, 0)
    assert (full, over(Result.NONE), ["apply"]) == alone(Shared(COUNTER_MAX - 1, 2, 0), Call(delta=1))
    assert (full, over(Result.REJECTED), ["apply"]) == alone(full, Call(delta=1))


def test_the_last_waiter_that_fits_parks_and_one_more_is_refused() -> None:
    full = Shared(1, WAITERS_MAX, 0)
    assert (full, parked(0), ["look", "join"]) == alone(Shared(1, WAITERS_MAX - 1, 0), Call())
    assert (full, over(Result.REJECTED), ["look"]) == alone(full, Call())


def test_a_scenario_that_overflows_has_exactly_its_surplus_calls_refused() -> None:
    adders = Client("adder", (add(1),), 3)
    found = explore(strict.strict, scenario("full", "one place is left for three", COUNTER_MAX - 1, adders))
    assert {"all returned, 2 refused": Outcome(3, 3)} == found.outcomes


def test_a_wait_on_a_full_counter_parks_like_any_other() -> None:
    found = explore(strict.strict, scenario("full", "a wait that nobody ends", COUNTER_MAX, Client("waiter", (WAIT,))))
    assert {"1 blocked": Outcome(1, 2)} == found.outcomes


#: At two workers and two waiters: the contract's outcomes, in how many states, and how soon.
OUTCOMES = {
    "pre-added": {"all returned": Outcome(2, 4)},
    "add-done": {"all returned": Outcome(3, 6)},
    "nested": {"all returned": Outcome(2, 6)},
    "mixed": {"all returned": Outcome(2, 5)},
    "reuse": {"all returned": Outcome(3, 7)},
    "reuse-eager": {"all returned": Outcome(3, 6)},
    "reuse-open": {"1 blocked": Outcome(2, 7), "2 blocked": Outcome(2, 8)},
    "reuse-parked": {"all returned": Outcome(1, 10)},
    "surplus": {"all returned, 1 refused": Outcome(4, 6)},
    "zero-delta": {"all returned": Outcome(3, 8)},
    "timeout-race": {"all returned": Outcome(2, 4), "all returned, 1 expired": Outcome(2, 7)},
    "timeout-reuse": {"all returned, 1 expired": Outcome(2, 9), "all returned, 2 expired": Outcome(2, 12)},
    "cancel": {"all returned": Outcome(3, 7), "all returned, 1 interrupted": Outcome(3, 10)},
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_under_every_scenario_all_properties_hold_and_the_outcomes_are_exactly_these(name: str) -> None:
    built = SCENARIOS[name](2, 2)
    found = explore(strict.strict, built, properties_of(strict.strict, built))
    assert ("holds", 7, False) == (found.verdict, len(found.verdicts), found.truncated)
    assert OUTCOMES[name] == found.outcomes
