"""How a waiter that is not a thread hears that its generation is over: all of them do, also if a bell fails."""

from _thread import LockType
from typing import Final


class Bell:
    """How a waiter that is not a thread hears that its generation is over; `owner` is the thread that it belongs to."""

    __slots__ = ("owner",)

    owner: int

    def ring(self) -> None:
        """The waiter has been granted. Any thread may call this, and more than once."""
        raise NotImplementedError


#: Calls that a ring may be deep: those of asyncio, and what an event loop in debug mode adds.
DEEP: Final = 40


def room_to_ring(deep: int = DEEP) -> None:
    """Raises RecursionError if a ring would, while nothing has changed yet."""
    if deep > 0:
        room_to_ring(deep - 1)


#: The lock of each waiter of a generation, and whose it is: the identity of a thread, or a bell.
Generation = dict[LockType, "int | Bell"]


def ring_all(generation: Generation) -> None:
    """Ring every bell; then raise what the first of them that failed has raised, if one did."""
    failed: Exception | None = None
    for owner in list(generation.values()):
        if isinstance(owner, Bell):
            try:
                owner.ring()
            except Exception as error:
                failed = failed or error
    if failed is not None:
        raise failed
