"""The unit of a task that the group starts: added, and given back, exactly once, whatever comes between."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from waitgroup.errors import raise_unless_ours
from waitgroup.tickets import TaskTicket

if TYPE_CHECKING:
    from waitgroup.group import WaitGroup


R = TypeVar("R")

#: The flag of code that a call does not run.
COROUTINE: Final = 0x80


class Unit:
    """The unit of one task. Whoever starts the task may take it back until the task has claimed it."""

    __slots__ = ("_claimed", "_group", "_name", "_offered")

    def __init__(self, group: "WaitGroup", function: object) -> None:
        """The task has no unit yet. Raises TypeError if it is no task: something that can be called, and then runs."""
        if not callable(function):
            raise TypeError(f"a task must be callable, not {type(function).__name__}")
        if getattr(getattr(function, "__code__", None), "co_flags", 0) & COROUTINE:
            raise TypeError(f"{name_of(function)} is a coroutine function: its call would run nothing")
        self._offered, self._claimed = TaskTicket(), TaskTicket()
        self._group = group
        self._name = name_of(function) if group._ledger is None else group._ledger.task(name_of(function))

    def begins_with(self, start: Callable[[], R]) -> R:
        """Add the unit and start the task; if that is not done, the unit is taken back, also if it is interrupted.

        Raises what `add(1)` raises, and what `start` does.
        """
        started = False
        try:
            try:
                if not self._group._apply(1, self._offered):
                    self._group._after_a_trap(1, self._offered)
                self._group._tasks[self] = self._name
                begun = start()
                started = True
            finally:
                if not started:  # by calls that are no deeper than those above: little may be left of the stack
                    self._group._tasks.pop(self, None)
                    self._group._apply(-1, self._offered)
        finally:
            if not started:  # an exception may have come before it was taken back, or it may be the last
                self._take(self._offered)
        return begun

    def ends_with(self, work: Callable[..., object], *args: object) -> None:
        """Do the work, or the last of it; then the unit is taken away, however that ends."""
        try:
            try:
                work(*args)
            finally:
                self.end()
        finally:
            self.end()  # again, if an exception came before it had ended

    def claim(self) -> bool:
        """The task begins; False if its unit has been taken back. One call into C decides."""
        try:
            deque(map(self._claimed.there.append, map(self._offered.there.pop, (-1,))), maxlen=0)
        except IndexError as error:
            raise_unless_ours(error)
            return False
        return True

    def end(self) -> None:
        """The task is over: its unit is taken away, unless it has been taken back."""
        try:
            self._take(self._claimed)
        finally:
            self._take(self._offered)  # an exception may have come before the claim

    def _take(self, ticket: TaskTicket) -> None:
        """Take the unit with the ticket, if there is one."""
        self._group._tasks.pop(self, None)
        if ticket.there and not self._group._apply(-1, ticket):
            self._group._after_a_trap(-1, ticket)


def name_of(function: object) -> str:
    """What a task is called."""
    return str(getattr(function, "__name__", "task"))
