"""What `WaitGroup(debug=True)` remembers: which code has added units, and which has taken them away."""

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from threading import current_thread
from types import FrameType

LOGGER = logging.getLogger("waitgroup")
#: How many places are told apart, with the thread and the outer calls; and what all others are called.
PLACES = 10_000
ELSEWHERE = "other places"
#: How many calls outwards are told.
DEPTH = 5
#: Frames of these modules are our own.
OURS = __name__.partition(".")[0]


def caller() -> str:
    """The thread, and the lines of the innermost calls that are not of this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == OURS:
        frame = frame.f_back
    lines = [f"thread {current_thread().name}"]
    while frame is not None and len(lines) <= DEPTH:
        lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}")
        frame = frame.f_back
    return "\n      ".join(lines)


class Ledger:
    """Where units came from and went to. Any thread may note, also in a signal handler that interrupts another note.

    Nothing is forgotten: for each delta and place there is an endless counter, which one call into C moves.
    """

    def __init__(self) -> None:
        """Nothing yet."""
        self.calls: dict[tuple[int, str], count[int]] = {}

    def note(self, delta: int) -> None:
        """So many units were added, or taken if it is negative, by the code that calls."""
        where = caller()
        if len(self.calls) >= PLACES and (delta, where) not in self.calls:
            where = ELSEWHERE
        next(self.calls.setdefault((delta, where), count()))

    def recorded(self, steps: Iterator[None], delta: int) -> "Recorded":
        """The same steps, each noted."""
        return Recorded(steps, delta, self)

    def task(self, name: str) -> str:
        """What is told of a task that is started now."""
        return f"{name}, started by {caller()}"

    def tell(self, report: Callable[[], str]) -> None:
        """A wait has expired."""
        if LOGGER.isEnabledFor(logging.WARNING):
            LOGGER.warning("a wait has expired\n%s", report())

    def lines(self) -> list[str]:
        """For `report()`: how many units each place has added, and how many each has taken."""
        added, taken = Counter[str](), Counter[str]()
        for (delta, where), calls in self.calls.copy().items():
            number = int(repr(calls)[len("count(") : -1])  # there is no other way to look at one
            (added if delta > 0 else taken)[where] += abs(delta) * number
        lines = [f"  {number} added by {where}" for where, number in added.items() if number]
        return lines + [f"  {number} taken away by {where}" for where, number in taken.items() if number]


class Recorded:
    """The steps of an iterator, each noted in a ledger when it has been made."""

    def __init__(self, steps: Iterator[None], delta: int, ledger: Ledger) -> None:
        """`delta`: what each step does to the counter."""
        self.steps: Iterator[None] = steps
        self.delta: int = delta
        self.ledger: Ledger = ledger

    def __iter__(self) -> Iterator[None]:
        """Itself."""
        return self

    def __next__(self) -> None:
        """One step."""
        next(self.steps)
        self.ledger.note(self.delta)
