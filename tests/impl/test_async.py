"""Waiting in coroutines: the loop goes on, any thread's done() ends the wait, and a wait that is left leaves no trace.

A coroutine is one waiter among others: it belongs to the generation in which it came, as a thread does.
"""

import asyncio
import math
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from decimal import Decimal
from threading import TIMEOUT_MAX
from time import monotonic
from typing import Any, TypeVar

import pytest

from waitgroup import WaitGroup
from waitgroup.core import WAITERS_MAX, WORD, cell_of

T = TypeVar("T")

Park = Callable[[WaitGroup, int], list[Future[bool]]]
Until = Callable[[Callable[[], bool]], None]

LIMIT = 20.0

pytestmark = pytest.mark.usefixtures("path")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, in an event loop of its own that has no error to report, and not without a bound."""
    reported: list[dict[str, Any]] = []

    async def bounded() -> T:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context))
        async with asyncio.timeout(LIMIT):
            result = await coroutine
            await asyncio.sleep(0)
        return result

    result = asyncio.run(bounded())
    assert [] == reported
    return result


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop go on until the condition is true."""
    while not condition():
        await asyncio.sleep(0.0002)


async def parked(group: WaitGroup, count: int, timeout: float | None = None) -> "list[asyncio.Task[bool]]":
    """So many tasks of the running loop that wait for the group."""
    waiters = group.waiters + count
    tasks = [asyncio.create_task(group.wait_async(timeout)) for _ in range(count)]
    await until(lambda: group.waiters == waiters)
    return tasks


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never suspends; it needs no event loop."""
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)
    result: T = stopped.value.value
    return result


def open_group() -> WaitGroup:
    """A group with one unit outstanding."""
    group = WaitGroup()
    group.add(1)
    return group


@pytest.mark.parametrize("timeout", [None, 0, -1, 5e-324, 60, math.inf, -math.inf, 10**400])
def test_at_zero_every_timeout_returns_true_without_suspending(timeout: float | None) -> None:
    assert True is at_once(WaitGroup().wait_async(timeout))


@pytest.mark.parametrize("timeout", [0, 0.0, -0.0, -1, -0.5, -1e308, -(10**400), -math.inf])
def test_zero_or_less_only_looks_without_suspending(timeout: float) -> None:
    group = open_group()
    assert False is at_once(group.wait_async(timeout))
    assert (1, 0) == (group.counter, group.waiters)


@pytest.mark.parametrize("group", [WaitGroup, open_group], ids=["at zero", "at one"])
def test_a_timeout_that_is_not_a_number_raises_value_error(group: Callable[[], WaitGroup]) -> None:
    waited_on = group()
    with pytest.raises(ValueError, match=r"^timeout must be a number of seconds, not NaN$"):
        waited_on.wait_async(math.nan).send(None)
    assert 0 == waited_on.waiters


@pytest.mark.parametrize("timeout", [True, False, "one", b"1", [1], 1j, Decimal(1)])
@pytest.mark.parametrize("group", [WaitGroup, open_group], ids=["at zero", "at one"])
def test_a_timeout_of_another_type_raises_type_error(group: Callable[[], WaitGroup], timeout: Any) -> None:
    waited_on = group()
    with pytest.raises(
        TypeError, match=rf"^timeout must be a number of seconds or None, not {type(timeout).__name__}$"
    ):
        waited_on.wait_async(timeout).send(None)
    assert 0 == waited_on.waiters


def test_one_waiter_more_than_a_word_can_count_is_refused_and_changes_nothing() -> None:
    group = WaitGroup()
    group._state[WORD] = cell_of(1, WAITERS_MAX)
    with pytest.raises(OverflowError, match=r"^2147483647 are waiting already$"):
        group.wait_async().send(None)
    assert (1, 2**31 - 1) == (group.counter, group.waiters)


def test_a_wait_that_would_suspend_without_an_event_loop_is_refused_and_leaves_no_trace() -> None:
    group = open_group()
    with pytest.raises(RuntimeError, match=r"^no running event loop$"):
        group.wait_async().send(None)
    assert (1, 0) == (group.counter, group.waiters)


@pytest.mark.parametrize("timeout", [5e-324, 1e-9, 1e-3])
def test_the_shortest_timeouts_expire_and_leave_no_trace(timeout: float) -> None:
    group = open_group()
    assert False is run(group.wait_async(timeout))
    assert (1, 0) == (group.counter, group.waiters)


def test_a_timeout_is_in_seconds_and_can_be_named() -> None:
    group = open_group()
    start = monotonic()
    assert False is run(group.wait_async(timeout=0.1))
    waited = monotonic() - start
    # Never early (a clock may tick in between), and never anything like a hundred seconds.
    assert 0.099 <= waited < 10


@pytest.mark.parametrize("timeout", [None, 60, math.inf, TIMEOUT_MAX, TIMEOUT_MAX * 2, 1e308, 10**400])
def test_a_done_in_another_thread_ends_the_wait(threads: Executor, timeout: float | None) -> None:
    group = open_group()

    async def program() -> bool:
        (task,) = await parked(group, 1, timeout)
        assert set() == (await asyncio.wait([task], timeout=0.02))[0]
        threads.submit(group.done)
        return await task

    assert True is run(program())
    assert (0, 0) == (group.counter, group.waiters)


@pytest.mark.parametrize("timeout", [None, 60])
def test_a_done_in_the_same_loop_ends_the_wait(timeout: float | None) -> None:
    group = open_group()

    async def program() -> bool:
        (task,) = await parked(group, 1, timeout)
        group.done()
        return await task

    assert True is run(program())
    assert (0, 0) == (group.counter, group.waiters)


def test_a_wait_that_has_ended_leaves_no_timer_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    group = open_group()
    timers: list[asyncio.TimerHandle] = []

    async def program() -> bool:
        loop = asyncio.get_running_loop()
        later = loop.call_later

        def call_later(*args: Any) -> asyncio.TimerHandle:
            timers.append(later(*args))
            return timers[-1]

        monkeypatch.setattr(loop, "call_later", call_later)
        waiting = asyncio.create_task(group.wait_async(60))
        await asyncio.sleep(0)
        assert [False] == [timer.cancelled() for timer in timers]
        group.done()
        return await waiting

    assert True is run(program())
    assert [True] == [timer.cancelled() for timer in timers]


def test_a_bulk_delta_that_reaches_zero_ends_all_waits() -> None:
    group = WaitGroup()
    group.add(7)

    async def program() -> list[bool]:
        tasks = await parked(group, 50)
        assert (7, 50) == (group.counter, group.waiters)
        group.add(-7)
        return [await task for task in tasks]

    assert [True] * 50 == run(program())
    assert (0, 0) == (group.counter, group.waiters)


def test_a_signal_handler_in_the_thread_of_the_loop_can_end_the_wait() -> None:
    group = open_group()

    async def program() -> bool:
        (task,) = await parked(group, 1)
        signal.raise_signal(signal.SIGTERM)
        return await task

    before = signal.signal(signal.SIGTERM, lambda _number, _frame: group.done())
    try:
        assert True is run(program())
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_done_that_finishes_a_wait_is_seen_by_a_loop_that_has_nothing_else_to_do(
    threads: Executor, until: Until
) -> None:
    group = open_group()

    def finish() -> None:
        until(lambda: group.waiters == 1)
        group.done()

    finishing = threads.submit(finish)
    assert True is asyncio.run(group.wait_async())
    finishing.result()


def test_the_loop_goes_on_while_a_coroutine_waits() -> None:
    group = open_group()
    ticks: list[int] = []

    async def tick() -> None:
        for number in range(100):
            await asyncio.sleep(0)
            ticks.append(number)
        group.done()

    async def program() -> tuple[bool, None]:
        return await asyncio.gather(group.wait_async(), tick())

    assert (True, None) == tuple(run(program()))
    assert list(range(100)) == ticks


def test_a_waiter_of_the_last_generation_returns_although_work_was_added_since() -> None:
    group = open_group()

    async def program() -> bool:
        (task,) = await parked(group, 1)
        group.done()
        group.add(1)  # at once: the loop has had no chance to look
        assert (1, 0) == (group.counter, group.waiters)
        return await task

    assert True is run(program())
    assert (1, 0) == (group.counter, group.waiters)


def test_a_waiter_of_the_next_generation_is_not_woken_by_the_last_one() -> None:
    group = open_group()

    async def program() -> list[bool]:
        first = await parked(group, 3)
        group.done()
        group.add(1)
        second = await parked(group, 3)
        assert [True] * 3 == [await task for task in first]
        assert set() == (await asyncio.wait(second, timeout=0.02))[0]
        assert (1, 3) == (group.counter, group.waiters)
        group.done()
        return [await task for task in second]

    assert [True] * 3 == run(program())
