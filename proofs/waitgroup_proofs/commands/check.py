"""`waitgroup check`: anybody's WaitGroup in Python, every interleaving of it, against the contract."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich.console import Console
from rich.markup import escape

from waitgroup_proofs.commands import finish, html_option, json_option
from waitgroup_proofs.commands.working import Working
from waitgroup_proofs.evidence import worst
from waitgroup_proofs.report.findings import again, counterexample
from waitgroup_proofs.report.schedule import drawn
from waitgroup_proofs.report.tables import coloured, columns
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import METHODS, Foreign, Named, TargetError
from waitgroup_proofs.scheduler.interrupts import asked_of, program, with_interrupts
from waitgroup_proofs.scheduler.search import Search
from waitgroup_proofs.scheduler.strategies import COMPLETE, STRATEGIES
from waitgroup_spec.scenarios import SCENARIOS

if TYPE_CHECKING:
    from waitgroup_proofs.commands.racing import Raced

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
@click.option("--strategy", type=click.Choice([*STRATEGIES]), default="exhaustive", help="How to search; see below.")
@click.option("--interrupts", is_flag=True, help="Also a handler's done(), and an exception, at every bytecode.")
@click.option("--races", is_flag=True, help="Also say which accesses nothing orders; a fourth of the budget.")
@html_option
@json_option
def check(
    target: str,
    workers: int | None,
    waiters: int | None,
    scenario: list[str],
    methods: dict[str, str],
    construct: str,
    budget: float,
    strategy: str,
    interrupts: bool,
    races: bool,
    html_file: str | None,
    json_file: str | None,
) -> int:
    """Run TARGET, file.py:Class or module:Class, under the deterministic scheduler against the contract.

    With sizes, exactly those are exhausted. Without, they grow until the budget is used; the verdict is about 2 workers
    x 2 waiters, and what lies beyond is reported as far as it was exhausted.

    The strategy `exhaustive` merges equal states; `dpor` follows one run of each class of equivalent ones. The others
    only look for a violation, where there is too much to exhaust: at random, `pct` and `pos`, or with few preemptions.

    With --interrupts each scenario is also searched with a signal handler or finalizer that calls done() on top of any
    thread, and with an exception such as KeyboardInterrupt, once in a run, between any two bytecodes of any call.

    With --races the report lists the accesses to one field, at least one a store, that nothing orders, by both lines.
    They are no violations: the verdict does not depend on them.
    """
    if (workers is None) != (waiters is None):
        raise click.UsageError("give both --workers and --waiters, or neither")
    named = Named(target, methods, construct)
    sizes = GROWTH if workers is None or waiters is None else ((workers, waiters),)
    seen: Raced | None = None
    try:
        names = with_interrupts(scenario) if interrupts else scenario
        made = Foreign(named)
        rows = list(searched(made, names, sizes, budget * 3 / 4 if races else budget, strategy))
        if races:
            from waitgroup_proofs.commands.racing import raced

            seen = raced(made, named, scenario, sizes[0] if len(sizes) == 1 else ENOUGH, budget / 4)
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    except UnsupportedTarget as reason:
        rows = [Row("all", sizes[0], "inconclusive", why=str(reason))]
    return told(named, rows, sizes, json_file, html_file, seen)


def searched(
    target: Foreign, names: list[str], sizes: tuple[Sizes, ...], budget: float, strategy: str
) -> Iterator[Row]:
    """Every scenario at every size, smallest sizes first, until one is violated or the time is used."""
    inapplicable = {name: why for name in names if (why := target.missing(asked_of(program(name, *ENOUGH))))}
    yield from (Row(name, sizes[0], "not applicable", why=why) for name, why in inapplicable.items())
    with Working(budget) as working:
        cases = [(size, name) for size in sizes for name in names if name not in inapplicable]
        for row in one_by_one(target, cases, working, strategy):
            yield row
            if row.verdict == "violated":
                yield from smaller(target, row, working, strategy)
                return


def smaller(target: Foreign, violated: Row, working: Working, strategy: str) -> Iterator[Row]:
    """The same violation with fewer threads, if there is one and time is left: it is easier to read."""
    workers, waiters = violated.sizes
    sizes = {(w, v) for w in range(1, workers + 1) for v in range(1, waiters + 1)} - {violated.sizes}
    cases = [(size, violated.name) for size in sorted(sizes, key=sum)]
    found = (row for row in one_by_one(target, cases, working, strategy) if row.verdict == "violated")
    yield from islice(found, 1)


def one_by_one(target: Foreign, cases: list[tuple[Sizes, str]], working: Working, strategy: str) -> Iterator[Row]:
    """Each scenario at its size, as long as there is time. What has no end of its own gets a share of that."""
    for number, (sizes, name) in enumerate(cases):
        if working.left > 0:
            share = 1 if strategy in COMPLETE else len(cases) - number
            yield one(target, name, sizes, working, strategy, working.left / share)


def one(target: Foreign, name: str, sizes: Sizes, working: Working, strategy: str, seconds: float) -> Row:
    """One scenario at one size."""
    try:
        search, tell = STRATEGIES[strategy], working.on(f"{name} {by(sizes)}")
        found = search(target, program(name, *sizes), seconds=seconds, progress=tell)
    except UnsupportedTarget as reason:
        return Row(name, sizes, "inconclusive", why=str(reason))
    why = found.why or "the time is used"
    return Row(name, sizes, found.verdict, found, "" if found.verdict != "inconclusive" else why)


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


def told(
    named: Named,
    rows: list[Row],
    sizes: tuple[Sizes, ...],
    json_file: str | None,
    html_file: str | None,
    seen: "Raced | None",
) -> int:
    """Show what came of the scenarios; returns the exit code."""
    verdict = verdict_of(rows, {row.name for row in rows}, sizes)
    broken = next((row for row in reversed(rows) if row.verdict == "violated"), None)
    shows = counterexample(broken.search, "", broken.sizes, str(named)) if broken and broken.search else None
    summary = [
        (name, *summed_up([row for row in rows if row.name == name]))
        for name in dict.fromkeys(row.name for row in rows)
    ]

    def show(out: Console) -> None:
        table = columns("scenario", "exhausted at", "states", "runs", "")
        for row in summary:
            table.add_row(*row)
        out.print(table)
        if shows is not None:
            out.print(f"\n{shows.token.scenario}: {shows.sentence}", markup=False)
            out.print(drawn(shows.replayed, out.width), soft_wrap=True)
            out.print(f"\n{again(shows.token)}", markup=False, soft_wrap=True)
        if seen is not None:
            seen.show(out)
        out.print(f"\n{escape(named.place)}: {coloured(verdict)}", emoji=False)

    def page() -> str:
        from waitgroup_proofs.report.page import Result, page

        if shows is None:
            return page(Result(verdict, str(named), sentence_of(verdict, sizes), scenarios=summary))
        return page(Result(verdict, str(named), shows.sentence, shows.token, shows.replayed, summary))

    result = {
        "verdict": verdict,
        "scenarios": [row.as_json for row in rows],
        "violation": shows and shows.sentence,
        "replay": shows and str(shows.token),
        "races": seen and seen.as_json,
    }
    return finish(verdict, json_file, result, show, html_file, page)


def sentence_of(verdict: str, sizes: tuple[Sizes, ...]) -> str:
    """The verdict of a search that has found nothing wrong."""
    asked = by(sizes[0] if len(sizes) == 1 else ENOUGH)
    if verdict == "holds":
        return f"Every interleaving of the scenarios below, at {asked}, conforms to the contract, where they apply."
    return f"Nothing wrong was found, but not every scenario below that applies was exhausted at {asked}."
