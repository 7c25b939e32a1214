"""One controlled thread, and what all threads of a run share.

A *point* is where the running thread hands control to the scheduler, just before a shared access: other threads may run
there. `Fiber.before` decides, by the rules of `reduction`, whether an access needs one.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn, TypeVar
from typing import Protocol as Structural

from greenlet import getcurrent, greenlet

from waitgroup_proofs.scheduler.objects import Objects
from waitgroup_proofs.scheduler.patience import PATIENCE
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt, Mover
from waitgroup_proofs.scheduler.watcher import Watcher

T = TypeVar("T")

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

    @property
    def taken(self) -> bool: ...
    @property
    def holder(self) -> Identity | None: ...


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
    """What all threads of a run share: what is known of its objects and of all accesses, and the clock.

    `packages` hold the classes under test, and `files` their functions. `knowledge` is None where every shared access
    is to be a point. `lasting` are the objects that outlive a run.
    """

    def __init__(
        self,
        packages: frozenset[str],
        files: frozenset[str],
        knowledge: Knowledge | None,
        lasting: frozenset[int],
        only_after_calls: bool = False,
    ) -> None:
        """Before the group is constructed."""
        self.packages = packages
        self.files = files
        self.knowledge = knowledge
        self.lasting = lasting
        self.objects = Objects()
        #: The loops that have begun.
        self.iterations: list[Any] = []
        #: Whether threads are switched only where CPython with its GIL does it: after a call, and round a loop.
        self.only_after_calls = only_after_calls
        #: Begins a thread, where the code under test may start some.
        self.begin: Callable[[Any], Fiber] | None = None
        self.watcher: Watcher | None = None
        #: Seconds since the run began. Time passes only where a thread waits for it.
        self.now = 0.0
        PATIENCE.begin()

    def disturb(self, containers: Iterable[Any]) -> None:
        """These containers may be changed: loops over them must not go on as if nothing was."""
        for iteration in self.iterations:
            iteration.disturbed = iteration.disturbed or any(one is iteration.base for one in containers)


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
        #: Whether C, called by the code under test, now calls the primitives: then they are part of its step.
        self.inside_c = False
        #: Whether there was a call, or a round of a loop, since the thread's last access.
        self.called = True
        #: How many calls of C are under way below.
        self.calls_of_c = 0
        self.ended = False
        self.failure: Exception | None = None
        #: How many accesses the transaction has so far.
        self.transaction = 0
        #: Whether the transaction can only be continued by what moves left.
        self.committed = True
        #: How many accesses to what it alone knows the thread has made, since it last gave others a turn for that.
        self.solitary = 0
        #: The plain locks that the thread holds.
        self.held: tuple[Takeable, ...] = ()
        #: How many seconds may still pass unseen before the call looks at the clock: its timeout, and once.
        self.unseen = 0.0
        #: The exception that was being handled when the thread was last suspended.
        self.handling: BaseException | None = None
        #: The lazy iterators that the call has made, by id: each, and what else is used up with it.
        self.lazy: dict[int, tuple[Any, ...]] = {}
        #: Those that C has looked into, by id.
        self.used_up: dict[int, Any] = {}
        #: The last iterator that was made at each place of the code that runs.
        self.made_at: dict[tuple[int, int], Any] = {}

    def enter_call(self, timeout: float) -> None:
        """A call begins: its first access is a point."""
        self.committed, self.unseen = True, timeout
        PATIENCE.begin()
        self.lazy.clear()
        self.used_up.clear()
        self.made_at.clear()

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
        how = self._hand_over()
        if self.surroundings.watcher is not None:
            self.surroundings.watcher.resumed(self.number, how)
        return how

    def _hand_over(self) -> str:
        assert self.parent is not None
        how = str(self.parent.switch())
        PATIENCE.begin()
        return how

    def before(self, operation: Operation, mover: Mover) -> str:
        """Come to an access: there is a point before it, unless it continues the transaction."""
        blocked = operation.lock is not None and operation.lock.taken
        inside = mover in (Mover.BOTH, Mover.LEFT) or not self.committed
        how = "run"
        wanted = not inside or self.surroundings.knowledge is None
        wanted = wanted and (self.called or not self.surroundings.only_after_calls)
        # A long transaction is a loop that waits for others: they must get their turn.
        if blocked or wanted or self.transaction == LONGEST_TRANSACTION:
            how = self.point(operation)
            self.committed, self.transaction = False, 0
        self.called = False
        self.accesses += 1
        self.transaction += 1
        if mover in (Mover.LEFT, Mover.NONE):
            self.committed = True
        return how

    def refuse_lasting(self, value: Any) -> None:
        """What outlives a run must not be waited with: the next run would find it as this one leaves it."""
        if id(value) in self.surroundings.lasting:
            self.abandon(UnsupportedTarget(f"a {type(value).__name__} outlives a run"))

    def in_c(self, work: Callable[[], T]) -> T:
        """Do what C does in one step, which may call Python: where that is interrupted, C keeps what cannot be seen."""
        below, self.inside_c = self.inside_c, True
        self.calls_of_c += 1
        try:
            return work()
        finally:
            self.inside_c = below
            self.calls_of_c -= 1

    def alone(self, operation: Operation) -> None:
        """Come to an access to what this thread alone knows: no point, unless it goes on and on."""
        self.solitary += 1
        if self.solitary == LONGEST_TRANSACTION:
            self.solitary = 0
            self.point(operation)
            self.accesses += 1

    @property
    def clock(self) -> Place:
        """What everything that lets time pass depends on."""
        return (id(self.surroundings), STATE)

    def let_pass(self, seconds: float) -> None:
        """So much time has passed."""
        self.surroundings.now += seconds

    def owns(self, value: Any) -> bool:
        """Whether no other thread can know the object."""
        return self.surroundings.objects.owned(value, self.number)

    def mover(self, value: Any, what: str, storing: bool) -> Mover:
        """How an access to a field or the items of `value` moves; nothing is known of objects without a family."""
        knowledge, objects = self.surroundings.knowledge, self.surroundings.objects
        family = objects.family(value) if knowledge is not None else None
        if knowledge is None or family is None:
            return Mover.NONE
        families = [objects.family(lock) for lock in self.held]
        held = frozenset(one.place for one in families if one and one.head in (family.head, objects.group))
        try:
            return knowledge.access(f"{family.place}.{what}", held, storing)
        except Learnt as learnt:
            self.abandon(learnt)

    def plain(self, lock: Any) -> bool:
        """Whether `lock` has a family, and nobody looks whether such a lock is taken or releases it for another."""
        knowledge = self.surroundings.knowledge
        family = self.surroundings.objects.family(lock) if knowledge is not None else None
        return knowledge is not None and family is not None and knowledge.plain(family.place)

    def look(self, lock: Any) -> None:
        """This thread looks whether `lock` is taken, or releases it although it does not hold it."""
        knowledge = self.surroundings.knowledge
        family = self.surroundings.objects.family(lock) if knowledge is not None else None
        if knowledge is not None and family is not None:
            try:
                knowledge.look(family.place)
            except Learnt as learnt:
                self.abandon(learnt)


def controlled() -> Fiber | None:
    """The running thread, if it is under control."""
    current = getcurrent()
    return current if isinstance(current, Fiber) and not current.ended else None
