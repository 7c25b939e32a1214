"""The time that searches may use, and what people see meanwhile: states, rate, and how much of it is used."""

import time
from collections.abc import Callable
from typing import Self

from rich.progress import BarColumn, Progress, TextColumn

from waitgroup_proofs.commands import messages


class Working:
    """Use it as a context manager. Nothing is shown where there is no terminal, and nothing of it stays."""

    def __init__(self, budget: float) -> None:
        """Begins now."""
        self.begun = time.perf_counter()
        self.budget = budget
        columns = (TextColumn("{task.description}"), BarColumn(20), TextColumn("{task.fields[time]}"))
        self.bar = Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal)
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

    def __enter__(self) -> Self:
        """Shown from now on."""
        self.bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Shown no more."""
        self.bar.stop()
