"""Data races of real code: accesses in the runs of a scenario that nothing orders, by the lines of the source.

A race is no violation. Python code with one may be right, as production is, whose `wait` looks at the word without the
mutex; the report says where to look twice. What orders accesses is in `happens_before`.

Which runs: random ones first (`pct`), then one of each class of equivalent runs (`dpor`), every access a step.
Equivalent runs order the same accesses. So if all classes were followed, these are the races of all runs of the
scenario at these sizes; otherwise they are those that were seen. The search for violations would not do: it merges
equal states, and two runs can come to the same state with different pasts.
"""

from math import inf
from typing import Any, NamedTuple

from waitgroup_proofs.scheduler.dpor import dpor
from waitgroup_proofs.scheduler.fiber import Fiber, controlled
from waitgroup_proofs.scheduler.happens_before import HappensBefore, Race
from waitgroup_proofs.scheduler.sampling import pct
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.target import Target
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import After, Scenario

Schedule = tuple[Choice, ...]

#: So many random runs are made first: they differ from the beginning on.
RANDOM_RUNS = 100


class Races(NamedTuple):
    """Each race with a shortest schedule that has shown it, every access a step; `complete`: there are no others."""

    scenario: Scenario
    races: dict[Race, Schedule]
    runs: int
    complete: bool


class Watched:
    """A target whose runs are watched for races."""

    def __init__(self, target: Target, scenario: Scenario) -> None:
        """Nothing seen."""
        self.target = target
        self.packages, self.files, self.lasting = target.packages, target.files, target.lasting
        self.races: dict[Race, Schedule] = {}
        clients = [client for client in scenario.clients for _ in range(client.threads)]
        starters = {client.name: number for number, client in reversed([*enumerate(clients)])}
        self.starts = tuple(
            (client.start, starters[client.start.client] if isinstance(client.start, After) else -1)
            for client in clients
        )

    def construct(self, units: int) -> Any:
        """As the target does."""
        return self.target.construct(units)

    def perform(self, instance: Any, call: Call) -> object:
        """As the target does, watched."""
        thread: Any = controlled()
        watcher = self._watcher(thread)
        watcher.entered(thread)
        try:
            return self.target.perform(instance, call)
        finally:
            if not thread.ended:
                watcher.left(thread)

    def _watcher(self, fiber: Fiber) -> HappensBefore:
        """That of the run that the thread belongs to."""
        surroundings = fiber.surroundings
        if not isinstance(surroundings.watcher, HappensBefore):
            surroundings.watcher = HappensBefore(self.starts, self.files, surroundings.objects, self._seen)
        return surroundings.watcher

    def _seen(self, race: Race, schedule: Schedule) -> None:
        known = self.races.get(race)
        if known is None or len(schedule) < len(known):
            self.races[race] = schedule

    def observe(self, instance: Any) -> tuple[int, int] | None:
        """As the target does."""
        return self.target.observe(instance)

    def broken(self, instance: Any) -> str | None:
        """As the target does."""
        return self.target.broken(instance)


def races(target: Target, scenario: Scenario, max_runs: int = 1_000_000, seconds: float = inf) -> Races:
    """Look for races in at most so many runs, for at most so many seconds; a violation ends it early.

    Raises UnsupportedTarget if the code under test does what the scheduler cannot control.
    """
    watched = Watched(target, scenario)
    sampled = pct(watched, scenario, max_runs=min(max_runs, RANDOM_RUNS), seconds=seconds / 2)
    explored = dpor(watched, scenario, max_runs=max_runs - sampled.runs, seconds=seconds - sampled.seconds)
    return Races(scenario, dict(sorted(watched.races.items())), sampled.runs + explored.runs, explored.exhausted)
