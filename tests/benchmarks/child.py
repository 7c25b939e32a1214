"""What every measured process says: one line of JSON, for whoever started it. Nothing here needs this project.

A tool explores a program in one of two ways. `verdict`: the wrong program, until the tool answers. `rate`: a program in
which no run ends the search, for about RATE_SECONDS, which tells how many complete runs it makes in a second.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

#: The programs that every tool gets: `two threads` check the lost update themselves; the others are the contract's
#: scenarios of that name, on `Unlocked` (2 workers x 1 waiter) and on `Naive` (1 x 1).
PROGRAMS = ("two threads", "pre-added", "reuse-parked")

#: What is wrong with them.
BUGS = {"two threads": "lost update", "pre-added": "lost update", "reuse-parked": "generation bug"}

#: A verdict is asked for so often in one process: the first time is dear for every tool.
REPEATS = 3

#: Where chance decides, so many seeds are tried each time.
SEEDS = 10

#: So long a rate is measured, and no verdict is repeated that took longer.
RATE_SECONDS = 1.0

#: A tool that has found nothing after so many runs, or seconds, has missed it.
MOST_RUNS = 1_000
MOST_SECONDS = 10.0

VERDICTS = ("found", "missed", "inconclusive", "holds")


class Answer(NamedTuple):
    """What a tool says: a word of VERDICTS, and after how many complete runs."""

    verdict: str
    runs: int
    states: int = 0
    violation: str = ""


class Measured(NamedTuple):
    """An answer, and the time that the exploration took, imports not included."""

    verdict: str
    runs: int
    states: int
    violation: str
    seconds: float
    #: In the process's first exploration.
    first: float


def timed(explore: Callable[[int], Answer], repeats: int = REPEATS, seeds: int = 1) -> Measured:
    """The fastest of several explorations, all of which must say the same.

    `explore` takes a seed. Where chance decides, one exploration is the mean of several, so that no lucky seed counts.
    """
    answers: list[tuple[float, Answer]] = []
    while len(answers) < repeats and not (answers and answers[-1][0] > RATE_SECONDS):
        answers.append(mean(explore, seeds))
    if len({answer.verdict for _, answer in answers}) != 1:
        raise RuntimeError(f"one tool, one program, two verdicts: {answers}")
    seconds, answer = min(answers)
    return Measured(*answer, seconds, answers[0][0])


def mean(explore: Callable[[int], Answer], seeds: int) -> tuple[float, Answer]:
    """Mean time and runs of several seeds; the first one that does not find the bug stands for all."""
    begun, runs = time.perf_counter(), 0
    for seed in range(seeds):
        alone = time.perf_counter()
        answer = explore(seed)
        if answer.verdict != "found":
            return time.perf_counter() - alone, answer
        runs += answer.runs
    return (time.perf_counter() - begun) / seeds, answer._replace(runs=round(runs / seeds))


def rate(explore: Callable[[], int], seconds: float = RATE_SECONDS) -> Measured:
    """Explore again and again, for about so many seconds; `explore` returns how many runs it has made."""
    explore()  # the first time is dear
    begun, runs = time.perf_counter(), 0
    while (gone := time.perf_counter() - begun) < seconds:
        runs += explore()
    return Measured("", runs, 0, "", gone, gone)


def say(measured: Measured) -> None:
    """To whoever started this process."""
    print(json.dumps(measured._asdict()))


def heard(output: str) -> Measured:
    """The inverse of `say`: the last line."""
    return Measured(**json.loads(output.strip().splitlines()[-1]))


def asked() -> list[str]:
    """What this process was asked for."""
    return sys.argv[1:]
