"""Engines for sizes beyond exhaustion: they look for a violation, and that they find none says nothing.

* `pct` (Burckhardt, Kothari, Musuvathi, Nagarakatte 2010): every thread has a random priority, and the first that can
  go on does. At a few random steps, the thread that would step falls behind all others. A bug of depth d needs d - 1.
* `pos` (Yuan, Yang, Gu 2018): every step that comes next has a random score, and the highest is made. After that, the
  steps that depend on it get new scores, so that each order of dependent steps has its chance.
* `preemptions` (Musuvathi, Qadeer 2007): every run in which a thread that could go on has to wait for others at no
  place, then at one, then at two.

Every shared access is a step. The same seed gives the same runs. What a parked thread does other than go on, to expire
or to be interrupted, has a priority or a score of its own. A run that is too long is given up.
"""

import random
import time
from collections.abc import Callable
from itertools import cycle
from math import inf
from typing import NamedTuple, Protocol

from waitgroup_proofs.monitor import StrictMonitor
from waitgroup_proofs.scheduler.dpor import LONGEST_RUN, unreduced
from waitgroup_proofs.scheduler.interrupts import run_of
from waitgroup_proofs.scheduler.outcomes import Outcome, outcome
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Schedule, Violation
from waitgroup_proofs.scheduler.search import Found, Search
from waitgroup_proofs.scheduler.target import Target
from waitgroup_spec.scenarios import Scenario

Progress = Callable[[int, int], None]

#: How often a priority changes in a run of `pct`, one run after the other.
CHANGES = (0, 1, 2, 3)

#: At so many places a thread that could go on has to wait for others.
MOST_PREEMPTIONS = 2


def silent(_states: int, _runs: int) -> None:
    """Nobody wants to know."""


class Chooser(Protocol):
    """Who steps next in one run."""

    def choose(self, run: Run, choices: list[Choice]) -> Choice: ...


class Priorities:
    """The chooser of `pct`."""

    def __init__(self, chance: random.Random, changes: int, length: int) -> None:
        """So many changes, within the first `length` steps."""
        self.chance = chance
        self.places = [chance.randrange(length) for _ in range(changes)]
        self.priorities: dict[Choice, float] = {}

    def choose(self, run: Run, choices: list[Choice]) -> Choice:
        """The one with the highest priority; at a place of change, that one first falls behind all others."""
        for choice in choices:
            self.priorities.setdefault(choice, 1 + self.chance.random())
        for place in self.places:
            if place == len(run.schedule):
                lowest = min(self.priorities.values())
                self.priorities[max(choices, key=self.priorities.__getitem__)] = lowest / 2
        return max(choices, key=self.priorities.__getitem__)


class Scores:
    """The chooser of `pos`."""

    def __init__(self, chance: random.Random) -> None:
        """Nothing is scored yet."""
        self.chance = chance
        self.scores: dict[Choice, float] = {}

    def choose(self, run: Run, choices: list[Choice]) -> Choice:
        """The one with the highest score; it and what depends on it are scored anew."""
        for choice in choices:
            self.scores.setdefault(choice, self.chance.random())
        chosen = max(choices, key=self.scores.__getitem__)
        operation = run.threads[chosen.thread].operation
        for choice in choices:
            if choice.thread == chosen.thread or run.threads[choice.thread].operation.depends_on(operation):
                del self.scores[choice]
        return chosen


class Sampling:
    """What the runs have found so far, and whether there may be more of them."""

    def __init__(self, scenario: Scenario, max_runs: int, seconds: float, progress: Progress) -> None:
        """No run yet."""
        self.scenario = scenario
        self.max_runs = max_runs
        self.begun = time.perf_counter()
        self.seconds = seconds
        self.progress = progress
        self.runs = 0
        #: How many runs were too long.
        self.given_up = 0
        self.violation: Found | None = None
        self.outcomes: set[Outcome] = set()

    def another(self) -> bool:
        """Whether another run may be made; if so, it counts."""
        if self.violation or self.runs >= self.max_runs or time.perf_counter() - self.begun >= self.seconds:
            return False
        self.runs += 1
        if self.runs % 500 == 0:
            self.progress(0, self.runs)
        return True

    def follow(self, run: Run, schedule: Schedule, chooser: Chooser) -> None:
        """Make a schedule's steps, and those that are chosen, until nothing can go on."""
        try:
            run.follow(schedule)
            while (choices := run.choices()) and len(run.schedule) < LONGEST_RUN:
                run.step(chooser.choose(run, choices))
            if choices:
                self.given_up += 1
            else:
                self.outcomes.add(outcome(run))
        except Violation as broken:
            self.violation = Found(str(broken), tuple(run.schedule), tuple(run.finest))

    def found(self, why: str = "") -> Search:
        """Never exhausted."""
        seconds = time.perf_counter() - self.begun
        outcomes = frozenset(self.outcomes)
        return Search(self.scenario, 0, self.runs, False, self.violation, seconds, outcomes, why)


def pct(
    target: Target,
    scenario: Scenario,
    strict: StrictMonitor | None = None,
    max_runs: int = 1_000_000,
    seconds: float = inf,
    progress: Progress = silent,
    seed: int = 0,
) -> Search:
    """Random priorities. Raises UnsupportedTarget."""
    bench, chance = unreduced(target, scenario, strict), random.Random(seed)
    sampling, changes, longest = Sampling(scenario, max_runs, seconds, progress), cycle(CHANGES), 1
    while sampling.another():
        with run_of(bench) as run:
            sampling.follow(run, (), Priorities(chance, next(changes), longest))
            longest = max(longest, len(run.schedule))
    return sampling.found()


def pos(
    target: Target,
    scenario: Scenario,
    strict: StrictMonitor | None = None,
    max_runs: int = 1_000_000,
    seconds: float = inf,
    progress: Progress = silent,
    seed: int = 0,
) -> Search:
    """Random scores. Raises UnsupportedTarget."""
    bench, chance = unreduced(target, scenario, strict), random.Random(seed)
    sampling = Sampling(scenario, max_runs, seconds, progress)
    while sampling.another():
        with run_of(bench) as run:
            sampling.follow(run, (), Scores(chance))
    return sampling.found()


class Later(NamedTuple):
    """A run that is to follow another one's first `length` steps, and then to go on like this."""

    schedule: Schedule = ()
    length: int = 0
    otherwise: Schedule = ()


class Unhurried:
    """The chooser of `preemptions`: whoever steps goes on for as long as it can; what else there was is noted."""

    def __init__(self) -> None:
        """Nothing noted."""
        #: Where something else could have been chosen: after how many steps, what, and whether that is a preemption.
        self.others: list[tuple[int, Choice, bool]] = []

    def choose(self, run: Run, choices: list[Choice]) -> Choice:
        """The thread that stepped last, or else the first."""
        last = Choice(run.schedule[-1].thread) if run.schedule else None
        chosen = last if last in choices else choices[0]
        self.others += [(len(run.schedule), choice, last in choices) for choice in choices if choice != chosen]
        return chosen


def preemptions(
    target: Target,
    scenario: Scenario,
    strict: StrictMonitor | None = None,
    max_runs: int = 1_000_000,
    seconds: float = inf,
    progress: Progress = silent,
) -> Search:
    """Every run without preemptions, then with one, then with two. Raises UnsupportedTarget."""
    bench = unreduced(target, scenario, strict)
    sampling = Sampling(scenario, max_runs, seconds, progress)
    todo: list[list[Later]] = [[Later()], *([] for _ in range(MOST_PREEMPTIONS))]
    for used, here in enumerate(todo):
        while here and sampling.another():
            later, chooser = here.pop(), Unhurried()
            with run_of(bench) as run:
                sampling.follow(run, (*later.schedule[: later.length], *later.otherwise), chooser)
                schedule = tuple(run.schedule)
            for length, choice, preempts in chooser.others:
                if used + preempts <= MOST_PREEMPTIONS:
                    todo[used + preempts].append(Later(schedule, length, (choice,)))
    all_made = not any(todo) and not sampling.given_up
    return sampling.found(f"every run with at most {MOST_PREEMPTIONS} preemptions was made" if all_made else "")
