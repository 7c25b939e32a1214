"""A process that explores one program with this project's scheduler.

    python -m tests.benchmarks.with_scheduler verdict|rate PROGRAM ENGINE
    python -m tests.benchmarks.with_scheduler exhaust|rate TARGET SCENARIO WORKERSxWAITERS [PROCESSES]

A TARGET is `production` or a class of `programs`. As an import is for the other tools, loading the code under test is
not part of the time.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.child import MOST_SECONDS, RATE_SECONDS, SEEDS, Answer, Measured, asked, rate, say, timed

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.executors import processes
from waitgroup_proofs.scheduler.foreign import Foreign, Named
from waitgroup_proofs.scheduler.interrupts import run_of
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.production import Production
from waitgroup_proofs.scheduler.program import PROGRAM, Program, bench_of
from waitgroup_proofs.scheduler.sampling import pct, pos
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.split import Workers, split
from waitgroup_proofs.scheduler.stand_ins import StandIns
from waitgroup_proofs.scheduler.strategies import STRATEGIES
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_spec.scenarios import SCENARIOS, Scenario

#: Those that chance decides.
RANDOM = {"pct": pct, "pos": pos}

WORDS = {"violated": "found", "holds": "holds", "inconclusive": "inconclusive"}


def group(name: str) -> Target:
    """A class of `programs`, or production."""
    return Production() if name == "production" else Foreign(Named(f"{programs.__file__}:{name}"))


def function(name: str) -> Program:
    """A function of `programs`."""
    path = Path(programs.__file__)
    loader = Loader({path.stem: (path, path.read_text(encoding="utf-8"))}, StandIns())
    return Program(loader, getattr(loader.load(path.stem), name))


def wrong(program: str) -> tuple[Target, Scenario]:
    """The wrong program."""
    if program == "two threads":
        return function("lost_update"), PROGRAM
    if program == "pre-added":
        return group("Unlocked"), SCENARIOS[program](2, 1)
    return group("Naive"), SCENARIOS[program](1, 1)


def right(program: str) -> Bench:
    """A program in which no run ends the search, every shared access a step."""
    if program == "two threads":
        return bench_of(function("unchecked"))
    return unmerged(group("Generations"), SCENARIOS[program](2 if program == "pre-added" else 1, 1))


def unmerged(target: Target, scenario: Scenario) -> Bench:
    """Every shared access a step."""
    return Bench(target, scenario, ContractMonitor(), None, None)


def answered(found: Search) -> Answer:
    """What a search says."""
    sentence = found.violation.sentence if found.violation else found.why
    return Answer(WORDS[found.verdict], found.runs, found.states, sentence)


def explored(target: Target, scenario: Scenario, engine: str, seed: int) -> Answer:
    """What an engine says."""
    if engine == "exhaustive":
        return answered(search(target, scenario, seconds=MOST_SECONDS, shortest=False))
    if engine in RANDOM:
        return answered(RANDOM[engine](target, scenario, seconds=MOST_SECONDS, seed=seed))
    return answered(STRATEGIES[engine](target, scenario, seconds=MOST_SECONDS))


def exhausted(target: Target, scenarios: list[Scenario], workers: Workers | None = None) -> Answer:
    """All of the scenarios; `holds` if all are exhausted without a violation."""
    answers = [
        answered(split(target, scenario, workers=workers) if workers else search(target, scenario, shortest=False))
        for scenario in scenarios
    ]
    worst = next((answer for answer in answers if answer.verdict != "holds"), answers[0])
    runs, states = sum(answer.runs for answer in answers), sum(answer.states for answer in answers)
    return worst._replace(runs=runs, states=states)


def complete_runs(bench: Bench, seconds: float = RATE_SECONDS) -> Callable[[], int]:
    """Follows schedules to their ends, one after the other, and merges nothing; begins anew when there are no more."""

    def explore() -> int:
        end, runs = time.perf_counter() + seconds, 0
        todo: list[tuple[Choice, ...]] = [()]
        while todo and time.perf_counter() < end:
            with run_of(bench) as run:
                run.follow(todo.pop())
                while choices := run.choices():
                    todo.extend((*run.schedule, choice) for choice in choices[1:])
                    run.step(choices[0])
            runs += 1
        return runs

    return explore


def measured(arguments: list[str]) -> Measured:
    """What is asked for, measured."""
    match arguments:
        case ["verdict", program, engine]:
            target, scenario = wrong(program)
            return timed(lambda seed: explored(target, scenario, engine, seed), seeds=SEEDS if engine in RANDOM else 1)
        case ["rate", program, _engine]:
            return rate(complete_runs(right(program)))
        case [what, name, scenarios, sizes, *number]:
            workers, waiters = map(int, sizes.split("x"))
            names = list(SCENARIOS) if scenarios == "all" else scenarios.split(",")
            built = [SCENARIOS[one](workers, waiters) for one in names]
            target = group(name)
            if what == "rate":
                return rate(complete_runs(unmerged(target, built[0])))
            with processes(int(number[0])) if number else nullcontext() as crew:
                return timed(lambda _seed: exhausted(target, built, crew), 1)
    raise ValueError(f"not understood: {arguments}")


if __name__ == "__main__":
    say(measured(asked()))
