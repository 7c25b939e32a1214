"""A scenario as a transition system: when threads start, how calls follow each other, and how an ending is named."""

import pytest

from waitgroup_spec.explorer import explore
from waitgroup_spec.explorer.search import Outcome
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import (
    DONE,
    INTERRUPTED_WAIT,
    SCENARIOS,
    TIMED_WAIT,
    WAIT,
    After,
    Client,
    Scenario,
    Turn,
    When,
    add,
    scenario,
)


def steps(system: System, state: State) -> list[tuple[int, str]]:
    """Who can step, by position among the threads from 1 on, and the action's name."""
    return [(position, move.action) for position, move, _ in system.successors(state)]


def after(system: System, *moves: tuple[int, str]) -> State:
    """The state after these steps from the start."""
    state = system.initial
    for wanted in moves:
        (state,) = [to for position, move, to in system.successors(state) if (position, move.action) == wanted]
    return state


def blocked_and_late(start: When | After, units: int = 1, *calls: Call) -> Scenario:
    """One waiter on one unit, and one thread that starts late and takes that unit away."""
    return scenario("late", "", units, Client("waiter", (WAIT,)), Client("late", calls or (DONE,), start=start))


def test_threads_step_in_the_order_of_their_clients_and_a_thread_that_is_not_started_does_not() -> None:
    system = System(strict.strict, SCENARIOS["reuse"](2, 2))
    assert [(1, "apply"), (2, "apply"), (3, "look"), (4, "look")] == steps(system, system.initial)


def test_a_thread_that_waits_for_quiescence_starts_once_every_other_one_is_blocked() -> None:
    system = System(strict.strict, blocked_and_late(When.QUIESCENT))
    assert [(1, "look")] == steps(system, system.initial)
    assert [(1, "join")] == steps(system, after(system, (1, "look")))
    assert [(2, "apply")] == steps(system, after(system, (1, "look"), (1, "join")))


def test_a_thread_that_has_started_at_quiescence_goes_on_when_it_is_over() -> None:
    system = System(strict.strict, blocked_and_late(When.QUIESCENT, 1, DONE, add(1)))
    crossed = after(system, (1, "look"), (1, "join"), (2, "apply"), (2, "read"), (2, "cross"))
    assert [(1, "wake"), (2, "apply")] == steps(system, crossed)


def test_a_thread_that_waits_until_all_have_returned_does_not_start_while_one_is_blocked() -> None:
    found = explore(strict.strict, blocked_and_late(When.RETURNED))
    assert {"1 blocked": Outcome(1, 2)} == found.outcomes


def test_a_thread_that_waits_until_all_have_returned_starts_then() -> None:
    found = explore(strict.strict, blocked_and_late(When.RETURNED, 0, add(1)))
    assert {"all returned": Outcome(1, 2)} == found.outcomes


def test_a_thread_starts_as_its_starter_completes_the_call_and_not_before() -> None:
    starter = Client("starter", (add(1), add(2), WAIT))
    late = Client("late", (add(-3),), start=After("starter", 2))
    system = System(strict.strict, scenario("after", "", 0, starter, late))
    assert [(1, "apply")] == steps(system, system.initial)
    assert [(1, "apply")] == steps(system, after(system, (1, "apply")))
    assert [(1, "look"), (2, "apply")] == steps(system, after(system, (1, "apply"), (1, "apply")))


def test_the_next_call_begins_in_the_step_that_ends_the_last_one() -> None:
    system = System(strict.strict, SCENARIOS["reuse"](1, 1))
    state = after(system, (1, "apply"), (2, "look"))
    assert [strict.returned(Result.NONE), strict.begin(add(1))] == list(system.view(state)[1][:2])


def test_a_thread_that_panics_makes_none_of_its_further_calls() -> None:
    """In `reuse` the first waiter passes at zero and panics in its add, because the other one is still registered."""
    system = System(go.go, SCENARIOS["reuse"](1, 2))
    moves = [(3, "load"), (3, "compare_and_swap"), (1, "apply"), (2, "load"), (2, "apply")]
    state = after(system, *moves)
    shared, threads = system.view(state)
    assert (go.Panic.MISUSE_ADD, go.PANICKED) == (shared.panic, threads[1])
    assert (True, [], "panic 2") == (system.finished(state[2]), steps(system, state), system.outcome(state))


def test_a_client_that_repeats_begins_again_after_its_last_call_and_has_forgotten_its_results() -> None:
    endless = Client("endless", (add(1), DONE), repeats=True)
    system = System(strict.strict, scenario("endless", "", 0, endless))
    assert system.initial == after(system, (1, "apply"), (1, "apply"))
    assert system.initial != after(system, (1, "apply"))
    assert {} == explore(strict.strict, system.scenario).outcomes


def test_the_same_client_without_repeats_makes_its_calls_once() -> None:
    found = explore(strict.strict, scenario("once", "", 0, Client("once", (add(1), DONE))))
    assert (3, {"all returned": Outcome(1, 2)}) == (found.states, found.outcomes)


def test_a_client_that_repeats_can_be_blocked_and_can_panic() -> None:
    waiting = Client("waiter", (WAIT,), repeats=True)
    assert {"1 blocked": Outcome(1, 2)} == explore(strict.strict, scenario("waiting", "", 1, waiting)).outcomes
    taking = Client("taker", (DONE,), repeats=True)
    assert {"panic 1": Outcome(1, 2)} == explore(go.go, scenario("taking", "", 1, taking)).outcomes


def test_a_thread_cannot_be_started_by_a_client_that_repeats() -> None:
    endless = Client("endless", (add(1), DONE), repeats=True)
    late = Client("late", (WAIT,), start=After("endless", 1))
    with pytest.raises(ValueError, match="late cannot be started by endless, which repeats its calls"):
        System(strict.strict, scenario("late", "", 0, endless, late))


def test_an_ending_is_named_after_what_became_of_the_calls() -> None:
    clients = (
        Client("waiter", (WAIT,), 2),
        Client("impatient", (TIMED_WAIT,)),
        Client("interrupted", (INTERRUPTED_WAIT,)),
        Client("greedy", (add(-9), add(-9))),
    )
    outcomes = set(explore(strict.strict, scenario("everything", "", 1, *clients)).outcomes)
    # Nobody takes the unit away: the timed wait always expires in the end, and the other one is always interrupted.
    assert {"2 blocked, 2 refused, 1 expired, 1 interrupted"} == outcomes


def test_an_ending_in_which_all_have_returned_says_so_first() -> None:
    clients = (Client("greedy", (add(-9),)), Client("impatient", (TIMED_WAIT,)))
    outcomes = set(explore(strict.strict, scenario("everything", "", 1, *clients)).outcomes)
    assert {"all returned, 1 refused, 1 expired"} == outcomes


def test_a_thread_that_never_started_is_not_counted_as_blocked() -> None:
    never = Client("never", (DONE,), start=After("waiter", 1))
    found = explore(strict.strict, scenario("never", "", 1, Client("waiter", (WAIT,)), never))
    assert {"1 blocked": Outcome(1, 2)} == found.outcomes


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_step_changes_the_shared_state_and_one_thread_at_most(name: str) -> None:
    system = System(strict.strict, SCENARIOS[name](2, 2))
    for position, move, state in system.successors(system.initial):
        assert (move.shared, move.local) == (state[0], state[position])
        others = [i for i in range(1, len(state)) if i != position]
        assert [system.initial[i] for i in others] == [state[i] for i in others]


def test_the_representative_of_a_state_sorts_identical_threads_and_no_others() -> None:
    system = System(strict.strict, SCENARIOS["reuse-parked"](1, 3))
    assert (9, 1, 2, 3, 0) == system.canonical((9, 3, 1, 2, 0))


def in_turns() -> Scenario:
    """A waiter; two threads that take a unit each, together; and then one more."""
    late = [Client(f"late {n}", (DONE,), start=Turn(turn)) for n, turn in enumerate((1, 1, 2), 1)]
    return scenario("turns", "", 3, Client("waiter", (WAIT,)), *late)


def test_the_threads_of_a_turn_start_together_once_all_is_quiescent() -> None:
    system = System(strict.strict, in_turns())
    assert [(1, "look")] == steps(system, system.initial)
    assert [(1, "join")] == steps(system, after(system, (1, "look")))
    assert [(2, "apply"), (3, "apply")] == steps(system, after(system, (1, "look"), (1, "join")))
    assert [(3, "apply")] == steps(system, after(system, (1, "look"), (1, "join"), (2, "apply")))


def test_a_turn_comes_when_each_earlier_one_has_come_and_all_is_quiescent_again() -> None:
    system = System(strict.strict, in_turns())
    both = [(1, "look"), (1, "join"), (2, "apply"), (3, "apply")]
    assert [(4, "apply")] == steps(system, after(system, *both))
    assert {"all returned": Outcome(1, 8)} == explore(strict.strict, in_turns()).outcomes


@pytest.mark.parametrize("start", [When.QUIESCENT, Turn(1)])
def test_all_is_not_quiescent_while_a_thread_that_was_started_has_not_made_its_first_step(
    start: When | Turn,
) -> None:
    started = Client("started", (DONE,), start=After("starter", 1))
    late = Client("late", (DONE,), start=start)
    system = System(strict.strict, scenario("due", "", 1, Client("starter", (add(1),)), started, late))
    assert [(2, "apply")] == steps(system, after(system, (1, "apply")))
    assert [(3, "apply")] == steps(system, after(system, (1, "apply"), (2, "apply")))
