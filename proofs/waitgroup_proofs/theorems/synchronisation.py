"""Synchronisation: what each action of a protocol observes of what others knew, and what it lets later ones learn.

The table is data. `happens_before` proves what it is enough for, for any number of threads, and `necessity` which of it
is needed; `waitgroup_proofs.races` runs vector clocks by it.
"""

from collections.abc import Mapping
from enum import Enum


class Through(Enum):
    """How an action synchronises. To observe is to learn what others knew; to publish is to let later ones learn."""

    NOTHING = "does neither"
    LOAD = "observes the word"
    STORE = "publishes into the word, in the place of what was there"
    UPDATE = "observes the word, and publishes into it"
    RELEASE = "publishes into one permit"
    ACQUIRE = "observes one permit"
    CROSS = "observes the word, and publishes into it and into the grants of all who are parked"
    WAKE = "observes its own grant"


#: For each way in which an action can end, or for all of them, how it synchronises.
SYNCHRONISATION: Mapping[str, Mapping[str, Through]] = {
    "go": {
        "apply": Through.UPDATE,
        "reload": Through.LOAD,
        "reset": Through.STORE,
        "release": Through.RELEASE,
        "load": Through.LOAD,
        "compare_and_swap.wait-load": Through.LOAD,
        "compare_and_swap.wait-acquire": Through.UPDATE,
        "acquire": Through.ACQUIRE,
        "recheck": Through.LOAD,
    },
    # A critical section, or a read of the word without one; a section that changes nothing publishes nothing here.
    "strict": {
        "apply.returned-none": Through.UPDATE,
        "apply": Through.LOAD,
        "read": Through.LOAD,
        "cross.returned-none": Through.CROSS,
        "cross": Through.LOAD,
        "look": Through.LOAD,
        "join.wait-parked": Through.UPDATE,
        "join": Through.LOAD,
        "wake": Through.WAKE,
        "expire": Through.NOTHING,
        "interrupt": Through.NOTHING,
        "cancel.returned-true": Through.LOAD,
        "cancel": Through.UPDATE,
    },
}


def synchronises(protocol: str, action: str, ending: str) -> Through | None:
    """How an action that ends so synchronises; None if nobody has said."""
    table = SYNCHRONISATION[protocol]
    return table.get(f"{action}.{ending}", table.get(action))
