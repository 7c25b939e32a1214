"""`waitgroup conform -- COMMAND`: hold an implementation in any language against the contract."""

import shlex
from math import isfinite
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.names import Name
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.conformance.conductor import Verdict
from waitgroup_proofs.conformance.driver import DriverFault, one_line
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.kit import Asked, Report, chosen, conduct, failures
from waitgroup_proofs.report.tables import coloured, columns


class Seconds(click.FloatRange):
    """A time that ends."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """As a float range, without NaN, of which every comparison is false."""
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return number


#: What can be asked for: a family, or one case of it.
CASES = [*FAMILIES, *(f"{family}/{case.name}" for family, cases in FAMILIES.items() for case in cases)]
POSITIVE = Seconds(min=0.01, max=600)


@click.command()
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--only",
    "names",
    type=Name("case", CASES),
    multiple=True,
    metavar="CASE",
    help="A family, or FAMILY/CASE; may be given again.",
)
@click.option(
    "--tries", metavar="N", type=click.IntRange(1, 100_000), default=5, show_default=True, help="How often each race."
)
@click.option(
    "--patience", metavar="SECONDS", type=POSITIVE, default=1.0, show_default=True, help="Seconds for a call to return."
)
@click.option(
    "--grace",
    metavar="SECONDS",
    type=POSITIVE,
    default=10.0,
    show_default=True,
    help="Seconds for the driver to answer.",
)
@json_option
def conform(
    command: tuple[str, ...],
    names: tuple[str, ...],
    tries: int,
    patience: float,
    grace: float,
    json_file: str | None,
) -> int:
    """Hold an implementation in any language against the contract.

    COMMAND starts a driver, a small program around the implementation, which is asked over its standard input and
    output. Put -- before the COMMAND.

    \b
    The protocol: docs/driver-protocol.md

    Exit code 0: every case that applies passed; 1: some did not; 2: the command cannot be started, or says no hello;
    3: some could not be decided.

    Examples:

    \b
      waitgroup conform -- ./driver  # about a minute
      waitgroup conform --only wait/at-zero --tries 100 -- ./driver
      waitgroup conform --only counter --json result.json -- ./driver
    """
    cases = chosen(names)
    try:
        with Counting(sum(map(len, cases.values())), "starting the driver") as working:
            report = conduct(command, cases, Asked(tries, patience, grace), working.next)
    except DriverFault as fault:
        raise click.UsageError(f"{one_line(shlex.join(command))}: {fault}") from None
    result = as_json(report)
    return finish(report.verdict, json_file, result, lambda out: show(out, report, command))


def as_json(report: Report) -> dict[str, Any]:
    """The command line's JSON object."""
    return {
        "verdict": report.verdict,
        "name": report.hello.name,
        "version": report.hello.version,
        "families": [
            {"name": family} | {verdict.replace(" ", "_"): report.counts(family)[verdict] for verdict in Verdict}
            for family in report.played
        ],
        "cases": [
            {"family": family, "case": one.case.name, "verdict": str(one.verdict), "told": one.told}
            for family, cases in report.played.items()
            for one in cases
        ],
    }


def show(out: Console, report: Report, command: tuple[str, ...]) -> None:
    """The table by family, and what did not pass, with the command that shows it again."""
    out.print(f"{report.hello.name} {report.hello.version}", markup=False)
    out.print(by_family(report))
    for family, one in failures(report):
        mark = f" (a known finding: {one.case.finding})" if one.verdict is Verdict.FINDING else ""
        out.print(f"\n{one.verdict}: {family}/{one.case.name}: {one.case.scenario.sentence}{mark}", markup=False)
        out.print(f"  {one.told}", markup=False, soft_wrap=True)
        out.print(
            f"  again: waitgroup conform --only {family}/{one.case.name} -- {shlex.join(command)}",
            markup=False,
            soft_wrap=True,
        )
    out.print(f"\n{coloured(report.verdict)}")


def by_family(report: Report) -> Table:
    """How many cases of each family came out how."""
    table = columns("family", *Verdict)
    for family in report.played:
        counts = report.counts(family)
        table.add_row(family, *(str(counts[verdict] or "") for verdict in Verdict))
    return table
