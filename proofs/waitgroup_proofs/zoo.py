"""The zoo before the engines: for each algorithm and each scenario of the contract, what comes of it.

A scenario is tried at its sizes from the smallest on, and the first size that breaks the algorithm decides: the figure
is the length of a shortest run there. Four things can come of it:

* `ok`: every run has an explanation in the contract, and the properties hold, at every size;
* `violated`: a run has none; the `Failure` says what its last step does wrong;
* `differs`: every run has one but for those in which the algorithm panics, in a program not all of whose runs keep the
  rules of Go's legal use;
* `not applicable`: the algorithm knows no such call. That is no pass.
"""

from collections.abc import Iterable
from typing import NamedTuple

from waitgroup_proofs.evidence import Check, Evidence, Report, worst
from waitgroup_proofs.refinement import Refinement, knows, refine
from waitgroup_spec.explorer import explore
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.scenarios import Builder, Scenario, Size
from waitgroup_spec.zoo import EXHIBITS, PROGRAMS, Exhibit, Failure, Level

#: Workers and waiters, the fewest threads first; the largest ones take as long as all the others.
SMALL = ((1, 1), (1, 2), (2, 1))
SIZES = (*SMALL, (2, 2))


class Cell(NamedTuple):
    """What comes of an algorithm in a scenario; `run` is a shortest one to it, at `workers` and `waiters`."""

    verdict: str
    failure: Failure | None = None
    workers: int = 0
    waiters: int = 0
    run: Refinement | None = None

    @property
    def steps(self) -> int:
        """The length of the run; 0 if there is none."""
        return len(self.run.violation) - 1 if self.run else 0

    @property
    def what(self) -> str:
        """What is wrong, in a word; else the verdict."""
        return self.failure.name.lower() if self.failure else self.verdict

    @property
    def word(self) -> str:
        """The cell in a word, which is pinned: what is wrong, in how many steps, at which size."""
        if self.run is None:
            return "-" if self is NOT_APPLICABLE else self.what
        return f"{self.what}:{self.steps}:{self.workers}x{self.waiters}"


OK, NOT_APPLICABLE = Cell("ok"), Cell("not applicable")


#: What a response does wrong that the contract does not explain.
UNEXPLAINED = {
    Result.PANICKED: Failure.PANIC,
    Result.TRUE: Failure.EARLY,
    Result.REJECTED: Failure.REFUSED,
    Result.NONE: Failure.NEGATIVE,
}


def failure_of(run: Refinement) -> Failure:
    """What the last step of a run without explanation does wrong. Raises KeyError if that is none of the five."""
    if run.stranded:
        return Failure.STRANDED
    before, after = ([run.system.locals.values[i] for i in state[1:]] for state in run.violation[-2:])
    moved = next(now for was, now in zip(before, after, strict=True) if was != now)
    return UNEXPLAINED[moved.thread.result if moved.thread.result is Result.PANICKED else moved.results[-1]]


def at(protocol: Protocol, scenario: Scenario, size: Size) -> Cell:
    """What comes of the algorithm in one program. Raises ValueError if it does not state its counter."""
    if not knows(protocol, scenario):
        return NOT_APPLICABLE
    found = refine(protocol, scenario)
    if not found.violation:
        explored = explore(protocol, scenario, properties_of(protocol, scenario), symmetry=True)
        return OK if explored.verdict == "holds" else Cell(explored.verdict)
    if failure_of(found) is Failure.PANIC and not scenario.legal_in_go:
        beyond = refine(protocol, scenario, halts=True)
        if not beyond.violation:
            return Cell("differs", None, *size, found)
        found = beyond
    return Cell("violated", failure_of(found), *size, found)


def cell(protocol: Protocol, build: Builder, sizes: Iterable[Size]) -> Cell:
    """What comes of the algorithm in a scenario: the first size that breaks it decides, then the first that differs."""
    found = []
    for size in sizes:
        found.append(at(protocol, build(*size), size))
        if found[-1].verdict not in ("ok", "differs"):
            return found[-1]
    return next((one for one in found if one is not OK), OK)


class Row(NamedTuple):
    """An algorithm and what comes of it in every scenario of the contract."""

    exhibit: Exhibit
    cells: dict[str, Cell]

    @property
    def name(self) -> str:
        """The algorithm's name."""
        return self.exhibit.protocol.name

    @property
    def smallest(self) -> Level:
        """The level that the cells give: the fewest threads, then the fewest steps, then the earliest scenario."""

        def size(item: tuple[str, Cell]) -> tuple[int, int]:
            name, one = item
            return len(PROGRAMS[name](one.workers, one.waiters).thread_names), one.steps

        broken = [item for item in self.cells.items() if item[1].verdict == "violated"]
        if not broken:
            return self.exhibit.level._replace(goal=None)
        name, one = min(broken, key=size)
        return Level(name, one.workers, one.waiters, one.failure)

    @property
    def verdict(self) -> str:
        """`holds` if the level is what the engines find: the smallest program that breaks it, or that none does."""
        if any(one.verdict == "inconclusive" for one in self.cells.values()):
            return "inconclusive"
        return "holds" if self.smallest == self.exhibit.level else "violated"


def row(exhibit: Exhibit, sizes: Iterable[Size] = SIZES) -> Row:
    """Try the algorithm in every program, at these sizes."""
    return Row(exhibit, {name: cell(exhibit.protocol, build, sizes) for name, build in PROGRAMS.items()})


def said_of(rows: Iterable[Row]) -> dict[str, str]:
    """What comes of each algorithm, one word a program, in their order."""
    return {one.name: " ".join(found.word for found in one.cells.values()) for one in rows}


def as_stated(sizes: Iterable[Size]) -> Check:
    """Every algorithm does what its page says. A figure is what comes of one algorithm, in the programs' order."""

    def check(report: Report) -> Evidence:
        rows = []
        for one in EXHIBITS:
            report(one.protocol.name)
            rows.append(row(one, sizes))
        wrong = [f"{one.name}: {one.smallest} is the smallest" for one in rows if one.verdict != "holds"]
        return Evidence(worst(one.verdict for one in rows), said_of(rows), "\n".join(wrong))

    return check
