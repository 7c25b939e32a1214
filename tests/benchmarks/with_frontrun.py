"""A process that explores one program with frontrun. It must be started by frontrun's own command.

    frontrun python -m tests.benchmarks.with_frontrun verdict|rate PROGRAM CONFIGURATION

`default` is what its documentation begins with; it reproduces what it finds ten times. The others leave that out, and
the detection of input and output, which these programs have none of. Deadlocks are found exactly, and a waiter is known
to be parked, only with its virtual clock: a sleep ends when nobody else can run.
"""

import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks import programs
from tests.benchmarks.child import MOST_SECONDS, SEEDS, Answer, asked, rate, say, timed

QUICK: dict[str, Any] = {"reproduce_on_failure": 0, "detect_io": False}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "dpor": QUICK,
    "dpor, virtual clock": QUICK | {"clock": "virtual"},
    "random, virtual clock": QUICK | {"clock": "virtual", "strategy": "random"},
}

Body = Callable[[Any], object]


def bodies(program: str) -> list[Body]:
    """The threads of a program, each given the shared object."""
    if program == "two threads":
        return [programs.Counter.increment] * 2
    if program == "pre-added":
        return [lambda group: group.done(), lambda group: group.done(), lambda group: group.wait()]

    def close(group: programs.Group) -> None:
        time.sleep(1.0)
        group.done()
        group.add(1)

    return [lambda group: group.wait(), close]


def wrong(program: str) -> Any:
    """The shared object of the wrong program."""
    if program == "two threads":
        return programs.Counter()
    return made(programs.Unlocked(), 2) if program == "pre-added" else made(programs.Naive(), 1)


def right(program: str) -> Any:
    """The shared object of a program in which no run ends the search."""
    if program == "two threads":
        return programs.Counter()
    return made(programs.Generations(), 2 if program == "pre-added" else 1)


def made(group: programs.Group, units: int) -> programs.Group:
    """The group with so many units."""
    group.add(units)
    return group


def is_random(configuration: dict[str, Any]) -> bool:
    """Whether chance decides."""
    return configuration.get("strategy") == "random"


def verdict(program: str, configuration: dict[str, Any], seed: int) -> Answer:
    """Until it answers."""
    import frontrun  # type: ignore[import-not-found,unused-ignore]

    if is_random(configuration):
        configuration = configuration | {"seed": seed}
    holds = (lambda counter: counter.n == 2) if program == "two threads" else (lambda _group: True)
    found = frontrun.explore(
        setup=lambda: wrong(program),
        workers=bodies(program),
        invariant=holds,
        total_timeout=MOST_SECONDS,
        **configuration,
    )
    words = {True: "missed", False: "found", None: "inconclusive"}
    said = (found.explanation or found.inconclusive_reason or "").strip().splitlines()
    return Answer(words[found.property_holds], found.num_explored, violation=said[0] if said else "")


def runs(program: str, configuration: dict[str, Any]) -> int:
    """All that it explores of a program with nothing to find."""
    import frontrun

    if configuration and not is_random(configuration):
        configuration = configuration | {"stop_on_first": False, "preemption_bound": None}
    found = frontrun.explore(
        setup=lambda: right(program), workers=bodies(program), invariant=lambda _group: True, **configuration
    )
    return int(found.num_explored)


def main() -> None:
    """Do what is asked."""
    what, program, name = asked()
    configuration = CONFIGURATIONS[name]
    if what == "verdict":
        seeds = SEEDS if is_random(configuration) else 1
        say(timed(lambda seed: verdict(program, configuration, seed), seeds=seeds))
    else:
        say(rate(lambda: runs(program, configuration)))


if __name__ == "__main__":
    main()
