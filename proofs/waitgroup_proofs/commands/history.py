"""`waitgroup history FILE`: whether a recorded history has an explanation in the contract."""

import time
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import IO, Any, Final

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.conformance.history import History, HistoryError, Kind, read
from waitgroup_proofs.conformance.linearisation import Bound, UndecidedError
from waitgroup_proofs.conformance.verdicts import Found, explained
from waitgroup_proofs.report.history import drawn, sentence
from waitgroup_proofs.report.schedule import clean

#: Bytes of the longest line, and after how many lines the time is looked at.
LONGEST: Final = 1 << 20
SOME: Final = 10_000


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=False, path_type=Path))
@click.option(
    "--budget",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Give up then: what has not been decided is inconclusive.",
)
@json_option
def history(file: Path, budget: float, json_file: str | None) -> int:
    """Say whether the contract explains a recorded history of calls.

    FILE has one JSON object a line: what the threads of a free run called, and what that gave (docs/histories.md). A
    history without an explanation is drawn up to the first event at which it fails.

    Examples:

    \b
      waitgroup history run.ndjson
      waitgroup history run.ndjson --budget 600 --json -
    """
    if not isfinite(budget):
        raise click.UsageError("the budget is no number of seconds")
    deadline = time.monotonic() + budget
    try:
        with Counting(None, "explaining"), file.open("rb") as lines:
            recorded = read(within(lines, deadline))
            found = explained(recorded, Bound(deadline))
    except UndecidedError:  # before the last line was read
        empty = History("", "", 0, (), ())
        found = Found("inconclusive", reason="the time was over before the file was read")
        return finish(found.verdict, json_file, as_json(empty, found), lambda out: show(out, empty, found))
    except HistoryError as error:
        raise click.UsageError(f"{clean(str(file))}: {error}") from None
    except OSError as error:
        raise click.UsageError(f"cannot read {clean(str(file))}: {error.strerror}") from None
    return finish(found.verdict, json_file, as_json(recorded, found), lambda out: show(out, recorded, found))


def within(lines: IO[bytes], deadline: float) -> Iterator[bytes]:
    """The lines, none of them too long to be kept. Raises HistoryError, and UndecidedError after the deadline."""
    number = 0
    while line := lines.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise HistoryError(f"line {number} is longer than {LONGEST} bytes")
        if number % SOME == 0 and time.monotonic() > deadline:
            raise UndecidedError("the time is over")
        yield line


def as_json(recorded: History, found: Found) -> dict[str, Any]:
    """The verdict as the command line's JSON object."""
    violation = found.violation
    return {
        "verdict": found.verdict,
        "operations": len(recorded.operations),
        "open": sum(not operation.word for operation in recorded.operations),
        "reason": found.reason or None,
        "violation": violation
        and {
            "line": violation.events[-1].line,
            "sentence": sentence(recorded, violation),
            "group": violation.group,
            "open": [
                {"thread": recorded.operations[one].thread, "call": str(recorded.operations[one].call)}
                for one in violation.open
            ],
            "counters": list(violation.counters),
        },
    }


def show(out: Console, recorded: History, found: Found) -> None:
    """The verdict for people."""
    if found.violation is not None:
        out.print(*drawn(recorded, found.violation), sep="\n")
        out.print(f"\n{sentence(recorded, found.violation)}", markup=False, highlight=False)
        return
    said = {
        "holds": f"The contract explains all {len(recorded.operations):,} operations.",
        "inconclusive": f"Not decided: {found.reason}.",
    }
    out.print(said[found.verdict], markup=False, highlight=False)
    still = sum(not operation.word for operation in recorded.operations)
    if still and not any(event.kind is Kind.QUIET for event in recorded.events):
        note = f"{still} of them have not returned, and without a quiet moment nothing says whether they should have."
        out.print(note, highlight=False)
