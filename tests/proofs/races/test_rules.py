"""Each edge that a rule needs is taken out: named cases race that should not, and waits return early."""

import pytest

from waitgroup_proofs.races.clocks import ATOMICS, PROMISE, Edge, Operation, Rule, operation_of
from waitgroup_proofs.races.language import Body, start, write
from waitgroup_proofs.races.machine import Machine
from waitgroup_proofs.races.programs import CASES
from waitgroup_proofs.races.search import early_returns, races, search
from waitgroup_spec.protocols.go import Place, Shared, Thread, go
from waitgroup_spec.scenarios import DONE, WAIT, add
from waitgroup_spec.word import Word

QUIET = [case for case in CASES if not case.racy]
LEGAL = [case for case in CASES if case.legal]
SMALL = [case for case in LEGAL if case.name not in {"NoRaceWaitGroupMultipleWait3", "NoRaceWaitGroupReuse2"}]

#: Steps to the first race, or the first early return, when Wait passes through at zero, and when it was parked.
THROUGH = {
    "NoRaceWaitGroup": 3,
    "RaceWaitGroup": 5,
    "NoRaceWaitGroup2": 3,
    "NoRaceWaitGroupMultipleWait2": 4,
    "NoRaceWaitGroupMultipleWait3": 5,
    "RaceWaitGroup2": 4,
    "NoRaceWaitGroupTransitive": 4,
    "NoRaceWaitGroupReuse": 5,
    "NoRaceWaitGroupReuse2": 5,
    "NoRaceWaitGroupConcurrentAdd": 9,
}
PARKED = {name: steps + 6 for name, steps in THROUGH.items()}
#: Of these, the cases in which somebody accesses after a wait what somebody else wrote before a done().
SHARING = [
    "NoRaceWaitGroup2",
    "NoRaceWaitGroupMultipleWait3",
    "NoRaceWaitGroupTransitive",
    "NoRaceWaitGroupReuse",
    "NoRaceWaitGroupReuse2",
]
PERMITS = (Operation.RELEASE, Operation.ACQUIRE)

MUTANTS = pytest.mark.parametrize(
    ("rule", "without", "steps"),
    [
        (PROMISE, (Operation.SUBTRACT,), THROUGH),
        (PROMISE, (Operation.PASS,), THROUGH),
        (PROMISE, (Operation.RECHECK,), PARKED),
        (ATOMICS, (Operation.SUBTRACT,), THROUGH),
        (ATOMICS, (Operation.PASS,), THROUGH),
        pytest.param(ATOMICS, (Operation.RECHECK, Operation.ACQUIRE), PARKED, marks=pytest.mark.slow),
        pytest.param(ATOMICS, (Operation.RECHECK, Operation.RELEASE), PARKED, marks=pytest.mark.slow),
    ],
    ids=[
        "done-does-not-release",
        "wait-at-zero-does-not-acquire",
        "woken-wait-does-not-acquire",
        "atomic-done-does-not-release",
        "atomic-wait-at-zero-does-not-acquire",
        "woken-wait-takes-nothing-from-permit-or-word",
        "permits-and-word-give-nothing-to-a-woken-wait",
    ],
)


@MUTANTS
def test_without_a_needed_edge_exactly_the_sharing_cases_race(
    rule: Rule, without: tuple[Operation, ...], steps: dict[str, int]
) -> None:
    found = {case.name: races(case, rule.without(*without)) for case in QUIET}
    assert {name: steps[name] for name in SHARING} == {name: len(it.run) for name, it in found.items() if it.race}


@MUTANTS
def test_without_a_needed_edge_waits_return_early_in_every_case_that_has_a_done_and_a_wait(
    rule: Rule, without: tuple[Operation, ...], steps: dict[str, int]
) -> None:
    found = {case.name: early_returns(case, rule.without(*without)) for case in LEGAL}
    assert steps == {name: len(it.run) for name, it in found.items() if it.step}


def test_every_done_before_the_crossing_happens_before_each_return_that_it_allows() -> None:
    assert [] == [case.name for case in LEGAL if early_returns(case).step]
    assert [] == [case.name for case in SMALL if early_returns(case, ATOMICS).step]


@pytest.mark.slow
def test_the_same_holds_under_the_atomics_in_the_two_largest_legal_cases() -> None:
    found = {case.name: early_returns(case, ATOMICS) for case in LEGAL if case not in SMALL}
    assert {"NoRaceWaitGroupMultipleWait3": 31780, "NoRaceWaitGroupReuse2": 5704} == {
        name: it.states for name, it in found.items() if it.step is None
    }


@pytest.mark.parametrize(
    "kept",
    [{Operation.RECHECK}, set(PERMITS)],
    ids=["by-the-second-look", "by-the-permit"],
)
def test_either_way_to_order_a_woken_wait_is_enough_beside_subtract_and_pass(kept: set[Operation]) -> None:
    needed = {Operation.SUBTRACT, Operation.PASS} | kept
    rule = ATOMICS.without(*set(Operation) - needed)
    assert needed == rule.edges.keys()
    assert [] == [case.name for case in QUIET if races(case, rule).race]
    assert [] == [case.name for case in LEGAL if early_returns(case, rule).step]


def test_a_waiter_may_take_any_of_the_permits_where_they_differ() -> None:
    """add(0) beside the last done() releases a permit too many (finding F2): the two know different things."""
    program: dict[str, Body] = {
        "main": (add(1), *start("waiter", "zero"), DONE),
        "waiter": (WAIT,),
        "zero": (write("x"), add(0)),
    }
    machine = Machine(program, ATOMICS)
    found = search(machine, lambda step: len(set(step.state.permits)) == 2)
    assert found.step is not None
    taken = [step.state for step in machine.steps(found.step.state) if step.action == "waiter: wait(): acquire"]
    assert [1, 1] == [len(state.permits) for state in taken]
    assert 2 == len({state.permits for state in taken})


SAMPLES = [
    (Operation.SUBTRACT, Word(2), go.begin(DONE)),
    (Operation.ADD, Word(2), go.begin(add(1))),
    (Operation.ADD, Word(0), go.begin(add(0))),
    (Operation.ADD_FIRST, Word(0), go.begin(add(2))),
    (Operation.RELOAD, Word(0, 0, 1), Thread(Place.ADD_RELOAD, saved=Word(0, 0, 1))),
    (Operation.RESET, Word(0, 0, 1), Thread(Place.ADD_RESET, saved=Word(0, 0, 1))),
    (Operation.RELEASE, Word(0), Thread(Place.ADD_RELEASE, releases=1)),
    (Operation.LOAD, Word(1), go.begin(WAIT)),
    (Operation.PASS, Word(0), go.begin(WAIT)),
    (Operation.SWAP_FAILED, Word(1), Thread(Place.WAIT_SWAP, saved=Word(2))),
    (Operation.REGISTER, Word(1, 0, 1), Thread(Place.WAIT_SWAP, saved=Word(1, 0, 1))),
    (Operation.REGISTER_FIRST, Word(1), Thread(Place.WAIT_SWAP, saved=Word(1))),
    (Operation.ACQUIRE, Word(0), Thread(Place.WAIT_ACQUIRE)),
    (Operation.RECHECK, Word(0), Thread(Place.WAIT_RECHECK)),
]
ZERO_ADDED = SAMPLES[2]


@pytest.mark.parametrize(("expected", "word", "thread"), SAMPLES, ids=str)
def test_a_step_is_told_by_what_it_did(expected: Operation, word: Word, thread: Thread) -> None:
    before = Shared(word, permits=1)
    [action] = go.enabled(before, thread)
    assert expected == operation_of(action.name, before, thread, *action.effect(before, thread))


def test_the_samples_are_all_that_a_step_can_turn_out_to_be() -> None:
    assert set(Operation) == {operation for operation, _, _ in SAMPLES} == ATOMICS.edges.keys()


@pytest.mark.parametrize(("operation", "word", "thread"), [it for it in SAMPLES if it != ZERO_ADDED], ids=str)
def test_what_an_atomic_step_passes_on_follows_from_what_it_changes(
    operation: Operation, word: Word, thread: Thread
) -> None:
    """add(0) is left out: it writes the word back as it was, and passes on what every other add does."""
    before = Shared(word, permits=1)
    [action] = go.enabled(before, thread)
    after, _ = action.effect(before, thread)
    if after.permits != before.permits:
        expected = Edge.GIVE if after.permits > before.permits else Edge.TAKE
    elif after.word == before.word:
        expected = Edge.LEARN
    else:
        expected = Edge.REPLACE if thread.place == Place.ADD_RESET else Edge.EXCHANGE
    assert expected == ATOMICS.edges[operation]
