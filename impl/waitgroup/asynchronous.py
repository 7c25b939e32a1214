"""Waiting in a coroutine. It joins a generation as a thread does, and hears of the zero through a bell.

The bell is rung by whichever thread makes the counter zero, after that step: it asks the event loop to resolve the
coroutine's future. A ring too many does nothing; whether the waiter was granted is decided by its generation.
"""

from _thread import allocate_lock
from asyncio import AbstractEventLoop, Future, get_running_loop
from threading import get_ident

from waitgroup.bells import Bell
from waitgroup.core import WAITERS_MAX, WORD, ZERO, Core, fields_of
from waitgroup.parking import FOREVER, seconds_of


class LoopBell(Bell):
    """The bell of a coroutine that waits for a future of its event loop."""

    __slots__ = ("future", "loop")

    def __init__(self, loop: AbstractEventLoop, future: "Future[bool]") -> None:
        """In the thread of the loop."""
        self.owner = get_ident()
        self.loop: AbstractEventLoop = loop
        self.future: Future[bool] = future

    def ring(self) -> None:
        """Resolve the future, in the loop's own time."""
        try:
            self.loop.call_soon_threadsafe(_resolve, self.future, True)
        except RuntimeError:
            if not self.loop.is_closed():  # if it is, there is nobody left to hear
                raise


def _resolve(future: "Future[bool]", answer: bool) -> None:
    if not future.done():
        future.set_result(answer)


async def wait(group: Core, timeout: float | None = None) -> bool:
    """As `WaitGroup.wait_async`."""
    seconds = FOREVER if timeout is None else seconds_of(timeout)
    word = group._state[WORD]
    if word == ZERO:
        return group._ended(True)
    if seconds == 0:
        return False
    if fields_of(word)[1] >= WAITERS_MAX:
        raise OverflowError(f"{WAITERS_MAX} are waiting already")
    loop = get_running_loop()
    future: Future[bool] = loop.create_future()
    timer = None if seconds == FOREVER else loop.call_later(seconds, _resolve, future, False)
    grant = allocate_lock()
    grant.acquire()
    granted = False
    group._rings = True
    try:
        try:
            granted = not group._join(grant, LoopBell(loop, future)) or await future
        finally:
            if not granted:
                granted = not group._cancel(grant)
    finally:
        if not granted:  # an exception may have come before the waiter could be cancelled
            group._cancel(grant)
        if timer is not None:
            timer.cancel()
    return group._ended(granted)
