"""What an instrumented module calls where its loops come round, and how long they may do so unseen.

Code that goes on without touching anything shared would give nobody else a turn, and the search no end. So the rounds
of loops and the calls of functions are counted: from the moment a thread goes on, or from the beginning where modules
are loaded and a group is made. Whoever touches what is shared is stopped for others now and then, so a count that gets
far is of code that nobody can see at work. Whether it ever ends is not known, so the verdict is inconclusive.

It is a count and no clock: every run, in every process, is given up at the same place. What C does within one call is
not counted, so a call of C that never comes back is not noticed.
"""

import gc
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from greenlet import GreenletExit, getcurrent

from waitgroup_proofs.scheduler.fiber import Fiber, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.hooks import before_items
from waitgroup_proofs.scheduler.patience import LONGEST_SILENCE, PATIENCE
from waitgroup_proofs.scheduler.values import VIEWS, can_change, is_mutable


def round_again() -> bool:
    """A `while` loop has come round, or begins; it goes on."""
    counted()
    return True


def counted() -> Fiber | None:
    """A loop comes round. Returns the running thread, if it is under control."""
    current = getcurrent()
    fiber = current if isinstance(current, Fiber) else None
    if fiber is not None:
        if fiber.ended:  # a loop that catches everything must not outlive the run
            raise GreenletExit
        fiber.called = True
    PATIENCE.rounds += 1
    if PATIENCE.rounds > LONGEST_SILENCE:
        give_up(sys._getframe(2))
    return fiber


def give_up(frame: FrameType) -> NoReturn:
    """The code has gone on for too long, in this frame."""
    place = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
    unseen = f"more than {LONGEST_SILENCE:,} rounds of loops and calls without touching anything that others can see"
    reason, fiber = UnsupportedTarget(f"{unseen}: {place}"), controlled()
    if fiber is not None:
        fiber.abandon(reason)
    if isinstance(getcurrent(), Fiber):
        raise GreenletExit
    PATIENCE.lost_with = PATIENCE.lost_with or reason
    raise PATIENCE.lost_with


class Uncontrolled:
    """The iterator of a loop where no thread runs: it is as the real one, and counted."""

    def __init__(self, owner: Iterable[Any]) -> None:
        """At the beginning."""
        self._iterator = iter(owner)

    def __iter__(self) -> "Uncontrolled":
        """Itself."""
        return self

    def __next__(self) -> Any:
        """The next element."""
        counted()
        return next(self._iterator)


class Iteration:
    """The iterator of a `for` loop: what is iterated over, and how far. Each round looks at what can change.

    `unpacked`: the elements are taken apart at once.
    """

    def __init__(self, owner: Any, unpacked: bool) -> None:
        """At the beginning."""
        self.owner = owner
        self.unpacked = unpacked
        self.position = 0
        #: A mapping or a deque must not change on the way; Python notices if its size does.
        self.items = None if isinstance(owner, (list, tuple, str, bytes, range)) else list(owner)
        self.base = gc.get_referents(owner)[0] if isinstance(owner, VIEWS) else owner
        self.disturbed = False

    def __iter__(self) -> "Iteration":
        """Itself."""
        return self

    def __next__(self) -> Any:
        """The next element."""
        fiber = counted()
        if fiber is not None and can_change(self.owner):
            before_items(fiber, (self.owner,), "go on to the next item", isinstance(self.owner, VIEWS), storing=False)
        if self.items is not None and len(self.owner) != len(self.items):
            raise RuntimeError(f"{type(self.owner).__name__} changed size during iteration")
        if self.items is not None and fiber is not None and self.disturbed:
            fiber.abandon(UnsupportedTarget(f"a {type(self.owner).__name__} is changed while it is iterated over"))
        if self.position >= len(self.owner if self.items is None else self.items):
            raise StopIteration
        self.position += 1
        element = (self.owner if self.items is None else self.items)[self.position - 1]
        if fiber is not None and self.unpacked and is_mutable(element):
            fiber.abandon(UnsupportedTarget(f"a loop takes a {type(element).__name__} apart"))
        return element


def iterate(owner: Any, unpacked: bool = False) -> Iterator[Any]:
    """The iterator of a `for` loop over a built-in container; others are refused under control."""
    fiber = controlled()
    if isinstance(owner, Iteration):
        return owner
    if fiber is None:
        return Uncontrolled(owner)
    if type(owner) not in (tuple, str, bytes, range, list, dict, deque, *VIEWS):
        fiber.abandon(UnsupportedTarget(f"a for loop over a {type(owner).__name__}"))
    if can_change(owner):
        before_items(fiber, (owner,), "begin to iterate", hidden=isinstance(owner, VIEWS), storing=False)
    iteration = Iteration(owner, unpacked)
    fiber.surroundings.iterations.append(iteration)
    return iteration
