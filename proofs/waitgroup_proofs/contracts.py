"""Contracts for CrossHair: each transition of the production word is the action of `strict`, for all words and deltas.

CrossHair runs the shipped functions, not copies, on symbolic integers, and says of each contract whether it is
confirmed over all paths. The words are those of the representation: counter and waiters within 0 and 2^31 - 1.
"""

from waitgroup import word
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place, Shared, Thread


def is_word(counter: int, waiters: int) -> bool:
    """Whether the two fields are within their bounds."""
    return 0 <= counter <= word.COUNTER_MAX and 0 <= waiters <= word.WAITERS_MAX


def same_apply(counter: int, waiters: int, delta: int) -> bool:
    """
    `applied` is the action `apply`.

    pre: is_word(counter, waiters) and delta != 0
    post: _
    """
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
    new = word.applied(word.pack(counter, waiters), delta)
    if thread.result != Result.NONE:
        return new is None
    return new == word.pack(shared.counter, shared.waiters)


def same_join(counter: int, waiters: int) -> bool:
    """
    `joined` is the action `join`.

    pre: is_word(counter, waiters)
    post: _
    """
    shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
    new = word.joined(word.pack(counter, waiters))
    if thread.place != Place.WAIT_PARKED:
        return new is None
    return new == word.pack(shared.counter, shared.waiters)


def same_cancel(counter: int, waiters: int) -> bool:
    """
    `cancelled` is the action `cancel` of a waiter that is still parked.

    pre: is_word(counter, waiters) and waiters >= 1
    post: _
    """
    shared, _ = strict.cancel(Shared(counter, waiters), Thread(Place.WAIT_CANCEL, reason=Result.FALSE))
    return word.cancelled(word.pack(counter, waiters)) == word.pack(shared.counter, shared.waiters)


def same_cross(counter: int, waiters: int, delta: int, saved_waiters: int) -> bool:
    """
    `crossed` is the action `cross` of a thread that saw the word `-delta, saved_waiters`.

    pre: is_word(counter, waiters) and is_word(-delta, saved_waiters)
    post: _
    """
    thread = Thread(Place.ADD_CROSS, delta=delta, saved_waiters=saved_waiters)
    shared, after = strict.cross(Shared(counter, waiters), thread)
    new = word.crossed(word.pack(counter, waiters), word.pack(-delta, saved_waiters))
    if after.result != Result.NONE:
        return new is None
    return new == word.pack(shared.counter, shared.waiters)
