"""Every waiting coroutine hears of the zero: also if a bell fails, and also where little is left of the stack."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from types import FrameType
from typing import Any

import pytest

from waitgroup import WaitGroup

pytestmark = pytest.mark.usefixtures("path")
Until = Callable[[Callable[[], bool]], None]


class Deaf(asyncio.SelectorEventLoop):
    """An event loop that cannot be told anything from outside, at first."""

    deaf = True

    def call_soon_threadsafe(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        """Nothing, as if its pipe were closed."""
        if self.deaf:
            raise OSError("the pipe is closed")
        return super().call_soon_threadsafe(*args, **kwargs)


def test_a_bell_that_fails_keeps_no_other_from_ringing_and_the_caller_hears_of_it(
    threads: Executor, until: Until
) -> None:
    group = WaitGroup()
    group.add(1)
    deaf = Deaf()
    first = threads.submit(deaf.run_until_complete, group.wait_async(0.5))
    until(lambda: group.waiters == 1)
    second = threads.submit(asyncio.run, group.wait_async())
    until(lambda: group.waiters == 2)
    with pytest.raises(OSError, match="the pipe is closed"):
        group.done()
    assert (0, 0) == (group.counter, group.waiters)
    assert second.result(20) is True
    # Its own timer, which needs no telling, still ends the other wait, which then learns that it was granted.
    assert first.result(20) is True
    deaf.deaf = False
    deaf.close()


def at_depth(left: int, call: Callable[[], object]) -> object:
    """Call where so many calls more would be too many."""

    def deeper(depth: int) -> object:
        return call() if depth == 0 else deeper(depth - 1)

    frame: FrameType | None = sys._getframe()
    depth = 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return deeper(sys.getrecursionlimit() - depth - left)


@pytest.mark.parametrize("left", range(1, 60))
def test_a_done_near_the_end_of_the_stack_wakes_the_coroutine_or_changes_nothing(left: int) -> None:
    async def waits() -> None:
        group = WaitGroup()
        group.add(1)
        waiting = asyncio.ensure_future(group.wait_async(20))
        while group.waiters == 0:
            await asyncio.sleep(0)
        try:
            at_depth(left, group.done)
        except RecursionError:
            assert (1, 1) == (group.counter, group.waiters)
            group.done()
        assert await asyncio.wait_for(waiting, 10) is True

    asyncio.run(waits())


@pytest.mark.parametrize("left", range(1, 40))
def test_a_task_that_cannot_be_started_near_the_end_of_the_stack_leaves_no_unit(left: int) -> None:
    group = WaitGroup()
    try:
        at_depth(left, lambda: group.go(int))
    except RecursionError:
        assert (0, 0) == (group.counter, group.statistics().tasks)
    assert group.wait(10)
