"""Exhaustive search over schedules: every state of the real code under a scenario, each expanded once.

Python cannot copy a running thread, so a state is reached by replaying the choices that lead to it from the start. The
search goes depth first while states are new; after a violation it looks again, breadth first, for a shortest schedule.
What is covered: every interleaving at the granularity of shared accesses, sequentially consistent, of the scenario
at the given sizes. The result is exhausted only if nothing was cut.

Termination: once all states are known, a cycle among them is judged as a fair scheduler would have it (`endless`).
"""

import time
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import NamedTuple, Protocol

from waitgroup_proofs.monitor import StrictMonitor
from waitgroup_proofs.scheduler.endless import ENDLESS, Steps, endless, has_cycle
from waitgroup_proofs.scheduler.interrupts import monitor_of, run_of
from waitgroup_proofs.scheduler.outcomes import Outcome, outcome
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Schedule, Violation
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_spec.scenarios import Scenario


class Found(NamedTuple):
    """A violation and a schedule that leads to it; `finest` is the same with every shared access a step."""

    sentence: str
    schedule: Schedule
    finest: Schedule


class Search(NamedTuple):
    """What a search covered. `exhausted`: every state within the sizes was expanded, and nothing was violated."""

    scenario: Scenario
    states: int
    runs: int
    exhausted: bool
    violation: Found | None
    seconds: float
    outcomes: frozenset[Outcome] = frozenset()
    #: Why it was cut short, where more than the runs or the time could be used up.
    why: str = ""

    @property
    def verdict(self) -> str:
        """`violated`, `holds` if exhausted, else `inconclusive`."""
        if self.violation:
            return "violated"
        return "holds" if self.exhausted else "inconclusive"


def search(
    target: Target,
    scenario: Scenario,
    strict: StrictMonitor | None = None,
    max_runs: int = 1_000_000,
    seconds: float = inf,
    progress: Callable[[int, int], None] = lambda _states, _runs: None,
    shortest: bool = True,
    reduced: bool = True,
    outcomes: bool = False,
    only_after_calls: bool = False,
) -> Search:
    """Search all schedules of `scenario` on `target`; `progress(states, runs)` is called now and then.

    A search that takes more than `max_runs` runs, or more than so many `seconds`, is cut short and not exhausted.

    `reduced` leaves out points that make no difference; without it every shared access is a step. With `outcomes`,
    states are told apart by what calls have answered, and the result says how runs can end. With `only_after_calls`,
    threads are switched only where CPython with its GIL does it: after a call, and round a loop.

    Raises UnsupportedTarget if the code under test does what the scheduler cannot control.
    """
    begun = time.perf_counter()
    bench = Bench(target, scenario, monitor_of(scenario), strict, Knowledge() if reduced else None, only_after_calls)

    def searcher(apart: bool = False) -> _Searcher:
        return _Searcher(bench, max_runs, begun + seconds, progress, outcomes, apart)

    while True:
        try:
            result = everything(bench, searcher)
            if result.violation and result.violation.sentence != ENDLESS and shortest:
                result = result._replace(violation=searcher().breadth_first(result.violation))
        except Learnt:
            continue
        return result._replace(seconds=time.perf_counter() - begun)


class Searcher(Protocol):
    """One way to see all states: `explored` does it. Afterwards there are the steps, and a schedule to each state."""

    graph: Steps
    reached: list[Schedule]

    def explored(self) -> Search: ...


def everything(bench: Bench, searcher: Callable[[bool], Searcher]) -> Search:
    """See all states; if there are cycles among them, once more with identical threads told apart, to judge them."""
    first = searcher(False)
    result = first.explored()
    if not result.exhausted or not has_cycle(first.graph):
        return result
    again = searcher(True)
    if not again.explored().exhausted:
        return result._replace(exhausted=False, why="whether runs end is not decided in time")
    schedule = endless(bench, again.graph, again.reached)
    if schedule is None:
        return result
    with run_of(bench) as run:
        run.follow(schedule)
        return result._replace(exhausted=False, violation=Found(ENDLESS, schedule, tuple(run.finest)))


def going_on(run: Run, choices: list[Choice]) -> tuple[Choice, int]:
    """The choice that stops nobody, and how often any other one stops a thread that could go on: once or not at all."""
    same = Choice(run.schedule[-1].thread) if run.schedule else None
    return (same, 1) if same in choices else (choices[0], 0)


class _Searcher:
    """The states seen, the steps between them, and the schedules still to follow."""

    def __init__(
        self,
        bench: Bench,
        max_runs: int,
        end: float,
        progress: Callable[[int, int], None],
        outcomes: bool,
        apart: bool,
    ) -> None:
        self.bench = bench
        self.max_runs = max_runs
        self.end = end
        self.progress = progress
        #: How runs have ended, if that is asked for.
        self.outcomes: set[Outcome] | None = set() if outcomes else None
        self.numbers: dict[Hashable, int] = {}
        #: Whether identical threads are told apart.
        self.apart = apart
        #: For each state, the schedule that first led to it, and the steps that lead on.
        self.reached: list[Schedule] = []
        self.graph = Steps()
        #: Schedules to follow, in order: how often they stop a thread that could go on, their number, the schedule, and
        #: the state before its last step.
        self.todo: list[tuple[int, int, Schedule, int | None]] = [(0, 0, (), None)]
        self.order = count(1)
        self.runs = 0

    def _arrive(self, run: Run, before: int | None) -> tuple[int, bool]:
        """The number of the state that a run is in, and whether it is new."""
        key = run.key(self.outcomes is not None, self.apart)
        new = key not in self.numbers
        if new:
            self.numbers[key] = len(self.reached)
            self.reached.append(tuple(run.schedule))
            self.graph.steps.append([])
        number = self.numbers[key]
        if before is not None:
            self.graph.steps[before].append((run.schedule[-1], number))
        return number, new

    def _may_go_on(self) -> bool:
        """Whether there are runs and time left."""
        return self.runs < self.max_runs and time.perf_counter() < self.end

    def explored(self) -> Search:
        """Follow each schedule while its states are new; the alternatives come later, those that stop nobody first.

        Most bugs need few threads to be stopped where they could go on, so they are found soon, and are easy to read.
        Where threads are told apart, the schedules to all states are wanted, and short: then breadth first.
        """
        violation = None
        while self.todo and violation is None and self._may_go_on():
            violation = self._follow(further=not self.apart)
        exhausted = violation is None and not self.todo
        outcomes = frozenset(self.outcomes or ())
        return Search(self.bench.scenario, len(self.reached), self.runs, exhausted, violation, 0.0, outcomes)

    def breadth_first(self, known: Found) -> Found:
        """A shortest schedule to a violation; at worst the `known` one."""
        while self.todo and len(self.todo[0][2]) < len(known.schedule) and self._may_go_on():
            found = self._follow(further=False)
            if found:
                return found
        return known

    def _follow(self, further: bool) -> Found | None:
        """Replay the next schedule; go on from its end while states are new, or leave all that follows for later."""
        stopped, _, schedule, before = heappop(self.todo)
        self.runs += 1
        if self.runs % 500 == 0:
            self.progress(len(self.reached), self.runs)
        with run_of(self.bench) as run:
            try:
                run.follow(schedule)
                number, new = self._arrive(run, before)
                while new and (choices := run.choices()):
                    if not further:
                        self.todo += ((0, next(self.order), (*run.schedule, choice), number) for choice in choices)
                        break
                    first, stops = going_on(run, choices)
                    for choice in choices:
                        if choice != first:
                            heappush(self.todo, (stopped + stops, -next(self.order), (*run.schedule, choice), number))
                    run.step(first)
                    number, new = self._arrive(run, number)
                if new and not choices and self.outcomes is not None:
                    self.outcomes.add(outcome(run))
            except Violation as violation:
                return Found(str(violation), tuple(run.schedule), tuple(run.finest))
        return None
