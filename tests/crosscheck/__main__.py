"""`make crosscheck`: the explorer's counts against those of Spin and TLC on the exported protocols.

    python -m tests.crosscheck JAR

JAR is the archive of TLC. Exit code 0: all counts are equal, and they are written to docs/exports.md. 1: some are not.
3: some could not be made, because a tool is missing, failed, or took too long; those are named, the others compared.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.console import Console
from tests.crosscheck.cells import CELLS, SUBJECTS, Cell, exported, ours
from tests.crosscheck.tools import Counts, Undecided, missing, spin, tlc

from waitgroup_proofs.exports.promela import promela
from waitgroup_proofs.exports.tla import tla
from waitgroup_proofs.report.markdown import replaced, table
from waitgroup_proofs.report.tables import WIDTH, columns

PAGE = Path("docs/exports.md")
#: How many tools run at once.
TOGETHER = 2

out = Console(width=WIDTH)

#: What a tool counted, or in words why it did not.
Answer = Counts | str


class Row(NamedTuple):
    """One program, and what each has counted."""

    cell: Cell
    ours: Counts
    spin: Answer
    tlc: Answer

    @property
    def equal(self) -> bool | None:
        """Whether all agree; None if none differs, but some are missing."""
        others = [answer for answer in (self.spin, self.tlc) if isinstance(answer, Counts)]
        if not all(answer.agrees(self.ours) for answer in others):
            return False
        return True if len(others) == 2 else None


def answered(tool: Callable[..., Counts], *arguments: object) -> Answer:
    """What a tool counts in a folder of its own."""
    with TemporaryDirectory() as folder:
        try:
            return tool(arguments[0], Path(folder), *arguments[1:])
        except Undecided as why:
            return str(why)


def rows(jar: Path) -> list[Row]:
    """Every cell, counted by all three."""
    without_spin = missing(("spin", "gcc"))
    without_tlc = missing(("java",)) or ("" if jar.exists() else f"{jar} is not here")
    with ThreadPoolExecutor(TOGETHER) as pool:

        def begun(why: str, tool: Callable[..., Counts], *arguments: object) -> "Future[Answer]":
            return pool.submit(answered, tool, *arguments) if not why else pool.submit(str, why)

        running = []
        for cell in CELLS:  # what is exported is made here, one after the other: the lifter is of one thread
            protocol, scenario = SUBJECTS[cell.protocol], cell.scenario
            program = exported(protocol, scenario)
            by_spin = begun(without_spin, spin, promela(program))
            by_tlc = begun(without_tlc, tlc, tla(program, "Model"), jar)
            running.append((cell, ours(protocol, scenario), by_spin, by_tlc))
        return [Row(cell, counted, by_spin.result(), by_tlc.result()) for cell, counted, by_spin, by_tlc in running]


def said(answer: Answer) -> str:
    """The counts, or that there are none."""
    return f"{answer.states:,} / {answer.steps:,}" if isinstance(answer, Counts) else "not counted"


def fields(row: Row) -> tuple[str, ...]:
    """The row in words, but for the verdict."""
    cell = row.cell
    return cell.protocol, cell.program, f"{cell.workers}, {cell.waiters}", said(row.ours), said(row.spin), said(row.tlc)


def main(arguments: list[str]) -> int:
    """Count, compare, show, and write the page if everything is equal."""
    if len(arguments) != 1:
        print("crosscheck: name the archive of TLC, and nothing else", file=sys.stderr)
        return 2
    begun = time.monotonic()
    found = rows(Path(arguments[0]))
    names = ("protocol", "program", "workers, waiters", "states / steps: ours", "Spin's", "TLC's")
    shown = columns(*names, "equal")
    words = {True: "[green]yes[/]", False: "[bold red]NO[/]", None: "[bold yellow]inconclusive[/]"}
    for row in found:
        shown.add_row(*fields(row), words[row.equal])
    out.print(shown)
    for why in dict.fromkeys(answer for row in found for answer in (row.spin, row.tlc) if isinstance(answer, str)):
        out.print(f"crosscheck: NOT counted: {why}", markup=False)
    verdicts = {row.equal for row in found}
    code = 1 if False in verdicts else 3 if None in verdicts else 0
    said_so = {0: "all counts are equal", 1: "some counts DIFFER", 3: "inconclusive: some could not be counted"}[code]
    out.print(f"crosscheck: {len(found)} programs in {time.monotonic() - begun:.0f} s: {said_so}")
    if code == 0:
        counts = replaced(PAGE.read_text("utf-8"), "counts", table(names, map(fields, found)), by="make crosscheck")
        PAGE.write_text(counts, encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
