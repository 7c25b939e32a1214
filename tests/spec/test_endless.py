"""What fairness Go's semaphore must give, exactly as pinned; and that each answer would change with the protocol."""

from typing import Any

import pytest

from waitgroup_spec.endless import (
    FAIRNESS,
    FROM_ZERO,
    GO_PARKS,
    HOLDER,
    LATE_PASSER,
    ONE_ROUND,
    PASSERS,
    RACING_REUSE,
    RETURNS,
    Answer,
    answer,
    present_or_over,
)
from waitgroup_spec.explorer import Exploration, cycles, explore
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import System
from waitgroup_spec.properties import GO_UNDER_LEGAL_USE, Kind, properties_of
from waitgroup_spec.protocol import Effect, Protocol, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import DONE, SCENARIOS, WAIT, Client, Scenario, add, pre_added

QUESTIONS = {question.name: question for question in FAIRNESS}

#: Verdict, states, and of a counterexample the steps before its round and those of its round.
ANSWERS = {
    "go-weak-fairness-suffices": Answer("holds", 1434),
    "go-permits-are-own": Answer("holds", 1434),
    "go-permits-are-enough": Answer("holds", 1434),
    "scheduler-must-be-fair": Answer("violated", 1434, 2, 1),
    "semaphore-must-be-fair": Answer("violated", 16, 7, 1),
    "semaphore-must-be-fair-at-rest": Answer("violated", 11, 6, 0),
    "go-overtaken-under-racing-reuse": Answer("violated", 68, 8, 9),
    "go-permits-mixed-under-racing-reuse": Answer("violated", 68, 10, 0),
    "strict-never-overtaken": Answer("holds", 29),
    "go-not-wait-free": Answer("violated", 8, 0, 4),
    "strict-parks-while-positive": Answer("holds", 6),
    "strict-not-wait-free": Answer("violated", 13, 0, 4),
}


def test_each_question_has_exactly_the_answer_that_is_pinned() -> None:
    assert ANSWERS == {question.name: answer(question) for question in FAIRNESS}


def test_each_answer_is_the_expected_one() -> None:
    assert {q.name: q.expected for q in FAIRNESS} == {name: found.verdict for name, found in ANSWERS.items()}


@pytest.mark.parametrize("program", [PASSERS, LATE_PASSER, ONE_ROUND, HOLDER], ids=lambda program: program.name)
def test_the_programs_called_legal_keep_all_that_go_promises_under_legal_use(program: Scenario) -> None:
    always = tuple(property_ for property_ in GO_UNDER_LEGAL_USE if property_.kind is Kind.ALWAYS)
    assert ("holds", 5) == (explore(go.go, program, always).verdict, len(always))


@pytest.mark.parametrize("program", [FROM_ZERO, RACING_REUSE], ids=lambda program: program.name)
def test_the_programs_called_illegal_can_panic_in_go(program: Scenario) -> None:
    assert {"panic 4"} == set(explore(go.go, program).outcomes)


def actions_of(name: str) -> list[tuple[str, str]]:
    """Who does what in the round of a counterexample."""
    question = QUESTIONS[name]
    found = explore(question.protocol, question.scenario, (question.property,))
    path, loop = found.verdicts[0].path, found.verdicts[0].loop
    taken = []
    for number in range(loop or 0, len(path) - 1):
        moves = found.system.successors(path[number])
        thread, move = next((thread, move) for thread, move, state in moves if state == path[number + 1])
        taken.append((question.scenario.thread_names[thread - 1], move.action))
    return taken


def test_the_waiter_that_is_overtaken_for_ever_watches_its_rival_take_its_permit_round_by_round() -> None:
    expected = [
        ("rival", "acquire"),
        ("rival", "recheck"),
        ("worker", "release"),
        ("worker", "apply"),
        ("rival", "load"),
        ("rival", "compare_and_swap"),
        ("worker", "apply"),
        ("worker", "reload"),
        ("worker", "reset"),
    ]
    assert expected == actions_of("go-overtaken-under-racing-reuse")


def test_the_wait_that_fails_for_ever_loads_and_swaps_at_the_wrong_moments() -> None:
    expected = [("waiter", "load"), ("holder", "apply"), ("waiter", "compare_and_swap"), ("holder", "apply")]
    assert expected == actions_of("go-not-wait-free")


# Each answer can change


def only_one_released(shared: go.Shared, _thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """One permit, however many waiters there are."""
    return shared._replace(permits=shared.permits + 1), go.ADDED


def released_before_reset(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """A permit is there before the word is zero."""
    shared = shared._replace(permits=shared.permits + 1)
    return shared, thread._replace(place=go.Place.ADD_RESET)


def nobody_granted(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A crossing that does not end the generation."""
    return strict.cross(shared, thread)[0]._replace(generation=shared.generation), strict.returned(Result.NONE)


def joined_at_one(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A join that asks for exactly one unit, as a compare-and-swap would."""
    return strict.join(shared, thread) if shared.counter == 1 else (shared, strict.begin(WAIT))


def swapped_for_sure(shared: go.Shared, _thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """A compare-and-swap that cannot fail."""
    return go.compare_and_swap(shared, go.Thread(go.Place.WAIT_SWAP, saved=shared.word))


def joined_for_sure(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A join that does not look at the counter."""
    parked = thread._replace(place=strict.Place.WAIT_PARKED, generation=shared.generation)
    return shared._replace(waiters=shared.waiters + 1), parked


@pytest.mark.parametrize(
    ("name", "action", "effect"),
    [
        ("go-weak-fairness-suffices", "release", only_one_released),
        ("go-permits-are-own", "reload", released_before_reset),
        ("go-permits-are-enough", "release", only_one_released),
        ("strict-never-overtaken", "cross", nobody_granted),
        ("strict-parks-while-positive", "join", joined_at_one),
        ("go-not-wait-free", "compare_and_swap", swapped_for_sure),
        ("strict-not-wait-free", "join", joined_for_sure),
    ],
)
def test_the_answer_is_the_opposite_one_of_a_protocol_changed_in_one_action(
    name: str, action: str, effect: Effect
) -> None:
    question = QUESTIONS[name]
    original = question.protocol
    changed = original.like(original.name, original.sentence)
    changed.actions = {**original.actions, action: original.actions[action]._replace(effect=effect)}
    found = answer(question._replace(protocol=changed)).verdict
    assert {"holds", "violated"} == {question.expected, found}


@pytest.mark.parametrize("name", ["semaphore-must-be-fair", "semaphore-must-be-fair-at-rest"])
def test_with_a_fair_semaphore_the_same_waiter_returns(name: str) -> None:
    assert "holds" == answer(QUESTIONS[name]._replace(property=RETURNS)).verdict


# How long a permit stays


def taken(program: Scenario) -> tuple[int, int]:
    """How many steps take away a permit that another waiter could have taken, and how many with more to be released."""
    graph = Graph(System(go.go, program), symmetry=False)
    graph.fill(10_000)
    views = [graph.system.view(state) for state in graph.states]
    acquire = go.go.actions["acquire"]

    def able(state: int, thread: int) -> bool:
        shared, threads = views[state]
        return threads[thread].place == acquire.place and acquire.guard(shared, threads[thread])

    found = [
        before
        for before, (_, threads) in enumerate(views)
        for position, _, after in graph.steps_of(before)
        for thread in range(len(threads))
        if thread != position - 1 and able(before, thread) and not able(after, thread)
    ]
    return len(found), sum(any(one.place is go.Place.ADD_RELEASE for one in views[before][1]) for before in found)


@pytest.mark.parametrize(
    ("program", "steps"), [(pre_added(1, 1), 0), (pre_added(1, 2), 2), (pre_added(2, 2), 4), (PASSERS, 112)]
)
def test_under_legal_use_a_waiter_loses_sight_of_a_permit_only_while_more_are_to_be_released(
    program: Scenario, steps: int
) -> None:
    assert (steps, steps) == taken(program)


def test_under_racing_reuse_a_waiter_loses_sight_of_a_permit_while_none_is_to_be_released() -> None:
    assert (8, 2) == taken(RACING_REUSE)


# Every bounded program ends

SIZES = [(1, 1), (2, 1), (1, 2), (2, 2)]
BOUNDED = [(go.go, name) for name in ("pre-added", "nested", "mixed")] + [(strict.strict, name) for name in SCENARIOS]


@pytest.mark.parametrize(("protocol", "name"), BOUNDED, ids=[f"{protocol.name}-{name}" for protocol, name in BOUNDED])
def test_a_bounded_program_has_no_cycle_and_each_call_returns_or_waits_for_outstanding_work(
    protocol: Protocol, name: str
) -> None:
    for size in SIZES:
        program = SCENARIOS[name](*size)
        eventually = [one for one in properties_of(protocol, program) if one.kind is Kind.EVENTUALLY]
        found = explore(protocol, program, tuple(eventually))
        assert ("holds", 1) == (found.verdict, len(eventually))
        assert (found.states, 0) == cycles(protocol, program)


@pytest.mark.parametrize(("rounds", "states"), [(1, 11), (2, 19), (5, 43)])
def test_go_s_wait_parks_beside_a_holder_of_any_bounded_number_of_rounds(rounds: int, states: int) -> None:
    """A swap fails only because somebody else's call has gone on: the protocol is lock-free."""
    holder = Client("holder", (add(1), DONE) * rounds)
    program = HOLDER._replace(clients=(HOLDER.clients[0], holder))
    found = explore(go.go, program, (GO_PARKS._replace(kind=Kind.EVENTUALLY),))
    assert "holds" == found.verdict
    assert (states, 0) == cycles(go.go, program)


def test_beside_an_endless_holder_there_are_cycles() -> None:
    assert (8, 8) == cycles(go.go, HOLDER)


# The quotient of strict's generations


def said(found: Exploration) -> tuple[Any, ...]:
    """Outcomes and verdicts."""
    return {name: outcome.depth for name, outcome in found.outcomes.items()}, [one.verdict for one in found.verdicts]


@pytest.mark.parametrize("name", SCENARIOS)
def test_of_a_generation_it_only_matters_whether_it_is_over(name: str) -> None:
    program = SCENARIOS[name](2, 2)
    properties = properties_of(strict.strict, program)
    full, reduced = (explore(strict.strict, program, properties, quotient=each) for each in (None, present_or_over))
    assert said(full) == said(reduced)
    assert reduced.states <= full.states


def test_a_quotient_that_forgets_who_is_granted_is_found_out() -> None:
    def forgetful(shared: strict.Shared, threads: tuple[Any, ...]) -> tuple[strict.Shared, tuple[Any, ...]]:
        return shared._replace(generation=0), tuple(thread._replace(generation=0) for thread in threads)

    program = SCENARIOS["pre-added"](2, 2)
    properties = properties_of(strict.strict, program)
    full, reduced = (explore(strict.strict, program, properties, quotient=each) for each in (None, forgetful))
    assert said(full) != said(reduced)


def test_without_the_quotient_the_generations_have_no_end() -> None:
    found = explore(strict.strict, RACING_REUSE, (RETURNS,), max_states=1000)
    assert (True, "inconclusive") == (found.truncated, found.verdict)
