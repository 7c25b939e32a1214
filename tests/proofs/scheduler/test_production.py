"""The shipped class and its mutants: the same verdict with and without the reduction, and pinned numbers of states."""

from functools import cache

import pytest

from waitgroup_proofs.mutants import Mutant
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.scheduler.production import Production, shipped_sources, strict_monitor
from waitgroup_proofs.scheduler.replay import production
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_spec.scenarios import SCENARIOS, Size

#: States of every scenario: reduced at (1, 1), (2, 1) and (2, 2); unreduced at (1, 1) and (2, 1).
STATES = {
    "pre-added": ((10, 19, 132), (53, 203)),
    "add-done": ((13, 79, 805), (102, 1_920)),
    "nested": ((28, 68, 718), (177, 851)),
    "mixed": ((19, 54, 604), (247, 3_611)),
    "reuse": ((43, 52, 936), (497, 647)),
    "reuse-eager": ((29, 133, 1_846), (228, 2_053)),
    "reuse-open": ((16, 25, 346), (105, 255)),
    "reuse-parked": ((10, 10, 24), (37, 37)),
    "surplus": ((22, 90, 1_199), (137, 3_277)),
    "zero-delta": ((35, 44, 157), (168, 318)),
    "timeout-race": ((27, 50, 818), (348, 1_717)),
    "timeout-reuse": ((41, 64, 832), (392, 1_761)),
    "cancel": ((52, 75, 843), (430, 1_645)),
}

#: Unreduced at (2, 2), where that is affordable.
LARGE = {"reuse-parked": 147, "pre-added": 6_865}

#: These need too many runs without the reduction.
LONG = {"crossing-without-compare", "crossing-with-units-left", "no-retry", "add-in-two-steps"}


@cache
def shipped() -> Production:
    return Production()


def searched(name: str, size: Size, reduced: bool) -> Search:
    return search(shipped(), SCENARIOS[name](*size), strict_monitor(), reduced=reduced)


def test_every_scenario_is_pinned() -> None:
    assert list(SCENARIOS) == list(STATES)


def affordable(states: dict[str, int], most: int) -> list[object]:
    """The scenarios; those with more than so many states are slow."""
    return [pytest.param(name, marks=pytest.mark.slow if n > most else []) for name, n in states.items()]


@pytest.mark.parametrize(
    ("size", "name"),
    [
        pytest.param(size, name, marks=pytest.mark.slow if numbers[1][column] > 300 else [])
        for name, numbers in STATES.items()
        for column, size in enumerate([(1, 1), (2, 1)])
    ],
)
def test_production_conforms_with_and_without_the_reduction(name: str, size: Size) -> None:
    found = [searched(name, size, reduced) for reduced in (True, False)]
    assert ["holds", "holds"] == [one.verdict for one in found]
    column = [(1, 1), (2, 1)].index(size)
    assert [numbers[column] for numbers in STATES[name]] == [one.states for one in found]


@pytest.mark.parametrize("name", affordable({name: reduced[2] for name, (reduced, _) in STATES.items()}, most=500))
def test_production_conforms_at_two_workers_and_two_waiters(name: str) -> None:
    found = searched(name, (2, 2), reduced=True)
    assert ("holds", STATES[name][0][2]) == (found.verdict, found.states)


@pytest.mark.parametrize("name", affordable(LARGE, most=1_000))
def test_production_conforms_at_two_workers_and_two_waiters_without_the_reduction(name: str) -> None:
    found = searched(name, (2, 2), reduced=False)
    assert ("holds", LARGE[name]) == (found.verdict, found.states)


@pytest.mark.parametrize("name", affordable({name: states[0] for name, (_, states) in STATES.items()}, most=300))
def test_production_conforms_to_the_contract_alone(name: str) -> None:
    verdicts = [search(shipped(), SCENARIOS[name](1, 1), reduced=reduced).verdict for reduced in (True, False)]
    assert ["holds", "holds"] == verdicts


@pytest.mark.parametrize(
    "mutant",
    [pytest.param(m, id=m.name, marks=[pytest.mark.slow] if m.name in LONG else []) for m in PRODUCTION],
)
def test_a_mutant_is_refused_without_the_reduction_too(mutant: Mutant) -> None:
    target, _ = production(mutant.name)
    scenario = SCENARIOS[mutant.killed_by](2, 2)
    assert "violated" == search(target, scenario, strict_monitor(), reduced=False, shortest=False).verdict


@pytest.mark.parametrize("mutant", PRODUCTION[:6], ids=lambda mutant: mutant.name)
def test_a_shortest_schedule_is_not_longer_than_the_first_that_was_found(mutant: Mutant) -> None:
    target, _ = production(mutant.name)
    scenario = SCENARIOS[mutant.killed_by](2, 2)
    first, shortest = (search(target, scenario, strict_monitor(), shortest=short).violation for short in (False, True))
    assert first is not None
    assert shortest is not None
    assert len(shortest.schedule) <= len(first.schedule)
    assert [True, True] == [len(one.finest) >= len(one.schedule) for one in (first, shortest)]


def test_a_search_that_is_cut_short_is_inconclusive() -> None:
    found = search(shipped(), SCENARIOS["pre-added"](2, 2), strict_monitor(), max_runs=50)
    assert ("inconclusive", False, None, 50) == (found.verdict, found.exhausted, found.violation, found.runs)


def test_progress_is_told_every_500_runs() -> None:
    told: list[tuple[int, int]] = []
    search(
        shipped(),
        SCENARIOS["add-done"](2, 1),
        strict_monitor(),
        max_runs=501,
        progress=lambda states, runs: told.append((states, runs)),
        reduced=False,
    )
    assert [500] == [runs for _, runs in told]
    assert 0 < told[0][0] < 1_865


def test_the_source_under_test_is_the_source_that_ships() -> None:
    sources = shipped_sources()
    names = ["errors", "locked", "bells", "parking", "tickets", "core", "forks", "tasks", "group"]
    assert [f"waitgroup.{name}" for name in names] == list(sources)
    assert [path.read_text("utf-8") for path, _ in sources.values()] == [text for _, text in sources.values()]
