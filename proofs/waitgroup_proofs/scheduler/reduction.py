"""Fewer points, same verdicts: which shared accesses other threads cannot tell apart from their neighbours.

Lipton's movers (1975). Between two points a thread makes a *transaction*: first operations that could as well happen
later (right movers), then at most one that could not be moved, then operations that could as well have happened
earlier (left movers). Such a transaction has the effect that it would have without interruption, so points inside it
are left out:

* acquiring a lock, by a thread that holds none, moves right; releasing one moves left: if nobody ever looks whether the
  lock is taken (by a timed or non-blocking acquire, or by asking), and if only the thread that holds it releases it;
* an access to a field or container moves both ways if every access that it could conflict with is made under a lock
  that this thread holds: one of the group's, or one of the family of the object (`objects`);
* everything else does not move. An acquire by a thread that holds a lock does not either: deadlocks must be seen.

Which locks protect what is taken from what was seen so far (`Knowledge`). Whenever an access shows something new, the
search begins anew with the lesson learnt, so that no decision rests on an assumption that turned out wrong.
"""

from enum import Enum


class Mover(Enum):
    """How an operation commutes with those of other threads."""

    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"
    NONE = "none"


class Learnt(Exception):
    """An access showed something new: the search must begin anew."""


Locks = frozenset[str]


class Knowledge:
    """What all accesses seen so far had in common. Shared by the runs of one search."""

    def __init__(self) -> None:
        """Nothing seen: every field is constant, every lock is plain."""
        self.held_at_stores: dict[str, Locks] = {}
        self.held_at_accesses: dict[str, Locks] = {}
        self.looked_at: set[str] = set()

    def access(self, location: str, held: Locks, storing: bool) -> Mover:
        """How an access to `location` moves, for a thread that holds the locks `held`. Raises Learnt."""
        new = self._narrow(self.held_at_accesses, location, held)
        if storing:
            new = self._narrow(self.held_at_stores, location, held) or new
        if new and location in self.held_at_stores:
            raise Learnt(location)
        if location not in self.held_at_stores:
            return Mover.BOTH
        protecting = self.held_at_accesses[location] if storing else self.held_at_stores[location]
        return Mover.BOTH if protecting & held else Mover.NONE

    @staticmethod
    def _narrow(table: dict[str, Locks], location: str, held: Locks) -> bool:
        before = table.get(location)
        table[location] = held if before is None else before & held
        return table[location] != before

    def told(self, other: "Knowledge") -> bool:
        """Take in what another search has seen; says whether any decision of this one rested on not knowing it."""
        before = self._decisive()
        for location, held in other.held_at_stores.items():
            self._narrow(self.held_at_stores, location, held)
        for location, held in other.held_at_accesses.items():
            self._narrow(self.held_at_accesses, location, held)
        self.looked_at |= other.looked_at
        return before != self._decisive()

    def _decisive(self) -> tuple[object, ...]:
        """All that decides how anything moves."""
        accesses = {location: self.held_at_accesses[location] for location in self.held_at_stores}
        return dict(self.held_at_stores), accesses, set(self.looked_at)

    def look(self, lock: str) -> None:
        """Somebody looks whether `lock` is taken: it is not plain. Raises Learnt."""
        if lock not in self.looked_at:
            self.looked_at.add(lock)
            raise Learnt(lock)

    def plain(self, lock: str) -> bool:
        """Whether nobody has looked at the lock."""
        return lock not in self.looked_at
