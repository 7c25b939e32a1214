"""A WaitGroup that does what the contract wants, on a condition: the broken ones are made from it."""

import threading
from collections.abc import Callable
from typing import Any

COUNTER_MAX = 2**31 - 1


class Right:
    """A waiter belongs to the generation in which it came."""

    def __init__(self) -> None:
        """A counter at zero."""
        self.counter = 0
        self.waiters = 0
        self.generation = 0
        self.condition = threading.Condition()

    def check(self, delta: int) -> None:
        """Raise what an add that leaves the range raises."""
        if self.counter + delta < 0:
            raise ValueError("negative counter")
        if self.counter + delta > COUNTER_MAX:
            raise OverflowError("the counter would exceed its bound")

    def add(self, delta: int) -> None:
        """Add."""
        with self.condition:
            self.check(delta)
            self.counter += delta
            if self.counter == 0 and delta:
                self.wake()

    def wake(self) -> None:
        """The generation is over."""
        self.generation += 1
        self.waiters = 0
        self.condition.notify_all()

    def done(self) -> None:
        """One less."""
        self.add(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of this generation."""
        with self.condition:
            if self.counter == 0:
                return True
            mine = self.generation
            self.waiters += 1
            if self.condition.wait_for(lambda: self.generation != mine, timeout):
                return True
            self.waiters -= 1
            return False

    def go(self, function: Callable[..., object], *arguments: Any) -> None:
        """A unit for a thread."""
        self.add(1)

        def run() -> None:
            function(*arguments)
            self.done()

        threading.Thread(target=run, daemon=True).start()
