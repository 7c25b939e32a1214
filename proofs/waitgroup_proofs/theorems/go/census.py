"""The census of Go's threads: the abstraction function, and what is true of every census.

In one place a contribution looks at the shared state: a Wait that has loaded the word and is about to compare is
*fresh* if the word is the one it loaded, and *stale* if not. So a step of another thread can do nothing to it but make
it stale, or fresh again: a word can come back to what was loaded.
"""

from enum import Enum
from typing import NamedTuple

from waitgroup_proofs.theorems.abstraction import Caller
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place


class License(Enum):
    """By which rule of legal use a pending Add is legal. A ghost: the proofs keep track of it, the protocol cannot."""

    NEGATIVE = "takes units that the caller owns"
    NESTED = "adds while the caller owns a unit"
    FROM_ZERO = "adds while no Wait is in progress"


def moved(caller: Caller[go.Thread], thread: go.Thread) -> Caller[go.Thread]:
    """The caller whose thread has taken a step: a license ends as its Add is applied."""
    return Caller(thread, caller.license if thread.place == Place.ADD_APPLY else None)


class Census(NamedTuple):
    """Numbers of threads, by what they do next; and four sums over the threads of a group."""

    negative: int = 0  # Adds to be applied, of units that the caller owns
    negative_units: int = 0  # how many units these take, in total
    nested: int = 0  # Adds to be applied, by callers that own a unit
    nested_units: int = 0  # how many units these add, in total
    from_zero: int = 0  # Adds to be applied, while no Wait is in progress
    from_zero_units: int = 0  # how many units these add, in total
    reloading: int = 0  # zeroers before they look again
    resetting: int = 0  # zeroers before they store zero
    zeroer_waiters: int = 0  # how many waiters these two saw, in total
    releases: int = 0  # permits that zeroers have still to release, in total
    loading: int = 0  # Waits before they load the word
    fresh: int = 0  # Waits that have loaded the word as it is now
    stale: int = 0  # Waits that have loaded another word
    parked: int = 0  # Waits before they take a permit
    woken: int = 0  # Waits that have taken one

    @property
    def adds(self) -> int:
        """Adds in progress that have not been applied."""
        return self.negative + self.nested + self.from_zero

    @property
    def zeroers(self) -> int:
        """Adds that brought the counter to zero and have not yet reset the word."""
        return self.reloading + self.resetting

    @property
    def waits(self) -> int:
        """Waits in progress."""
        return self.loading + self.fresh + self.stale + self.parked + self.woken

    @property
    def claimed(self) -> int:
        """Units of outstanding work that are owned by calls: those a negative Add takes, and one by each nested Add."""
        return self.negative_units + self.nested


NOBODY = Census()


def contribution(shared: go.Shared, caller: Caller[go.Thread]) -> Census:
    """What one thread adds to the census."""
    thread = caller.thread
    match thread.place:
        case Place.ADD_APPLY if caller.license is License.NEGATIVE:
            return Census(negative=1, negative_units=-thread.delta)
        case Place.ADD_APPLY if caller.license is License.NESTED:
            return Census(nested=1, nested_units=thread.delta)
        case Place.ADD_APPLY:
            return Census(from_zero=1, from_zero_units=thread.delta)
        case Place.ADD_RELOAD:
            return Census(reloading=1, zeroer_waiters=thread.saved.waiters)
        case Place.ADD_RESET:
            return Census(resetting=1, zeroer_waiters=thread.saved.waiters)
        case Place.ADD_RELEASE:
            return Census(releases=thread.releases)
        case Place.WAIT_LOAD:
            return Census(loading=1)
        case Place.WAIT_SWAP:
            return Census(fresh=1) if thread.saved == shared.word else Census(stale=1)
        case Place.WAIT_ACQUIRE:
            return Census(parked=1)
        case Place.WAIT_RECHECK:
            return Census(woken=1)
    return NOBODY


def shape(census: Census) -> bool:
    """What every census has: no negative number, and no total without a thread that it is taken over."""
    groups = (
        (census.negative, census.negative_units),
        (census.nested, census.nested_units),
        (census.from_zero, census.from_zero_units),
        (census.zeroers, census.zeroer_waiters),
    )
    counted = all(number >= 0 for number in census)
    return counted and all(threads > 0 or total == 0 for threads, total in groups)


def reclassified(shared: go.Shared, shared_after: go.Shared, before: Census, after: Census) -> bool:
    """What a step from `shared` to `shared_after` can do to the census of the threads that did not take it.

    Nothing, if the word is the same; else the loaded ones are split anew into fresh and stale, in whatever manner: a
    word can come back to what a stale thread had loaded.
    """
    if shared_after.word == shared.word:
        return after == before
    as_many = before.fresh + before.stale == after.fresh + after.stale
    return as_many and after == before._replace(fresh=after.fresh, stale=after.stale)
