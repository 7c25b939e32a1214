"""The production WaitGroup: the protocol `strict`, one critical section a step.

The state is one word (`waitgroup.word`) and, for each parked waiter, a lock of its own that is held until the waiter is
granted. Every change of the word is one of the word's transitions, made under the mutex; a transition whose guard is
false changes nothing, and the caller reads the word to learn why.

Why a lock per waiter: a shared condition wakes whoever waits on it *now*, so a waiter that is slow to look can miss a
zero that lasted for a moment. A waiter here belongs to its generation: `_cross` releases exactly the locks of those
that were counted when the counter became zero, and a released lock stays released.

Why the mutex is never held while a thread is parked: a finished, expired or interrupted wait then leaves no trace but
its own cancellation.
"""

import os
from _thread import LockType, allocate_lock
from collections.abc import Callable
from operator import methodcaller
from threading import TIMEOUT_MAX, Thread, get_ident
from types import TracebackType
from typing import NoReturn, ParamSpec, Self, SupportsIndex
from weakref import WeakValueDictionary

from waitgroup.errors import NegativeCounterError
from waitgroup.word import (
    COUNTER_MAX,
    WAITERS_MAX,
    ZERO,
    applied,
    cancelled,
    counter_of,
    crossed,
    joined,
    pack,
    waiters_of,
)

P = ParamSpec("P")

#: What `lock.acquire` takes for "no timeout".
FOREVER = -1

_release = methodcaller("release")


class WaitGroup:
    """A counter of outstanding work that threads can wait on until it is zero.

    Add a unit for each task before it starts, call `done()` when it has finished, and `wait()` for all of them. All
    methods may be called from any thread at any time; a group can be used again as soon as its counter is zero, even
    while earlier waiters are still on their way out, because a waiter belongs to the generation in which it came.

    What happened in a thread before its `done()` happens before the return of every `wait()` that this `done()`
    allowed (the Go memory model says the same: Done "synchronizes before" the return of any Wait that it unblocks).

    Deliberately absent: Go's panics on racing reuse. Such races are safe here.

    Not yet safe: a signal handler or a finalizer that calls a method while its own thread is inside one of the same
    group can deadlock; and an exception that a signal handler raises (KeyboardInterrupt) inside a call is only provided
    for where a wait is parked.

    A group cannot be copied or pickled. A forked child has the group as it was, less the other threads' waits.
    """

    __slots__ = ("__weakref__", "_mutex", "_parked", "_word")

    def __init__(self) -> None:
        """A group with nothing outstanding."""
        self._word = ZERO
        self._mutex = allocate_lock()
        #: The lock of each parked waiter, with the thread that waits on it.
        self._parked: dict[LockType, int] = {}
        _groups[id(self)] = self

    def add(self, delta: int) -> None:
        """Add `delta` units of outstanding work; a negative delta takes units away, and zero does nothing.

        Raises, and then nothing has changed: NegativeCounterError (a ValueError) if there are fewer than `-delta`
        units; OverflowError if there would be more than 2**31 - 1; TypeError if `delta` is not an int, or is a bool.
        """
        if isinstance(delta, bool) or not isinstance(delta, int):
            raise TypeError(f"delta must be an int, not {type(delta).__name__}")
        if delta == 0:
            return
        while not self._apply(delta):
            if delta > 0:
                raise OverflowError(f"the counter would exceed {COUNTER_MAX}")
            word = self._word
            if counter_of(word) + delta < 0:
                raise NegativeCounterError(f"the counter is {counter_of(word)}, less than what is taken away")
            if counter_of(word) + delta == 0 and waiters_of(word) > 0 and self._cross(word):
                return

    def done(self) -> None:
        """Take one unit away: `add(-1)`. The last one wakes every waiter of this generation.

        Raises NegativeCounterError if there is nothing outstanding; then nothing has changed.
        """
        self.add(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the counter is zero; True if it was, False if `timeout` ended first.

        `timeout` is in seconds; None waits for ever, zero or less only looks. True means that the counter was zero at
        some moment during the call, not that it still is. A wait that expires, or that an exception leaves while it is
        parked, has left no trace in the group.

        Raises ValueError if `timeout` is not a number (NaN), TypeError if it is of another type than int or float, and
        OverflowError if 2**31 - 1 threads wait already.
        """
        seconds = _seconds(timeout)
        while True:
            word = self._word
            if counter_of(word) == 0:
                return True
            if seconds == 0:
                return False
            if waiters_of(word) == WAITERS_MAX:
                raise OverflowError(f"{WAITERS_MAX} threads are waiting already")
            grant = self._join()
            if grant is not None:
                return self._park(grant, seconds)

    def go(self, function: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> Thread:
        """Call `function(*args, **kwargs)` in a new thread, as one unit of this group; returns the started thread.

        The unit is taken away when the function ends, however it ends; an exception goes to `threading.excepthook`. If
        the thread cannot be started, the unit is taken back and the error is raised.
        """
        # Whoever pops the unit owns it: an exception may reach the caller although the thread has started.
        unit = [None]

        def run() -> None:
            if not _take(unit):
                return
            try:
                function(*args, **kwargs)
            finally:
                self.done()

        self.add(1)
        try:
            thread = Thread(target=run, name=f"waitgroup-{getattr(function, '__name__', 'task')}")
            thread.start()
        except BaseException:
            if _take(unit):
                self.done()
            raise
        return thread

    @property
    def counter(self) -> int:
        """The units outstanding at this moment, 0 to 2**31 - 1."""
        return counter_of(self._word)

    @property
    def waiters(self) -> int:
        """How many threads wait for the present generation at this moment."""
        return waiters_of(self._word)

    def __enter__(self) -> Self:
        """The group itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is outstanding, also when the block ends in an exception."""
        self.wait()

    def __repr__(self) -> str:
        """The two fields as they were at one moment."""
        word = self._word
        return f"<{type(self).__name__} counter={counter_of(word)} waiters={waiters_of(word)}>"

    def __copy__(self) -> NoReturn:
        """Refused: a copy would have a counter of its own, and waiters that nobody wakes."""
        raise TypeError("a WaitGroup cannot be copied: share the group itself")

    def __deepcopy__(self, memo: object) -> NoReturn:
        """Refused, as copying is."""
        self.__copy__()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refused: a group holds locks, and threads that wait."""
        raise TypeError("a WaitGroup cannot be pickled: it lives in one process")

    # The steps of the protocol. Each is one critical section, and says whether its guard was true.

    def _apply(self, delta: int) -> bool:
        with self._mutex:
            word = applied(self._word, delta)
            if word is None:
                return False
            self._word = word
            return True

    def _cross(self, expected: int) -> bool:
        with self._mutex:
            word = crossed(self._word, expected)
            if word is None:
                return False
            self._word = word
            # One call into C wakes them all: between two of them no signal handler runs, and so no exception comes.
            any(map(_release, self._parked))
            self._parked.clear()
            return True

    def _join(self) -> LockType | None:
        grant = allocate_lock()
        grant.acquire()
        with self._mutex:
            word = joined(self._word)
            if word is None:
                return None
            self._parked[grant] = get_ident()
            self._word = word
            return grant

    def _park(self, grant: LockType, seconds: float) -> bool:
        granted = False
        try:
            granted = grant.acquire(timeout=seconds)
        finally:
            if not granted:
                granted = not self._cancel(grant)
        return granted

    def _cancel(self, grant: LockType) -> bool:
        with self._mutex:
            if grant not in self._parked:
                return False
            del self._parked[grant]
            self._word = cancelled(self._word)
            return True

    def _forget_other_threads(self) -> None:
        """In a forked child: only the forking thread is left, and nobody holds the mutex."""
        self._mutex = allocate_lock()
        self._parked = {grant: owner for grant, owner in self._parked.items() if owner == get_ident()}
        self._word = pack(counter_of(self._word), len(self._parked))


def _take(unit: list[None]) -> bool:
    """Whether the caller is the one who gets the unit; one call into C decides."""
    try:
        unit.pop()
    except IndexError:
        return False
    return True


def _seconds(timeout: float | None) -> float:
    """The timeout as `lock.acquire` wants it: FOREVER, or 0 to TIMEOUT_MAX seconds."""
    if timeout is None:
        return FOREVER
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be a number of seconds or None, not {type(timeout).__name__}")
    if timeout != timeout:
        raise ValueError("timeout must be a number of seconds, not NaN")
    return min(max(timeout, 0), TIMEOUT_MAX)


#: Every group, for a forked child to mend; by identity, because a subclass may have an equality of its own.
_groups: "WeakValueDictionary[int, WaitGroup]" = WeakValueDictionary()


def _after_fork_in_child() -> None:
    for group in list(_groups.values()):
        group._forget_other_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
