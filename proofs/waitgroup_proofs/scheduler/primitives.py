"""Controlled stand-ins for `_thread` and `threading`: the scheduler decides who goes on; no real thread waits."""

from collections.abc import Callable
from typing import Any

from waitgroup_proofs.scheduler.fiber import Identity, Operation, controlled
from waitgroup_proofs.scheduler.reduction import Mover

#: The name of every lock that a thread makes for itself; the group's locks are named by its fields.
MADE_BY_THREADS = "made by threads"


class Lock:
    """A controlled `_thread.lock`: the same interface, and the scheduler decides who gets it and which wait expires."""

    __slots__ = ("holder", "name", "taken")

    def __init__(self) -> None:
        """A free lock."""
        self.taken = False
        self.holder: Identity | None = None
        self.name = MADE_BY_THREADS
        fiber = controlled()
        if fiber is not None:
            fiber.fresh = self

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the real one. A timed acquire may expire whenever it finds the lock taken."""
        fiber = controlled()
        if fiber is None or fiber.fresh is self or (fiber.inside_c and not self.taken):
            self.taken, self.holder = True, None if fiber is None else fiber.identity
            return True
        waiting = blocking and timeout != 0
        if not waiting or timeout > 0:
            fiber.look(self.name)
        # While it holds another lock, a thread that takes this one must be seen doing so, or a deadlock could hide.
        moves = fiber.plain(self.name) and not fiber.held
        operation = Operation("acquire", self if waiting else None, timeout > 0)
        how = fiber.before(operation, Mover.RIGHT if moves else Mover.NONE)
        if how == "interrupt":
            raise KeyboardInterrupt
        if how == "expire" or (self.taken and not waiting):
            return False
        self.taken, self.holder = True, fiber.identity
        fiber.held |= {self.name}
        return True

    def release(self) -> None:
        """As the real one."""
        fiber = controlled()
        if fiber is not None:
            if not fiber.inside_c:
                fiber.before(Operation("release"), Mover.LEFT if fiber.plain(self.name) else Mover.NONE)
            if not self.taken:
                raise RuntimeError("release unlocked lock")
            fiber.held -= {self.name}
        self.taken, self.holder = False, None

    def locked(self) -> bool:
        """As the real one."""
        fiber = controlled()
        if fiber is not None:
            fiber.look(self.name)
            fiber.before(Operation("locked"), Mover.NONE)
        return self.taken

    def __enter__(self) -> bool:
        """Acquire; a `with` statement is Python code, wherever it was reached from."""
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


def get_ident() -> int:
    """As the real one, for controlled threads and outside them."""
    fiber = controlled()
    return Identity(0) if fiber is None else fiber.identity
