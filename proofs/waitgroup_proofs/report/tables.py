"""Tables for the terminal, and runs of a protocol as tables."""

import io
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.table import Table

from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Action

#: Columns for text that goes to a file, a pipe or a message.
WIDTH = 160

STYLES = {"holds": "green", "violated": "bold red", "inconclusive": "bold yellow"}


def coloured(verdict: str) -> str:
    """The verdict in its colour."""
    return f"[{STYLES[verdict]}]{verdict}[/]"


def columns(*names: str) -> Table:
    """An empty table without a frame."""
    table = Table(box=None, pad_edge=False, header_style="bold")
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
