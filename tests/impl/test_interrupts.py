"""An exception that reaches a parked waiter leaves the call and no trace: the others still return.

A signal goes to the main thread by `pthread_kill`: only that makes the system call in which it is parked return.
"""

import ctypes
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, wait
from threading import Event, get_ident, main_thread
from typing import Any

import pytest

from waitgroup import WaitGroup, parking

Park = Callable[[WaitGroup, int], list[Future[bool]]]
Until = Callable[[Callable[[], bool]], None]
SignalMain = Callable[[WaitGroup, int], "Future[None]"]

#: Seconds after which a wait that was not interrupted is let go, so that the test fails and does not hang.
RESCUE = 10.0

pytestmark = [
    pytest.mark.usefixtures("path"),
    pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals cannot be sent to a thread here"),
]


class Interruption(Exception):
    """What a program's own signal handler may raise."""


def interrupt(_number: int, _frame: object) -> None:
    raise Interruption


@pytest.fixture(params=[signal.default_int_handler, interrupt], ids=["KeyboardInterrupt", "an exception of one's own"])
def raised(request: pytest.FixtureRequest) -> Iterator[type[BaseException]]:
    """What SIGINT raises in the main thread during the test."""
    before = signal.signal(signal.SIGINT, request.param)
    yield Interruption if request.param is interrupt else KeyboardInterrupt
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def signal_main(threads: Executor, until: Until) -> Iterator[SignalMain]:
    """Send SIGINT to the main thread as soon as the group has so many parked waiters."""
    over = Event()

    def send(group: WaitGroup, parked: int) -> None:
        until(lambda: group.waiters == parked)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
        if not over.wait(RESCUE):
            group.add(-group.counter)

    yield lambda group, parked: threads.submit(send, group, parked)
    over.set()


@pytest.mark.parametrize("timeout", [None, 60])
def test_an_exception_from_a_signal_handler_leaves_a_parked_wait_and_no_trace(
    raised: type[BaseException], signal_main: SignalMain, timeout: float | None
) -> None:
    group = WaitGroup()
    group.add(1)
    signal_main(group, 1)
    with pytest.raises(raised):
        group.wait(timeout)
    assert (1, 0) == (group.counter, group.waiters)
    group.done()
    assert True is group.wait()


@pytest.mark.parametrize("timeout", [None, 60])
def test_the_other_waiters_neither_notice_an_interrupted_one_nor_miss_the_zero(
    park: Park, raised: type[BaseException], signal_main: SignalMain, timeout: float | None
) -> None:
    group = WaitGroup()
    group.add(1)
    before = park(group, 3)
    signal_main(group, 4)
    with pytest.raises(raised):
        group.wait(timeout)
    assert set() == wait(before, timeout=0.02).done
    assert (1, 3) == (group.counter, group.waiters)
    after = park(group, 3)
    group.done()
    assert [True] * 6 == [waiting.result() for waiting in before + after]
    assert (0, 0) == (group.counter, group.waiters)


def test_the_next_generation_works_after_an_interrupted_wait(
    park: Park, raised: type[BaseException], signal_main: SignalMain
) -> None:
    group = WaitGroup()
    group.add(1)
    signal_main(group, 1)
    with pytest.raises(raised):
        group.wait()
    group.done()
    group.add(1)
    (waiting,) = park(group, 1)
    group.done()
    assert True is waiting.result()


def test_an_interrupt_while_leaving_the_block_of_a_group_leaves_it_and_no_trace(
    raised: type[BaseException], signal_main: SignalMain
) -> None:
    group = WaitGroup()
    group.add(1)
    signal_main(group, 1)
    with pytest.raises(raised), group:
        pass
    assert (1, 0) == (group.counter, group.waiters)


def test_a_handler_that_returns_does_not_end_the_wait(threads: Executor, until: Until) -> None:
    group = WaitGroup()
    group.add(1)
    handled = Event()

    def send_then_finish() -> None:
        until(lambda: group.waiters == 1)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
        handled.wait(RESCUE)
        group.done()

    before = signal.signal(signal.SIGINT, lambda _number, _frame: handled.set())
    try:
        finishing = threads.submit(send_then_finish)
        assert True is group.wait()
        finishing.result()
    finally:
        signal.signal(signal.SIGINT, before)
    assert handled.is_set()


def test_a_handler_can_finish_the_work_that_its_own_thread_waits_for(signal_main: SignalMain) -> None:
    group = WaitGroup()
    group.add(1)
    before = signal.signal(signal.SIGINT, lambda _number, _frame: group.done())
    try:
        signal_main(group, 1)
        assert True is group.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    assert (0, 0) == (group.counter, group.waiters)


class Unreleased:
    """Stands for a lock that somebody else holds for so many calls; it takes no time."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.timeouts: list[float] = []

    def acquire(self, timeout: float) -> bool:
        self.timeouts.append(timeout)
        return len(self.timeouts) > self.calls


def test_the_main_thread_parks_for_a_quarter_of_a_second_at_a_time_so_that_it_sees_a_signal_that_came_just_before(
    threads: Executor,
) -> None:
    grant: Any = Unreleased(3)
    assert True is parking.park(grant, parking.FOREVER)
    assert [0.25] * 4 == grant.timeouts
    elsewhere: Any = Unreleased(0)
    assert True is threads.submit(parking.park, elsewhere, parking.FOREVER).result()
    assert [-1] == elsewhere.timeouts


def raise_in(thread: int) -> None:
    """Have the interpreter raise Interruption in a thread, as soon as that runs Python code again."""
    # Not part of the library's contract, but how debuggers and notebooks stop a thread.
    reached = ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Interruption))
    assert 1 == reached


def test_an_exception_raised_in_a_thread_leaves_its_timed_wait_and_no_trace(
    threads: Executor, park: Park, until: Until
) -> None:
    group = WaitGroup()
    group.add(1)
    others = park(group, 2)
    identities: list[int] = []

    def timed() -> bool:
        identities.append(get_ident())
        return group.wait(0.2)

    waiting = threads.submit(timed)
    until(lambda: group.waiters == 3)
    raise_in(identities[0])
    assert Interruption is type(waiting.exception())
    assert (1, 2) == (group.counter, group.waiters)
    group.done()
    assert [True, True] == [other.result() for other in others]


def test_an_exception_raised_in_a_waiter_that_is_then_granted_takes_no_grant_from_the_others(
    threads: Executor, park: Park, until: Until
) -> None:
    group = WaitGroup()
    group.add(1)
    others = park(group, 2)
    identities: list[int] = []

    def untimed() -> bool:
        identities.append(get_ident())
        return group.wait()

    waiting = threads.submit(untimed)
    until(lambda: group.waiters == 3)
    raise_in(identities[0])
    group.done()
    assert Interruption is type(waiting.exception())
    assert [True, True] == [other.result() for other in others]
    assert (0, 0) == (group.counter, group.waiters)
