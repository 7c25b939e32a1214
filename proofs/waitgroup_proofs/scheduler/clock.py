"""The virtual clock: time passes only where a thread waits for it, and any wait for it may end at any moment.

A wait with a timeout, or a sleep, ends when the scheduler says so, and the clock then shows at least the moment until
which it was to last. Besides, a call that was given a timeout may find its time over whenever it looks at the clock.
Two readings of the clock differ by the time that was waited in between, so code that counts down to a deadline comes to
it. The state of a run does not hold the hour: it holds how far the moments that are remembered lie from now.
"""

from typing import Any

from waitgroup_proofs.scheduler.fiber import Identity, Operation, controlled
from waitgroup_proofs.scheduler.primitives import Delivered
from waitgroup_proofs.scheduler.reduction import Mover


class Moment(float):
    """A reading of the clock, or a moment that was computed from one. The difference of two is a plain number."""

    def __add__(self, seconds: float) -> "Moment":
        """So much later."""
        return Moment(float(self) + seconds)

    __radd__ = __add__

    def __sub__(self, other: float) -> Any:
        """So much earlier; or, for two moments, how many seconds lie between."""
        difference = float(self) - float(other)
        return difference if isinstance(other, Moment) else Moment(difference)


class Never:
    """What a sleeping thread waits for: nothing but time."""

    taken = True
    holder: Identity | None = None


NEVER = Never()


def monotonic() -> Moment:
    """Now. For a call that was given a timeout, its time may be over at this moment."""
    fiber = controlled()
    if fiber is None:
        return Moment(0.0)
    late = fiber.unseen > 0
    if fiber.before(Operation("read the clock", (fiber.clock,), late, timed=late), Mover.NONE) == "expire":
        fiber.let_pass(fiber.unseen)
        fiber.unseen = 0.0
    return Moment(fiber.surroundings.now)


def sleep(seconds: float) -> None:
    """Let so much time pass. Raises ValueError as the real one does."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    fiber = controlled()
    if fiber is None:
        return
    lock = NEVER if seconds > 0 else None
    operation = Operation("sleep", (fiber.clock,), True, lock, timed=lock is not None, parks=True)
    if fiber.before(operation, Mover.NONE) == "interrupt":
        raise Delivered
    fiber.let_pass(seconds)
