"""How a waiter parks, and for how long."""

import sys
from _thread import LockType
from threading import TIMEOUT_MAX, get_ident, main_thread
from time import monotonic
from typing import Final

#: What `lock.acquire` takes for "no timeout".
FOREVER: Final = -1
#: Seconds for which the main thread parks at a time. A signal that comes just before a lock blocks is seen only when
#: the lock call returns, and its handler may be what ends the wait.
SLICE: Final = 0.25


def park(grant: LockType, seconds: float) -> bool:
    """Block until the waiter is granted or the time is over; says which."""
    if get_ident() != main_thread().ident:
        return grant.acquire(timeout=seconds)
    end = monotonic() + seconds
    while seconds == FOREVER or seconds > SLICE:
        if grant.acquire(timeout=SLICE):
            return True
        if seconds != FOREVER:
            seconds = max(0.0, end - monotonic())
    return grant.acquire(timeout=seconds)


def refuse_to_stop_a_loop(seconds: float) -> None:
    """Raises RuntimeError if a wait for ever would stop an event loop: its thread has hooks for generators."""
    if seconds == FOREVER and sys.get_asyncgen_hooks().firstiter is not None:
        raise RuntimeError("an event loop runs in this thread, and would stop: await wait_async(), or give a timeout")


def seconds_of(timeout: float) -> float:
    """A timeout as `lock.acquire` wants it: less than TIMEOUT_MAX seconds, or FOREVER. Raises TypeError, ValueError."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be a number of seconds or None, not {type(timeout).__name__}")
    if timeout != timeout:
        raise ValueError("timeout must be a number of seconds, not NaN")
    return FOREVER if timeout >= TIMEOUT_MAX else max(timeout, 0)
