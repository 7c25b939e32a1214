"""Production's WaitGroup beside its peers: runs every sitting, and says what came of it and what must be met.

A sitting is a process in the peers' environment. Where it dies, the step that it died at is shown as such and left out,
and the sitting is held again: no peer can stop the benchmark. A time fails nothing; production's own failure does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from tests.benchmarks.bars import Bar
from tests.benchmarks.jobs import Places, module
from tests.benchmarks.operations import OPERATIONS, SITTINGS, Operation, Sitting
from tests.benchmarks.waitgroups import CONDITION, LOCKED, OURS

ROOT = Path(__file__).parents[2]

#: Seconds that a sitting may take at most. Each step of it has a limit of its own.
LONGEST = 600.0

#: What `faulthandler` says first when it ends a process.
TIMED_OUT = "Timeout ("


class Cell(NamedTuple):
    """An operation on a subject: `measured`, with what each round gave, or `none`, `fails`, `hangs` or `dies`."""

    operation: Operation
    subject: str
    verdict: str
    values: tuple[float, ...] = ()
    told: str = ""

    @property
    def best(self) -> float | None:
        """The least of all rounds."""
        return min(self.values, default=None)


#: By the name of the operation, and the subject.
Cells = dict[tuple[str, str], Cell]


class Heard(NamedTuple):
    """What a process said: of each cell, what came of it; and the cell at which it died, if it did."""

    verdicts: dict[str, tuple[str, str]]
    values: dict[str, list[float]]
    died_at: str | None


def heard(output: str) -> Heard:
    """The lines of a process."""
    verdicts: dict[str, tuple[str, str]] = {}
    values: dict[str, list[float]] = {}
    last: str | None = ""
    for line in output.splitlines():
        try:
            what, cell, told = json.loads(line)
        except ValueError:  # a subject may print what it likes
            continue
        if what == "begun":
            last = cell
        elif what == "ended":
            last = None
        elif what == "value":
            values.setdefault(cell, []).append(told)
        else:
            verdicts[cell] = (what, told)
    return Heard(verdicts, values, last)


def python_of(places: Places) -> str:
    """The interpreter that has the peers; without one, this one, where they cannot be imported."""
    return str(places.peers / "bin" / "python") if places.has(places.peers) else sys.executable


def process(python: str, rounds: int, cells: list[str]) -> tuple[Heard, str]:
    """What one says, and what it complains of."""
    command = (python, *module("with_waitgroups"), str(rounds), *cells)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "impl"), "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout or ""
        return heard(said if isinstance(said, str) else said.decode()), TIMED_OUT
    return heard(done.stdout), done.stderr


def death(complaint: str) -> tuple[str, str]:
    """Of what a process died."""
    if TIMED_OUT in complaint:
        return "hangs", "it was ended"
    lines = complaint.strip().splitlines()
    return "dies", lines[-1] if lines else "and not a word"


def sit(sitting: Sitting, python: str) -> Iterator[Cell]:
    """All cells of a sitting."""
    names = {
        f"{operation.name}/{name}": (operation, name) for operation in sitting.operations for name in operation.subjects
    }
    dead: dict[str, tuple[str, str]] = {}
    while True:
        left = [cell for cell in names if cell not in dead]
        found, complaint = process(python, sitting.rounds, left)
        if found.died_at is None:
            break
        dead.update(dict.fromkeys([found.died_at] if found.died_at in left else left, death(complaint)))
        if len(dead) == len(names):
            break
    for cell, (operation, name) in names.items():
        verdict, told = {**found.verdicts, **dead}.get(cell, ("measured", ""))
        yield Cell(operation, name, verdict, tuple(found.values.get(cell, ())) if verdict == "measured" else (), told)


def measured(places: Places, progress: Callable[[str], None]) -> Cells:
    """Everything."""
    cells: Cells = {}
    for sitting in SITTINGS:
        progress(f"WaitGroups: {', '.join(operation.what for operation in sitting.operations)}")
        for cell in sit(sitting, python_of(places)):
            cells[cell.operation.name, cell.subject] = cell
    return cells


class Ratio(NamedTuple):
    """Of the best of all rounds; and round by round, what a quarter of them is below, half, and three quarters."""

    value: float
    quarters: list[float]

    def __str__(self) -> str:
        """The spread."""
        first, second, third = self.quarters
        return f"round by round {second:.3g}, half of them {first:.3g} to {third:.3g}"


def ratio(cells: Cells, operation: str, subject: str, reference: tuple[str, str] | None = None) -> Ratio | None:
    """A cell held against another one: by default, what the operation is held against; None if one is missing."""
    other, who = reference or OPERATIONS[operation].reference
    above, below = cells.get((operation, subject)), cells.get((other, who or subject))
    if above is None or below is None or above.best is None or below.best is None:
        return None
    if OPERATIONS[operation].speed:
        above, below = below, above
    rounds = [one / two for one, two in zip(above.values, below.values, strict=False)]
    return Ratio(min(above.values) / min(below.values), quantiles(rounds * 2, method="inclusive"))


def production_bars(cells: Cells) -> Iterator[Bar]:
    """What production must meet."""

    def compared(what: str, operation: str, limit: float, reference: tuple[str, str] | None = None) -> Bar:
        found, at_least = ratio(cells, operation, OURS, reference), OPERATIONS[operation].speed
        if found is None:
            return Bar(what, None, limit, at_least, "nothing to compare with")
        return Bar(what, found.value, limit, at_least, str(found))

    yield compared("add(1) and done(), times the lock floor's", "pair", 0.6)
    yield compared("wait() at zero, times the lock floor's add(1) and done()", "wait", 0.2)
    yield compared("wait(0) at one, times the naive Condition's", "look", 1.0, ("look", CONDITION))
    size = cells.get(("size", OURS))
    yield Bar("bytes with all it holds", size.best if size else None, 2000.0, False)
    threads = compared("8 threads' throughput, times one thread's, nothing lost", "threads", 0.9)
    failed = cells.get(("threads", OURS))
    if failed is not None and failed.verdict == "fails":
        threads = threads._replace(value=0.0, told=failed.told)
    yield threads
    yield compared("waking 1,000 parked threads, times the naive Condition's", "wake 1000", 1.0)


def production_wrong(cells: Cells) -> list[str]:
    """What is not as expected: production lacks nothing and fails at nothing."""
    return [
        f"{cell.operation.what}, {cell.subject}: {cell.verdict}: {cell.told}"
        for cell in cells.values()
        if cell.subject in (OURS, LOCKED) and cell.verdict != "measured"
    ]
