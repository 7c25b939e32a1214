"""Tables for the terminal, and runs of a protocol as tables."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Action

#: Columns for text that goes to a file, a pipe or a message.
WIDTH = 160

STYLES = {"holds": "green", "violated": "bold red", "inconclusive": "bold yellow"}


def coloured(verdict: str) -> str:
    """The verdict in its colour."""
    return f"[{STYLES[verdict]}]{verdict}[/]"


class Columns(Table):
    """A table without a frame, in which no word is cut.

    Where it is too wide, the columns that have least to say stay as they are, and the others wrap. Where even the
    longest words do not fit beside each other, each row becomes a list: the name of the column, then the cell.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Called by rich."""
        gap = self.padding[1] + self.padding[3]
        room = options.max_width - gap * (len(self.columns) - 1)
        unbound = options.update(width=max(options.max_width, WIDTH))
        measured = [self.widths(console, unbound, number) for number in range(len(self.columns))]
        if sum(one.minimum for one in measured) > room:
            yield from self.listed()
            return
        for number, width in enumerate(shared(measured, room)):
            self.columns[number].width = width
        yield from super().__rich_console__(console, options)

    def widths(self, console: Console, options: ConsoleOptions, number: int) -> Measurement:
        """The longest word and the longest line of a column."""
        column = self.columns[number]
        found = [Measurement.get(console, options, cell) for cell in (column.header, *column.cells)]
        return Measurement(max(one.minimum for one in found), max(one.maximum for one in found))

    def listed(self) -> Iterator[RenderableType]:
        """A row after the other, without the cells that are empty."""
        for number, row in enumerate(zip(*(column.cells for column in self.columns), strict=True)):
            if number:
                yield ""
            for place, (column, cell) in enumerate(zip(self.columns, row, strict=True)):
                name = f"{column.header}: " if column.header else ""
                if cell:
                    said = Text.assemble((name, "bold"), Text.from_markup(str(cell)))
                    yield Padding(said, (0, 0, 0, 2 if place else 0), expand=False)


def shared(measured: Sequence[Measurement], room: int) -> list[int]:
    """How wide each column is to be: its longest word, and an equal share of the rest, but no more than it needs."""
    widths = [one.minimum for one in measured]
    left = room - sum(widths)
    order = sorted(range(len(measured)), key=lambda number: measured[number].span)
    for done, number in enumerate(order):
        more = min(measured[number].span, left // (len(order) - done))
        widths[number] += more
        left -= more
    return widths


def columns(*names: str) -> Table:
    """An empty table without a frame."""
    table = Columns(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name)
    return table


def as_text(table: Table) -> str:
    """The table as plain text, for messages and files."""
    buffer = io.StringIO()
    Console(file=buffer, width=WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())


def leaves(value: Any, name: str = "") -> Iterable[tuple[str, Any]]:
    """The fields of nested named tuples, flat."""
    if hasattr(value, "_fields"):
        for field in value._fields:
            yield from leaves(getattr(value, field), field)
    else:
        yield name, int(value) if isinstance(value, int) else value


def steps_of(system: System, path: tuple[State, ...]) -> Iterator[tuple[str, Action, Any, Any]]:
    """The steps of a run: the thread, its action, and the shared state before and afterwards."""
    for before, after in pairwise(path):
        position, move = next((p, move) for p, move, state in system.successors(before) if state == after)
        action = system.protocol.actions[move.action]
        yield system.scenario.thread_names[position - 1], action, system.view(before)[0], system.view(after)[0]


def run_table(system: System, path: tuple[State, ...]) -> Table:
    """A run of a protocol: who takes which action, and the shared state afterwards."""
    start = list(leaves(system.view(path[0])[0]))
    table = columns("step", "thread", "action", *(name for name, _ in start))
    table.add_row("", "", "start", *(str(value) for _, value in start))
    for number, (thread, action, _, shared) in enumerate(steps_of(system, path), 1):
        values = (str(value) for _, value in leaves(shared))
        table.add_row(str(number), thread, f"{action.name}: {action.sentence}", *values)
    return table
