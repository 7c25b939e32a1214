"""A mutex and a condition variable, of which one waiter is notified instead of all.

Origin: `signal` for `broadcast` (POSIX), `notify` for `notifyAll` (Java) or `notify_all` (Python): it passes every test
that has a single waiter.

Wrong: of two waiters one sleeps on for ever. Used again at once it is wrong with one waiter too, as `condition_while`.

Assumptions: what happens under the mutex is one step. Sleepers are notified in the order in which they fell asleep, as
Python's are; a notification that finds nobody asleep is lost.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo.calls import ADDED, REFUSED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = 2
    WAIT_LOOK = 3
    WAIT_ASLEEP = 4  # `saved`: how many fell asleep before it


class Shared(NamedTuple):
    """The counter, how many have ever fallen asleep, and how many of them have been notified."""

    counter: int = 0
    slept: int = 0
    notified: int = 0


LEVEL = Level("reuse-parked", 1, 1, Failure.STRANDED)

condition_signal = Protocol(
    "condition_signal",
    "A mutex and a condition variable; one waiter is notified instead of all.",
    initial=lambda units: Shared(counter=units),
    begin=beginning(Place.ADD_APPLY, Place.WAIT_LOOK),
    counter=lambda shared: int(shared.counter),
)


@condition_signal.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: refused if too much is taken away; at zero one sleeper is notified, if there is one."""
    counter = shared.counter + thread.delta
    if counter < 0:
        return shared, REFUSED
    notified = min(shared.notified + (counter == 0), shared.slept)
    return shared._replace(counter=counter, notified=notified), ADDED


@condition_signal.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: returns at zero; else it sleeps, and gives the mutex back in the same step."""
    if shared.counter == 0:
        return shared, WAITED
    return shared._replace(slept=shared.slept + 1), Thread(Place.WAIT_ASLEEP, saved=shared.slept)


def was_notified(shared: Shared, thread: Thread) -> bool:
    """Whether it is this sleeper's turn, or was before."""
    return thread.saved < shared.notified


@condition_signal.action(Place.WAIT_ASLEEP, guard=was_notified)
def wake(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The notified waiter has the mutex again and looks at the counter: at zero it returns, else it sleeps again."""
    return look(shared, thread)
