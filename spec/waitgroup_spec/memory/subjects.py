"""The protocols whose orderings are searched: what each action is to the memory, and what its site may choose from.

Each is the text that the explorer runs too, from `waitgroup_spec.protocols` or `waitgroup_spec.zoo`. What has no choice
is fixed: an Add with a positive delta is relaxed, which the programs with such an Add show to be enough.
"""

from typing import Any, NamedTuple

from waitgroup_spec.memory.assignments import LOADS, RELAXED_ONLY, STORES, UPDATES, Choices
from waitgroup_spec.memory.lowering import Footprint, Kind
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols.go import go
from waitgroup_spec.scenarios import Size
from waitgroup_spec.zoo.latch import latch
from waitgroup_spec.zoo.strict_cas import strict_cas
from waitgroup_spec.zoo.zig import zig


class Subject(NamedTuple):
    """A protocol, the footprints of its actions, the orderings that its sites may have, and the sizes of programs."""

    protocol: Protocol
    footprints: dict[str, Footprint]
    choices: Choices
    searched: tuple[Size, ...] = ((1, 1), (2, 1), (1, 2), (2, 2))
    beyond: tuple[Size, ...] = ((3, 2), (2, 3))
    adds: bool = True  # whether it has an Add with a positive delta


def add_or_done(thread: Any) -> str:
    """The site of the operation that applies a delta."""
    return "add" if thread.delta > 0 else "done"


GO = Subject(
    go,
    {
        "apply": Footprint("word", Kind.UPDATE, sites=add_or_done),
        "reload": Footprint("word", Kind.LOAD),
        "reset": Footprint("word", Kind.STORE),
        "release": Footprint("permits", Kind.UPDATE),
        "load": Footprint("word", Kind.LOAD),
        "compare_and_swap": Footprint("word", Kind.SWAP),
        "acquire": Footprint("permits", Kind.UPDATE),
        "recheck": Footprint("word", Kind.LOAD),
    },
    {
        "add": RELAXED_ONLY,
        "done": UPDATES,
        "reload": LOADS,
        "reset": STORES,
        "release": UPDATES,
        "load": LOADS,
        "compare_and_swap": UPDATES,
        "acquire": UPDATES,
        "recheck": LOADS,
    },
)

STRICT_CAS = Subject(
    strict_cas,
    {
        "look": Footprint("word", Kind.LOAD),
        "apply": Footprint("word", Kind.SWAP, sites=add_or_done),
        "release": Footprint("permits", Kind.UPDATE),
        "load": Footprint("word", Kind.LOAD),
        "join": Footprint("word", Kind.SWAP),
        "acquire": Footprint("permits", Kind.UPDATE),
    },
    {
        "look": LOADS,
        "add": RELAXED_ONLY,
        "done": UPDATES,
        "release": UPDATES,
        "load": LOADS,
        "join": UPDATES,
        "acquire": UPDATES,
    },
)

LATCH = Subject(
    latch,
    {
        "done": Footprint("counter", Kind.UPDATE),
        "wake_all": Footprint("counter", Kind.WAKE),
        "load": Footprint("counter", Kind.LOAD),
        "sleep": Footprint("counter", Kind.SLEEP),
        "wake_up": Footprint("counter", Kind.WOKEN),
    },
    {"done": UPDATES, "load": LOADS},
    adds=False,
)

#: For one waiter: a second one fails Zig's assertion.
ZIG = Subject(
    zig,
    {
        "apply": Footprint("state", Kind.UPDATE, sites=add_or_done),
        "fence": Footprint("state", Kind.FENCE),
        "set_event": Footprint("event", Kind.UPDATE),
        "wake_all": Footprint("event", Kind.WAKE),
        "register": Footprint("state", Kind.UPDATE),
        "look": Footprint("event", Kind.LOAD),
        "announce": Footprint("event", Kind.SWAP, failure="announce_fails"),
        "sleep": Footprint("event", Kind.SLEEP),
        "wake_up": Footprint("event", Kind.WOKEN),
        "look_again": Footprint("event", Kind.LOAD),
    },
    {
        "add": RELAXED_ONLY,
        "done": UPDATES,
        "fence": LOADS,
        "set_event": UPDATES,
        "register": UPDATES,
        "look": LOADS,
        "announce": UPDATES,
        "announce_fails": LOADS,
        "look_again": LOADS,
    },
    searched=((1, 1), (2, 1)),
    beyond=((3, 1),),
)

SUBJECTS = {subject.protocol.name: subject for subject in (GO, STRICT_CAS, LATCH, ZIG)}
