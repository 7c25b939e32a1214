"""Targets made from a few lines of source, and the searches they are put to.

`Written` is a class `Group` with `add`, `done` and `wait`, as production is. `Program` is a class `Group` with methods
of any kind: each thread calls some of them by name, and what counts is the set of outcomes, that is of final fields and
results. Outcomes are collected by three searches: reduced, unreduced, and without any merging of states, which needs
no state key and is the oracle for the other two.
"""

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.keys import fields
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.search import search
from waitgroup_proofs.scheduler.target import A_WHILE, Bench
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import Client, Scenario, add

PACKAGE = "small"
FILE = "small.py"

#: For each thread, the results of its calls, as text: their `repr`, or the name of an exception's type.
Results = tuple[tuple[str, ...], ...]


class Written:
    """The class `Group` of a source text, instrumented, with the methods of a WaitGroup."""

    def __init__(self, source: str) -> None:
        loader = Loader({PACKAGE: (Path(FILE), dedent(source))})
        self.module = loader.load(PACKAGE)
        self.lasting = loader.lasting()
        self.packages, self.files = loader.packages, loader.files

    def construct(self, units: int) -> Any:
        group = self.module.Group()
        if units:
            group.add(units)
        return group

    def perform(self, instance: Any, call: Call) -> object:
        if call.delta is None:
            return instance.wait(A_WHILE) if call.timed else instance.wait()
        return instance.done() if call.delta == -1 else instance.add(call.delta)

    def observe(self, _instance: Any) -> tuple[int, int]:
        return 0, 0

    def broken(self, _instance: Any) -> str | None:
        return None


class Outcome(NamedTuple):
    """How a run ended: the fields of the group, but for those that begin with an underscore, and the results."""

    fields: tuple[tuple[str, str], ...]
    results: Results


class Found(NamedTuple):
    """What a search found: every outcome, or the sentence of a violation, which ends it."""

    outcomes: frozenset[Outcome]
    violation: str | None
    runs: int

    @property
    def results(self) -> set[Results]:
        """The results alone."""
        return {outcome.results for outcome in self.outcomes}


def results(*runs: tuple[object, ...]) -> set[Results]:
    """The results of programs whose threads make one call each; a string stands for itself, be it a `repr` or not."""
    return {tuple((value if isinstance(value, str) else repr(value),) for value in run) for run in runs}


class Program(Written):
    """The class `Group` of a source text, whose threads call the methods named in `threads`, in that order.

    To the contract they call `add` with a positive delta, of which it allows everything but being blocked for ever.
    """

    def __init__(self, source: str, *threads: Sequence[str]) -> None:
        super().__init__(source)
        self.methods = sorted({name for names in threads for name in names})
        self.threads = threads
        self.found: set[Outcome] = set()

    @property
    def scenario(self) -> Scenario:
        calls = [tuple(add(1 + self.methods.index(name)) for name in names) for names in self.threads]
        return Scenario("program", "", 0, tuple(Client(f"thread {i}", called) for i, called in enumerate(calls)))

    def construct(self, _units: int) -> Any:
        group = self.module.Group()
        group.results = {number: () for number, _ in enumerate(self.threads)}
        return group

    def perform(self, instance: Any, call: Call) -> object:
        assert call.delta is not None
        fiber = controlled()
        try:
            result = repr(getattr(instance, self.methods[call.delta - 1])())
        except Exception as error:
            result = type(error).__name__
        if fiber is not None and not fiber.ended:
            instance.results[fiber.number] += (result,)
        return None

    def broken(self, instance: Any) -> str | None:
        if all(len(instance.results[number]) == len(names) for number, names in enumerate(self.threads)):
            values = sorted((name, repr(v)) for name, v in fields(instance) if name[0] != "_" and name != "results")
            self.found.add(Outcome(tuple(values), tuple(instance.results.values())))
        return None

    def searched(self, reduced: bool) -> Found:
        """By the search under test."""
        found = self.searched_within(1_000_000, reduced)
        assert found is not None
        return found

    def searched_within(self, max_runs: int, reduced: bool) -> Found | None:
        """By the search under test; None if that takes more runs."""
        self.found.clear()
        result = search(self, self.scenario, reduced=reduced, shortest=False, max_runs=max_runs)
        if result.verdict == "inconclusive":
            return None
        return Found(frozenset(self.found), result.violation.sentence if result.violation else None, result.runs)

    def enumerated(self, max_runs: int = 20_000) -> Found | None:
        """By following every schedule to its end, every access a step and no state merged; None if there are more."""
        self.found.clear()
        bench = Bench(self, self.scenario, ContractMonitor(), None, None)
        todo: list[tuple[Choice, ...]] = [()]
        runs, violation = 0, None
        while todo:
            if runs == max_runs:
                return None
            runs += 1
            with Run(bench) as run:
                try:
                    run.follow(todo.pop())
                    while choices := run.choices():
                        todo.extend((*run.schedule, choice) for choice in choices[1:])
                        run.step(choices[0])
                except Violation as found:
                    violation = str(found)
        return Found(frozenset(self.found), violation, runs)


def wrong(expected: set[Results] | str, source: str, *threads: Sequence[str]) -> list[str]:
    """What the two searches say that is neither `expected` (results, or the sentence of a violation) nor a refusal."""
    answers = []
    for reduced in (True, False):
        try:
            found = Program(source, *threads).searched(reduced)
        except UnsupportedTarget:
            continue
        if expected not in (found.results, found.violation) or (found.violation and found.violation != expected):
            answers.append(f"{'reduced' if reduced else 'unreduced'}: {found.violation or sorted(found.results)}")
    return answers
