"""Six of the seventeen programs race and eleven do not, with exact counts; what atomic operations alone would hide."""

import pytest

from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.races.clocks import ATOMICS, PROMISE, Operation
from waitgroup_proofs.races.language import Case
from waitgroup_proofs.races.machine import GROUP, Machine
from waitgroup_proofs.races.programs import CASES, SMALL_REUSE, SMALLER_CASES
from waitgroup_proofs.races.search import HIDDEN, Found, races, search, surprises, verdicts
from waitgroup_spec.protocols.go import Panic

#: A racing case: the step that shows the race in a shortest run, the two accesses, and the states seen by then. By the
#: atomics more is passed on, hence more states; two races are hidden; and of a group used as a lock only the writes
#: race, for nobody watches the group itself.
UNDER_THE_PROMISE, UNDER_THE_ATOMICS = FIGURES["races"], FIGURES["races-between-atomics"]

#: Steps of a shortest run to a race on the group itself.
ON_THE_GROUP = {
    "RaceWaitGroupAsMutex": 4,
    "RaceWaitGroupWrongWait": 3,
    "RaceWaitGroupWrongAdd": 3,
    "RaceWaitGroupReuse 2,2": 7,
}
RECOVERED = ["NoRaceWaitGroupPanicRecover", "NoRaceWaitGroupPanicRecover2"]


def case_named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def told(found: dict[str, Found]) -> dict[str, str]:
    return {name: str(it) for name, it in found.items()}


def test_six_cases_must_race_and_eleven_must_not() -> None:
    assert [6, 11] == [sum(case.racy is racy for case in CASES) for racy in (True, False)]
    assert [case.name.startswith("Race") for case in CASES] == [case.racy for case in CASES]
    assert 17 == len({case.name for case in CASES})


def test_under_the_promise_exactly_the_expected_cases_race() -> None:
    found = verdicts()
    assert UNDER_THE_PROMISE == told(found)
    assert [] == surprises(found)


@pytest.mark.slow
def test_under_the_atomics_two_races_are_hidden_as_their_reasons_say() -> None:
    found = verdicts(ATOMICS)
    assert UNDER_THE_ATOMICS == told(found)
    assert [] == surprises(found, ATOMICS)
    assert {"RaceWaitGroupWrongAdd", SMALL_REUSE.name} == HIDDEN[ATOMICS.name].keys()


def test_the_reduced_case_races_under_the_promise_like_the_one_it_stands_for() -> None:
    expected = "race in step 7: main reads the group, waiter 1 writes the group; states: 128"
    assert expected == str(races(SMALL_REUSE))


def test_a_verdict_that_is_not_the_expected_one_is_a_surprise_in_both_directions() -> None:
    found = {case.name: races(case_named("NoRaceWaitGroup")) for case in CASES}
    assert [f"{case.name}: no race; states: 13" for case in CASES if case.racy] == surprises(found)
    found = {case.name: races(case_named("RaceWaitGroup2")) for case in CASES}
    assert [case.name for case in CASES if not case.racy] == [line.partition(":")[0] for line in surprises(found)]


def test_a_case_that_was_not_searched_is_an_error_and_no_pass() -> None:
    with pytest.raises(KeyError):
        surprises({})


def test_the_run_to_a_race_is_told_step_by_step() -> None:
    found = races(case_named("RaceWaitGroupWrongAdd"))
    expected = ("worker 1: add(1): apply", "main: wait(): load", "main: wait(): compare_and_swap")
    assert expected == found.run


@pytest.mark.parametrize("case", SMALLER_CASES, ids=lambda case: case.name)
def test_the_group_itself_is_raced_on_exactly_where_adds_and_waits_are_not_kept_apart(case: Case) -> None:
    found = search(Machine(case.program, PROMISE), lambda step: bool(step.race and step.race.variable == GROUP))
    assert ON_THE_GROUP.get(case.name) == (len(found.run) or None)
    assert (case.legal or case.name in RECOVERED) == (found.step is None)


def test_legal_cases_never_panic() -> None:
    for case in CASES:
        if case.legal:
            machine = Machine(case.program, PROMISE)
            assert search(machine, lambda step: step.state.shared.panic != Panic.NONE).step is None


def test_without_the_accesses_to_the_group_a_racy_case_is_missed() -> None:
    case = case_named("RaceWaitGroupWrongAdd")
    assert "no race; states: 74" == str(races(case, PROMISE.without(Operation.ADD_FIRST)))
    assert "no race; states: 115" == str(races(case, PROMISE.without(Operation.REGISTER_FIRST)))
