"""A blocking wait in a thread whose event loop runs: refused where it would stop the loop for ever."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import Executor, wait
from threading import Thread

import pytest
from tests.impl.test_async import LIMIT, Park, open_group, run, until

from waitgroup import WaitGroup

pytestmark = pytest.mark.usefixtures("path")


WOULD_STOP = r"^an event loop runs in this thread, and would stop: await wait_async\(\), or give a timeout$"


def test_a_blocking_wait_for_ever_in_the_thread_of_a_running_loop_is_refused_and_nothing_changes(park: Park) -> None:
    group = open_group()
    waits = park(group, 1)

    async def program() -> None:
        with pytest.raises(RuntimeError, match=WOULD_STOP):
            group.wait()

    run(program())
    assert (1, 1) == (group.counter, group.waiters)
    assert set() == wait(waits, timeout=0.02).done
    group.done()
    assert True is waits[0].result()


@pytest.mark.parametrize("timeout", [float("inf"), 1e10])
def test_a_timeout_that_no_lock_can_take_is_none(timeout: float) -> None:
    group = open_group()

    async def program() -> None:
        with pytest.raises(RuntimeError, match=WOULD_STOP):
            group.wait(timeout)

    run(program())


def test_leaving_the_block_of_a_group_with_work_in_the_thread_of_a_running_loop_is_refused() -> None:
    group = open_group()

    async def program() -> None:
        with pytest.raises(RuntimeError, match=WOULD_STOP), group:
            pass

    run(program())
    assert (1, 0) == (group.counter, group.waiters)


def test_a_blocking_wait_in_the_thread_of_a_running_loop_is_allowed_at_zero_and_with_a_timeout() -> None:
    group = WaitGroup()

    async def program() -> list[bool]:
        ended = [group.wait()]
        group.add(1)
        return [*ended, group.wait(0), group.wait(0.01)]

    assert [True, False, False] == run(program())
    assert (1, 0) == (group.counter, group.waiters)


def test_a_timed_wait_in_the_thread_of_a_running_loop_can_be_ended_by_another_thread(threads: Executor) -> None:
    group = WaitGroup()

    async def program() -> bool:
        group.go(int)
        return group.wait(LIMIT)

    assert True is run(program())


def test_a_blocking_wait_for_ever_is_allowed_in_a_thread_beside_the_loop() -> None:
    group = open_group()

    async def program() -> bool:
        waiting = asyncio.create_task(asyncio.to_thread(group.wait))
        await until(lambda: group.waiters == 1)
        group.done()
        return await waiting

    assert True is run(program())


def test_a_blocking_wait_for_ever_is_allowed_once_the_loop_has_ended() -> None:
    group = open_group()

    async def nothing() -> None:
        pass

    run(nothing())
    finishing = Thread(target=group.done)
    finishing.start()
    assert True is group.wait()
    finishing.join(LIMIT)


def test_wait_async_is_awaitable_and_does_nothing_before_it_is_awaited() -> None:
    group = open_group()
    waiting: Awaitable[bool] = group.wait_async()
    assert (1, 0) == (group.counter, group.waiters)
    group.done()

    async def program() -> bool:
        return await waiting

    assert True is run(program())
