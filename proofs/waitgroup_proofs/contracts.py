"""Contracts for CrossHair: each step of the shipped class is the action of `strict`, for all words and deltas.

CrossHair runs the shipped class, not a copy, on symbolic integers, and says of each contract whether it is confirmed
over all paths. The words are those of the representation: counter and waiters within 0 and 2^31 - 1. A step is run by
one thread alone: that it is atomic is the mutex's part, which the scheduler looks at. At most one waiter has a lock;
the others are only counted, which no step can tell, for none looks at how many locks there are.

What CrossHair cannot see through is absent: the message of a refused `add` prints the symbolic counter.
"""

from _thread import LockType, allocate_lock
from threading import TIMEOUT_MAX

from waitgroup import WaitGroup, word
from waitgroup.group import _seconds
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place, Shared, Thread
from waitgroup_spec.word import Word
from waitgroup_spec.word import pack as packed_by_go


def is_word(counter: int, waiters: int) -> bool:
    """Whether the two fields are within their bounds."""
    return 0 <= counter <= word.COUNTER_MAX and 0 <= waiters <= word.WAITERS_MAX


def is_reachable(counter: int, waiters: int) -> bool:
    """Whether the two fields are within their bounds, and nobody is parked at zero: so it is between two steps."""
    return is_word(counter, waiters) and (counter > 0 or waiters == 0)


def group_at(counter: int, waiters: int) -> WaitGroup:
    """A group whose word has these two fields."""
    group = WaitGroup()
    group._word = word.pack(counter, waiters)
    return group


def parked_in(group: WaitGroup) -> LockType:
    """The lock of one of the waiters that the word of the group counts."""
    grant = allocate_lock()
    grant.acquire()
    group._parked[grant] = 0
    return grant


def agrees(group: WaitGroup, shared: Shared) -> bool:
    """Whether the word of the group is that of the protocol."""
    return group._word == word.pack(shared.counter, shared.waiters)


def same_word(counter: int, waiters: int) -> bool:
    """
    The word is Go's, bit for bit, and both fields can be read from it.

    pre: is_word(counter, waiters)
    post: _
    """
    packed = word.pack(counter, waiters)
    read = word.counter_of(packed), word.waiters_of(packed)
    return packed == packed_by_go(Word(counter, 0, waiters)) and read == (counter, waiters)


def same_apply(counter: int, waiters: int, delta: int) -> bool:
    """
    `_apply` is the action `apply`.

    pre: is_word(counter, waiters) and delta != 0
    post: _
    """
    group = group_at(counter, waiters)
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
    return group._apply(delta) == (thread.result == Result.NONE) and agrees(group, shared)


def same_cross(counter: int, waiters: int, delta: int, saved_waiters: int) -> bool:
    """
    `_cross` is the action `cross` of a thread that saw the word `-delta, saved_waiters`; who is parked is granted.

    pre: is_word(counter, waiters) and is_word(-delta, saved_waiters)
    post: _
    """
    group = group_at(counter, waiters)
    grant = parked_in(group)
    thread = Thread(Place.ADD_CROSS, delta=delta, saved_waiters=saved_waiters)
    shared, after = strict.cross(Shared(counter, waiters), thread)
    crossing = after.result == Result.NONE
    if group._cross(word.pack(-delta, saved_waiters)) != crossing or grant.locked() == crossing:
        return False
    return (len(group._parked) == 0) == crossing and agrees(group, shared)


def same_join(counter: int, waiters: int) -> bool:
    """
    `_join` is the action `join`, and who joins is parked on a lock that is held.

    pre: is_word(counter, waiters)
    post: _
    """
    group = group_at(counter, waiters)
    shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
    grant = group._join()
    if thread.place != Place.WAIT_PARKED:
        return grant is None and len(group._parked) == 0 and agrees(group, shared)
    return grant is not None and grant.locked() and grant in group._parked and agrees(group, shared)


def same_cancel(counter: int, waiters: int, granted: bool) -> bool:
    """
    `_cancel` is the action `cancel`, of a waiter that is still parked and of one that has been granted.

    pre: is_word(counter, waiters) and (granted or waiters >= 1)
    post: _
    """
    group = group_at(counter, waiters)
    grant = allocate_lock() if granted else parked_in(group)
    thread = Thread(Place.WAIT_CANCEL, reason=Result.FALSE)
    shared, after = strict.cancel(Shared(counter, waiters, generation=int(granted)), thread)
    expired = after.result == Result.FALSE
    return group._cancel(grant) == expired and len(group._parked) == 0 and agrees(group, shared)


def same_add(counter: int, waiters: int, delta: int) -> bool:
    """
    A whole `add` that leaves the counter in range is the run of `strict` that nobody disturbs.

    pre: is_reachable(counter, waiters) and 0 <= counter + delta <= word.COUNTER_MAX
    post: _
    """
    group = group_at(counter, waiters)
    shared, thread = Shared(counter, waiters), strict.begin(Call(delta))
    while thread.result == Result.PENDING:
        (action,) = strict.strict.enabled(shared, thread)
        shared, thread = action.effect(shared, thread)
    group.add(delta)
    return bool(thread.result == Result.NONE) and agrees(group, shared)


def same_look(counter: int, waiters: int) -> bool:
    """
    `wait(0)` is True exactly if the action `look` is, and changes nothing.

    pre: is_word(counter, waiters)
    post: _
    """
    group = group_at(counter, waiters)
    shared, thread = strict.look(Shared(counter, waiters), Thread(Place.WAIT_READ))
    return group.wait(0) == (thread.result == Result.TRUE) and agrees(group, shared)


def clamped_seconds(timeout: float) -> bool:
    """
    A timeout is clamped to what a lock takes, 0 to TIMEOUT_MAX, and otherwise left as it is.

    pre: timeout == timeout
    post: _
    """
    fitting = 0 if timeout < 0 else TIMEOUT_MAX if timeout > TIMEOUT_MAX else timeout
    return _seconds(timeout) == fitting
