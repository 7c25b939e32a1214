"""Deadline: wait for so long, look at what is late, ask it to stop, and wait until it has.

Pattern: `wait(seconds)` says False if the time was up. `report()` says what is outstanding. Nothing can end a thread
from outside, so tasks are given a `threading.Event` and look at it whenever they can stop. After it is set, wait again,
without a timeout: what the tasks use may be closed only when they no longer use it. In a coroutine, `wait_async` can be
given a timeout too, or be cancelled, as `asyncio.timeout` does; either way no other waiter is disturbed.

When to use it: an answer is worth nothing after some time, or a program must end although something hangs.

What goes wrong without it: a wait without a timeout is as slow as the slowest task, and says nothing of which one it
is. Who gives up and goes on without asking the tasks to stop leaves them at work on what is being taken down.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event

from waitgroup import WaitGroup


def within(group: WaitGroup, seconds: float, stop: Event, late: Callable[[WaitGroup], object]) -> bool:
    """Whether all tasks ended in time; those that did not have been told to `late`, asked to stop, and waited for."""
    if group.wait(seconds):
        return True
    late(group)
    stop.set()
    group.wait()
    return False


def until(stop: Event, step: Callable[[], object]) -> None:
    """Take one step after another until it is time to stop."""
    while not stop.is_set():
        step()


def in_time() -> None:
    """Two tasks that end by themselves."""
    group, sums = WaitGroup(), list[int]()
    for length in (10, 20):
        group.go(lambda number: sums.append(sum(range(number))), length)
    print("in time:", within(group, 60, Event(), print), sorted(sums))


def too_late() -> None:
    """Two tasks that would go on for ever."""
    group, stop = WaitGroup(name="search"), Event()

    def near() -> None:
        until(stop, partial(stop.wait, 0.001))

    def far() -> None:
        until(stop, partial(stop.wait, 0.002))

    group.go(near)
    group.go(far)
    print("in time:", within(group, 0.05, stop, lambda late: print(late.report())))
    print("afterwards:", group)


async def cancelled() -> None:
    """Two coroutines wait for one group; one of them is cancelled, and the other does not notice."""
    group = WaitGroup(name="download")
    group.add(1)
    first, second = asyncio.create_task(group.wait_async()), asyncio.create_task(group.wait_async())
    await asyncio.sleep(0)
    print("two wait:", group)
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    print("one is cancelled:", group)
    print("with a timeout:", await group.wait_async(timeout=0.01))
    try:
        async with asyncio.timeout(0.01):
            await group.wait_async()
    except TimeoutError:
        print("asyncio's own timeout:", group)
    await asyncio.to_thread(group.done)
    print("the other returns:", await second, group)


if __name__ == "__main__":
    in_time()
    too_late()
    asyncio.run(cancelled())
