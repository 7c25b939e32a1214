"""WaitGroups of other shapes than ours: the naive one fails in one scenario alone, correct ones raise no alarm.

This is what shows that the scheduler judges by the contract, not by likeness to the production class.
"""

import pytest
from tests.proofs.scheduler.designs import EVENTS, GENERATIONS, LOCK_PER_WAITER, NAIVE
from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.scheduler import search as search_module
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.scenarios import SCENARIOS

CORRECT = {
    "generation number": GENERATIONS,
    "event for each generation": EVENTS,
    "lock for each waiter": LOCK_PER_WAITER,
}
SIZES = [(1, 1), pytest.param((2, 2), marks=pytest.mark.slow)]


@pytest.mark.parametrize("size", SIZES)
def test_the_naive_design_loses_a_waiter_in_reuse_parked_and_conforms_in_the_other_scenarios(
    size: tuple[int, int],
) -> None:
    target = Written(NAIVE)
    verdicts = {name: search(target, build(*size), shortest=False).verdict for name, build in SCENARIOS.items()}
    assert dict.fromkeys(SCENARIOS, "holds") | {"reuse-parked": "violated"} == verdicts


@pytest.mark.parametrize(
    ("size", "steps", "who_is"),
    [
        ((1, 1), 6, "waiter is"),
        ((1, 2), 10, "waiter 1 and waiter 2 are"),
        ((1, 3), 14, "waiter 1 and waiter 2 and waiter 3 are"),
    ],
)
def test_the_lost_waiter_is_named_at_the_end_of_a_shortest_schedule(
    size: tuple[int, int], steps: int, who_is: str
) -> None:
    found = search(Written(NAIVE), SCENARIOS["reuse-parked"](*size)).violation
    assert found is not None
    assert (steps, f"nobody can run, and {who_is} blocked without a reason") == (len(found.schedule), found.sentence)


@pytest.mark.parametrize("source", CORRECT.values(), ids=CORRECT)
@pytest.mark.parametrize("size", SIZES)
def test_a_correct_design_conforms_in_every_scenario(source: str, size: tuple[int, int]) -> None:
    target = Written(source)
    verdicts = {name: search(target, build(*size), shortest=False).verdict for name, build in SCENARIOS.items()}
    assert dict.fromkeys(SCENARIOS, "holds") == verdicts


@pytest.mark.slow
@pytest.mark.parametrize("source", CORRECT.values(), ids=CORRECT)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_correct_design_conforms_with_every_access_a_step(source: str, name: str) -> None:
    found = search(Written(source), SCENARIOS[name](2, 1), shortest=False, reduced=False)
    assert "holds" == found.verdict


@pytest.mark.parametrize("source", CORRECT.values(), ids=CORRECT)
@pytest.mark.parametrize(
    ("name", "how"), [("cancel", "interrupt"), ("timeout-race", "expire"), ("timeout-reuse", "expire")]
)
def test_no_scenario_is_passed_without_what_it_is_about(
    source: str, name: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = set[str]()

    class Watched(Run):
        def step(self, choice: Choice) -> None:
            taken.add(choice.how)
            super().step(choice)

    monkeypatch.setattr(search_module, "run_of", Watched)
    assert "holds" == search(Written(source), SCENARIOS[name](1, 1)).verdict
    assert {"run", how} == taken
