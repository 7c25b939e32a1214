"""The engines that look for violations at random, or with few preemptions: what they find, in how many runs.

The same seed gives the same runs, so the numbers are exact.
"""

from collections.abc import Callable
from typing import Any

import pytest
from tests.proofs.scheduler.designs import GENERATIONS, NAIVE
from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import program
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.sampling import pct, pos, preemptions
from waitgroup_proofs.scheduler.schedules import Violation
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import DONE, SCENARIOS, WAIT, Client, Scenario

#: Two workers may read the same counter, and then the waiter is never woken.
LOST_UPDATE = NAIVE.replace("def add(self, delta):\n        with self.lock:", "def add(self, delta):\n        if True:")

Engine = Callable[..., Search]
ENGINES = pytest.mark.parametrize("engine", [pct, pos, preemptions])


@pytest.mark.parametrize(("engine", "runs"), [(pct, [2, 1, 3, 1, 1]), (pos, [2, 1, 1, 2, 2])])
def test_the_generation_bug_is_found_within_three_runs(engine: Engine, runs: list[int]) -> None:
    found = [engine(Written(NAIVE), SCENARIOS["reuse-parked"](1, 1), max_runs=100, seed=seed) for seed in range(5)]
    assert ({"violated"}, runs) == ({one.verdict for one in found}, [one.runs for one in found])


@pytest.mark.parametrize(("engine", "runs"), [(pct, [7, 15, 3, 3, 19]), (pos, [2, 5, 2, 2, 3])])
def test_a_lost_update_is_found_within_twenty_runs(engine: Engine, runs: list[int]) -> None:
    assert LOST_UPDATE != NAIVE
    found = [engine(Written(LOST_UPDATE), SCENARIOS["pre-added"](2, 1), max_runs=100, seed=seed) for seed in range(5)]
    assert ({"violated"}, runs) == ({one.verdict for one in found}, [one.runs for one in found])


def test_few_preemptions_are_enough_for_both() -> None:
    found = [
        preemptions(Written(source), scenario, max_runs=1_000)
        for source, scenario in (
            (NAIVE, SCENARIOS["reuse-parked"](1, 1)),
            (LOST_UPDATE, SCENARIOS["pre-added"](2, 1)),
        )
    ]
    assert [("violated", 1), ("violated", 10)] == [(one.verdict, one.runs) for one in found]


@ENGINES
def test_a_violation_comes_with_a_schedule_that_shows_it_again(engine: Engine) -> None:
    target, scenario = Written(LOST_UPDATE), SCENARIOS["pre-added"](2, 2)
    found = engine(target, scenario, max_runs=1_000).violation
    assert found is not None
    with Run(Bench(target, scenario, ContractMonitor(), None, None)) as run, pytest.raises(Violation) as again:
        run.follow(found.schedule)
    assert found.sentence == str(again.value)


@ENGINES
def test_that_nothing_is_found_is_no_verdict_and_every_outcome_is_one_that_there_is(engine: Engine) -> None:
    target, scenario = Written(GENERATIONS), SCENARIOS["timeout-race"](1, 2)
    found = engine(target, scenario, max_runs=200)
    assert ("inconclusive", 200, False) == (found.verdict, found.runs, found.exhausted)
    assert search(target, scenario, outcomes=True).outcomes >= found.outcomes


@pytest.mark.parametrize("engine", [pct, pos])
def test_another_seed_gives_other_runs_and_the_same_one_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[Any, ...]] = []
    leave = Run.__exit__

    def leaving(run: Run, *error: Any) -> None:
        made.append(tuple(run.schedule))
        leave(run, *error)

    monkeypatch.setattr(Run, "__exit__", leaving)
    for seed in (7, 7, 8):
        engine(Written(GENERATIONS), SCENARIOS["timeout-race"](2, 2), max_runs=20, seed=seed)
    assert 60 == len(made)
    assert made[:20] == made[20:40] != made[40:]


def test_every_run_with_few_preemptions_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[Any, ...]] = []
    leave = Run.__exit__

    def leaving(run: Run, *error: Any) -> None:
        made.append(tuple(run.schedule))
        leave(run, *error)

    monkeypatch.setattr(Run, "__exit__", leaving)
    source = """
        class Group:
            def __init__(self): self.x = 0
            def done(self): self.x; self.x
            wait = done
            def add(self, units): pass
    """
    found = preemptions(Written(source), Scenario("two", "", 2, (Client("one", (DONE,)), Client("other", (DONE,)))))
    # Of the six interleavings of two steps each, two have no preemption, two have one, and two have two.
    assert [0, 0, 1, 1, 2, 2] == [sum(map(preempted, range(3), [run] * 3)) for run in made]
    assert (6, 6) == (found.runs, len(set(made)))
    assert ("inconclusive", "every run with at most 2 preemptions was made") == (found.verdict, found.why)


def preempted(place: int, schedule: tuple[Any, ...]) -> bool:
    """Whether after step `place` another thread steps, although this one has a step left."""
    thread = schedule[place].thread
    return schedule[place + 1].thread != thread and thread in {choice.thread for choice in schedule[place + 1 :]}


@ENGINES
def test_a_run_without_end_is_given_up(engine: Engine) -> None:
    source = """
        class Group:
            def __init__(self): self.counter = 0
            def add(self, delta): self.counter += delta
            def done(self): self.add(-1)
            def wait(self):
                while self.counter >= 0: pass
    """
    found = engine(Written(source), Scenario("spinning", "", 1, (Client("waiter", (WAIT,)),)), max_runs=3)
    assert ("inconclusive", frozenset(), "") == (found.verdict, found.outcomes, found.why)


@ENGINES
def test_there_is_no_run_without_time(engine: Engine) -> None:
    found = engine(Written(NAIVE), SCENARIOS["pre-added"](1, 1), seconds=0)
    assert ("inconclusive", 0) == (found.verdict, found.runs)


@ENGINES
def test_interrupts_that_come_anywhere_are_left_to_the_search(engine: Engine) -> None:
    with pytest.raises(UnsupportedTarget, match="only the exhaustive strategy places interrupts"):
        engine(Written(NAIVE), program("pre-added+exception", 1, 1))
