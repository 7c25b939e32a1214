"""What a build without a global lock needs: a lock around each step, which the thread that has it may take again.

A signal handler that comes while its thread is inside takes the lock again, and makes a step of its own between two
calls into C, never within one.
"""

from collections.abc import Iterator
from typing import Any


class Locked:
    """The steps of an iterator, each under a lock that its thread may take again."""

    __slots__ = ("mutex", "steps")

    def __init__(self, steps: Iterator[None], mutex: Any) -> None:
        """`mutex`: an RLock."""
        self.steps, self.mutex = steps, mutex

    def __iter__(self) -> Iterator[None]:
        """Itself."""
        return self

    def __next__(self) -> None:
        """One step."""
        with self.mutex:
            return next(self.steps)
