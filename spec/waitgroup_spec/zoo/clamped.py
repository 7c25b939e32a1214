"""A counter that stops at zero: a done() too many does nothing, and nobody is told.

Origin: Java's `CountDownLatch` and some published packages count in this way, as `docs/conformance.md` shows. The rest
is `condition_generation`.

Wrong: the call that is one too many is not always the one that finds the counter at zero. Whoever calls done() twice
takes somebody else's unit, the counter is zero while that one still works, and its own done() is then passed over: the
mistake shows as a wait that ended too soon, far from the line that made it.
"""

from waitgroup_spec.zoo import condition_generation
from waitgroup_spec.zoo.calls import ADDED, Failure, Level, Thread
from waitgroup_spec.zoo.condition_generation import Place, Shared

LEVEL = Level("surplus", 1, 1, Failure.NEGATIVE)

clamped = condition_generation.condition_generation.like(
    "clamped",
    "A counter that stops at zero: a done() too many is passed over.",
)


@clamped.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: the counter goes no lower than zero; there the generation is over, and everyone is notified."""
    counter = max(0, shared.counter + thread.delta)
    return Shared(counter, shared.generation + (counter == 0)), ADDED


clamped.action(Place.WAIT_LOOK)(condition_generation.look)
clamped.action(Place.WAIT_ASLEEP, guard=condition_generation.over)(condition_generation.wake)
