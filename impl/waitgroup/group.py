"""The WaitGroup that users import: the heart (`waitgroup.core`), and beside it tasks, errors, and what it can tell.

Go                      here
var wg sync.WaitGroup   group = WaitGroup()
wg.Add(n)               group.add(n)
wg.Done()               group.done()
wg.Wait()               group.wait(), await group.wait_async(); with a timeout, False if that ended first
wg.Go(f)                group.go(f, *args), group.submit(executor, f, *args)
panics                  exceptions, before anything has changed
"""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import repeat
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NamedTuple, NoReturn, ParamSpec, Self, SupportsIndex, TypeVar

from waitgroup.bells import Generation
from waitgroup.core import WORD, Core, fields_of
from waitgroup.errors import raise_unless_ours
from waitgroup.forks import FORKS, GROUPS
from waitgroup.tasks import Unit, name_of
from waitgroup.tickets import FREE, Ticket

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from waitgroup.debugging import Ledger

P = ParamSpec("P")
R = TypeVar("R")

#: What becomes of the exceptions of tasks: see `WaitGroup`.
Errors = Literal["leave", "group", "first"]


class Statistics(NamedTuple):
    """Units, waiters, tasks that have not ended, errors not yet raised, and whether new units are refused.

    Units and waiters are of one moment. The others are read after them, so that a task can have begun or ended between.
    """

    counter: int
    waiters: int
    tasks: int
    errors: int
    closed: bool


class WaitGroup(Core):
    """A counter of outstanding work that threads and coroutines can wait on until it is zero.

    Add a unit for each task before it starts, call `done()` when it has finished, and `wait()` for all of them; or let
    `go()` or `submit()` do the first two. All methods may be called from any thread at any time, also from a signal
    handler or a finalizer that interrupts any of them, and an exception that comes inside one leaves the group
    consistent. A group can be used again as soon as its counter is zero, even while earlier waiters are still on their
    way out, because a waiter belongs to the generation in which it came.

    What happened in a thread before its `done()` happens before the return of every `wait()` that this `done()`
    allowed (the Go memory model says the same: Done "synchronizes before" the return of any Wait that it unblocks).

    Deliberately absent: Go's panics on racing reuse. Such races are safe here.

    A group cannot be copied or pickled. A forked child has the group as it was, less the other threads' waits.
    """

    __slots__ = ("__weakref__", "_errors", "_ledger", "_name", "_tasks")

    def __init__(self, *, errors: Errors = "leave", name: str = "waitgroup", debug: bool = False) -> None:
        """A group with nothing outstanding.

        `errors`: what becomes of the exceptions of tasks that `go()` and `submit()` start. `"leave"`: a thread's goes
        to `threading.excepthook` after its unit has been taken away, and an executor's stays in its future. `"group"`:
        they are collected, and the next wait that returns True raises them as an ExceptionGroup; each is raised once.
        `"first"`: that wait raises the first of them, with a note of how many others there were. What is no Exception,
        such as KeyboardInterrupt or a cancellation, is never collected.

        `name`: what `repr` and the names of the threads begin with. `debug`: remember which code has added and taken
        units; a wait that expires then logs `report()` as a warning, and every call costs some microseconds more.

        Raises ValueError for any other `errors`, and TypeError if `name` is not a str.
        """
        if errors not in ("leave", "group", "first"):
            raise ValueError(f'errors must be "leave", "group" or "first", not {errors!r}')
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not {type(name).__name__}")
        self._ledger = _new_ledger() if debug else None
        super().__init__()
        self._errors: Errors = errors
        self._name = name
        #: The function of each task that has not ended.
        self._tasks: dict[object, str] = {}
        if errors != "leave":
            self._failures = []
        if FORKS:
            GROUPS[id(self)] = self

    @property
    def errors(self) -> Errors:
        """What becomes of the exceptions of tasks."""
        return self._errors

    @property
    def name(self) -> str:
        """What `repr` and the names of the threads begin with."""
        return self._name

    def go(self, function: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> Thread:
        """Call `function(*args, **kwargs)` in a new thread, as one unit of this group; returns the started thread.

        The unit is taken away when the function ends, however it ends. If the thread cannot be started, the unit is
        taken back and the error is raised. Raises ClosedError if the group is closed, and TypeError if the function
        cannot be called, or is a coroutine function.
        """
        unit = Unit(self, function)

        def work() -> None:
            try:
                if unit.claim():
                    function(*args, **kwargs)
            except Exception as error:
                if not self._keep(error):
                    raise

        def start() -> Thread:
            thread = Thread(target=unit.ends_with, args=(work,), name=f"{self.name}-{name_of(function)}")
            thread.start()
            return thread

        return unit.begins_with(start)

    def submit(
        self, executor: "Executor", function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[R]":
        """Have an executor call `function(*args, **kwargs)`, as one unit of this group; returns its future.

        The unit is taken away when the future is done, also if it is cancelled. If the executor refuses, the unit is
        taken back and the error is raised. Raises ClosedError if the group is closed, and TypeError if the function
        cannot be called, or is a coroutine function.
        """
        unit = Unit(self, function)

        def keep(future: "Future[R]") -> None:
            error = future.exception() if unit.claim() and not future.cancelled() else None
            if isinstance(error, Exception):
                self._keep(error)

        def start() -> "Future[R]":
            future = executor.submit(function, *args, **kwargs)
            future.add_done_callback(partial(unit.ends_with, keep))
            return future

        return unit.begins_with(start)

    async def wait_async(self, timeout: float | None = None) -> bool:
        """As `wait`, for a coroutine: the event loop goes on meanwhile. Any thread's `done()` can end it.

        A wait that is cancelled has left no trace and touches no other. Raises what `wait` raises.
        """
        from waitgroup.asynchronous import wait  # who has no event loop need not load asyncio

        return await wait(self, timeout)

    def statistics(self) -> Statistics:
        """The group as it is now."""
        counter, waiters = fields_of(self._state[WORD])
        return Statistics(counter, waiters, len(self._tasks), len(self._failures or ()), self.closed)

    def report(self) -> str:
        """What is outstanding, in lines for people; with `debug`, by which code it was added and taken away."""
        counter, waiters = fields_of(self._state[WORD])
        tasks = sorted(self._tasks.copy().values())
        lines = [f"{self.name}: units outstanding: {counter}, waiting for them: {waiters}"]
        lines += [f"  not ended: {task}" for task in tasks]
        return "\n".join(lines + (self._ledger.lines() if self._ledger else []))

    def _keep(self, error: Exception) -> bool:
        """Keep a task's error for the next wait; False if that is left to others."""
        if self._failures is None:
            return False
        self._failures.append(error)
        return True

    def _ended(self, granted: bool) -> bool:
        if not granted and self._ledger is not None:
            self._ledger.tell(self.report)
        return granted and self._raise_errors()

    def _raise_errors(self) -> bool:
        """Raise what tasks have failed with since the last time; True if that is nothing."""
        taken: list[Exception] = []
        told: Exception | None = None
        try:
            if self._failures:
                self._take_errors(taken, self._failures)
            if taken:
                told = self._told(taken)
                raise told
        except BaseException as error:
            if error is not told and self._failures is not None:
                self._failures[:0] = taken[::-1]  # another exception came: they are for the next wait
            raise
        finally:
            del taken, told  # the error's traceback holds this frame, which must not hold the error
        return True

    def _told(self, taken: list[Exception]) -> Exception:
        """What is raised for these errors, the first of which comes last."""
        if self.errors == "group":
            return ExceptionGroup(f"{tasks(len(taken))} of {self.name} failed", taken[::-1])
        if len(taken) > 1:
            taken[-1].add_note(f"{tasks(len(taken) - 1, 'further ')} of {self.name} failed")
        return taken[-1]

    @staticmethod
    def _take_errors(taken: list[Exception], kept: list[Exception]) -> None:
        """Move them into `taken`, the last one first, in one call into C: an interrupt finds each in one of the two."""
        try:
            deque(map(taken.append, map(kept.pop, repeat(-1, len(kept)))), maxlen=0)
        except IndexError as error:  # another wait has taken some of them
            raise_unless_ours(error)

    # With `debug`, every step that adds or takes units is noted when it has been made, and told when a wait expires.

    def _wrapped(self, steps: Iterator[None], delta: int) -> Iterator[None]:
        steps = super()._wrapped(steps, delta)
        return steps if self._ledger is None else self._ledger.recorded(steps, delta)

    def _apply(self, delta: int, ticket: Ticket = FREE) -> bool:
        applied = super()._apply(delta, ticket)
        if applied and self._ledger is not None:
            self._ledger.note(delta)
        return applied

    def _cross(self, word: timedelta, generation: Generation, ticket: Ticket = FREE) -> bool:
        crossed = super()._cross(word, generation, ticket)
        if crossed and self._ledger is not None:
            self._ledger.note(-fields_of(word)[0])
        return crossed

    def __enter__(self) -> Self:
        """The group itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is outstanding, also when the block ends in an exception, which tasks' errors do not hide.

        Where an event loop runs in this thread, that raises RuntimeError if there is something: see `wait`.
        """
        try:
            self.wait()
        except Exception as failed:
            if error is None:
                raise
            error.add_note(f"besides, {failed!r}")

    def __repr__(self) -> str:
        """The two fields as they were at one moment, and what is not as usual."""
        counter, waiters = fields_of(self._state[WORD])
        named = "" if self.name == "waitgroup" else f" {self.name!r}"
        closed = " closed" if self.closed else ""
        return f"<{type(self).__name__}{named} counter={counter} waiters={waiters}{closed}>"

    def __copy__(self) -> NoReturn:
        """Refused: a copy would have a counter of its own, and waiters that nobody wakes."""
        raise TypeError("a WaitGroup cannot be copied: share the group itself")

    def __deepcopy__(self, memo: object) -> NoReturn:
        """Refused, as copying is."""
        self.__copy__()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refused: a group holds locks, and threads that wait."""
        raise TypeError("a WaitGroup cannot be pickled: it lives in one process")


def tasks(number: int, which: str = "") -> str:
    """So many tasks, in words."""
    return f"{number} {which}task{'' if number == 1 else 's'}"


def _new_ledger() -> "Ledger":
    from waitgroup.debugging import Ledger  # who does not debug need not load it

    return Ledger()
