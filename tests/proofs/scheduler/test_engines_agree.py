"""All engines agree: the search with and without reduction, source-DPOR, and following every interleaving to its end.

They agree on the verdict, and, where it is `holds`, on every way in which the scenario can end. Following every
interleaving merges nothing and leaves out nothing; it is only possible for the smallest programs.
"""

from functools import cache
from typing import Any, NamedTuple

import pytest
from tests.proofs.scheduler.designs import EVENTS, GENERATIONS, LOCK_PER_WAITER, NAIVE
from tests.proofs.scheduler.programs import program
from tests.proofs.scheduler.targets import Program, Written

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.mutants import Mutant
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.scheduler.dpor import dpor
from waitgroup_proofs.scheduler.fiber import Operation
from waitgroup_proofs.scheduler.outcomes import Outcome, outcome
from waitgroup_proofs.scheduler.production import Production, strict_monitor
from waitgroup_proofs.scheduler.replay import production
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.search import search
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_spec.scenarios import SCENARIOS, Scenario

DESIGNS = {"naive": NAIVE, "generations": GENERATIONS, "events": EVENTS, "lock per waiter": LOCK_PER_WAITER}
TARGETS = [*DESIGNS, "production"]


class Answer(NamedTuple):
    """What an engine says; the outcomes do not count once there is a violation."""

    verdict: str
    outcomes: frozenset[Outcome]


@cache
def target_of(name: str) -> Any:
    return Production() if name == "production" else Written(DESIGNS[name])


def answers(target: Target, scenario: Scenario, strict: StrictMonitor | None = None) -> list[Answer]:
    """Of the search, reduced and unreduced, and of source-DPOR."""
    found = [search(target, scenario, strict, reduced=r, shortest=False, outcomes=True) for r in (True, False)]
    found.append(dpor(target, scenario, strict))
    return [Answer(one.verdict, one.outcomes if one.exhausted else frozenset()) for one in found]


def followed(target: Target, scenario: Scenario, most: int) -> tuple[Answer, int]:
    """Of following every interleaving, every access a step; how many there are. There must be no more than `most`."""
    bench = Bench(target, scenario, ContractMonitor(), None, None)
    todo: list[tuple[Choice, ...]] = [()]
    outcomes, violated, runs = set[Outcome](), False, 0
    while todo:
        runs += 1
        assert runs <= most
        with Run(bench) as run:
            try:
                run.follow(todo.pop())
                while choices := run.choices():
                    todo.extend((*run.schedule, choice) for choice in choices[1:])
                    run.step(choices[0])
                outcomes.add(outcome(run))
            except Violation:
                violated = True
    return Answer("violated", frozenset()) if violated else Answer("holds", frozenset(outcomes)), runs


def agreed(found: list[Answer]) -> Answer:
    assert [found[0]] * len(found) == found
    return found[0]


#: These have hundreds of classes of runs at one worker and one waiter already.
MANY = {"zero-delta", "cancel"}
#: These have thousands of production's, because to source-DPOR a chain of stages in C depends on everything.
TOO_MANY = {("production", name) for name in ("timeout-race", "timeout-reuse", "cancel")}
HUNDREDS = {("production", "reuse"), *((name, scenario) for name in TARGETS for scenario in MANY)}


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        pytest.param(name, scenario, marks=pytest.mark.slow if (name, scenario) in HUNDREDS else [])
        for name in TARGETS
        for scenario in SCENARIOS
        if (name, scenario) not in TOO_MANY
    ],
)
def test_engines_agree_at_one_worker_and_one_waiter(name: str, scenario: str) -> None:
    answer = agreed(answers(target_of(name), SCENARIOS[scenario](1, 1)))
    assert ("violated" if (name, scenario) == ("naive", "reuse-parked") else "holds") == answer.verdict


#: How many interleavings there are at (1, 1), every access a step, where there are fewer than 700.
INTERLEAVINGS = {
    "naive": {"pre-added": 58, "add-done": 364, "reuse-open": 58, "reuse-parked": 95, "timeout-race": 475},
    "generations": {"pre-added": 72, "reuse-parked": 95},
    "events": {"pre-added": 26, "add-done": 127, "nested": 297, "mixed": 124, "surplus": 171, "timeout-race": 57},
    "lock per waiter": {"pre-added": 38, "add-done": 218, "reuse-open": 80, "reuse-parked": 11, "surplus": 111},
    "production": {"pre-added": 108, "add-done": 303, "reuse-parked": 21},
}


@pytest.mark.parametrize(
    ("name", "scenario", "interleavings"),
    [(name, scenario, number) for name, numbers in INTERLEAVINGS.items() for scenario, number in numbers.items()],
)
def test_engines_agree_with_following_every_interleaving(name: str, scenario: str, interleavings: int) -> None:
    target, program = target_of(name), SCENARIOS[scenario](1, 1)
    every, runs = followed(target, program, most=interleavings)
    assert interleavings == runs
    agreed([every, *answers(target, program)])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "scenario"),
    # At one worker and two waiters, three of them have too many classes of runs.
    [*(((2, 1), name) for name in SCENARIOS), *(((1, 2), name) for name in SCENARIOS if name not in {"reuse", *MANY})],
)
@pytest.mark.parametrize("name", [name for name in TARGETS if name != "production"])
def test_engines_agree_at_two_and_one(name: str, scenario: str, size: tuple[int, int]) -> None:
    answer = agreed(answers(target_of(name), SCENARIOS[scenario](*size)))
    assert ("violated" if (name, scenario) == ("naive", "reuse-parked") else "holds") == answer.verdict


def test_an_engine_that_takes_dependent_steps_for_independent_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    target, _ = production("lost-wakeup")
    assert "violated" == agreed(answers(target, SCENARIOS["pre-added"](1, 1))).verdict
    monkeypatch.setattr(Operation, "depends_on", lambda _self, _other: False)
    assert ["violated", "violated", "holds"] == [one.verdict for one in answers(target, SCENARIOS["pre-added"](1, 1))]


def test_a_search_whose_states_forget_what_was_answered_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    key = Run.key
    assert [2, 2, 2] == [len(one.outcomes) for one in answers(target_of("events"), SCENARIOS["timeout-race"](1, 1))]
    monkeypatch.setattr(Run, "key", lambda run, _outcomes, apart: key(run, False, apart))
    assert [1, 1, 2] == [len(one.outcomes) for one in answers(target_of("events"), SCENARIOS["timeout-race"](1, 1))]


@pytest.mark.parametrize("scenario", ["pre-added", "reuse-open", "add-done", "reuse-parked"])
def test_engines_agree_where_every_step_is_held_to_strict(scenario: str) -> None:
    answer = agreed(answers(target_of("production"), SCENARIOS[scenario](1, 1), strict_monitor()))
    assert "holds" == answer.verdict


#: Mutants that do nothing wrong with one waiter, or one worker.
NEED_TWO = {
    "wakes-one",
    "wakes-before-it-compares",
    "crossing-without-compare",
    "crossing-with-units-left",
    "no-retry",
}
#: The scenarios in which every mutant's runs can be followed by all engines.
FEW = [name for name in SCENARIOS if ("production", name) not in TOO_MANY]


def mutants_agree(mutant: Mutant, scenarios: list[str]) -> set[str]:
    """The verdicts, with and without strict, at one worker and one waiter."""
    target, _ = production(mutant.name)
    programs = [SCENARIOS[name](1, 1) for name in scenarios]
    return {agreed(answers(target, one, strict)).verdict for one in programs for strict in (None, strict_monitor())}


@pytest.mark.parametrize("mutant", PRODUCTION[::4], ids=lambda mutant: mutant.name)
def test_engines_agree_on_a_mutant_where_it_is_to_fail(mutant: Mutant) -> None:
    scenario = mutant.killed_by if mutant.killed_by in FEW else "pre-added"
    assert mutants_agree(mutant, [scenario]) <= {"violated", "holds"}


@pytest.mark.slow
@pytest.mark.parametrize("mutant", PRODUCTION, ids=lambda mutant: mutant.name)
def test_engines_agree_on_a_mutant_in_the_scenarios_with_few_runs(mutant: Mutant) -> None:
    in_few = mutant.name not in NEED_TWO and mutant.killed_by in FEW
    assert ("violated" in mutants_agree(mutant, FEW)) >= in_few


class Unseen(Program):
    """Nobody looks at the group while it is used."""

    def observe(self, _instance: Any) -> Any:
        return None


def compared(seeds: range, wild: bool, longest: int = 1, most: int = 150) -> tuple[int, int, list[str]]:
    """How many random programs were compared, how many of them get stuck, and those on which there are two answers."""
    number, stuck, different = 0, 0, []
    for seed in seeds:
        text = program(seed, wild=wild, longest=longest)
        target = Unseen(text.source, *text.threads)
        every = target.enumerated(most)
        if every is None:
            continue
        target.found.clear()
        found = dpor(target, target.scenario)
        number, stuck = number + 1, stuck + (every.violation is not None)
        same = every.violation is not None or every.outcomes == target.found
        if (found.violation is None) != (every.violation is None) or not same:
            different.append(f"{text.source}\n{text.threads}")
    return number, stuck, different


def test_source_dpor_finds_every_end_of_random_programs() -> None:
    assert (14, 0, []) == compared(range(20), wild=False)


def test_source_dpor_finds_every_end_of_random_programs_that_may_get_stuck() -> None:
    assert (10, 1, []) == compared(range(30_000, 30_020), wild=True)


@pytest.mark.slow
@pytest.mark.parametrize("wild", [False, True])
def test_source_dpor_finds_every_end_of_many_random_programs(wild: bool) -> None:
    number, _, different = compared(range(40_000, 40_100), wild, longest=2, most=500)
    assert [] == different
    assert number > 30
