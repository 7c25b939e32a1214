"""Exhaustive search over schedules: every state of the real code under a scenario, each expanded once.

Python cannot copy a running thread, so a state is reached by replaying the choices that lead to it from the start. The
search goes depth first while states are new; after a violation it looks again, breadth first, for a shortest schedule.
What is covered: every interleaving at the granularity of shared accesses, sequentially consistent, of the scenario
at the given sizes. The result is exhausted only if nothing was cut.
"""

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import NamedTuple

from waitgroup_proofs.scheduler.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.run import Bench, Choice, Run, Target, Violation
from waitgroup_spec.scenarios import Scenario

Schedule = tuple[Choice, ...]


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
    progress: Callable[[int, int], None] = lambda _states, _runs: None,
    shortest: bool = True,
    reduced: bool = True,
) -> Search:
    """Search all schedules of `scenario` on `target`; `progress(states, runs)` is called now and then.

    `reduced` leaves out points that make no difference; without it every shared access is a step.

    Raises UnsupportedTarget if the code under test does what the scheduler cannot control.
    """
    begun = time.perf_counter()
    bench = Bench(target, scenario, ContractMonitor(), strict, Knowledge() if reduced else None)
    while True:
        try:
            result = _Searcher(bench, max_runs, progress).depth_first()
            if result.violation and shortest:
                result = result._replace(violation=_Searcher(bench, max_runs, progress).breadth_first(result.violation))
        except Learnt:
            continue
        return result._replace(seconds=time.perf_counter() - begun)


class _Searcher:
    """The states seen and the schedules still to follow."""

    def __init__(self, bench: Bench, max_runs: int, progress: Callable[[int, int], None]) -> None:
        self.bench = bench
        self.max_runs = max_runs
        self.progress = progress
        self.seen: set[Hashable] = set()
        self.todo: deque[Schedule] = deque([()])
        self.runs = 0

    def _new(self, run: Run) -> bool:
        key = run.key()
        if key in self.seen:
            return False
        self.seen.add(key)
        return True

    def _replay(self, run: Run, schedule: Schedule) -> None:
        for choice in schedule:
            run.step(choice)

    def depth_first(self) -> Search:
        """Follow each schedule while its states are new, and leave the alternatives for later."""
        violation = None
        while self.todo and violation is None and self.runs < self.max_runs:
            self.runs += 1
            if self.runs % 500 == 0:
                self.progress(len(self.seen), self.runs)
            violation = self._follow(self.todo.pop())
        exhausted = violation is None and not self.todo
        return Search(self.bench.scenario, len(self.seen), self.runs, exhausted, violation, 0.0)

    def _follow(self, schedule: Schedule) -> Found | None:
        with Run(self.bench) as run:
            try:
                self._replay(run, schedule)
                while self._new(run):
                    choices = run.choices()
                    if not choices:
                        break
                    self.todo.extend((*run.schedule, choice) for choice in choices[1:])
                    run.step(choices[0])
            except Violation as violation:
                return Found(str(violation), tuple(run.schedule), tuple(run.finest))
        return None

    def breadth_first(self, known: Found) -> Found:
        """A shortest schedule to a violation; at worst the `known` one."""
        while self.todo and len(self.todo[0]) < len(known.schedule) and self.runs < self.max_runs:
            self.runs += 1
            schedule = self.todo.popleft()
            with Run(self.bench) as run:
                try:
                    self._replay(run, schedule)
                    if self._new(run):
                        self.todo.extend((*schedule, choice) for choice in run.choices())
                except Violation as violation:
                    return Found(str(violation), schedule, tuple(run.finest))
        return known
