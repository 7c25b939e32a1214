"""Contracts for CrossHair: what the shipped word's steps compute is what the actions of `strict` do, for all words.

CrossHair runs the shipped functions, not a copy, on symbolic integers, and says of each contract whether it is
confirmed over all paths. The words are those of the representation: counter and waiters within 0 and 2^31 - 1, and
nobody waits at zero. A sum outside 0 and WORD_MAX is a trap: there the cell, a timedelta, raises OverflowError. That
the class takes these steps and no others is looked at elsewhere: at every bound by tests, after every step by the
scheduler.
"""

from threading import TIMEOUT_MAX

from waitgroup import core
from waitgroup.core import UNIT, WORD_MAX, counter_of, pack, parts_of, waiters_of
from waitgroup.parking import FOREVER, seconds_of
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place, Shared, Thread


def is_word(counter: int, waiters: int) -> bool:
    """Whether the two fields are within their bounds, and nobody is parked at zero."""
    in_range = 0 <= counter <= core.COUNTER_MAX and 0 <= waiters <= core.WAITERS_MAX
    return in_range and (counter > 0 or waiters == 0)


def leaves(after: int, shared: Shared, happens: bool) -> bool:
    """Whether a sum is the word of the protocol's state, or a trap if the action does not happen."""
    if not 0 <= after <= WORD_MAX:
        return not happens
    return happens and after == pack(shared.counter, shared.waiters)


def same_word(counter: int, waiters: int) -> bool:
    """
    Both fields can be read from the word.

    pre: is_word(counter, waiters)
    post: _
    """
    word = pack(counter, waiters)
    return counter_of(word) == counter and waiters_of(word) == waiters and 0 <= word <= WORD_MAX


def same_apply(counter: int, waiters: int, delta: int) -> bool:
    """
    Adding the parts of a delta is the action `apply`.

    pre: is_word(counter, waiters) and delta != 0
    post: _
    """
    shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
    first, second, third = parts_of(delta)
    once = pack(counter, waiters) + first * UNIT
    twice = once + second * UNIT
    if not (0 <= once <= WORD_MAX and 0 <= twice <= WORD_MAX):
        return bool(thread.result != Result.NONE)
    return leaves(twice + third * UNIT, shared, thread.result == Result.NONE)


def same_cross(counter: int, waiters: int, saved_counter: int, saved_waiters: int) -> bool:
    """
    Comparing words is the comparison of the action `cross`.

    pre: is_word(counter, waiters) and is_word(saved_counter, saved_waiters)
    post: _
    """
    thread = Thread(Place.ADD_CROSS, delta=-saved_counter, saved_waiters=saved_waiters)
    _, after = strict.cross(Shared(counter, waiters), thread)
    return bool((pack(counter, waiters) == pack(saved_counter, saved_waiters)) == (after.result == Result.NONE))


def same_join(counter: int, waiters: int) -> bool:
    """
    Taking 1 from the word is the action `join`.

    pre: is_word(counter, waiters) and waiters < core.WAITERS_MAX
    post: _
    """
    shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
    return leaves(pack(counter, waiters) - 1, shared, thread.place == Place.WAIT_PARKED)


def same_cancel(counter: int, waiters: int) -> bool:
    """
    Adding 1 to the word is the action `cancel` of a waiter that is counted.

    pre: is_word(counter, waiters) and waiters >= 1
    post: _
    """
    shared, _ = strict.cancel(Shared(counter, waiters), Thread(Place.WAIT_CANCEL, reason=Result.FALSE))
    return leaves(pack(counter, waiters) + 1, shared, True)


def clamped_seconds(timeout: float) -> bool:
    """
    A timeout is what a lock takes: not below 0, for ever if it is TIMEOUT_MAX or more, and otherwise as it is.

    pre: timeout == timeout
    post: _
    """
    fitting = 0 if timeout < 0 else FOREVER if timeout >= TIMEOUT_MAX else timeout
    return seconds_of(timeout) == fitting
