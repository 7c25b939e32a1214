"""What a forked child does with the groups that it has from its parent: only the forking thread is left in it.

No step is ever half done where a fork copies it, so the counter is right as it is. But the waiters of the other threads
are gone, and where steps are locked, somebody may have held the lock.
"""

import os
from itertools import repeat
from operator import setitem
from threading import get_ident
from weakref import WeakValueDictionary

from waitgroup.bells import Bell, Generation
from waitgroup.core import GENERATION, WORD, Core, cell_of, fields_of

#: Whether this system forks, and a child has to mend its groups.
FORKS = hasattr(os, "register_at_fork")

#: Every group, for a child to mend; by identity, because a subclass may have an equality of its own.
GROUPS: "WeakValueDictionary[int, Core]" = WeakValueDictionary()


def forget_other_threads(group: Core) -> None:
    """In a child: nobody holds the lock, and of the waiters only those of this thread are left."""
    group._prepare()
    moved = True
    while moved:
        word, generation = group._state
        left: Generation = {
            grant: owner
            for grant, owner in generation.items()
            if get_ident() == (owner.owner if isinstance(owner, Bell) else owner)
        }
        after = cell_of(fields_of(word)[0], len(left))
        moved = not group._commit(
            map(group._state.index, (word, generation)),
            map(setitem, repeat(group._state), (WORD, GENERATION), (after, left)),
        )


def _after_fork_in_child() -> None:
    for group in list(GROUPS.values()):
        forget_other_threads(group)


if FORKS:
    os.register_at_fork(after_in_child=_after_fork_in_child)
