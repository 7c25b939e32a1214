"""What is shown of production's WaitGroup beside its peers: two tables, a chart, and all figures."""

from rich.table import Table
from tests.benchmarks.bars import Bar
from tests.benchmarks.chart import Mark, Panel, svg
from tests.benchmarks.operations import OPERATIONS
from tests.benchmarks.production import Cells, ratio
from tests.benchmarks.waitgroups import LOCKED, OURS, SUBJECTS

from waitgroup_proofs.report.tables import columns

#: The columns of each table.
TABLES = {
    "WaitGroups: calls": ("pair", "eight", "wait", "look", "construction", "size"),
    "WaitGroups: waits": ("one thread", "threads", "wake 1", "wake 10", "wake 100", "wake 1000", "async"),
}


def figure(value: float, unit: str) -> str:
    """Three digits that count, and no fewer than there are before the point."""
    digits = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return digits if unit == "bytes" else f"{digits} {unit}"


def short(cells: Cells, operation: str, subject: str) -> tuple[str, str]:
    """What is shown of a cell: the figure and the ratio, or a word that says why not."""
    cell = cells.get((operation, subject))
    if cell is None or cell.verdict == "none":
        return "-", ""
    if cell.best is None:
        return cell.verdict, ""
    found = ratio(cells, operation, subject)
    return figure(cell.best, cell.operation.unit), f"{found.value:.2f}" if found else ""


def production_tables(cells: Cells) -> list[Table]:
    """Subjects down, operations across."""
    made = []
    for title, names in TABLES.items():
        operations = [OPERATIONS[name] for name in names]
        heads = [f"{one.what}\n{'speed, ' if one.speed else ''}1 = {one.against}" for one in operations]
        table = columns(title, *heads)
        for subject in SUBJECTS:
            if any(subject in operation.subjects for operation in operations):
                cells_of = [short(cells, name, subject) for name in names]
                table.add_row(subject, *(f"{value:>9}{held:>8}" for value, held in cells_of))
        made.append(table)
    return made


def remarks(cells: Cells) -> list[str]:
    """Why a figure is missing: a line for each reason."""
    reasons: dict[str, dict[str, None]] = {}
    for cell in cells.values():
        if cell.verdict == "none":
            reasons.setdefault(f"- {cell.told}", {})[cell.subject] = None
        elif cell.verdict != "measured":
            reasons.setdefault(f"{cell.verdict}: {cell.told}", {})[f"{cell.subject} at {cell.operation.what}"] = None
    return [f"{what}: {', '.join(names)}" for what, names in reasons.items()]


def production_chart(cells: Cells) -> str:
    """Every operation's ratios."""
    panels = []
    for name, operation in OPERATIONS.items():
        marks = []
        for subject in operation.subjects:
            found = ratio(cells, name, subject)
            value, held = short(cells, name, subject)
            label = f"{held} ({value})" if held else value
            if label != "-":
                marks.append(Mark(subject, found.value if found else None, label, subject in (OURS, LOCKED)))
        speed = " (throughput: longer is better)" if operation.speed else ""
        panels.append(Panel(operation.what + speed, operation.against, marks))
    return svg("WaitGroups: shorter is better, the dashed line is 1, and a cut bar is longer than drawn", panels)


def production_json(cells: Cells, found: list[Bar]) -> dict[str, object]:
    """All figures."""
    rows = []
    for (name, subject), cell in cells.items():
        held = ratio(cells, name, subject)
        row = cell._asdict() | {"operation": cell.operation._asdict(), "best": cell.best}
        rows.append(row | {"ratio": held._asdict() if held else None})
    return {"cells": rows, "bars": [bar._asdict() | {"met": bar.met} for bar in found]}
