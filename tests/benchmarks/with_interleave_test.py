"""A process that explores one program with interleave-test.

    python -m tests.benchmarks.with_interleave_test verdict|rate PROGRAM CONFIGURATION

Its strategies, at either granularity. Lines are coarser, and faster: what is wrong within a line they cannot find. A
timed wait ends when nobody else can run, so that the waiter is parked then.
"""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.benchmarks import programs
from tests.benchmarks.child import MOST_RUNS, SEEDS, Answer, asked, rate, say, timed

CONFIGURATIONS = {
    f"{strategy}, {granularity}": {"strategy": strategy, "granularity": granularity}
    for granularity in ("opcode", "line")
    for strategy in ("random", "pct", "dfs")
}

#: So many runs at a time while a rate is measured.
BATCH = 100


def pause() -> None:
    """Until nobody else can run."""
    threading.Event().wait(1.0)


def wrong(program: str) -> Callable[[], object]:
    """The wrong program as a model."""
    if program == "two threads":
        return programs.lost_update
    if program == "pre-added":
        return lambda: programs.together(*programs.pre_added(programs.Unlocked()))
    return lambda: programs.together(*programs.reuse_parked(programs.Naive(), pause))


def right(program: str) -> Callable[[], object]:
    """A program in which no run ends the search."""
    if program == "two threads":
        return programs.unchecked
    if program == "pre-added":
        return lambda: programs.together(*programs.pre_added(programs.Generations()))
    return lambda: programs.together(*programs.reuse_parked(programs.Generations(), pause))


def explored(model: Callable[[], object], configuration: dict[str, str], runs: int, seed: int) -> Any:
    """What it found in so many runs."""
    import interleave_test  # type: ignore[import-not-found,unused-ignore]

    return interleave_test.explore(model, raise_on_failure=False, iterations=runs, seed=seed, **configuration)


def verdict(program: str, configuration: dict[str, str], seed: int) -> Answer:
    """Until it answers."""
    found = explored(wrong(program), configuration, MOST_RUNS, seed)
    if found.failure is not None:
        return Answer("found", found.schedules_run, violation=found.failure.kind)
    return Answer("missed", found.schedules_run)


def main() -> None:
    """Do what is asked."""
    what, program, name = asked()
    configuration, further = CONFIGURATIONS[name], count()
    if what == "verdict":
        seeds = 1 if configuration["strategy"] == "dfs" else SEEDS
        say(timed(lambda seed: verdict(program, configuration, seed), seeds=seeds))
    else:
        model = right(program)
        say(rate(lambda: int(explored(model, configuration, BATCH, next(further)).schedules_run)))


if __name__ == "__main__":
    main()
