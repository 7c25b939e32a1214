"""Source-DPOR: how many runs small programs need, what a violation comes with, and what is no verdict."""

from typing import Any

import pytest
from tests.proofs.scheduler.designs import NAIVE
from tests.proofs.scheduler.targets import Program, Written, results

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.dpor import dpor
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import program
from waitgroup_proofs.scheduler.production import Production
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Violation
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import DONE, SCENARIOS, WAIT, Client, Scenario

COUNTER = """
    class Group:
        def __init__(self):
            self._n = self._other = 0

        def next(self):
            n = self._n
            self._n = n + 1
            return n

        def look(self):
            return self._n

        def elsewhere(self):
            self._other = 1

        def both(self):
            self._n
            self._other
            self._n
"""


class Unseen(Program):
    """Nobody looks at the group while it is used."""

    def observe(self, _instance: Any) -> Any:
        return None


@pytest.mark.parametrize(
    ("threads", "runs", "interleavings", "expected"),
    [
        ((["next"],), 1, 1, results((0,))),
        ((["next"], ["elsewhere"]), 3, 3, results((0, None))),
        ((["look"], ["next"]), 3, 3, results((0, 0), (1, 0))),
        ((["next"], ["next"]), 4, 6, results((0, 1), (1, 0), (0, 0))),
        ((["both"], ["both"]), 3, 20, {(("None",), ("None",))}),
    ],
)
def test_runs_are_told_apart_by_their_dependent_steps_and_by_which_calls_were_over_before_others_began(
    threads: tuple[list[str], ...], runs: int, interleavings: int, expected: set[Any]
) -> None:
    target = Unseen(COUNTER, *threads)
    every = target.enumerated()
    assert every is not None
    assert (interleavings, expected) == (every.runs, every.results)
    target.found.clear()
    found = dpor(target, target.scenario)
    assert ("holds", runs) == (found.verdict, found.runs)
    assert expected == {outcome.results for outcome in target.found}


@pytest.mark.parametrize(
    ("size", "runs"),
    # To source-DPOR, a chain of stages in C depends on everything: at (1, 2) that makes 11,870 runs.
    [((1, 1), 9), ((2, 1), 166)],
)
def test_how_many_runs_production_takes(size: tuple[int, int], runs: int) -> None:
    found = dpor(Production(), SCENARIOS["pre-added"](*size))
    assert ("holds", runs, 1) == (found.verdict, found.runs, len(found.outcomes))


def test_a_search_that_is_cut_short_is_inconclusive() -> None:
    found = dpor(Written(NAIVE), SCENARIOS["pre-added"](2, 1), max_runs=5)
    assert ("inconclusive", 5, "the runs or the time are used") == (found.verdict, found.runs, found.why)
    assert "inconclusive" == dpor(Written(NAIVE), SCENARIOS["pre-added"](2, 1), seconds=0).verdict


def test_a_run_without_end_is_no_pass() -> None:
    source = """
        class Group:
            def __init__(self): self.counter = 0
            def add(self, delta): self.counter += delta
            def done(self): self.add(-1)
            def wait(self):
                while self.counter > 0: pass
                return True
    """
    spinning = Scenario("spinning", "", 1, (Client("waiter", (WAIT,)), Client("worker", (DONE,))))
    found = dpor(Written(source), spinning)
    assert ("inconclusive", 1, "a run takes more than 1,000 steps") == (found.verdict, found.runs, found.why)


def test_a_violation_comes_with_a_schedule_that_shows_it_again() -> None:
    target, scenario = Written(NAIVE), SCENARIOS["reuse-parked"](1, 2)
    found = dpor(target, scenario).violation
    assert found is not None
    with Run(Bench(target, scenario, ContractMonitor(), None, None)) as run, pytest.raises(Violation) as again:
        run.follow(found.schedule)
    assert found.sentence == str(again.value)


def test_a_timeout_and_an_interrupt_are_further_ways_of_the_same_thread() -> None:
    outcomes = [
        dpor(Written(NAIVE), SCENARIOS[name](1, 1)).outcomes for name in ("pre-added", "timeout-race", "cancel")
    ]
    answers = [{client[0].answers for outcome in found for client in outcome[1:2]} for found in outcomes]
    assert [{("TRUE",)}, {("TRUE",), ("FALSE",)}, {("TRUE",), ("INTERRUPTED",)}] == answers


def test_interrupts_that_come_anywhere_are_left_to_the_search() -> None:
    with pytest.raises(UnsupportedTarget, match="only the exhaustive strategy places interrupts"):
        dpor(Written(NAIVE), program("pre-added+handler", 1, 1))


def test_progress_is_told_every_500_runs() -> None:
    told: list[tuple[int, int]] = []
    scenario = SCENARIOS["zero-delta"](1, 2)
    dpor(Written(NAIVE), scenario, max_runs=501, progress=lambda states, runs: told.append((states, runs)))
    assert [(0, 500)] == told
