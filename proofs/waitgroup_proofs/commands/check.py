"""`waitgroup check`: anybody's WaitGroup in Python, every interleaving of it, against the contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich.console import Console
from rich.markup import escape

from waitgroup_proofs.commands import finish, html_option, json_option
from waitgroup_proofs.commands.growth import (
    ENOUGH,
    GROWTH,
    Engine,
    Row,
    searched,
    sentence_of,
    summed_up,
    verdict_of,
)
from waitgroup_proofs.commands.names import Name, Names
from waitgroup_proofs.commands.working import Working
from waitgroup_proofs.report.findings import Counterexample, again, counterexample
from waitgroup_proofs.report.schedule import drawn
from waitgroup_proofs.report.tables import coloured, columns
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.fidelity import SECONDS, with_lock, words
from waitgroup_proofs.scheduler.foreign import METHODS, Foreign, Named, TargetError
from waitgroup_proofs.scheduler.interrupts import with_interrupts
from waitgroup_proofs.scheduler.strategies import STRATEGIES
from waitgroup_spec.scenarios import SCENARIOS, Size, by

if TYPE_CHECKING:
    from waitgroup_proofs.commands.racing import Raced


def mapped(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dict[str, str]:
    """The names of the three operations: `add=Add,wait=Wait`."""
    said = dict(METHODS)
    for pair in value.split(",") if value else ():
        operation, _, name = pair.partition("=")
        if operation not in METHODS or not name.isidentifier():
            raise click.BadParameter(f"{pair!r}: write add=NAME, done=NAME or wait=NAME, with commas between")
        said[operation] = name
    return said


def chosen(_context: click.Context, _parameter: click.Parameter, value: list[str]) -> list[str]:
    """The scenarios asked for."""
    return list(SCENARIOS) if "all" in value else value


SIZE = click.IntRange(1, 9)


@click.command()
@click.argument("target", metavar="TARGET")
@click.option("--workers", type=SIZE, metavar="N", help="Exhaust exactly this many workers; with --waiters.")
@click.option("--waiters", type=SIZE, metavar="N", help="Exhaust exactly this many waiters; with --workers.")
@click.option(
    "--scenario",
    type=Names("scenario", ["all", *SCENARIOS]),
    default="all",
    metavar="NAME,...",
    callback=chosen,
    help="Scenarios, with commas; all if you do not say.",
)
@click.option("--map", "methods", callback=mapped, metavar="add=Add,...", help="What the methods are called.")
@click.option("--construct", default="", metavar="EXPR", help="How to make one; may use `units`, which it then holds.")
@click.option("--budget", type=click.FloatRange(min=0.1), default=60.0, metavar="SECONDS", help="60 if you do not say.")
@click.option(
    "--strategy",
    type=Name("strategy", STRATEGIES),
    default="exhaustive",
    metavar="NAME",
    help=f"How to search: {', '.join(STRATEGIES)}; see above.",
)
@click.option("--interrupts", is_flag=True, help="Also a handler's done(), and an exception, at every bytecode.")
@click.option("--races", is_flag=True, help="Also say which accesses nothing orders; a fourth of the budget.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Search with so many processes; 1.")
@click.option("--dask", default="", metavar="ADDRESS", help="Search with the workers of this Dask scheduler.")
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
    jobs: int,
    dask: str,
    html_file: str | None,
    json_file: str | None,
) -> int:
    """Hold a class in Python against the contract, in every interleaving.

    TARGET, file.py:Class or module:Class, is run under the deterministic scheduler in every scenario that applies.

    With sizes, exactly those are exhausted. Without, they grow until the budget is used; the verdict is about 2 workers
    x 2 waiters, and what lies beyond is reported as far as it was exhausted. After a violation the other scenarios of
    that size are searched, and nothing larger.

    The strategy `exhaustive` merges equal states; `dpor` follows one run of each class of equivalent ones. The others
    only look for a violation, where there is too much to exhaust: at random, `pct` and `pos`, or with few preemptions.

    With --interrupts each scenario is also searched with a signal handler or finalizer that calls done() on top of any
    thread, and with an exception such as KeyboardInterrupt, once in a run, between any two bytecodes of any call.

    With --races the report lists the accesses to one field, at least one a store, that nothing orders, by both lines.
    They are no violations: the verdict does not depend on them.

    With --jobs or --dask searches that are not small are split. States are then told apart by digests of 128 bits;
    how many workers there are makes no difference, but for which of several shortest violations is shown.

    Examples:

    \b
      waitgroup check waitgroup:WaitGroup --workers 1 --waiters 1
      waitgroup check group.py:Group --scenario reuse-parked  # exits 1
      waitgroup check latch.py:Latch --construct 'Latch(units)'  # about a minute
    """
    if (workers is None) != (waiters is None):
        raise click.UsageError("give both --workers and --waiters, or neither")
    if not isfinite(budget):
        raise click.UsageError("--budget is a number of seconds that comes to an end")
    named = Named(target, methods, construct)
    sizes = GROWTH if workers is None or waiters is None else ((workers, waiters),)
    seen: Raced | None = None
    shown: list[Shown] = []
    try:
        names = with_interrupts(scenario) if interrupts else scenario
        made = Foreign(named)
        with engine(strategy, jobs, dask) as chosen, Working(budget * 3 / 4 if races else budget) as working:
            rows = list(searched(made, names, sizes, working, chosen))
            late = [name for name in names if all(row.name != name for row in rows)]
            rows += [Row(name, sizes[0], "inconclusive", why="the time was used before its turn") for name in late]
            shown = [Shown.of(made, named, row, working) for row in violated(rows)]
        if races:
            from waitgroup_proofs.commands.racing import raced

            seen = raced(made, named, scenario, sizes[0] if len(sizes) == 1 else ENOUGH, budget / 4)
    except TargetError as error:
        raise click.UsageError(str(error)) from None
    except UnsupportedTarget as reason:
        rows = [Row("all", sizes[0], "inconclusive", why=str(reason))]
    return told(named, rows, sizes, shown, json_file, html_file, seen)


@contextmanager
def engine(strategy: str, jobs: int, dask: str) -> Iterator[Engine]:
    """The strategy, by as many as it is to be done by. Raises UsageError."""
    if jobs == 1 and not dask:
        yield Engine.called(strategy)
        return
    if strategy != "exhaustive":
        raise click.UsageError(f"--strategy {strategy} is done by one process: leave out --jobs and --dask")
    if jobs > 1 and dask:
        raise click.UsageError("give --jobs or --dask, not both: a cluster has its own workers")
    from waitgroup_proofs.scheduler.executors import NoWorkers, cluster, processes

    try:
        with cluster(dask) if dask else processes(jobs) as workers:
            yield Engine.called(strategy, workers)
    except NoWorkers as error:
        raise click.UsageError(str(error)) from None


def violated(rows: list[Row]) -> list[Row]:
    """Of each scenario that is violated the last row, which has the fewest threads; the fewest of all come first."""
    last = {row.name: row for row in rows if row.verdict == "violated"}
    return sorted(last.values(), key=lambda row: sum(row.sizes))


class Shown(NamedTuple):
    """A violation as it is told. `locked`: whether CPython with its global lock can show it; None if undecided."""

    row: Row
    example: Counterexample
    locked: bool | None

    @staticmethod
    def of(target: Foreign, named: Named, row: Row, working: Working) -> "Shown":
        """Make the schedule simpler, and look whether it takes switches that few builds of CPython make."""
        assert row.search is not None
        working.on(f"{row.name} {by(row.sizes)}: a simpler schedule")
        example = counterexample(row.search, "", row.sizes, str(named))
        return Shown(row, example, with_lock(target, row.search, min(SECONDS, working.left)))

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "scenario": self.row.name,
            "workers": self.row.sizes[0],
            "waiters": self.row.sizes[1],
            "violation": self.example.sentence,
            "replay": str(self.example.token),
            "with_gil": self.locked,
        }


def told(
    named: Named,
    rows: list[Row],
    sizes: tuple[Size, ...],
    shown: list[Shown],
    json_file: str | None,
    html_file: str | None,
    seen: "Raced | None",
) -> int:
    """Show what came of the scenarios; returns the exit code."""
    verdict = verdict_of(rows, {row.name for row in rows}, sizes)
    first = shown[0].example if shown else None
    summary = [
        (name, *summed_up([row for row in rows if row.name == name]))
        for name in dict.fromkeys(row.name for row in rows)
    ]

    def show(out: Console) -> None:
        table = columns("scenario", "exhausted at", "states", "runs", "")
        for row in summary:
            table.add_row(*row)
        out.print(table)
        for one in shown:
            example = one.example
            out.print(f"\n{example.token.scenario}: {example.sentence}", markup=False)
            if example is first:
                out.print(drawn(example.replayed, out.width), soft_wrap=True)
                out.print()
            out.print(words(one.locked), again(example.token), sep="\n", markup=False, soft_wrap=True)
        if seen is not None:
            seen.show(out)
        out.print(f"\n{escape(named.place)}: {coloured(verdict)}", emoji=False)

    def page() -> str:
        from waitgroup_proofs.pages.schedule import Result, page

        if first is None:
            return page(Result(verdict, str(named), sentence_of(verdict, sizes), scenarios=summary))
        return page(Result(verdict, str(named), first.sentence, first.token, first.replayed, summary))

    result = {
        "verdict": verdict,
        "scenarios": [row.as_json for row in rows],
        "violation": first and first.sentence,
        "replay": first and str(first.token),
        "violations": [one.as_json for one in shown],
        "races": seen and seen.as_json,
    }
    return finish(verdict, json_file, result, show, html_file, page)
