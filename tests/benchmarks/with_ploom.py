"""A process that explores one program with ploom, for which each is written anew.

    python -m tests.benchmarks.with_ploom verdict|rate PROGRAM CONFIGURATION

It sees only its own locks and cells: `threading` is out of its sight. So a condition becomes a lock for each waiter, as
in the standard library, and an event a lock that the last done() releases. Another lock says that the waiter is parked.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.child import MOST_SECONDS, RATE_SECONDS, Answer, Measured, asked, say, timed

CONFIGURATIONS: dict[str, dict[str, int]] = {"default": {}, "one preemption": {"max_preemptions": 1}}


class Unlocked:
    """The lost update, ported."""

    def __init__(self, units: int) -> None:
        """With so many units outstanding."""
        import ploom  # type: ignore[import-not-found,unused-ignore]

        self.n: Any = ploom.SharedCell(units)
        self.zero: Any = ploom.Lock()
        self.zero.acquire()

    def done(self) -> None:
        """Without a lock."""
        self.n.write(self.n.read() - 1)
        if self.n.read() == 0:
            self.zero.release()

    def wait(self) -> None:
        """Wait for the event."""
        self.zero.acquire()


class Conditional:
    """The naive condition, ported; with `generations`, the right one."""

    def __init__(self, units: int, generations: bool) -> None:
        """With so many units outstanding."""
        import ploom

        self.lock: Any = ploom.Lock()
        self.parked: Any = ploom.Lock()
        self.parked.acquire()
        self.n: Any = ploom.SharedCell(units)
        self.generation: Any = ploom.SharedCell(0)
        self.generations = generations
        self.waiters: list[Any] = []

    def add(self, delta: int) -> None:
        """Wake everybody at zero."""
        with self.lock:
            after = self.n.read() + delta
            self.n.write(after)
            if after == 0:
                if self.generations:
                    self.generation.write(self.generation.read() + 1)
                while self.waiters:
                    self.waiters.pop().release()

    def done(self) -> None:
        """One unit less."""
        self.add(-1)

    def wait(self) -> None:
        """Wait until the counter is seen to be zero, or the generation is over."""
        import ploom

        with self.lock:
            mine = self.generation.read() if self.generations else 0
            while self.n.read() != 0 and (not self.generations or self.generation.read() == mine):
                waiter = ploom.Lock()
                waiter.acquire()
                if not self.waiters and self.parked.locked():
                    self.parked.release()
                self.waiters.append(waiter)
                self.lock.release()
                waiter.acquire()
                self.lock.acquire()


def together(*bodies: Callable[[], object]) -> None:
    """A thread for each body; returns when all have ended."""
    import ploom

    threads = [ploom.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def two_threads(lost: int = 2) -> None:
    """Each increments a cell; `lost`: what must be there at the end at least."""
    import ploom

    n = ploom.SharedCell(0)

    def increment() -> None:
        n.write(n.read() + 1)

    together(increment, increment)
    assert n.read() >= lost


def pre_added() -> None:
    """On the wrong group."""
    group = Unlocked(2)
    together(group.done, group.done, group.wait)


def reuse_parked(generations: bool = False) -> None:
    """On the wrong group, or the right one."""
    group = Conditional(1, generations)

    def close() -> None:
        group.parked.acquire()
        group.done()
        group.add(1)

    together(group.wait, close)


def right_two_threads() -> None:
    """Nothing is asked of it."""
    two_threads(0)


def right_pre_added() -> None:
    """On the right group."""
    group = Conditional(2, True)
    together(group.done, group.done, group.wait)


def right_reuse_parked() -> None:
    """On the right group."""
    reuse_parked(True)


WRONG = {"two threads": two_threads, "pre-added": pre_added, "reuse-parked": reuse_parked}
RIGHT = {"two threads": right_two_threads, "pre-added": right_pre_added, "reuse-parked": right_reuse_parked}


def checked(scenario: Callable[..., object], configuration: dict[str, int], seconds: float) -> Answer:
    """What it says within so many seconds; it does not look for a simpler failure."""
    import ploom

    config = ploom.Config(minimize_executions=0, max_executions=10**6, timeout=seconds, **configuration)
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = ploom.check(scenario, config=config, trace_dir=Path(folder))
        except ploom.ModelCheckError as error:
            return Answer("found", error.statistics.executions, violation=type(error).__name__)
        except ploom.IncompleteExplorationError as error:
            return Answer("inconclusive", error.statistics.executions)
    return Answer("missed", found.executions)


def main() -> None:
    """Do what is asked."""
    what, program, name = asked()
    if what == "verdict":
        say(timed(lambda _seed: checked(WRONG[program], CONFIGURATIONS[name], MOST_SECONDS)))
        return
    # A run takes a tenth of a second: one exploration, however long its first run takes.
    measured = timed(lambda _seed: checked(RIGHT[program], CONFIGURATIONS[name], 3 * RATE_SECONDS), 1)
    say(Measured("", measured.runs, 0, "", measured.seconds, measured.first))


if __name__ == "__main__":
    # As a module of its own name, which its processes can import: that is its faster way.
    from tests.benchmarks import with_ploom

    with_ploom.main()
