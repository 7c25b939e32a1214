"""Zig's WaitGroup: units and a waiting bit in one word, and an event that the last one sets, for one waiter.

Origin: `lib/std/Thread/WaitGroup.zig` and `ResetEvent.zig` of Zig 0.14, which call Add `start` and Done `finish`;
`reset` is left out. Until Zig 0.13 the last one fenced between `finish` and the event: that is the action `fence`,
which does nothing here and, without an ordering, nothing on hardware.

Wrong by Go's rules, right by Zig's: a second waiter, or a second generation without `reset`, fails an assertion.

Left out: that setting the event first looks whether it is set, which it never is; and that the event is looked at twice
before it is announced that somebody waits. Zig's assertions are panics here.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol
from waitgroup_spec.zoo.calls import ADDED, PANICKED, WAITED, Failure, Level, Thread, beginning


class Place(IntEnum):
    """Where a thread stands; what a sleeper has saved is how often others had been woken before."""

    ADD_APPLY = 2
    ADD_FENCE = 3
    ADD_SET = 4
    ADD_WAKE = 5
    WAIT_REGISTER = 6
    WAIT_LOOK = 7
    WAIT_ANNOUNCE = 8
    WAIT_SLEEP = 9
    WAIT_ASLEEP = 10
    WAIT_LOOK_AGAIN = 11


class Word(NamedTuple):
    """The word: outstanding units, and how many waiters have set the bit."""

    pending: int = 0
    waiting: int = 0


class Event(IntEnum):
    """What the event holds."""

    UNSET = 0
    WAITING = 1
    SET = 2


class Assertion(IntEnum):
    """The assertion that has failed."""

    NONE = 0
    NEGATIVE = 1
    SECOND_WAITER = 2


class Shared(NamedTuple):
    """The word, the event, how often its sleepers were woken, and whether an assertion has failed."""

    state: Word = Word()
    event: Event = Event.UNSET
    wakes: int = 0
    failed: Assertion = Assertion.NONE


def initial(units: int) -> Shared:
    """A new group with so many units started."""
    return Shared(Word(pending=units))


def begin(call: Call) -> Thread:
    """A thread that enters `call`. Raises ValueError for what Zig's WaitGroup does not have."""
    if call.delta is not None and call.delta not in (1, -1):
        raise ValueError("Zig's WaitGroup adds one and takes one")
    return beginning(Place.ADD_APPLY, Place.WAIT_REGISTER)(call)


LEVEL = Level("pre-added", 1, 2, Failure.PANIC)

zig = Protocol(
    "zig",
    "Zig's: units and a waiting bit in one word, an event set by the last one; one waiter, one generation.",
    initial,
    begin,
    halted=lambda shared: shared.failed != Assertion.NONE,
    outcome=lambda shared: f"panic {int(shared.failed)}",
    counter=lambda shared: int(shared.state.pending),
    legend={"panic 1": "finish without a unit", "panic 2": "a second wait on a group that has one"},
)


def panicked(shared: Shared, failed: Assertion) -> tuple[Shared, Thread]:
    """An assertion fails; what the step did to the word stays done."""
    return shared._replace(failed=failed), PANICKED


# start() and finish()


@zig.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The unit is added or taken; whoever takes the last one from under a waiter goes on to set the event."""
    state = shared.state._replace(pending=shared.state.pending + thread.delta)
    shared = shared._replace(state=state)
    if state.pending < 0:
        return panicked(shared, Assertion.NEGATIVE)
    if thread.delta < 0 and state == Word(pending=0, waiting=1):
        return shared, Thread(Place.ADD_FENCE)
    return shared, ADDED


@zig.action(Place.ADD_FENCE)
def fence(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The last one fences; nothing changes."""
    return shared, Thread(Place.ADD_SET)


@zig.action(Place.ADD_SET)
def set_event(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The event is set; the sleeper is woken if one was announced."""
    announced = shared.event == Event.WAITING
    return shared._replace(event=Event.SET), Thread(Place.ADD_WAKE) if announced else ADDED


@zig.action(Place.ADD_WAKE)
def wake_all(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Everybody who sleeps on the event is woken."""
    return shared._replace(wakes=shared.wakes + 1), ADDED


# wait()


@zig.action(Place.WAIT_REGISTER)
def register(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter sets the bit, and returns if no unit is left."""
    pending, waiting = shared.state
    shared = shared._replace(state=Word(pending, waiting + 1))
    if waiting != 0:
        return panicked(shared, Assertion.SECOND_WAITER)
    return shared, WAITED if pending == 0 else Thread(Place.WAIT_LOOK)


@zig.action(Place.WAIT_LOOK)
def look(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """An event that is set ends the wait."""
    return shared, WAITED if shared.event == Event.SET else Thread(Place.WAIT_ANNOUNCE)


@zig.action(Place.WAIT_ANNOUNCE)
def announce(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter announces that it will sleep, unless the event has been set in the meantime: that ends the wait."""
    if shared.event == Event.UNSET:
        return shared._replace(event=Event.WAITING), Thread(Place.WAIT_SLEEP)
    return shared, WAITED


@zig.action(Place.WAIT_SLEEP)
def sleep(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """The waiter falls asleep, unless the event has been set in the meantime."""
    if shared.event != Event.WAITING:
        return shared, Thread(Place.WAIT_LOOK_AGAIN)
    return shared, Thread(Place.WAIT_ASLEEP, saved=shared.wakes)


def woken(shared: Shared, thread: Thread) -> bool:
    """Whether the sleepers were woken since."""
    return bool(shared.wakes != thread.saved)


@zig.action(Place.WAIT_ASLEEP, guard=woken)
def wake_up(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """A sleeper that was woken looks again."""
    return shared, Thread(Place.WAIT_LOOK_AGAIN)


@zig.action(Place.WAIT_LOOK_AGAIN)
def look_again(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """An event that is set ends the wait; else the waiter sleeps again."""
    return shared, WAITED if shared.event == Event.SET else Thread(Place.WAIT_SLEEP)
