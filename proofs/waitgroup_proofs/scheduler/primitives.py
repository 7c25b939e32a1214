"""Controlled stand-ins for what C gives Python to wait with: locks and the simple queue. No real thread waits.

The scheduler decides who goes on. Everything else that waits, in the standard library or in the code under test, is
Python made of these, and runs instrumented.
"""

from _queue import Empty
from collections import deque
from collections.abc import Callable
from typing import Any

from waitgroup_proofs.scheduler.fiber import (
    STATE,
    Fiber,
    Identity,
    Operation,
    Place,
    UnsupportedTarget,
    controlled,
)
from waitgroup_proofs.scheduler.reduction import Mover


class Delivered(KeyboardInterrupt):
    """The exception of an interrupt that the scheduler delivers; any other KeyboardInterrupt is the user's."""


class Lock:
    """A controlled `_thread.lock`: the same interface, and the scheduler decides who gets it and which wait expires."""

    __slots__ = ("entered", "holder", "taken")

    def __init__(self) -> None:
        """A free lock."""
        self.taken = False
        #: Whether a `with` statement has taken it: then it guards a critical section, and no thread parks there.
        self.entered = False
        self.holder: Identity | None = None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the real one. A timed acquire may expire whenever it finds the lock taken."""
        check_timeout(blocking, timeout)
        fiber = controlled()
        waiting = blocking and timeout != 0
        if fiber is None:
            if self.taken and waiting:
                raise UnsupportedTarget("a lock is waited for where no other thread runs")
            taken, self.taken = self.taken, True
            return not taken
        fiber.refuse_lasting(self)
        if fiber.inside_c or (fiber.owns(self) and not self.taken):
            return self._acquire_at_once(fiber, waiting)
        if not waiting or timeout > 0:
            fiber.look(self)
        # While it holds another lock, a thread that takes this one must be seen doing so, or a deadlock could hide.
        fiber.committed = fiber.committed or bool(fiber.held)
        lock = self if waiting else None
        places = (*self.places(), fiber.clock) if timeout > 0 else self.places()
        operation = Operation("acquire", places, True, lock, timeout > 0, not self.entered)
        how = fiber.before(operation, Mover.RIGHT if fiber.plain(self) else Mover.NONE)
        if how == "interrupt":
            raise Delivered
        if how == "expire":
            fiber.let_pass(timeout)
            return False
        if self.taken and not waiting:
            return False
        self.take(fiber)
        return True

    def _acquire_at_once(self, fiber: Fiber, waiting: bool) -> bool:
        """No point: nobody else can know the lock yet, or C calls this, and both are one step."""
        if not waiting:
            fiber.look(self)
        if self.taken and waiting:
            fiber.abandon(UnsupportedTarget("a lock is waited for from within C"))
        if self.taken:
            return False
        self.take(fiber)
        return True

    def places(self) -> tuple[Place, ...]:
        """What an operation of the lock depends on."""
        return ((id(self), STATE),)

    def take(self, fiber: Fiber) -> None:
        """The thread has it now."""
        self.taken, self.holder = True, fiber.identity
        if fiber.plain(self):
            fiber.held = (*fiber.held, self)
        if fiber.surroundings.watcher is not None:
            fiber.surroundings.watcher.acquired(fiber.number, self)

    def release(self) -> None:
        """As the real one."""
        fiber = controlled()
        if fiber is not None:
            if self.holder is not fiber.identity:
                fiber.look(self)
            if not fiber.inside_c and not fiber.owns(self):
                fiber.before(Operation("release", self.places()), Mover.LEFT if fiber.plain(self) else Mover.NONE)
            if not self.taken:
                raise RuntimeError("release unlocked lock")
            fiber.held = tuple(lock for lock in fiber.held if lock is not self)
            if fiber.surroundings.watcher is not None:
                fiber.surroundings.watcher.released(fiber.number, self)
        self.taken, self.holder = False, None

    def locked(self) -> bool:
        """As the real one."""
        fiber = controlled()
        if fiber is not None:
            fiber.look(self)
            fiber.before(Operation("locked", self.places(), False), Mover.NONE)
        return self.taken

    def _is_owned(self) -> bool:
        """What `threading.Condition` asks of a plain lock: whether anybody has it. The holder knows without looking."""
        fiber = controlled()
        return self.taken if fiber is not None and self.holder is fiber.identity else self.locked()

    def __enter__(self) -> bool:
        """Acquire; a `with` statement is Python code, wherever it was reached from."""
        self.entered = True
        fiber = controlled()
        if fiber is not None:
            fiber.called = True
        return bool(with_points(self.acquire))

    def __exit__(self, *_error: object) -> None:
        """Release; as for entering."""
        with_points(self.release)


class RLock(Lock):
    """A controlled `_thread.RLock`. It guards a critical section, however it is entered.

    Its holder takes it again, or gives back one of several holds, without anybody being able to tell: no points there.
    """

    __slots__ = ("holds",)

    def __init__(self) -> None:
        """A free lock."""
        super().__init__()
        self.entered = True
        self.holds = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the real one: the thread that holds it takes it once more."""
        if self._is_owned():
            check_timeout(blocking, timeout)
            self.holds += 1
            return True
        if not super().acquire(blocking, timeout):
            return False
        self.holds = 1
        return True

    def release(self) -> None:
        """As the real one: only the thread that holds it may, and the last of its releases frees it."""
        if not self._is_owned():
            raise RuntimeError("cannot release un-acquired lock")
        if self.holds > 1:
            self.holds -= 1
            return
        super().release()
        self.holds = 0

    def _is_owned(self) -> bool:
        """Whether the asking thread holds it; nobody else can change the answer."""
        fiber = controlled()
        return self.taken and (fiber is None or self.holder is fiber.identity)

    def _release_save(self) -> int:
        """Free it, however often it is held; for `threading.Condition`."""
        if not self._is_owned():
            raise RuntimeError("cannot release un-acquired lock")
        holds, self.holds = self.holds, 1
        self.release()
        return holds

    def _acquire_restore(self, holds: int) -> None:
        """Take it as often as it was held."""
        self.acquire()
        self.holds = holds


class SimpleQueue:
    """A controlled `queue.SimpleQueue`: putting and getting are one step each."""

    __slots__ = ("items",)

    #: Nobody holds a queue.
    holder: Identity | None = None

    def __init__(self) -> None:
        """An empty queue."""
        self.items: deque[Any] = deque()

    @property
    def taken(self) -> bool:
        """Whether whoever gets from it has to wait."""
        return not self.items

    def places(self) -> tuple[Place, ...]:
        """What an operation of the queue depends on."""
        return ((id(self), STATE),)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """As the real one; it never waits."""
        fiber = controlled()
        if fiber is not None:
            fiber.refuse_lasting(self)
            fiber.surroundings.objects.escape(item)
            if not fiber.inside_c:
                fiber.before(Operation("put", self.places()), Mover.NONE)
            if fiber.surroundings.watcher is not None:
                fiber.surroundings.watcher.sent(fiber.number, self)
        self.items.append(item)

    def put_nowait(self, item: Any) -> None:
        """As `put`."""
        self.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """As the real one. A timed get may expire whenever it finds the queue empty."""
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        fiber = controlled()
        waiting = block and timeout != 0
        if fiber is not None and not fiber.inside_c:
            places = self.places() if timeout is None else (*self.places(), fiber.clock)
            operation = Operation("get", places, True, self if waiting else None, timeout is not None, True)
            how = fiber.before(operation, Mover.NONE)
            if how == "interrupt":
                raise Delivered
            if how == "expire":
                fiber.let_pass(timeout or 0)
        elif self.taken and waiting:
            reason = UnsupportedTarget("a queue is waited for where no other thread can run")
            if fiber is None:
                raise reason
            fiber.abandon(reason)
        if not self.items:
            raise Empty
        if fiber is not None and fiber.surroundings.watcher is not None:
            fiber.surroundings.watcher.received(fiber.number, self)
        return self.items.popleft()

    def get_nowait(self) -> Any:
        """As `get`, without waiting."""
        return self.get(block=False)

    def empty(self) -> bool:
        """Whether there is nothing in it now."""
        return self.qsize() == 0

    def qsize(self) -> int:
        """How many items are in it now."""
        fiber = controlled()
        if fiber is not None:
            fiber.before(Operation("qsize", self.places(), False), Mover.NONE)
        return len(self.items)


#: All of them: what is made of C in the standard library, and is no C here.
PRIMITIVES = (Lock, SimpleQueue)


def check_timeout(blocking: bool, timeout: float) -> None:
    """Refuse what the real lock refuses. Raises ValueError."""
    if timeout != -1 and not blocking:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != -1:
        raise ValueError("timeout value must be a non-negative number")


def with_points(method: Callable[..., Any], /, *arguments: Any, **keywords: Any) -> Any:
    """Call a lock's method from Python code: it is a step of its own, although a call of C may be under way below."""
    fiber = controlled()
    if fiber is None:
        return method(*arguments, **keywords)
    below, fiber.inside_c = fiber.inside_c, False
    try:
        return method(*arguments, **keywords)
    finally:
        fiber.inside_c = below


#: The thread that is under nobody's control: the one that constructs the group.
OUTSIDE = Identity()


def get_ident() -> Identity:
    """As the real one, for controlled threads and outside them."""
    fiber = controlled()
    return OUTSIDE if fiber is None else fiber.identity
