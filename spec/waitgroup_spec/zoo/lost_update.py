"""A counter that is loaded, changed and stored in steps of their own.

Origin: `self.count -= 1` in Python, `count--` in C or Java: one line, and two accesses that others may come between.

Wrong: two workers load the same number, and one of the two units is never taken away. The counter stays positive when
all the work is done, and the waiters wait for ever. With one worker it is right.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, REFUSED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_LOAD = 2
    ADD_STORE = 3  # `saved`: the counter as it was loaded
    WAIT_LOOK = 4
    WAIT_ASLEEP = 5  # `saved`: the wake-ups before it fell asleep


class Shared(NamedTuple):
    """The counter, and how often everyone asleep has been woken."""

    counter: int = 0
    wakes: int = 0


LEVEL = Level("pre-added", 2, 1, Failure.STRANDED)

lost_update = Protocol(
    "lost_update",
    "A counter that is loaded and stored in two steps.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_LOAD, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@lost_update.action(Place.ADD_LOAD)
def load(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The counter is loaded."""
    return shared, thread._replace(place=Place.ADD_STORE, saved=shared.counter)


@lost_update.action(Place.ADD_STORE)
def store(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The sum is stored, whatever the counter has become; zero wakes everyone, and less than that is refused."""
    counter = thread.saved + thread.delta
    if counter < 0:
        return shared, REFUSED
    return Shared(counter, shared.wakes + (counter == 0)), ADDED


@lost_update.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns at zero; else it sleeps, in the same step."""
    return shared, WAITED if shared.counter == 0 else Thread(Place.WAIT_ASLEEP, saved=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether everyone has been woken since the waiter fell asleep."""
    return shared.wakes != thread.saved


@lost_update.action(Place.WAIT_ASLEEP, guard=woken)
def wake(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The woken waiter returns."""
    return shared, WAITED
