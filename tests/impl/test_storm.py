"""A short storm: many threads on one group at once lose no unit, no waiter and no error."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, wait
from threading import Barrier, Event

import pytest

from waitgroup import NegativeCounterError, WaitGroup, core

LIMIT = 20.0

both_paths = pytest.mark.usefixtures("path")


@pytest.fixture(autouse=True, scope="module")
def eager_switches() -> Iterator[None]:
    """Threads take turns every 10 microseconds, not every 5 milliseconds: inside calls, not only between them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@both_paths
def test_8_threads_with_20000_pairs_each_leave_the_counter_at_zero_and_both_waiters_return(threads: Executor) -> None:
    group = WaitGroup()
    together = Barrier(10)
    over = Event()

    def pairs() -> None:
        together.wait(LIMIT)
        for _ in range(20_000):
            group.add(1)
            group.done()

    def wait_again_and_again() -> bool:
        together.wait(LIMIT)
        always = True
        while not over.is_set():
            always = group.wait() and always
        return always

    waiting = [threads.submit(wait_again_and_again) for _ in range(2)]
    working = [threads.submit(pairs) for _ in range(8)]
    for worker in working:
        worker.result()
    over.set()
    assert [True, True] == [waiter.result() for waiter in waiting]
    assert (0, 0) == (group.counter, group.waiters)


@both_paths
def test_8_threads_that_take_10000_units_twice_over_are_refused_exactly_10000_times(threads: Executor) -> None:
    group = WaitGroup()
    group.add(10_000)
    together = Barrier(8)

    def take() -> int:
        together.wait(LIMIT)
        refused = 0
        for _ in range(2500):
            try:
                group.done()
            except NegativeCounterError:
                refused += 1
        return refused

    taking = [threads.submit(take) for _ in range(8)]
    assert 10_000 == sum(taker.result() for taker in taking)
    assert 0 == group.counter


STEPS: dict[str, Callable[[WaitGroup], object]] = {
    "add one": lambda group: group.add(1),
    "add many": lambda group: group.add(2),
    "done": lambda group: group.done(),
    "take many": lambda group: group.add(-2),
    "wait": lambda group: group.wait(0.0001),
}


@pytest.mark.parametrize("name", STEPS)
def test_with_a_lock_every_step_waits_until_no_other_thread_holds_it(
    threads: Executor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(core, "LOCKED", True)
    group = WaitGroup()
    group.add(3)
    begun = Event()

    def step() -> None:
        begun.set()
        STEPS[name](group)

    assert group._mutex is not None
    with group._mutex:
        stepping = threads.submit(step)
        begun.wait(LIMIT)
        assert set() == wait([stepping], timeout=0.02).done
        assert (3, 0) == (group.counter, group.waiters)
    stepping.result()


@both_paths
def test_waits_that_expire_by_the_hundred_leave_no_trace_among_those_that_do_not(
    threads: Executor, until: Callable[[Callable[[], bool]], None]
) -> None:
    group = WaitGroup()
    group.add(1)

    def expire() -> list[bool]:
        return [group.wait(0.0005) for _ in range(50)]

    lasting = [threads.submit(group.wait) for _ in range(4)]
    until(lambda: group.waiters >= 4)
    expiring = [threads.submit(expire) for _ in range(4)]
    assert [[False] * 50] * 4 == [waiter.result() for waiter in expiring]
    assert (1, 4) == (group.counter, group.waiters)
    group.done()
    assert [True] * 4 == [waiter.result() for waiter in lasting]
