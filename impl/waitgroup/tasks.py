"""The unit of a task that the group starts: added, and given back, exactly once, whatever comes between."""

from typing import TYPE_CHECKING

from waitgroup.errors import raise_unless_ours

if TYPE_CHECKING:
    from waitgroup.group import WaitGroup


class Unit:
    """The unit of one task: it belongs to whoever takes it."""

    __slots__ = ("_free", "_group", "_name")

    def __init__(self, group: "WaitGroup", function: object) -> None:
        """The task has no unit yet."""
        self._free: list[None] = []
        self._group = group
        self._name = name_of(function) if group._ledger is None else group._ledger.task(name_of(function))

    def begin(self) -> None:
        """Add the unit, in the same step in which it becomes free to be taken. Raises what `add(1)` raises."""
        group = self._group
        try:
            added = group._commit(map(next, (group._up,)), map(self._free.append, (None,)))
        except TypeError as error:  # closed
            raise_unless_ours(error)
            added = False
        if not added:
            group.add(1)
            self._free.append(None)
        group._tasks[self] = self._name

    def taken(self) -> bool:
        """Whether the caller is the one who gets the unit; one call into C decides."""
        try:
            self._free.pop()
        except IndexError as error:
            raise_unless_ours(error)
            return False
        return True

    def withdraw(self) -> None:
        """The task could not be started: the unit is taken back, if there is one and no task has it."""
        if self.taken():
            self.end()

    def end(self) -> None:
        """The task is over."""
        try:
            self._group._tasks.pop(self, None)
        finally:
            self._group.done()


def name_of(function: object) -> str:
    """What a task is called."""
    return str(getattr(function, "__name__", "task"))
