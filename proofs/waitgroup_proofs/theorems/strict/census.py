"""The census of strict's threads: the abstraction function, and what is true of every census.

Three numbers are enough. `parked` is what the word must count. The other two are the rank: how many changes of the word
the calls in progress may still make, and how many steps they may take while nobody changes it. Whether a thread must
retry depends on the shared state; so does whether a waiter still counts as parked, or has been granted.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from waitgroup_proofs.theorems.abstraction import Caller
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place


class Census(NamedTuple):
    """One number of threads, and two totals over them."""

    parked: int = 0  # waits that belong to the present generation: parked, or on their way to give up
    changes: int = 0  # changes of the word that calls in progress may still make
    steps: int = 0  # steps that they may take, at most, before the word changes or they end


NOBODY = Census()


def moved(_caller: Caller[strict.Thread], thread: strict.Thread) -> Caller[strict.Thread]:
    """The caller whose thread has taken a step; no call of strict needs a license."""
    return Caller(thread)


def retries(effect: Callable[[Any, Any], tuple[Any, Any]], shared: strict.Shared, thread: strict.Thread) -> bool:
    """Whether the step that the thread stands before would send it back to look at the word."""
    _, after = effect(shared, thread)
    return after.place in (Place.ADD_READ, Place.WAIT_READ)


def contribution(shared: strict.Shared, caller: Caller[strict.Thread]) -> Census:
    """What one thread adds to the census."""
    thread = caller.thread
    match thread.place:
        case Place.ADD_APPLY:
            return Census(changes=1, steps=3 if retries(strict.apply, shared, thread) else 1)
        case Place.ADD_READ:
            return Census(changes=1, steps=2)
        case Place.ADD_CROSS:
            return Census(changes=1, steps=3 if retries(strict.cross, shared, thread) else 1)
        case Place.WAIT_READ:
            return Census(changes=2, steps=2)
        case Place.WAIT_JOIN:
            return Census(changes=2, steps=3 if retries(strict.join, shared, thread) else 1)
        case Place.WAIT_PARKED if strict.granted(shared, thread):
            return Census(steps=2 if thread.timed or thread.interrupted else 1)
        case Place.WAIT_PARKED:
            return Census(parked=1, changes=1, steps=2 if thread.timed or thread.interrupted else 0)
        case Place.WAIT_CANCEL if strict.granted(shared, thread):
            return Census(steps=1)
        case Place.WAIT_CANCEL:
            return Census(parked=1, changes=1, steps=1)
    return NOBODY


def shape(census: Census) -> bool:
    """What every census has: no negative number, and without a step to take, only the changes of those parked."""
    return all(number >= 0 for number in census) and (census.steps > 0 or census.changes == census.parked)


def reclassified(shared: strict.Shared, shared_after: strict.Shared, before: Census, after: Census) -> bool:
    """What a step from `shared` to `shared_after` can do to the census of the threads that did not take it.

    Nothing, if the shared state is the same; in the same generation, it makes some retry and spares others a retry; in
    a later one, nobody is parked any more. (No step goes back to an earlier generation; nothing is said of one.)
    """
    if shared_after == shared:
        return after == before
    if shared_after.generation == shared.generation:
        return after == before._replace(steps=after.steps)
    granted = after == Census(parked=0, changes=before.changes - before.parked, steps=after.steps)
    return granted or shared_after.generation < shared.generation
