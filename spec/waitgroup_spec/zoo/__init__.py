"""The zoo: WaitGroup algorithms, right and wrong, a page each, in the language of the protocols.

Each page says where the design comes from, and in a sentence or two what is wrong with it or why it is right. All run
through the engines that `go` and `strict` run through: the explorer with its properties, and the refinement of the
contract. For each there is a level: the smallest program that breaks it, or one in which nobody can.

They are exhibits: nothing is proved of them for any number of threads. `waitgroup_spec.memory` asks three of them which
memory orderings they need. One more is a module here with a protocol that states its counter and a LEVEL, and a line in
`EXHIBITS`.
"""

from types import ModuleType
from typing import NamedTuple

from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.zoo import (
    checks_then_parks,
    clamped,
    condition_generation,
    condition_if,
    condition_signal,
    condition_while,
    event,
    go_1_4,
    go_1_17,
    go_2011,
    go_2012,
    latch,
    lost_update,
    one_semaphore,
    polling,
    release_before_reset,
    strict_cas,
    two_words,
    two_words_counted_first,
    zig,
)
from waitgroup_spec.zoo.calls import Failure, Level
from waitgroup_spec.zoo.programs import PROGRAMS

__all__ = ["EXHIBITS", "LEVELS", "PROGRAMS", "ZOO", "Exhibit", "Failure", "Level"]


class Exhibit(NamedTuple):
    """An algorithm, the page that it stands on, and its level."""

    protocol: Protocol
    page: str
    level: Level


def exhibit(module: ModuleType, level: Level | None = None) -> Exhibit:
    """What a module shows: its page is its docstring, and its protocol has its name."""
    protocol = getattr(module, module.__name__.rpartition(".")[2])
    return Exhibit(protocol, (module.__doc__ or "").strip(), level or module.LEVEL)


#: The right ones first; then, from the simplest mistake to the subtlest, those that are wrong.
EXHIBITS = (
    exhibit(strict, Level("reuse-open", 2, 2)),
    exhibit(go_2011),
    exhibit(condition_generation),
    exhibit(go, Level("nested", 2, 2)),
    exhibit(go_1_17),
    exhibit(condition_if),
    exhibit(checks_then_parks),
    exhibit(two_words),
    exhibit(lost_update),
    exhibit(polling),
    exhibit(clamped),
    exhibit(condition_signal),
    exhibit(condition_while),
    exhibit(release_before_reset),
    exhibit(event),
    exhibit(latch),
    exhibit(zig),
    exhibit(strict_cas),
    exhibit(one_semaphore),
    exhibit(two_words_counted_first),
    exhibit(go_2012),
    exhibit(go_1_4),
)

#: Every algorithm by its name.
ZOO: dict[str, Protocol] = {one.protocol.name: one.protocol for one in EXHIBITS}

#: The level of each, by the algorithm's name.
LEVELS: dict[str, Level] = {one.protocol.name: one.level for one in EXHIBITS}
