"""What happened before what in one run of real code, by vector clocks, and which of its accesses nothing ordered.

What orders two steps of different threads:

* a release of a lock, by whoever, comes before the next time that the lock is acquired;
* what was put into a simple queue comes with all that its putter knew;
* a thread that another one starts knows what that one knew when it had made the call that starts it; one that starts
  when others have finished, or can go no further, knows what they know;
* a container's operation that sees what another one did comes after it. Each is one call of C, which CPython makes
  whole, with its global lock or with the container's own.

What the group's construction did comes before everything. Condition, Event, Semaphore, Barrier and Queue are Python
made of locks and fields, and order what these order: `Event.is_set` reads a field without a lock, and orders nothing.

Accesses to one field, not both loads, that are not ordered are a race. So are operations of one container, not both
looks, but of a kind of its own: none of them is torn. For these, containers themselves order nothing.
"""

import gc
import sys
from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from waitgroup_proofs.races.clocks import Clock, merged, replaced, ticked
from waitgroup_proofs.scheduler.fiber import MUTABLE
from waitgroup_proofs.scheduler.objects import Objects
from waitgroup_proofs.scheduler.scenario_thread import Thread
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.values import VIEWS
from waitgroup_spec.scenarios import After, Turn, When

#: Calls of C that only look at the containers that they are given. Any other may change them.
LOOKING_CALLS = frozenset(
    {
        "all", "any", "copy", "count", "dict", "enumerate", "filter", "frozenset", "get", "index", "items", "iter",
        "keys", "len", "list", "map", "max", "min", "repr", "reversed", "set", "sorted", "str", "sum", "tuple",
        "values", "zip",
    }
)  # fmt: skip
#: How other operations begin that the hooks take for stores, and that only look.
LOOKING = ("look ", "go on ")


class Access(NamedTuple):
    """One side of a race: the file and line of the code under test, and whether it stores."""

    file: str
    line: int
    storing: bool


class Race(NamedTuple):
    """Two accesses that nothing ordered, the first line first. `items`: of a container, else of a field."""

    items: bool
    name: str
    first: Access
    second: Access


class Order:
    """One order of events, as it grows: each thread's clock says which events of which threads come before its next."""

    def __init__(self, threads: int) -> None:
        """Nobody knows of anybody."""
        nothing: Clock = (0,) * threads
        self.clocks = [replaced(nothing, number, 1) for number in range(threads)]

    def tell(self, thread: int) -> Clock:
        """A message with all that a thread knows. What it does later is another event."""
        message = self.clocks[thread]
        self.clocks[thread] = ticked(message, thread)
        return message

    def learn(self, thread: int, message: Clock) -> None:
        """A thread takes a message in."""
        self.clocks[thread] = merged(self.clocks[thread], message)

    def knows(self, thread: int, other: int, event: int) -> bool:
        """Whether an event of another thread comes before what `thread` does next."""
        return self.clocks[thread][other] >= event


Message = tuple[Clock, ...]


class HappensBefore:
    """The watcher of one run; `found` is told of each race, and of the schedule that has shown it."""

    def __init__(
        self,
        starts: tuple[tuple[When | Turn | After, int], ...],
        files: frozenset[str],
        objects: Objects,
        found: Callable[[Race, tuple[Choice, ...]], None],
    ) -> None:
        """`starts`: when each thread may start, and, if another one starts it, the number of that one."""
        self.starts = starts
        self.files = files
        self.objects = objects
        self.found = found
        self.schedule: list[Choice] = []
        threads = len(starts)
        #: The order with what containers order, and without.
        self.orders = (Order(threads), Order(threads))
        self.begun: set[int] = set()
        self.locks: dict[int, Message] = {}
        self.queues: defaultdict[int, deque[Message]] = defaultdict(deque)
        self.calls: dict[tuple[int, int], Message] = {}
        self.containers: dict[int, Clock] = {}
        #: For each place, who has accessed it how, and the last event in which that was.
        self.accesses: defaultdict[tuple[int, str], dict[tuple[int, Access], int]] = defaultdict(dict)
        #: What is known by its id is kept, so that no other object gets that id.
        self.kept: dict[int, Any] = {}

    def tell(self, thread: int) -> Message:
        """What a thread knows, in every order."""
        return tuple(order.tell(thread) for order in self.orders)

    def learn(self, thread: int, message: Message | None) -> None:
        """A thread takes in what somebody has told, if anybody has."""
        for order, clock in zip(self.orders, message or (), strict=False):
            order.learn(thread, clock)

    # Threads and calls

    def resumed(self, thread: int, how: str) -> None:
        """A thread makes a step."""
        self.schedule.append(Choice(thread, how))

    def entered(self, thread: Thread) -> None:
        """A thread enters a call; with its first one it starts."""
        if thread.number in self.begun:
            return
        when, starter = self.starts[thread.number]
        if when is not When.AT_ONCE:
            self.resumed(thread.number, "run")
        if isinstance(when, After):
            self.learn(thread.number, self.calls.get((starter, when.calls)))
        elif when is not When.AT_ONCE:
            for other in sorted(self.begun):
                self.learn(thread.number, self.tell(other))
        self.begun.add(thread.number)

    def left(self, thread: Thread) -> None:
        """A thread leaves a call."""
        self.calls[thread.number, thread.calls + 1] = self.tell(thread.number)

    # What orders

    def acquired(self, thread: int, lock: Any) -> None:
        """A thread gets a lock."""
        self.learn(thread, self.locks.get(id(lock)))

    def released(self, thread: int, lock: Any) -> None:
        """A thread frees a lock; before, somebody had it."""
        self.kept[id(lock)] = lock
        self.locks[id(lock)] = self.tell(thread)

    def sent(self, thread: int, queue: Any) -> None:
        """A thread puts something into a queue."""
        self.kept[id(queue)] = queue
        self.queues[id(queue)].append(self.tell(thread))

    def received(self, thread: int, queue: Any) -> None:
        """A thread takes the first thing out of a queue; the group's construction may have put it there."""
        messages = self.queues[id(queue)]
        if len(messages) == len(queue.items):
            self.learn(thread, messages.popleft())

    def exchanged(self, thread: int, container: Any, storing: bool) -> None:
        """A thread sees what others did to a container, and, if it is `storing`, they will see what it did."""
        order, _ = self.orders
        if id(container) in self.containers:
            order.learn(thread, self.containers[id(container)])
        if storing:
            self.containers[id(container)] = order.tell(thread)

    # Accesses

    def field(self, thread: int, owner: Any, name: str, storing: bool) -> None:
        """A thread loads or stores a field."""
        order, _ = self.orders
        self._access(order, thread, owner, name, storing, lambda: f"{type(owner).__name__}.{name}")

    def items(self, thread: int, containers: tuple[Any, ...], what: str, storing: bool) -> None:
        """A thread looks at the items of containers, or changes them."""
        _, order = self.orders
        looking = what.startswith(LOOKING) or what.removeprefix("call ") in LOOKING_CALLS
        for container in map(viewed, containers):
            if isinstance(container, MUTABLE):
                self._access(order, thread, container, "", storing and not looking, partial(self._name, container))
                self.exchanged(thread, container, storing and not looking)

    def _access(
        self, order: Order, thread: int, owner: Any, field: str, storing: bool, name: Callable[[], str]
    ) -> None:
        self.kept[id(owner)] = owner
        access = Access(*self._position(), storing)
        before = self.accesses[id(owner), field]
        for (other, earlier), event in before.items():
            if other != thread and (storing or earlier.storing) and not order.knows(thread, other, event):
                self.found(Race(not field, name(), *sorted((earlier, access))), tuple(self.schedule))
        before[thread, access] = order.clocks[thread][thread]

    def _name(self, container: Any) -> str:
        """Where a container is from, or what it is."""
        family = self.objects.family(container)
        return f"a {type(container).__name__}" if family is None else family.place

    def _position(self) -> tuple[str, int]:
        """The innermost line of the code under test."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename not in self.files:
            assert frame.f_back is not None, "an access of no code under test"
            frame = frame.f_back
        return frame.f_code.co_filename, frame.f_lineno


def viewed(container: Any) -> Any:
    """The dict behind a view; anything else itself."""
    return gc.get_referents(container)[0] if isinstance(container, VIEWS) else container
