"""The contract: what any WaitGroup must do, whatever it is made of.

A counter, calls that linearise, and waits that may block. A call takes effect in steps between its invocation and its
response; the contract is written in the same language as the protocols, so that it is executed, proved against and
tracked by the monitors from this one text. Nothing here is about words, semaphores or locks.

Two clauses follow from the actions. *Safety*: a wait returns True only if the counter was zero during the call, and
False only if it was positive when the wait expired. *No lost waiter*: `zero` of a released wait stays enabled whatever
happens to the counter afterwards, so a released wait that stays blocked has no explanation.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.word import COUNTER_MAX


class Place(IntEnum):
    """How far a call has taken effect."""

    RETURNED = 0
    ADD_INVOKED = 1
    WAIT_INVOKED = 2
    WAIT_REGISTERED = 3


class Shared(NamedTuple):
    """The counter, `0 <= counter <= COUNTER_MAX`, and the generation: how often it has come back to zero."""

    counter: int = 0
    generation: int = 0


class Thread(NamedTuple):
    """One call. A registered wait is *released* once its generation is over."""

    place: Place
    delta: int = 0
    timed: bool = False
    interrupted: bool = False
    generation: int = 0
    result: Result = Result.PENDING


def returned(result: Result) -> Thread:
    """The call has taken effect; `result` is what it answers."""
    return Thread(Place.RETURNED, result=result)


def initial(units: int) -> Shared:
    """A group with `units` of outstanding work."""
    return Shared(counter=units)


def begin(call: Call) -> Thread:
    """The invocation of `call`."""
    if call.delta is None:
        return Thread(Place.WAIT_INVOKED, timed=call.timed, interrupted=call.interrupted)
    return Thread(Place.ADD_INVOKED, delta=call.delta)


contract = Protocol(
    "contract", "What any WaitGroup must do: calls that linearise, waits that may block.", initial, begin
)


def in_range(shared: Shared, thread: Thread) -> bool:
    """Whether the counter stays within its bounds; `add(0)` is always in range."""
    return 0 <= shared.counter + thread.delta <= COUNTER_MAX


def out_of_range(shared: Shared, thread: Thread) -> bool:
    """The other case: an add that must be refused."""
    return not in_range(shared, thread)


def positive(shared: Shared, _thread: Thread) -> bool:
    """Whether there is outstanding work."""
    return shared.counter > 0


def zero_now(shared: Shared, _thread: Thread) -> bool:
    """Whether there is none."""
    return shared.counter == 0


def released(shared: Shared, thread: Thread) -> bool:
    """Whether the counter has been zero since the wait was registered."""
    return shared.generation != thread.generation


def expirable(shared: Shared, thread: Thread) -> bool:
    """Whether a timeout was given and the wait has not been released."""
    return thread.timed and not released(shared, thread)


def interruptible(_shared: Shared, thread: Thread) -> bool:
    """Whether an exception may be delivered to the waiting thread."""
    return thread.interrupted


@contract.action(Place.ADD_INVOKED, guard=in_range)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """APPLY: the delta is added; if that brings the counter to zero, every registered wait is released."""
    counter = shared.counter + thread.delta
    if counter == 0 and thread.delta != 0:
        return Shared(0, shared.generation + 1), returned(Result.NONE)
    return Shared(counter, shared.generation), returned(Result.NONE)


@contract.action(Place.ADD_INVOKED, guard=out_of_range)
def reject(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """REJECT: an add that would leave the range ends in an exception, and the counter is unchanged."""
    return shared, returned(Result.REJECTED)


@contract.action(Place.WAIT_INVOKED, guard=positive)
def register(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """REGISTER: a wait that finds outstanding work belongs to this generation."""
    return shared, thread._replace(place=Place.WAIT_REGISTERED, generation=shared.generation)


@contract.action(Place.WAIT_INVOKED, guard=zero_now)
def pass_through(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """PASS: a wait that finds the counter at zero returns True."""
    return shared, returned(Result.TRUE)


@contract.action(Place.WAIT_REGISTERED, guard=released)
def zero(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """ZERO: a released wait returns True, whatever happened to the counter afterwards."""
    return shared, returned(Result.TRUE)


@contract.action(Place.WAIT_REGISTERED, guard=expirable)
def expire(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """EXPIRE: a wait whose timeout ends before it is released returns False and is no longer registered."""
    return shared, returned(Result.FALSE)


@contract.action(Place.WAIT_REGISTERED, guard=interruptible)
def cancel(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """CANCEL: an exception delivered to the waiting thread leaves the call, which is no longer registered."""
    return shared, returned(Result.INTERRUPTED)
