"""Controlled stand-ins for `_thread` and `threading`: the scheduler decides who goes on; no real thread waits."""

from collections.abc import Callable
from typing import Any

from waitgroup_proofs.scheduler.fiber import STATE, Fiber, Identity, Operation, Place, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.reduction import Mover


class Delivered(KeyboardInterrupt):
    """The exception of an interrupt that the scheduler delivers; any other KeyboardInterrupt is the user's."""


class Lock:
    """A controlled `_thread.lock`: the same interface, and the scheduler decides who gets it and which wait expires."""

    __slots__ = ("entered", "holder", "name", "taken")

    def __init__(self) -> None:
        """A free lock. The group's own locks are named by its fields, once it has been constructed."""
        self.taken = False
        self.entered = False
        self.holder: Identity | None = None
        self.name: str | None = None
        fiber = controlled()
        if fiber is not None:
            fiber.fresh = self

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the real one. A timed acquire may expire whenever it finds the lock taken."""
        fiber = controlled()
        waiting = blocking and timeout != 0
        if fiber is None:
            self.taken = True
            return True
        if fiber.inside_c or (fiber.fresh is self and not self.taken):
            return self._acquire_at_once(fiber, waiting)
        if not waiting or timeout > 0:
            fiber.look(self.name)
        # While it holds another lock, a thread that takes this one must be seen doing so, or a deadlock could hide.
        fiber.committed = fiber.committed or bool(fiber.held)
        operation = Operation("acquire", self._places(), True, self if waiting else None, timeout > 0, not self.entered)
        how = fiber.before(operation, Mover.RIGHT if fiber.plain(self.name) else Mover.NONE)
        if how == "interrupt":
            raise Delivered
        if how == "expire" or (self.taken and not waiting):
            return False
        self._take(fiber)
        return True

    def _acquire_at_once(self, fiber: Fiber, waiting: bool) -> bool:
        """No point: nobody else can know the lock yet, or C calls this, and both are one step."""
        fiber.fresh = None
        if not waiting:
            fiber.look(self.name)
        if self.taken and waiting:
            fiber.abandon(UnsupportedTarget("a lock is waited for from within C"))
        if self.taken:
            return False
        self._take(fiber)
        return True

    def _places(self) -> tuple[Place, ...]:
        return ((id(self), STATE),)

    def _take(self, fiber: Fiber) -> None:
        self.taken, self.holder = True, fiber.identity
        if self.name is not None and fiber.plain(self.name):
            fiber.held |= {self.name}

    def release(self) -> None:
        """As the real one."""
        fiber = controlled()
        if fiber is not None:
            if self.holder is not fiber.identity:
                fiber.look(self.name)
            if not fiber.inside_c:
                fiber.before(Operation("release", self._places()), Mover.LEFT if fiber.plain(self.name) else Mover.NONE)
            if not self.taken:
                raise RuntimeError("release unlocked lock")
            fiber.held -= {self.name}
        self.taken, self.holder = False, None

    def locked(self) -> bool:
        """As the real one."""
        fiber = controlled()
        if fiber is not None:
            fiber.look(self.name)
            fiber.before(Operation("locked", self._places(), False), Mover.NONE)
        return self.taken

    def __enter__(self) -> bool:
        """Acquire; a `with` statement is Python code, wherever it was reached from."""
        self.entered = True
        return bool(with_points(self.acquire))

    def __exit__(self, *_error: object) -> None:
        """Release; as for entering."""
        with_points(self.release)


def with_points(method: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
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
