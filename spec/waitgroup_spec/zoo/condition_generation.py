"""A mutex, a condition variable and the number of the generation: right.

Origin: the way in which barriers that can be used again are written with a condition variable (POSIX, Java's
`CyclicBarrier`), applied to a WaitGroup.

Right: under every use that the contract knows. A waiter waits for its own generation to be over and not for the counter
to be zero, so it does not matter what the counter has become by the time it runs.

Assumptions: what happens under the mutex is one step. A waiter whom somebody wakes for nothing looks at the generation
and sleeps again, which changes nothing and is no step here.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, REFUSED, WAITED, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    WAIT_LOOK = 3
    WAIT_ASLEEP = 4  # `saved`: the generation that it waits for


class Shared(NamedTuple):
    """The counter, and how often it has come to zero."""

    counter: int = 0
    generation: int = 0


LEVEL = Level("reuse-parked", 2, 2)

condition_generation = Protocol(
    "condition_generation",
    "A mutex, a condition variable and a generation: waiters wait for their own generation to be over.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@condition_generation.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: refused if too much is taken away; at zero the generation is over, and everyone is notified."""
    counter = shared.counter + thread.delta
    if counter < 0:
        return shared, REFUSED
    return Shared(counter, shared.generation + (counter == 0)), ADDED


@condition_generation.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: returns at zero; else it sleeps until this generation is over."""
    if shared.counter == 0:
        return shared, WAITED
    return shared, Thread(Place.WAIT_ASLEEP, saved=shared.generation)


def over(shared: Shared, thread: Thread) -> bool:
    """Whether the generation that the waiter waits for is over."""
    return shared.generation != thread.saved


@condition_generation.action(Place.WAIT_ASLEEP, guard=over)
def wake(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A waiter whose generation is over returns, whatever the counter is now."""
    return shared, WAITED
