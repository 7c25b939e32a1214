"""An atomic counter, and waiters that look at it again and again.

Origin: the loop with a short sleep that stands where nobody knew a better way. After the first one, a look that finds
the counter positive changes nothing, so it is no step here: the waiter stands at its loop until a look may find zero.

Wrong in two ways: a zero that lasts for a moment is missed by whoever does not look at that moment, so that a group
cannot be used again at once; and nothing notices a done() too many. Where the counter comes to zero once, and by
rightful calls alone, it is right, and slow.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    WAIT_LOOK = 3
    WAIT_LOOK_AGAIN = 4


class Shared(NamedTuple):
    """The counter, which may become negative."""

    counter: int = 0


LEVEL = Level("surplus", 1, 1, Failure.NEGATIVE)

polling = Protocol(
    "polling",
    "An atomic counter that waiters look at again and again.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@polling.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The delta is added in one step, and nothing is checked."""
    return Shared(shared.counter + thread.delta), ADDED


@polling.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns at once if no work is outstanding."""
    return shared, WAITED if shared.counter <= 0 else Thread(Place.WAIT_LOOK_AGAIN)


def nothing_left(shared: Shared, _thread: Thread) -> bool:
    """Whether a look would find no work outstanding."""
    return shared.counter <= 0


@polling.action(Place.WAIT_LOOK_AGAIN, guard=nothing_left)
def look_again(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A look that finds no work outstanding ends the wait."""
    return shared, WAITED
