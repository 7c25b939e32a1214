"""What must be met, and whether it is. A time that is not met is shown and fails nothing: the machine may be slow."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.benchmarks.child import BUGS, PROGRAMS
from tests.benchmarks.jobs import OURS
from tests.benchmarks.packages import Checked
from tests.benchmarks.running import Row

#: Seconds within which production must be exhausted.
EXHAUSTED = {
    "production: pre-added 3 x 2": 3.0,
    "production: pre-added 3 x 3": 30.0,
    "production: all 2 x 2": 15.0,
}

#: Seconds within which a famous bug must be found.
FOUND = 1.0

#: How many times as fast as the best of the other tools.
TIMES = 3.0


class Bar(NamedTuple):
    """One of them. `value` is None where there is nothing to compare with."""

    what: str
    value: float | None
    limit: float
    at_least: bool
    told: str = ""

    @property
    def met(self) -> bool | None:
        """Whether it is; None where it cannot be said."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def bars(rows: list[Row], commands: list[Checked]) -> Iterator[Bar]:
    """All of them."""
    for row in rows:
        if row.job.configuration == "exhaustive" and row.job.what in EXHAUSTED:
            value = row.seconds if row.verdict == "holds" else None
            yield Bar(f"{row.job.what} exhausted, seconds", value, EXHAUSTED[row.job.what], False)
    for row in rows:
        if row.job.section == "verdict" and (row.job.tool, row.job.configuration) == (OURS, "exhaustive"):
            value = row.seconds if row.verdict == "found" else None
            yield Bar(f"{row.job.what} found, seconds of search", value, FOUND, False)
    for command in commands:
        if command.command.package in BUGS.values():
            asked = " ".join(command.command.arguments)
            yield Bar(f"{command.command.package}, seconds of: check {asked}", command.seconds, FOUND, False)
    for program in PROGRAMS:
        what = f"{program}: {BUGS[program]}"
        yield compared(what, rows, "verdict", "time to verdict, times as fast as the best other tool")
        yield compared(what, rows, "complete runs", "complete runs per second, times the best other tool's")


def compared(what: str, rows: list[Row], section: str, words: str) -> Bar:
    """This project's best row against the best of all others, of which only those count that found the bug."""
    able = {(row.job.tool, row.job.configuration) for row in rows if (row.job.what, row.verdict) == (what, "found")}
    here = [row for row in rows if (row.job.what, row.job.section) == (what, section)]
    mine = [row for row in here if row.job.tool == OURS and row.seconds]
    others = [row for row in here if (row.job.tool, row.job.configuration) in able and row.job.tool != OURS]
    if section == "verdict":
        mine = [row for row in mine if row.verdict == "found"]
    if not mine or not others:
        return Bar(f"{what}: {words}", None, TIMES, True, "nothing to compare with")
    if section == "verdict":
        best, other = min(mine, key=lambda row: row.seconds), min(others, key=lambda row: row.seconds)
        value = other.seconds / best.seconds
    else:
        best, other = (max(some, key=lambda row: row.per_second) for some in (mine, others))
        value = best.per_second / other.per_second
    told = f"{best.job.configuration or OURS} against {other.job.tool}: {other.job.configuration}"
    return Bar(f"{what}: {words}", value, TIMES, True, told)
