"""Coroutines and threads that wait for one group: what races with the last done(), and who is cancelled or closed."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Executor, wait
from threading import Barrier, Event
from time import perf_counter
from typing import Any

import pytest
from tests.impl.test_async import LIMIT, Park, Until, open_group, parked, run, until

from waitgroup import WaitGroup

pytestmark = pytest.mark.usefixtures("path")


def test_a_timeout_that_ended_before_the_loop_looked_again_is_decided_by_the_generation() -> None:
    group = open_group()

    async def program() -> bool:
        (task,) = await parked(group, 1, 0.01)
        stop = perf_counter() + 0.03
        while perf_counter() < stop:  # the loop is busy: it sees the timeout and the zero at once
            pass
        group.done()
        group.add(1)
        return await task

    assert True is run(program())
    assert (1, 0) == (group.counter, group.waiters)


def test_a_timeout_that_races_with_the_last_done_is_decided_for_good_in_each_of_200_rounds(threads: Executor) -> None:
    group = WaitGroup()
    timeout = 0.002

    def finish(moment: float) -> None:
        while perf_counter() < moment:
            pass
        group.done()

    async def program() -> None:
        for number in range(200):
            group.add(1)
            # done() at a moment that moves, from round to round, across the end of the timeout.
            finishing = threads.submit(finish, perf_counter() + timeout / 2 + number % 20 * timeout / 20)
            await group.wait_async(timeout)
            await asyncio.wrap_future(finishing)
            assert (0, 0) == (group.counter, group.waiters)
            # Whoever won, no grant is left over for a wait of the next generation.
            group.add(1)
            assert False is await group.wait_async(0)
            group.done()

    run(program())


def test_4_waits_in_each_of_8_loops_in_8_threads_are_all_ended_by_one_done(threads: Executor, until: Until) -> None:
    group = open_group()

    async def four() -> list[bool]:
        return await asyncio.gather(*(group.wait_async() for _ in range(4)))

    loops = [threads.submit(lambda: run(four())) for _ in range(8)]
    until(lambda: group.waiters == 32)
    assert (1, 32) == (group.counter, group.waiters)
    group.done()
    assert [[True] * 4] * 8 == [loop.result() for loop in loops]
    assert (0, 0) == (group.counter, group.waiters)


def test_threads_and_coroutines_wait_for_one_group_together(threads: Executor, park: Park, until: Until) -> None:
    group = open_group()
    waits = park(group, 3)
    loop = threads.submit(lambda: run(group.wait_async()))
    until(lambda: group.waiters == 4)
    timed = threads.submit(lambda: run(group.wait_async(60)))
    until(lambda: group.waiters == 5)
    waits += park(group, 3)
    assert set() == wait([*waits, loop, timed], timeout=0.02).done
    assert (1, 8) == (group.counter, group.waiters)
    group.done()
    assert [True] * 8 == [waiting.result() for waiting in [*waits, loop, timed]]
    assert (0, 0) == (group.counter, group.waiters)


def test_expired_waits_of_coroutines_steal_no_wakeup_from_threads_nor_from_each_other(park: Park) -> None:
    group = open_group()
    waits = park(group, 3)

    async def program() -> tuple[list[bool], list[bool]]:
        lasting = await parked(group, 3)
        expired = await asyncio.gather(*(group.wait_async(0.005) for _ in range(5)))
        assert (1, 6) == (group.counter, group.waiters)
        group.done()
        return expired, [await task for task in lasting]

    assert ([False] * 5, [True] * 3) == run(program())
    assert [True] * 3 == [waiting.result() for waiting in waits]


@pytest.mark.parametrize("timeout", [None, 60])
def test_a_cancelled_wait_leaves_no_trace_and_touches_no_other(park: Park, timeout: float | None) -> None:
    group = open_group()
    waits = park(group, 2)

    async def program() -> list[bool]:
        before = await parked(group, 2)
        (cancelled,) = await parked(group, 1, timeout)
        after = await parked(group, 2)
        assert True is cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert set() == (await asyncio.wait(before + after, timeout=0.02))[0]
        assert (1, 6) == (group.counter, group.waiters)
        group.done()
        return [await task for task in before + after]

    assert [True] * 4 == run(program())
    assert [True, True] == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


def test_a_wait_that_is_cancelled_after_it_was_granted_takes_nobody_out_of_the_next_generation() -> None:
    group = open_group()

    async def program() -> bool:
        (granted,) = await parked(group, 1)
        group.done()
        group.add(1)
        assert True is granted.cancel()
        (next_one,) = await parked(group, 1)
        with pytest.raises(asyncio.CancelledError):
            await granted
        assert (1, 1) == (group.counter, group.waiters)
        group.done()
        return await next_one

    assert True is run(program())


def test_a_timeout_of_asyncio_s_own_leaves_no_trace() -> None:
    group = open_group()

    async def program() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(group.wait_async(), 0.01)
        async with asyncio.timeout(LIMIT):
            assert False is await group.wait_async(0.001)

    run(program())
    assert (1, 0) == (group.counter, group.waiters)


def test_the_first_of_two_groups_can_be_waited_for_and_the_other_wait_given_up() -> None:
    first, second = open_group(), open_group()

    async def program() -> set[bool]:
        tasks = {asyncio.create_task(group.wait_async()) for group in (first, second)}
        await until(lambda: first.waiters + second.waiters == 2)
        first.done()
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        return {task.result() for task in done}

    assert {True} == run(program())
    assert (0, 0, 1, 0) == (first.counter, first.waiters, second.counter, second.waiters)


def abandoned(group: WaitGroup) -> Coroutine[Any, Any, bool]:
    """A coroutine that waits for the group, in a loop that has been closed meanwhile."""
    coroutine = group.wait_async()

    async def suspend() -> None:
        coroutine.send(None)

    run(suspend())
    return coroutine


def test_a_loop_that_was_closed_is_no_error_for_done_and_everybody_else_wakes(
    threads: Executor, park: Park, until: Until
) -> None:
    group = open_group()
    before = park(group, 2)
    coroutine = abandoned(group)
    loop = threads.submit(lambda: run(group.wait_async()))
    until(lambda: group.waiters == 4)
    after = park(group, 2)
    assert (1, 6) == (group.counter, group.waiters)
    group.done()
    assert [True] * 5 == [waiting.result() for waiting in [*before, loop, *after]]
    assert (0, 0) == (group.counter, group.waiters)
    coroutine.close()
    assert (0, 0) == (group.counter, group.waiters)


def test_a_coroutine_that_is_closed_while_it_waits_leaves_no_trace() -> None:
    group = open_group()
    coroutine = abandoned(group)
    assert (1, 1) == (group.counter, group.waiters)
    coroutine.close()
    assert (1, 0) == (group.counter, group.waiters)


def test_a_task_that_starts_in_a_loop_and_ends_in_a_thread_is_waited_for_with_its_error() -> None:
    group = WaitGroup(errors="first")

    async def program() -> None:
        group.go(int, "no number")
        with pytest.raises(ValueError, match="no number"):
            await group.wait_async()
        assert True is await group.wait_async()

    run(program())


def test_coroutines_in_many_loops_lose_no_zero_in_500_rounds_of_a_storm(threads: Executor) -> None:
    group = WaitGroup()
    together = Barrier(4)
    over = Event()

    async def wait_again_and_again() -> bool:
        always = True
        while not over.is_set():
            always = await group.wait_async() and always
            await group.wait_async(0.0001)
            await asyncio.sleep(0)
        return always

    def loop() -> bool:
        together.wait(LIMIT)
        return run(wait_again_and_again())

    def pairs() -> None:
        together.wait(LIMIT)
        for _ in range(500):
            group.add(2)
            group.done()
            group.done()

    loops = [threads.submit(loop) for _ in range(2)]
    working = [threads.submit(pairs) for _ in range(2)]
    for worker in working:
        worker.result()
    over.set()
    assert [True, True] == [waiting.result() for waiting in loops]
    assert (0, 0) == (group.counter, group.waiters)
