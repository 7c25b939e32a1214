"""The programs of the benchmark, the same text for every tool: plain `threading`, nothing of this project.

`Unlocked` and `Naive` are wrong, each in its famous way. `Generations`, `Events` and `LockPerWaiter` are right, each in
its own way. `lost_update` and `no_lost_update` are programs of two threads that check themselves.
"""

import threading
from collections.abc import Callable
from typing import Protocol


class Group(Protocol):
    """What all of these classes can do."""

    def add(self, delta: int) -> None: ...
    def done(self) -> None: ...
    def wait(self, timeout: float | None = None) -> bool: ...


class Unlocked:
    """The lost update: a counter without a lock, and an event that the last done() sets."""

    def __init__(self) -> None:
        """Nothing is outstanding."""
        self.n = 0
        self.zero = threading.Event()
        self.zero.set()

    def add(self, delta: int) -> None:
        """Two of these at once count once."""
        if self.n + delta < 0:
            raise ValueError("negative counter")
        self.n += delta
        if self.n == 0:
            self.zero.set()
        else:
            self.zero.clear()

    def done(self) -> None:
        """One unit less."""
        self.add(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the event."""
        return self.zero.wait(timeout)


class Naive:
    """The generation bug: whoever is woken looks whether the counter is zero now, and may be too late."""

    def __init__(self) -> None:
        """Nothing is outstanding."""
        self.n = 0
        self.condition = threading.Condition()

    def add(self, delta: int) -> None:
        """Wake everybody at zero."""
        with self.condition:
            if self.n + delta < 0:
                raise ValueError("negative counter")
            self.n += delta
            if self.n == 0:
                self.condition.notify_all()

    def done(self) -> None:
        """One unit less."""
        self.add(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the counter is seen to be zero."""
        with self.condition:
            return self.condition.wait_for(lambda: self.n == 0, timeout)


class Generations(Naive):
    """The same condition, and a number that says which generation it is."""

    def __init__(self) -> None:
        """The first generation."""
        super().__init__()
        self.generation = 0

    def add(self, delta: int) -> None:
        """At zero a generation is over."""
        with self.condition:
            if self.n + delta < 0:
                raise ValueError("negative counter")
            self.n += delta
            if self.n == 0 and delta != 0:
                self.generation += 1
                self.condition.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the generation is over."""
        with self.condition:
            if self.n == 0:
                return True
            mine = self.generation
            return self.condition.wait_for(lambda: self.generation != mine, timeout)


class Events:
    """An event for each generation."""

    def __init__(self) -> None:
        """Nothing is outstanding."""
        self.n = 0
        self.lock = threading.Lock()
        self.event = threading.Event()
        self.event.set()

    def add(self, delta: int) -> None:
        """The first unit brings a new event, the last one sets it."""
        with self.lock:
            if self.n + delta < 0:
                raise ValueError("negative counter")
            if self.n == 0 and delta > 0:
                self.event = threading.Event()
            self.n += delta
            if self.n == 0:
                self.event.set()

    def done(self) -> None:
        """One unit less."""
        self.add(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the event of this generation."""
        with self.lock:
            event = self.event
        return event.wait(timeout)


class LockPerWaiter:
    """A lock for each waiter, in a list."""

    def __init__(self) -> None:
        """Nobody waits."""
        self.n = 0
        self.lock = threading.Lock()
        self.parked: list[threading.Lock] = []

    def add(self, delta: int) -> None:
        """Whoever is in the list at zero is let go."""
        with self.lock:
            if self.n + delta < 0:
                raise ValueError("negative counter")
            self.n += delta
            if self.n == 0:
                while self.parked:
                    self.parked.pop().release()

    def done(self) -> None:
        """One unit less."""
        self.add(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Park on one's own lock; whoever gives up leaves the list."""
        mine = threading.Lock()
        mine.acquire()
        with self.lock:
            if self.n == 0:
                return True
            self.parked.append(mine)
        granted = False
        try:
            granted = mine.acquire(timeout=-1 if timeout is None else timeout)
        finally:
            if not granted:
                granted = not self.leave(mine)
        return granted

    def leave(self, mine: threading.Lock) -> bool:
        """Whether one was still in the list."""
        with self.lock:
            if mine in self.parked:
                self.parked.remove(mine)
                return True
            return False


class Counter:
    """The lost update at its smallest."""

    def __init__(self) -> None:
        """Zero."""
        self.n = 0

    def increment(self) -> None:
        """Without a lock."""
        self.n += 1


class LockedCounter(Counter):
    """The same with a lock."""

    def __init__(self) -> None:
        """Zero."""
        super().__init__()
        self.lock = threading.Lock()

    def increment(self) -> None:
        """With a lock."""
        with self.lock:
            self.n += 1


def twice(counter: Counter) -> None:
    """Two threads increment; nothing is lost."""
    together(counter.increment, counter.increment)
    assert counter.n == 2


def lost_update() -> None:
    """Fails in some interleavings."""
    twice(Counter())


def no_lost_update() -> None:
    """Fails in none."""
    twice(LockedCounter())


def unchecked() -> None:
    """Nobody looks what came of it, so no run ends a search."""
    counter = Counter()
    together(counter.increment, counter.increment)


def together(*bodies: Callable[[], object]) -> None:
    """A thread for each body; returns when all have ended."""
    threads = [threading.Thread(target=body) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pre_added(group: Group) -> tuple[Callable[[], object], ...]:
    """The bodies of the contract's scenario of that name, at 2 workers x 1 waiter."""
    group.add(2)
    return group.done, group.done, group.wait


def reuse_parked(group: Group, pause: Callable[[], object]) -> tuple[Callable[[], object], ...]:
    """The bodies of the contract's scenario of that name: `pause` returns once the waiter is parked."""
    group.add(1)

    def close() -> None:
        pause()
        group.done()
        group.add(1)

    return group.wait, close
