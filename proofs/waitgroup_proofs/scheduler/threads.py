"""A controlled `threading.Thread`, for programs that start their own: each is a fiber of the run.

The code under test of `waitgroup check` starts none: there, starting one is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from waitgroup_proofs.scheduler.fiber import Fiber, Identity, Operation, Takeable, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.primitives import Delivered
from waitgroup_proofs.scheduler.reduction import Mover


class Thread:
    """As the real one. `join` waits until it has finished; a timed join may expire before."""

    def __init__(
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        """Not started."""
        self.name = name or f"thread of {getattr(target, '__name__', 'nothing')}"
        self.daemon = bool(daemon)
        self._target, self._args, self._kwargs = target, tuple(args), dict(kwargs or {})
        self._fiber: Any = None

    @property
    def taken(self) -> bool:
        """Whether whoever joins it has to wait."""
        return self._fiber is not None and not self._fiber.finished

    @property
    def holder(self) -> Identity | None:
        """Nobody holds a thread."""
        return None

    @property
    def ident(self) -> Identity | None:
        """Which thread it is; None before it is started."""
        return None if self._fiber is None else self._fiber.identity

    def run(self) -> None:
        """What the thread does."""
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def start(self) -> None:
        """Let it run from now on. Raises RuntimeError if it has been started before."""
        fiber = controlled()
        if fiber is None or fiber.surroundings.begin is None:
            refusal = UnsupportedTarget("threading.Thread is not under the scheduler's control")
            if fiber is None:
                raise refusal
            fiber.abandon(refusal)
        fiber.before(Operation("start a thread", None), Mover.NONE)
        if self._fiber is not None:
            raise RuntimeError("threads can only be started once")
        fiber.surroundings.objects.escape(self, self._target, self._args, self._kwargs)
        self._fiber = fiber.surroundings.begin(self)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has finished. Raises RuntimeError before it is started, or from within."""
        fiber = self._asked()
        if self._fiber is None or self._fiber is fiber:
            raise RuntimeError("cannot join a thread before it is started, nor from within")
        lock: Takeable | None = self if timeout is None or timeout > 0 else None
        how = fiber.before(Operation("join", None, False, lock, timeout is not None, True), Mover.NONE)
        if how == "interrupt":
            raise Delivered
        if how == "expire":
            fiber.let_pass(timeout or 0)

    def is_alive(self) -> bool:
        """Whether it has been started and has not finished."""
        self._asked().before(Operation("ask whether it is alive", None, False), Mover.NONE)
        return self.taken

    def _asked(self) -> Fiber:
        fiber = controlled()
        if fiber is None:
            raise UnsupportedTarget("a thread is asked about where no thread runs")
        return fiber
