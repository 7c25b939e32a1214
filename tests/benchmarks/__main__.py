"""`python -m tests.benchmarks`: production beside its peers, the scheduler beside other tools and on packages.

`make bench` installs what it needs and runs it. All ratios are between rows of one run. The exit code is 1 if a verdict
is not as expected, or production fails at an operation; a time fails nothing.
"""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from tests.benchmarks.bars import Bar, bars
from tests.benchmarks.jobs import Places, jobs
from tests.benchmarks.packages import COMMANDS, Checked, checked
from tests.benchmarks.production import measured, production_bars, production_wrong
from tests.benchmarks.production_report import production_chart, production_json, production_tables, remarks
from tests.benchmarks.running import Row, run

from waitgroup_proofs.report.tables import columns

MET = {True: "[green]met[/]", False: "[bold yellow]not met[/]", None: "[bold yellow]not measured here[/]"}
SECTIONS = {
    "exhausted": "Exhausted, nothing wrong found",
    "verdict": "Time to verdict, in seconds, on wrong programs",
    "complete runs": "Complete runs in a second: every run to its end, no states merged",
}


def seconds(value: float) -> str:
    """A time, to three digits."""
    return f"{value:.3g}" if value else ""


def rows_table(section: str, rows: list[Row]) -> Table:
    """The rows of one section."""
    table = columns(SECTIONS[section], "tool", "", "verdict", "runs", "states", "seconds", "process", "runs/s", "")
    for row in rows:
        job, here = row.job, row.verdict != "not measured"
        said = row.verdict or ("complete" if section == "complete runs" else "")
        figures = (f"{row.runs:,}", f"{row.states:,}" if row.states else "", seconds(row.seconds), seconds(row.whole))
        rate = f"{row.per_second:,.0f}" if section == "complete runs" and here else ""
        told = row.wrong or (row.told[:40] if row.verdict in ("inconclusive", "not measured") else "")
        table.add_row(job.what, job.tool, job.configuration, said, *(figures if here else ("",) * 4), rate, told)
    return table


def commands_table(commands: list[Checked]) -> Table:
    """What `waitgroup check` says."""
    table = columns("waitgroup check", "of", "exit code", "verdict", "replay", "seconds", "what it says")
    for one in commands:
        asked = " ".join(one.command.arguments)
        replay = "" if one.replayed is None else str(one.replayed)
        told = f"NOT AS EXPECTED: {one.wrong}" if one.wrong else one.told or f"{one.states:,} states"
        table.add_row(asked, one.command.package, str(one.exit), one.verdict, replay, seconds(one.seconds), told)
    return table


def bars_table(found: list[Bar]) -> Table:
    """What must be met."""
    table = columns("bar", "here", "must be", "", "")
    for bar in found:
        limit = f"at {'least' if bar.at_least else 'most'} {bar.limit:,g}"
        value = "" if bar.value is None else f"{bar.value:,.0f}" if bar.value >= 1000 else f"{bar.value:.3g}"
        table.add_row(bar.what, value, limit, MET[bar.met], bar.told)
    return table


@click.command()
@click.option("--peers", type=click.Path(path_type=Path), required=True, help="An environment with the other tools.")
@click.option("--newer", type=click.Path(path_type=Path), required=True, help="The same of a newer Python, if any.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Of the scheduler's jobs.")
@click.option("--only", type=click.Choice(["production", "scheduler"]), help="Measure one of the two.")
@click.option("--into", type=click.Path(path_type=Path), help="Write all figures, and the chart, to this folder.")
def main(peers: Path, newer: Path, rounds: int, only: str | None, into: Path | None) -> None:
    """Measure everything, show it, and say whether every verdict is as expected."""
    out = Console(width=None if sys.stdout.isatty() else 220, emoji=False)
    places, wrong = Places(peers, newer), []
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
    if only != "scheduler":
        wrong += production(places, out, into)
    if only != "production":
        wrong += scheduler(places, rounds, out, into)
    for line in wrong:
        out.print(f"not as expected: {line}", markup=False)
    sys.exit(1 if wrong else 0)


def production(places: Places, out: Console, into: Path | None) -> list[str]:
    """Production's WaitGroup beside its peers; returns what is not as expected."""
    with Console(stderr=True).status("") as status:
        cells = measured(places, status.update)
    found = list(production_bars(cells))
    for table in production_tables(cells):
        out.print(table, "")
    out.print(*remarks(cells), "", sep="\n", markup=False)
    out.print(bars_table(found), "")
    if into is not None:
        written(into / "production.json", production_json(cells, found))
        (into / "production.svg").write_text(production_chart(cells), encoding="utf-8")
    return production_wrong(cells)


def scheduler(places: Places, rounds: int, out: Console, into: Path | None) -> list[str]:
    """The scheduler beside other tools; returns what is not as expected."""
    with Console(stderr=True).status("") as status:
        rows = run(jobs(places), rounds, status.update)
        commands = []
        for command in COMMANDS:
            status.update(f"waitgroup check {' '.join(command.arguments)}")
            every = [checked(command, places.packages) for _ in range(rounds)]
            commands.append(min(every, key=lambda one: (not one.wrong, one.seconds)))
    found = list(bars(rows, commands))
    for section in SECTIONS:
        out.print(rows_table(section, [row for row in rows if row.job.section == section]), "")
    out.print(commands_table(commands), "", markup=False)
    out.print(bars_table(found), "")
    if into is not None:
        written(into / "scheduler.json", as_json(rows, commands, found))
    wrong = [f"{row.job.what}, {row.job.tool}: {row.wrong}" for row in rows if row.wrong]
    return wrong + [f"check {' '.join(one.command.arguments)}: {one.wrong}" for one in commands if one.wrong]


def written(file: Path, figures: dict[str, object]) -> None:
    """To a file."""
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def as_json(rows: list[Row], commands: list[Checked], found: list[Bar]) -> dict[str, object]:
    """All figures."""
    return {
        "rows": [
            row._asdict() | {"job": row.job._replace(command=())._asdict(), "runs_per_second": row.per_second}
            for row in rows
        ],
        "commands": [one._asdict() | {"command": one.command._asdict()} for one in commands],
        "bars": [bar._asdict() | {"met": bar.met} for bar in found],
    }


if __name__ == "__main__":
    main()
