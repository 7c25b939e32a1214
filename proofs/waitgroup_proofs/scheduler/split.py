"""One search by several processes, or several machines: each schedule that is still to be followed goes to one of them.

The caller knows a schedule to each state, and its digest. A *task* is to follow some schedules, to go on from the end
of each while states are new to that worker, and to say which states it came through; the ways that were left aside
there are new tasks. Answers are taken in the order of the tasks, whoever has done them. Every state is expanded once,
by the schedule that first led to it, so states, runs, outcomes and verdict of an exhausted search are the same with any
number of workers, and the same as those of `search`. After a violation, one with a shortest schedule is looked for:
first in first out and without going on, which again makes no difference between one worker and many.

Small searches are not worth it: as long as few runs are enough, the caller makes them alone.
"""

import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from itertools import count, zip_longest
from math import inf
from typing import NamedTuple

from waitgroup_proofs.scheduler.endless import ENDLESS, Steps
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import run_of
from waitgroup_proofs.scheduler.outcomes import Outcome
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.schedules import Schedule, Violation
from waitgroup_proofs.scheduler.search import Found, Search, everything, search
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_proofs.scheduler.tasks import Answer, Arrival, Shared, followed, monitor_for
from waitgroup_spec.scenarios import Scenario

#: So many runs are made without any other process.
ALONE = 500
#: A task has at most so many schedules; while there are few, they are shared out as so many tasks.
LARGEST, TASKS = 50, 8
#: So many tasks are under way at a time: the rest waits here, and not with the workers.
UNDER_WAY = 32

#: Numbers of searches, which no other process uses either.
_numbers = count(os.getpid() << 32)


class Workers(NamedTuple):
    """Who does the tasks, and what an executor raises when some of them are lost."""

    executor: Executor
    lost: tuple[type[Exception], ...]


class Item(NamedTuple):
    """A schedule to be followed, and the number of the state before its last step, if there is one.

    `resumed`: another run has come to that state and stopped there, as its worker had seen it before. It is no new run.
    """

    schedule: Schedule
    before: int | None
    resumed: bool = False


class Split:
    """All states of a bench, by workers. What they learn becomes the bench's own knowledge."""

    def __init__(self, bench: Bench, shared: Shared, workers: Workers, max_runs: int, end: float) -> None:
        """Nothing seen. It stops after so many runs, and at `end` by `time.perf_counter`."""
        assert bench.knowledge is not None
        self.bench, self.knowledge = bench, bench.knowledge
        self.shared = shared
        self.workers = workers
        self.max_runs = max_runs
        self.end = end
        self.progress: Callable[[int, int], None] = lambda _states, _runs: None
        self.numbers: dict[bytes, int] = {}
        self.reached: list[Schedule] = []
        self.graph = Steps()
        self.outcomes: set[Outcome] = set()
        self.todo: deque[Item] = deque([Item((), None)])
        self.runs = 0

    def explored(self) -> Search:
        """Go on until nothing is to be done, or there is a violation, or the runs, the time or the workers are used."""
        why, violation = "", None
        try:
            for items, answer in self._answers():
                violation = self._taken(items, answer)
                self.progress(len(self.reached), self.runs)
                if violation is not None:
                    break
        except TimeoutError:
            why = "the runs or the time are used"
        except self.workers.lost as error:
            why = f"a worker is lost: {' '.join(str(error).split()) or type(error).__name__}"
        exhausted = violation is None and not why
        outcomes = frozenset(self.outcomes)
        return Search(self.bench.scenario, len(self.reached), self.runs, exhausted, violation, 0.0, outcomes, why)

    def _answers(self) -> Iterator[tuple[list[Item], Answer]]:
        """The tasks with their answers, in order. Raises TimeoutError, or what says that workers are lost."""
        under_way: deque[tuple[list[Item], Future[Answer]]] = deque()
        try:
            while self.todo or under_way:
                while self.todo and len(under_way) < UNDER_WAY:
                    size = min(max(1, len(self.todo) // TASKS), LARGEST)
                    items = [self.todo.popleft() for _ in range(size)]
                    schedules = [item.schedule for item in items]
                    doing = self.workers.executor.submit(followed, self.shared, self.knowledge, schedules)
                    under_way.append((items, doing))
                items, doing = under_way.popleft()
                left = self.end - time.perf_counter()
                if self.runs >= self.max_runs or left <= 0:
                    doing.cancel()
                    raise TimeoutError
                yield items, doing.result(None if left == inf else left)
        finally:
            for _, doing in under_way:
                doing.cancel()

    def _taken(self, items: list[Item], answer: Answer) -> Found | None:
        """Take in an answer; a violation, if it has one. Raises Learnt."""
        if self.knowledge.told(answer.knowledge) or answer.learnt:
            raise Learnt
        for item, chain in zip(items, answer.chains, strict=False):
            self.runs += not item.resumed
            schedule, before, _ = item
            for arrived, following in zip_longest(chain, chain[1:]):
                known = len(self.reached)
                number = self.numbers.setdefault(arrived.digest, known)
                if before is not None:
                    self.graph.steps[before].append((schedule[-1], number))
                if number == known:
                    goes_on = following is not None or (answer.violated and chain is answer.chains[-1])
                    self._new(schedule, arrived, goes_on)
                before = number if number == known else None
                schedule = (*schedule, *arrived.choices[:1])
            if answer.violated and chain is answer.chains[-1]:
                return self._found(schedule)
        return None

    def _new(self, schedule: Schedule, arrived: Arrival, goes_on: bool) -> None:
        """A state that nobody has come to before. Its first choice has been followed already if the chain goes on."""
        number = len(self.reached)
        self.reached.append(schedule)
        self.graph.steps.append([])
        if arrived.outcome is not None:
            self.outcomes.add(arrived.outcome)
        for place, choice in enumerate(arrived.choices):
            first = place == 0 and self.shared.further
            if not (first and goes_on):
                self.todo.append(Item((*schedule, choice), number, resumed=first))

    def _found(self, schedule: Schedule) -> Found:
        """The violation that a worker has met, seen with the caller's own eyes."""
        with run_of(self.bench) as run:
            try:
                run.follow(schedule)
            except Violation as violation:
                return Found(str(violation), tuple(run.schedule), tuple(run.finest))
        raise UnsupportedTarget("the code does not do the same in every process: what one saw, another did not see")


def split(
    target: Target,
    scenario: Scenario,
    max_runs: int = 1_000_000,
    seconds: float = inf,
    progress: Callable[[int, int], None] = lambda _states, _runs: None,
    outcomes: bool = False,
    *,
    workers: Workers,
) -> Search:
    """As `search`, by these workers, who must be able to unpickle the target; states are told apart by their digests.

    Raises UnsupportedTarget as `search` does.
    """
    begun = time.perf_counter()
    alone = search(target, scenario, None, min(ALONE, max_runs), seconds, progress, outcomes=outcomes)
    end = begun + seconds
    if alone.verdict != "inconclusive" or max_runs <= ALONE or time.perf_counter() >= end:
        return alone
    bench = Bench(target, scenario, monitor_for(scenario), None, Knowledge())
    pickled = pickle.dumps(target)

    def splitter(apart: bool, breadth_first: bool = False) -> Split:
        further = not (apart or breadth_first)
        shared = Shared(next(_numbers), pickled, scenario, outcomes, apart, further)
        found = Split(bench, shared, workers, max_runs, end)
        found.progress = progress
        return found

    while True:
        try:
            result = everything(bench, splitter)
            if result.violation and result.violation.sentence != ENDLESS:
                result = shortest(result, splitter(False, breadth_first=True).explored())
        except Learnt:
            continue
        return result._replace(seconds=time.perf_counter() - begun)


def shortest(first: Search, second: Search) -> Search:
    """Of two searches with a violation the second, unless it was cut short: it has looked for a shortest schedule."""
    return second if second.violation else first
