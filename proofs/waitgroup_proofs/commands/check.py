"""`waitgroup check`: anybody's WaitGroup in Python, every interleaving of it, against the contract."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from waitgroup_proofs.commands import finish, json_option, messages
from waitgroup_proofs.evidence import worst
from waitgroup_proofs.report.findings import of_search, shown, token_of
from waitgroup_proofs.report.tables import coloured, columns
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import METHODS, Foreign, Named, TargetError
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_spec.scenarios import SCENARIOS

Sizes = tuple[int, int]

#: The sizes that are tried one after the other if none are given.
GROWTH: tuple[Sizes, ...] = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (3, 3), (4, 3), (3, 4), (4, 4))
#: The size that must be exhausted for a verdict if none are given.
ENOUGH: Sizes = (2, 2)


class Row(NamedTuple):
    """What came of one scenario at one size. `why`: why it says nothing, if it does not."""

    name: str
    sizes: Sizes
    verdict: str
    search: Search | None = None
    why: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        """The row as the design has it."""
        found = self.search
        return {
            "name": self.name,
            "workers": self.sizes[0],
            "waiters": self.sizes[1],
            "verdict": self.verdict,
            "exhausted": bool(found and found.exhausted),
            "runs": found.runs if found else 0,
            "states": found.states if found else 0,
            "why": self.why,
        }


def mapped(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dict[str, str]:
    """The names of the three operations: `add=Add,wait=Wait`."""
    said = dict(METHODS)
    for pair in value.split(",") if value else ():
        operation, _, name = pair.partition("=")
        if operation not in METHODS or not name.isidentifier():
            raise click.BadParameter(f"{pair!r}: write add=NAME, done=NAME or wait=NAME, with commas between")
        said[operation] = name
    return said


def chosen(_context: click.Context, _parameter: click.Parameter, value: str) -> list[str]:
    """The scenarios asked for."""
    names = list(SCENARIOS) if value == "all" else value.split(",")
    for name in names:
        if name not in SCENARIOS:
            raise click.BadParameter(f"no scenario is called {name!r}; choose from all, {', '.join(SCENARIOS)}")
    return names


@click.command()
@click.argument("target", metavar="TARGET")
@click.option("--workers", type=click.IntRange(1, 9), help="Exhaust exactly this many workers; with --waiters.")
@click.option("--waiters", type=click.IntRange(1, 9), help="Exhaust exactly this many waiters; with --workers.")
@click.option("--scenario", default="all", callback=chosen, help="Scenarios, with commas; all if you do not say.")
@click.option("--map", "methods", callback=mapped, metavar="add=Add,...", help="What the methods are called.")
@click.option("--construct", default="", metavar="EXPR", help="How to make one; may use `units`, which it then holds.")
@click.option("--budget", type=click.FloatRange(min=0.1), default=60.0, metavar="SECONDS", help="60 if you do not say.")
@json_option
def check(
    target: str,
    workers: int | None,
    waiters: int | None,
    scenario: list[str],
    methods: dict[str, str],
    construct: str,
    budget: float,
    json_file: str | None,
) -> int:
    """Run TARGET, file.py:Class or module:Class, under the deterministic scheduler against the contract.

    With sizes, exactly those are exhausted. Without, they grow until the budget is used; the verdict is about 2 workers
    x 2 waiters, and what lies beyond is reported as far as it was exhausted.
    """
    if (workers is None) != (waiters is None):
        raise click.UsageError("give both --workers and --waiters, or neither")
    named = Named(target, methods, construct)
    sizes = GROWTH if workers is None or waiters is None else ((workers, waiters),)
    try:
        rows = list(searched(Foreign(named), scenario, sizes, budget))
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    except UnsupportedTarget as reason:
        rows = [Row("all", sizes[0], "inconclusive", why=str(reason))]
    return told(named, rows, sizes, json_file)


def searched(target: Foreign, names: list[str], sizes: tuple[Sizes, ...], budget: float) -> Iterator[Row]:
    """Every scenario at every size, smallest sizes first, until one is violated or the time is used."""
    begun = time.perf_counter()
    inapplicable = {name: why for name in names if (why := target.missing(SCENARIOS[name](*ENOUGH)))}
    yield from (Row(name, sizes[0], "not applicable", why=why) for name, why in inapplicable.items())
    progress = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=messages)
    with progress:
        task = progress.add_task("", total=budget)
        for size in sizes:
            for name in names:
                left = budget - (time.perf_counter() - begun)
                if name in inapplicable or left <= 0:
                    continue

                def tell(states: int, runs: int, name: str = name, size: Sizes = size) -> None:
                    gone = time.perf_counter() - begun
                    words = f"{states:,} states, {runs:,} runs, {runs / gone:,.0f} a second"
                    progress.update(task, description=f"{name} {by(size)}: {words}", completed=gone)

                tell(0, 0)
                row = one(target, name, size, left, tell)
                yield row
                if row.verdict == "violated":
                    return


def one(target: Foreign, name: str, sizes: Sizes, seconds: float, tell: Any) -> Row:
    """One scenario at one size."""
    try:
        found = search(target, SCENARIOS[name](*sizes), seconds=seconds, progress=tell)
    except UnsupportedTarget as reason:
        return Row(name, sizes, "inconclusive", why=str(reason))
    return Row(name, sizes, found.verdict, found, "" if found.verdict != "inconclusive" else "the time is used")


def verdict_of(rows: list[Row], names: set[str], sizes: tuple[Sizes, ...]) -> str:
    """`violated` if any row is; `holds` if every applicable scenario was exhausted at the size that is asked for."""
    if any(row.verdict == "violated" for row in rows):
        return "violated"
    asked = sizes[0] if len(sizes) == 1 else ENOUGH
    applicable = names - {row.name for row in rows if row.verdict == "not applicable"}
    exhausted = {row.name for row in rows if row.sizes == asked and row.verdict == "holds"}
    return worst("holds" if name in exhausted else "inconclusive" for name in applicable)


def by(sizes: Sizes) -> str:
    """Sizes in words."""
    return f"{sizes[0]} x {sizes[1]}"


def summed_up(rows: list[Row]) -> tuple[str, str, str, str]:
    """Of one scenario: the largest sizes that were exhausted, its states and runs there, and what lies beyond."""
    held = [row for row in rows if row.search is not None and row.verdict == "holds"]
    last = held[-1].search if held else None
    states, runs = (f"{last.states:,}", f"{last.runs:,}") if last else ("", "")
    others = [row for row in rows if row.verdict != "holds"]
    beyond = f"{others[-1].verdict} at {by(others[-1].sizes)}: {others[-1].why}" if others else ""
    if others and others[-1].verdict == "not applicable":
        beyond = f"not applicable: {others[-1].why}"
    return by(held[-1].sizes) if held else "", states, runs, beyond.removesuffix(": ")


def told(named: Named, rows: list[Row], sizes: tuple[Sizes, ...], json_file: str | None) -> int:
    """Show what came of the scenarios; returns the exit code."""
    verdict = verdict_of(rows, {row.name for row in rows}, sizes)
    broken = next((row for row in rows if row.verdict == "violated"), None)
    token, details, sentence = None, "", None
    if broken is not None and broken.search is not None and broken.search.violation is not None:
        sentence = broken.search.violation.sentence
        token = str(token_of(broken.search, "", broken.sizes, str(named)))
        details = shown(of_search(broken.search, "", broken.sizes, str(named)))

    def show(out: Console) -> None:
        table = columns("scenario", "exhausted at", "states", "runs", "")
        for name in dict.fromkeys(row.name for row in rows):
            table.add_row(name, *summed_up([row for row in rows if row.name == name]))
        out.print(table)
        if details:
            out.print(f"\n{details}", markup=False)
        out.print(f"\n{named.place}: {coloured(verdict)}")

    result = {
        "verdict": verdict,
        "scenarios": [row.as_json for row in rows],
        "violation": sentence,
        "replay": token,
    }
    return finish(verdict, json_file, result, show)
