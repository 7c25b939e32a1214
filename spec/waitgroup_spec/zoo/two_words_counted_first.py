"""Counter and waiters in two words, in the order that loses no wakeup: be counted, then read the counter.

Origin: the order of Go before 1.5 (`go_1_4`), without its mutex: the obvious repair of `two_words`.

Wrong: a waiter that finds the counter at zero takes itself out of the count again, but the last done() may have seen it
there and released a permit for it. The waiters are then one too few and the permit lies about until the next generation
is begun, whose wait it lets pass although its work is outstanding.
"""

from enum import IntEnum

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.zoo import two_words
from waitgroup_spec.zoo.calls import WAITED, Failure, Level, Thread, beginning
from waitgroup_spec.zoo.two_words import Shared


class Place(IntEnum):
    """Where a thread stands."""

    ADD_APPLY = two_words.Place.ADD_APPLY
    ADD_RELEASE = two_words.Place.ADD_RELEASE
    WAIT_COUNT = 4
    WAIT_LOOK = 5
    WAIT_ACQUIRE = 6


LEVEL = Level("reuse-open", 1, 1, Failure.EARLY)

two_words_counted_first = Protocol(
    "two_words_counted_first",
    "Counter and waiters in two words; a waiter is counted before it reads the counter.",
    initial=two_words.two_words.initial,
    begin=beginning(Place.ADD_APPLY, Place.WAIT_COUNT),
    halted=two_words.two_words.halted,
    outcome=two_words.two_words.outcome,
    legend=two_words.two_words.legend,
    counter=two_words.two_words.counter,
)

two_words_counted_first.action(Place.ADD_APPLY)(two_words.apply)
two_words_counted_first.action(Place.ADD_RELEASE)(two_words.release)


@two_words_counted_first.action(Place.WAIT_COUNT)
def count(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter is counted first of all."""
    return shared._replace(waiters=shared.waiters + 1), Thread(Place.WAIT_LOOK)


@two_words_counted_first.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """At zero it is counted no more and returns, although a permit for it may be out; else it parks."""
    if shared.counter == 0:
        return shared._replace(waiters=shared.waiters - 1), WAITED
    return shared, Thread(Place.WAIT_ACQUIRE)


two_words_counted_first.action(Place.WAIT_ACQUIRE, guard=two_words.permit_left)(two_words.acquire)
