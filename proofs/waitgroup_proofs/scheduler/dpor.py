"""The second engine: source-DPOR with sleep sets (Abdulla, Aronis, Jonsson, Sagonas 2014).

Two runs are equivalent if one becomes the other by exchanging neighbouring steps that do not depend on each other. This
engine follows at least one run of each class to its end, every shared access a step. It keeps no states and needs no
state key, which makes it the oracle for `search`. What the classes must keep apart is in `dependence`.

At each step of the present run a *turn* is kept: the threads wanted there, and those asleep, whose step has been tried
there and depends on nothing since. If a later step depends on an earlier one and could have come before it, the turn of
the earlier one wants a thread that leads there. Where a thread is wanted, all its ways to go on are followed.

A spinning program has runs without end, so a run that is too long ends the search without a verdict.
"""

import time
from collections.abc import Callable
from math import inf

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.scheduler.dependence import Event, Path
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import kind_of
from waitgroup_proofs.scheduler.outcomes import Outcome, outcome
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.search import Found, Search
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_spec.scenarios import Scenario

#: A run of more steps is taken for one without end.
LONGEST_RUN = 1_000


def unreduced(target: Target, scenario: Scenario, strict: StrictMonitor | None) -> Bench:
    """Every shared access a step. Raises UnsupportedTarget for a scenario in which an interrupt comes anywhere."""
    if kind_of(scenario):
        raise UnsupportedTarget("only the exhaustive strategy places interrupts")
    return Bench(target, scenario, ContractMonitor(), strict, None)


def dpor(
    target: Target,
    scenario: Scenario,
    strict: StrictMonitor | None = None,
    max_runs: int = 1_000_000,
    seconds: float = inf,
    progress: Callable[[int, int], None] = lambda _states, _runs: None,
) -> Search:
    """One run of each class of equivalent runs; as for `search`, a search that is cut short is not exhausted.

    Raises UnsupportedTarget if the code under test does what the scheduler cannot control.
    """
    begun = time.perf_counter()
    bench = unreduced(target, scenario, strict)
    return _Explorer(bench, max_runs, begun + seconds, progress).explore()._replace(seconds=time.perf_counter() - begun)


class _Turn:
    """Where a step of the present run was chosen: who could step and how, who is wanted, and who is asleep."""

    def __init__(self, choices: list[Choice], asleep: dict[int, list[Event]], first: int) -> None:
        """`first` is the thread that steps first here."""
        self.ways: dict[int, list[Choice]] = {}
        for choice in choices:
            self.ways.setdefault(choice.thread, []).append(choice)
        self.asleep = asleep
        self.wanted = [first]
        self.thread = first
        self.tried: list[Event] = []

    @property
    def choice(self) -> Choice:
        """The step that is followed now."""
        return self.ways[self.thread][len(self.tried)]

    def next(self, event: Event) -> bool:
        """`event` has been followed here: on to the next way or thread, if there is one."""
        self.tried.append(event)
        if len(self.tried) < len(self.ways[self.thread]):
            return True
        self.asleep[self.thread] = self.tried
        left = [thread for thread in self.wanted if thread not in self.asleep]
        if left:
            self.thread, self.tried = left[0], []
        return bool(left)

    def want(self, threads: set[int], favourite: int) -> None:
        """One of these threads must be tried here, if none is yet."""
        able = {thread for thread in threads if thread in self.ways}
        if able and able.isdisjoint(self.wanted) and able.isdisjoint(self.asleep):
            self.wanted.append(favourite if favourite in able else min(able))


class _Explorer:
    """The turns of the present run, and what has been found."""

    def __init__(self, bench: Bench, max_runs: int, end: float, progress: Callable[[int, int], None]) -> None:
        self.bench = bench
        self.max_runs = max_runs
        self.end = end
        self.progress = progress
        self.turns: list[_Turn] = []
        #: For each turn but the last one, the events that come before the one it led to, itself included.
        self.past: list[int] = []
        self.outcomes: set[Outcome] = set()
        self.runs = 0

    def explore(self) -> Search:
        """Run after run, each from where the one before it can be continued otherwise."""
        violation, why, more = None, "", True
        while more and violation is None and not why:
            if self.runs == self.max_runs or time.perf_counter() >= self.end:
                why = "the runs or the time are used"
                break
            self.runs += 1
            if self.runs % 500 == 0:
                self.progress(0, self.runs)
            with Run(self.bench) as run:
                try:
                    why, more = self._follow(run)
                except Violation as broken:
                    violation = Found(str(broken), tuple(run.schedule), tuple(run.finest))
        exhausted = violation is None and not why
        return Search(self.bench.scenario, 0, self.runs, exhausted, violation, 0.0, frozenset(self.outcomes), why)

    def _follow(self, run: Run) -> tuple[str, bool]:
        """One run: replay the turns, make the last one's new step, and go on to the end.

        Returns why the search must end, and whether there is a next run.
        """
        run.follow(())
        path = Path(run)
        for turn in self.turns[:-1]:
            path.step(turn.choice)
        if self.turns:
            self._step(path)
        while choices := run.choices():
            asleep = self._still_asleep(path)
            awake = [choice.thread for choice in choices if choice.thread not in asleep]
            if not awake:
                break
            if len(self.turns) == LONGEST_RUN:
                return f"a run takes more than {LONGEST_RUN:,} steps", False
            self.turns.append(_Turn(choices, asleep, awake[0]))
            self._step(path)
        else:
            self.outcomes.add(outcome(run))
        for event in path.pending():
            self._reverse(path, event)
        return "", self._back(path)

    def _step(self, path: Path) -> None:
        """Make the last turn's step, and see what it could have come before."""
        event = path.step(self.turns[-1].choice)
        self.past.append(self._reverse(path, event))

    def _still_asleep(self, path: Path) -> dict[int, list[Event]]:
        """Who sleeps after the last step: whoever slept before it, or was done, and does not depend on it."""
        if not self.turns:
            return {}
        last = path.events[-1]
        asleep = {}
        for thread, tried in self.turns[-1].asleep.items():
            operation = path.run.threads[thread].operation
            if not any(event._replace(operation=operation).depends_on(last) for event in tried):
                asleep[thread] = tried
        return asleep

    def _reverse(self, path: Path, event: Event) -> int:
        """See which earlier events `event` depends on and could have come before; returns its past."""
        count, thread = len(self.past), event.choice.thread
        own = next((i for i in reversed(range(count)) if path.events[i].choice.thread == thread), -1)
        before = self.past[own] if own >= 0 else 0
        past, racing = before | 1 << count, []
        for number in reversed(range(count)):
            if not before >> number & 1 and event.depends_on(path.events[number]):
                racing.append(number)
                past |= self.past[number]
        for number in racing:
            if self._could_come_first(path, event, own, number):
                self._want(path, event, past, number)
        return past

    def _could_come_first(self, path: Path, event: Event, own: int, number: int) -> bool:
        """Whether the thread of `event`, whose event before is `own`, could make it before event `number`."""
        if own > number:
            return not path.events[number].lets_in(event)
        return event.starts or event.choice.thread in self.turns[number].ways

    def _want(self, path: Path, event: Event, past: int, number: int) -> None:
        """At the turn of event `number`: somebody who leads to `event` without it."""
        between = [i for i in range(number + 1, len(self.past)) if not self.past[i] >> number & 1]
        among = sum(1 << i for i in between)
        first = {path.events[i].choice.thread for i in between if self.past[i] & among == 1 << i}
        # What a step of a thread does without event `number` may be more than it did with it.
        worst = event.at_worst()
        if not past & among and not any(worst.depends_on(path.events[i]) for i in between):
            first.add(event.choice.thread)
        self.turns[number].want(first, event.choice.thread)

    def _back(self, path: Path) -> bool:
        """Drop the turns that are done with, up to one with something left."""
        while self.turns:
            self.past.pop()
            if self.turns[-1].next(path.events[len(self.past)]):
                return True
            self.turns.pop()
        return False
