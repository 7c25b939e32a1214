"""WaitGroups that are broken on purpose, for each flag of the kit one that makes the mistake that it is about."""

import threading
import time
from collections.abc import Callable
from typing import Any

from tests.conformance.right import Right


class CountsTwice(Right):
    """Sum."""

    def add(self, delta: int) -> None:
        """Two for one, from two on."""
        super().add(delta + (1 if delta > 2 else 0))


class Unlocked(Right):
    """LostUpdate."""

    def add(self, delta: int) -> None:
        """Reads, and writes later."""
        self.check(delta)
        read = self.counter
        time.sleep(0.0005)
        with self.condition:
            self.counter = read + delta
            if self.counter == 0:
                self.wake()


class BlocksAtZero(Right):
    """WaitAtZero."""

    def wait(self, timeout: float | None = None) -> bool:
        """Waits for a zero to come, also if it is there."""
        with self.condition:
            mine = self.generation
            return self.condition.wait_for(lambda: self.generation != mine, timeout)


class WakesAtAnyDone(Right):
    """ReturnsEarly."""

    def add(self, delta: int) -> None:
        """Every add of less than one is taken for the last."""
        super().add(delta)
        with self.condition:
            if delta <= 0:
                self.wake()


class WakesInDoneAlone(Right):
    """BulkZero."""

    def wake(self) -> None:
        """Not here."""

    def done(self) -> None:
        """But here."""
        super().done()
        with self.condition:
            if self.counter == 0:
                super().wake()


class RefusesAddUnderWaiters(Right):
    """AddWhileParked."""

    def add(self, delta: int) -> None:
        """Not while somebody waits."""
        if delta > 0 and self.waiters:
            raise RuntimeError("misuse")
        super().add(delta)


class WakesOne(Right):
    """WakesOne."""

    def wait(self, timeout: float | None = None) -> bool:
        """Sleeps once, and takes any wakeup for the zero."""
        with self.condition:
            if self.counter == 0:
                return True
            self.waiters += 1
            return self.condition.wait(timeout)

    def wake(self) -> None:
        """One of them."""
        self.generation += 1
        self.waiters = 0
        self.condition.notify()


class LooksThenParks(Right):
    """LostWakeup."""

    def wait(self, timeout: float | None = None) -> bool:
        """The zero may come in between."""
        if self.counter == 0:
            return True
        time.sleep(0.002)
        with self.condition:
            self.waiters += 1
            return self.condition.wait(timeout)


class OneRound(Right):
    """Reuse."""

    def wait(self, timeout: float | None = None) -> bool:
        """Once it was over, it is over for good."""
        return True if self.generation else super().wait(timeout)


class Permits(Right):
    """StrayWakeup, AddNothing, StolenWakeup: a permit for each waiter, some of which stay behind."""

    def __init__(self) -> None:
        """No permits."""
        super().__init__()
        self.permits = threading.Semaphore(0)

    def add(self, delta: int) -> None:
        """The last one, and an add(0) at zero, release a permit more than there are waiters."""
        with self.condition:
            self.check(delta)
            self.counter += delta
            if self.counter == 0 and (self.waiters or self.generation):
                self.generation += 1
                self.permits.release(self.waiters + 1)
                self.waiters = 0

    def wait(self, timeout: float | None = None) -> bool:
        """Takes any permit."""
        with self.condition:
            if self.counter == 0:
                return True
            self.waiters += 1
        return self.permits.acquire(timeout=timeout)


class LooksAgain(Right):
    """Generation."""

    def wait(self, timeout: float | None = None) -> bool:
        """Asks the counter after it was woken, which may be the next round's."""
        with self.condition:
            self.waiters += 1
            ended = self.condition.wait_for(lambda: self.counter == 0, timeout)
            self.waiters = max(0, self.waiters - 1)
            return ended


class Clamps(Right):
    """Negative."""

    def add(self, delta: int) -> None:
        """Never below zero."""
        super().add(max(delta, -self.counter))


class ChecksAfterwards(Right):
    """Rollback."""

    def add(self, delta: int) -> None:
        """Too late."""
        with self.condition:
            self.counter += delta
            if self.counter < 0:
                raise ValueError("negative counter")
            self.check(0)
            if self.counter == 0 and delta:
                self.wake()


class Forgets(Right):
    """AddRacesWait: who comes after an add from zero that was not the first is never woken."""

    def wait(self, timeout: float | None = None) -> bool:
        """Late enough to come in the second round."""
        time.sleep(0.001)
        return super().wait(timeout)

    def done(self) -> None:
        """Late enough for that."""
        time.sleep(0.004 if self.generation else 0)
        super().done()

    def wake(self) -> None:
        """Only those of the first round."""
        self.generation += 1
        self.waiters = 0
        if self.generation == 1:
            self.condition.notify_all()


class RefusesSecondRounds(Right):
    """DocumentedRule."""

    def add(self, delta: int) -> None:
        """Not once there has been a zero; late enough for that to come."""
        time.sleep(0.002 if delta > 0 else 0)
        if delta > 0 and self.generation and not self.counter:
            raise RuntimeError("misuse")
        super().add(delta)


class IgnoresTimeouts(Right):
    """TimedWait."""

    def wait(self, timeout: float | None = None) -> bool:
        """Says that it was zero, whatever it was."""
        super().wait(timeout)
        return True


class KeepsExpired(Right):
    """StaleWaiter."""

    def wait(self, timeout: float | None = None) -> bool:
        """Who has expired is counted still."""
        ended = super().wait(timeout)
        self.waiters += not ended
        return ended


class Short(Right):
    """Range."""

    def add(self, delta: int) -> None:
        """In 24 bits."""
        with self.condition:
            self.check(delta)
            self.counter = (self.counter + delta) % 2**24
            if self.counter == 0 and delta:
                self.wake()


class Unbounded(Right):
    """Overflow."""

    def check(self, delta: int) -> None:
        """Only the lower bound."""
        if self.counter + delta < 0:
            raise ValueError("negative counter")


class Cuts(Right):
    """Truncation."""

    def add(self, delta: int) -> None:
        """To 32 bits, with their sign."""
        super().add((delta + 2**31) % 2**32 - 2**31)


class AddsInTheTask(Right):
    """Go."""

    def go(self, function: Callable[..., object], *arguments: Any) -> None:
        """The thread adds its own unit."""

        def run() -> None:
            time.sleep(0.002)
            self.add(1)
            function(*arguments)
            self.done()

        threading.Thread(target=run, daemon=True).start()


BROKEN: dict[str, type[Right]] = {
    "Sum": CountsTwice,
    "LostUpdate": Unlocked,
    "WaitAtZero": BlocksAtZero,
    "ReturnsEarly": WakesAtAnyDone,
    "BulkZero": WakesInDoneAlone,
    "AddWhileParked": RefusesAddUnderWaiters,
    "WakesOne": WakesOne,
    "LostWakeup": LooksThenParks,
    "Reuse": OneRound,
    "StrayWakeup": Permits,
    "Generation": LooksAgain,
    "Negative": Clamps,
    "Rollback": ChecksAfterwards,
    "AddRacesWait": Forgets,
    "DocumentedRule": RefusesSecondRounds,
    "AddNothing": Permits,
    "TimedWait": IgnoresTimeouts,
    "StaleWaiter": KeepsExpired,
    "StolenWakeup": Permits,
    "Range": Short,
    "Overflow": Unbounded,
    "Truncation": Cuts,
    "Go": AddsInTheTask,
}
