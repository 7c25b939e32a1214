"""One controlled thread, and what all threads of a run share.

A *point* is where the running thread hands control to the scheduler, just before a shared access: other threads may run
there. `Fiber.before` decides, by the rules of `reduction`, whether an access needs one.
"""

import sys
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn
from typing import Protocol as Structural

from greenlet import getcurrent, greenlet

from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt, Mover

#: So many accesses can be made without a point between them.
LONGEST_TRANSACTION = 100

MUTABLE = (list, dict, set, deque, bytearray)


class UnsupportedTarget(Exception):
    """The code under test does something that the scheduler cannot control: the verdict is inconclusive."""


class Identity:
    """What `get_ident` answers: it says which thread, and can be compared and kept.

    Then it can be renamed in a state. Whatever else is done with it could tell identical threads apart, and is refused.
    """


def _refused(*_arguments: object) -> NoReturn:
    fiber = controlled()
    reason = UnsupportedTarget("a thread's identity is used for more than to be compared")
    if fiber is None:
        raise reason
    fiber.abandon(reason)


#: What an object must have, and what does not look at the number that it is not.
_KEPT = {*dir(object)} - {"__hash__", "__str__", "__repr__", "__format__", "__lt__", "__le__", "__gt__", "__ge__"}
for _name in {*dir(int)} - _KEPT:
    if _name.startswith("__"):
        setattr(Identity, _name, _refused)


class Takeable(Structural):
    """What a thread can wait for: a lock, whoever holds it."""

    taken: bool
    holder: Identity | None


#: One thing that can be shared: an object, by its id, and which of its fields, or what else of it.
Place = tuple[int, str]
ITEMS = "items"
STATE = "state"


class Operation(NamedTuple):
    """The shared access that a thread does next.

    `places` are those that it looks at and, if it is `storing`, may change; None: there is no saying which, so that it
    depends on every other operation. `lock` if it waits for that lock; `timed` if it may give up; `parks` if an
    interrupt may reach it there, because the lock is no critical section's: no `with` statement has entered it.
    """

    what: str
    places: tuple[Place, ...] | None = ()
    storing: bool = True
    lock: Takeable | None = None
    timed: bool = False
    parks: bool = False

    def depends_on(self, other: "Operation") -> bool:
        """Whether the two, of different threads, could have another effect in the other order."""
        if self.places is None or other.places is None:
            return self.places != () and other.places != ()
        return (self.storing or other.storing) and not set(self.places).isdisjoint(other.places)


class Surroundings:
    """What all threads of a run share: the group, its containers by the attribute they are in, and the knowledge.

    `knowledge` is None where every shared access is to be a point. `lasting` are the containers that outlive a run.
    """

    def __init__(self, package: str, knowledge: Knowledge | None, lasting: frozenset[int]) -> None:
        """Before the group is constructed."""
        self.package = package
        self.knowledge = knowledge
        self.lasting = lasting
        self.group: Any = None
        self.containers: dict[int, str] = {}

    def enclose(self, group: Any, fields: list[tuple[str, Any]]) -> None:
        """The group is constructed, and these are its fields."""
        self.group = group
        self.containers = {id(value): f"items of {name}" for name, value in fields if isinstance(value, MUTABLE)}


class Fiber(greenlet):
    """One controlled thread. `ended`: its run is over, and whatever it still does is without effect."""

    def __init__(self, body: Callable[["Fiber"], None], number: int, surroundings: Surroundings) -> None:
        """Not running yet."""
        super().__init__(lambda: body(self))
        self.number = number
        self.identity = Identity()
        self.surroundings = surroundings
        self.operation = Operation("start")
        #: How many shared accesses the thread has made since its last step began.
        self.accesses = 0
        self.inside_c = False
        self.ended = False
        self.failure: Exception | None = None
        #: How many accesses the transaction has so far.
        self.transaction = 0
        #: Whether the transaction can only be continued by what moves left.
        self.committed = True
        #: The named, plain locks that the thread holds.
        self.held: frozenset[str] = frozenset()
        #: The exception that was being handled when the thread was last suspended.
        self.handling: BaseException | None = None
        #: The lock that the thread has just made and nobody else can know.
        self.fresh: Takeable | None = None
        #: The lazy iterators that the call has made, by id, each with the containers that it will look into.
        self.lazy: dict[int, tuple[Any, tuple[Any, ...]]] = {}

    def enter_call(self) -> None:
        """A call begins: it has made nothing yet, and its first access is a point."""
        self.committed, self.fresh = True, None
        self.lazy.clear()

    def abandon(self, failure: Exception) -> NoReturn:
        """End the run with `failure`: the thread stops where it is, whatever its code would catch."""
        self.failure = failure
        self._hand_over()
        raise failure  # only reached as the run is torn down

    def point(self, operation: Operation) -> str:
        """Hand control to the scheduler; returns how to go on: `run`, `expire` or `interrupt`."""
        if self.ended:
            return "run"
        self.operation = operation
        self.handling = sys.exc_info()[1]
        return self._hand_over()

    def _hand_over(self) -> str:
        assert self.parent is not None
        return str(self.parent.switch())

    def before(self, operation: Operation, mover: Mover) -> str:
        """Come to an access: there is a point before it, unless it continues the transaction."""
        self.fresh = None
        blocked = operation.lock is not None and operation.lock.taken
        inside = mover in (Mover.BOTH, Mover.LEFT) or not self.committed
        how = "run"
        # A long transaction is a loop that waits for others: they must get their turn.
        if blocked or not inside or self.surroundings.knowledge is None or self.transaction == LONGEST_TRANSACTION:
            how = self.point(operation)
            self.committed, self.transaction = False, 0
        self.accesses += 1
        self.transaction += 1
        if mover in (Mover.LEFT, Mover.NONE):
            self.committed = True
        return how

    def mover(self, location: str | None, storing: bool) -> Mover:
        """How an access to a place of the group moves; places elsewhere (None) do not."""
        knowledge = self.surroundings.knowledge
        if knowledge is None or location is None:
            return Mover.NONE
        try:
            return knowledge.access(location, self.held, storing)
        except Learnt as learnt:
            self.abandon(learnt)

    def plain(self, lock: str | None) -> bool:
        """Whether `lock` is a field of the group, and nobody looks whether it is taken or releases it for another."""
        knowledge = self.surroundings.knowledge
        return lock is not None and knowledge is not None and knowledge.plain(lock)

    def look(self, lock: str | None) -> None:
        """This thread looks whether `lock` is taken, or releases it although it does not hold it."""
        if lock is not None and self.surroundings.knowledge is not None:
            try:
                self.surroundings.knowledge.look(lock)
            except Learnt as learnt:
                self.abandon(learnt)


def controlled() -> Fiber | None:
    """The running thread, if it is under control."""
    current = getcurrent()
    return current if isinstance(current, Fiber) and not current.ended else None
