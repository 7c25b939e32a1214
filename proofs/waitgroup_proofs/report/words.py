"""A run of Go's protocol down to the 64 bits of the word."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table

from waitgroup_proofs.report.tables import columns, steps_of
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.word import pack


class WordStep(NamedTuple):
    """One step: who, which action, the packed word before and afterwards, and the permits of the semaphore then."""

    thread: str
    action: str
    before: int
    after: int
    permits: int


def word_steps(system: System, path: tuple[State, ...]) -> tuple[WordStep, ...]:
    """The steps of a run of Go's protocol, bit for bit."""
    return tuple(
        WordStep(thread, action.name, pack(before.word), pack(after.word), after.permits)
        for thread, action, before, after in steps_of(system, path)
    )


def in_hex(word: int) -> str:
    """The word as sixteen digits, the counter apart from the flag and the waiters."""
    return f"0x{word >> 32:08x}_{word % (1 << 32):08x}"


def word_table(steps: Sequence[WordStep]) -> Table:
    """The steps for the terminal."""
    table = columns("step", "thread", "action", "word before", "word afterwards", "permits")
    for number, step in enumerate(steps, 1):
        words = (in_hex(step.before), in_hex(step.after))
        table.add_row(str(number), step.thread, step.action, *words, str(step.permits))
    return table
