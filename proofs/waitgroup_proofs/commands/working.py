"""What people see while something takes long: how much is done, of how much, and how long that may still take.

Nothing is shown where there is no terminal that can move its cursor, and nothing of it stays.
"""

import time
from collections.abc import Callable
from typing import Self

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from waitgroup_proofs.commands import messages


def bar(*columns: ProgressColumn) -> Progress:
    """What is going on, a bar, and these columns."""
    shown = (TextColumn("{task.description}"), BarColumn(20), *columns)
    return Progress(*shown, console=messages, transient=True, disable=not messages.is_interactive)


class Shown:
    """A bar that is shown as long as its context manager is entered."""

    bar: Progress

    def __enter__(self) -> Self:
        """Shown from now on."""
        try:
            self.bar.start()
        except BaseException:  # Ctrl-C, when it is drawn for the first time
            self.bar.stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """Shown no more."""
        self.bar.stop()


class Left(ProgressColumn):
    """How many of how many, in how many seconds, and at this rate how many are left."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Called by rich."""
        seconds = f"{task.elapsed or 0:.0f} s"
        if task.total is None:
            return Text(seconds)
        left = "" if task.time_remaining is None else f", about {task.time_remaining:.0f} s left"
        return Text(f"{task.completed:.0f} of {task.total:.0f} in {seconds}{left}")


class Counting(Shown):
    """So many things to do; None if nobody knows how many. Use it as a context manager."""

    def __init__(self, total: int | None, words: str = "") -> None:
        """`words`: what is shown until `say` or `next` is told something else."""
        self.bar = bar(Left(Column(no_wrap=True)))
        self.task = self.bar.add_task(words, total=total)
        self.begun = False

    def say(self, words: str) -> None:
        """What is going on."""
        self.bar.update(self.task, description=words)

    def done(self) -> None:
        """One more is done."""
        self.bar.advance(self.task)

    def next(self, words: str) -> None:
        """The one before is done, if there was one; what is going on now."""
        if self.begun:
            self.done()
        self.begun = True
        self.say(words)


class Working(Shown):
    """The time that searches may use, with their states and their rate. Use it as a context manager."""

    def __init__(self, budget: float) -> None:
        """Begins now."""
        self.begun = time.perf_counter()
        self.budget = budget
        self.bar = bar(TextColumn("{task.fields[time]}"))
        self.task = self.bar.add_task("", total=budget, time="")

    @property
    def gone(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.begun

    @property
    def left(self) -> float:
        """Seconds that may still be used."""
        return self.budget - self.gone

    def on(self, what: str) -> Callable[[int, int], None]:
        """What the search of `what` tells its progress to."""
        begun = self.gone

        def tell(states: int, runs: int) -> None:
            rate = runs / max(self.gone - begun, 1e-9)
            words = f"{what}: {states:,} states, {runs:,} runs, {rate:,.0f}/s"
            used = f"{self.gone:.0f} of {self.budget:g} s"
            self.bar.update(self.task, description=words, completed=self.gone, time=used)

        tell(0, 0)
        return tell
