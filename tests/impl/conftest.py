"""What the production tests share: both paths, threads that cannot outlive their test, waiters known to be parked."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from threading import Thread
from time import monotonic, sleep
from typing import ParamSpec, TypeVar

import pytest
from hypothesis import settings

from waitgroup import WaitGroup, core

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds: longer than any step takes that happens at all, on however busy a machine.
LIMIT = 20.0

# Without a deadline, because a busy machine is not a failure; derandomized, so that a run can be repeated.
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")


class Bounded(Future[T]):
    """A future that nobody waits for without a bound."""

    def result(self, timeout: float | None = LIMIT) -> T:
        return super().result(timeout)

    def exception(self, timeout: float | None = LIMIT) -> BaseException | None:
        return super().exception(timeout)


class Threads(Executor):
    """A new thread for every call. Daemons, so that a test that fails with a thread stuck does not hang the run."""

    def __init__(self) -> None:
        self.threads: list[Thread] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future = Bounded[T]()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        thread = Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)
        return future

    def join(self) -> int:
        """How many threads are left at the end of the limit."""
        deadline = monotonic() + LIMIT
        for thread in self.threads:
            thread.join(max(0.0, deadline - monotonic()))
        return sum(thread.is_alive() for thread in self.threads)


@pytest.fixture(
    params=[
        pytest.param(
            False, id="one call", marks=pytest.mark.skipif(core.LOCKED, reason="no call is indivisible without a GIL")
        ),
        pytest.param(True, id="locked"),
    ]
)
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The groups that the test makes take each step in one call into C, or under a lock."""
    monkeypatch.setattr(core, "LOCKED", request.param)


@pytest.fixture
def threads() -> Iterator[Executor]:
    """Runs each submitted call in a thread of its own; its futures' `result()` is bounded."""
    started = Threads()
    yield started
    assert 0 == started.join()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Return once the condition is true; fail if it never is."""

    def poll(condition: Callable[[], bool]) -> None:
        deadline = monotonic() + LIMIT
        while not condition():
            assert monotonic() < deadline, "the condition has not become true"
            sleep(0.0002)

    return poll


@pytest.fixture
def park(
    threads: Executor, until: Callable[[Callable[[], bool]], None]
) -> Callable[[WaitGroup, int], list[Future[bool]]]:
    """Start so many threads in `wait()`, and return once all of them are parked."""

    def start(group: WaitGroup, count: int) -> list[Future[bool]]:
        parked = group.waiters + count
        waits = [threads.submit(group.wait) for _ in range(count)]
        until(lambda: group.waiters == parked)
        return waits

    return start


@pytest.fixture
def hooked(monkeypatch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """What has come to `threading.excepthook` during the test."""
    errors: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda report: errors.append(report.exc_value))
    return errors
