"""The zoo: WaitGroup algorithms, right and wrong, a page each, in the language of the protocols.

Each page says where the design comes from, and in a sentence or two what is wrong with it or why it is right. All run
through the engines that `go` and `strict` run through: the explorer with its properties, and the refinement of the
contract. For each there is a level: the smallest program that breaks it, or one in which nobody can.

They are exhibits: nothing is proved of them for any number of threads. `waitgroup_spec.memory` asks three of them which
memory orderings they need. One more is a module here with a protocol that states its counter and a LEVEL, and a line in
`EXHIBITS`.
"""

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


def exhibit(protocol: Protocol, page: str | None, level: Level) -> Exhibit:
    """The exhibit; its page is the docstring of its module."""
    return Exhibit(protocol, (page or "").strip(), level)


#: The right ones first; then, from the simplest mistake to the subtlest, those that are wrong.
EXHIBITS = (
    exhibit(strict.strict, strict.__doc__, Level("reuse-open", 2, 2)),
    exhibit(go_2011.go_2011, go_2011.__doc__, go_2011.LEVEL),
    exhibit(condition_generation.condition_generation, condition_generation.__doc__, condition_generation.LEVEL),
    exhibit(go.go, go.__doc__, Level("nested", 2, 2)),
    exhibit(go_1_17.go_1_17, go_1_17.__doc__, go_1_17.LEVEL),
    exhibit(condition_if.condition_if, condition_if.__doc__, condition_if.LEVEL),
    exhibit(checks_then_parks.checks_then_parks, checks_then_parks.__doc__, checks_then_parks.LEVEL),
    exhibit(two_words.two_words, two_words.__doc__, two_words.LEVEL),
    exhibit(lost_update.lost_update, lost_update.__doc__, lost_update.LEVEL),
    exhibit(polling.polling, polling.__doc__, polling.LEVEL),
    exhibit(clamped.clamped, clamped.__doc__, clamped.LEVEL),
    exhibit(condition_signal.condition_signal, condition_signal.__doc__, condition_signal.LEVEL),
    exhibit(condition_while.condition_while, condition_while.__doc__, condition_while.LEVEL),
    exhibit(release_before_reset.release_before_reset, release_before_reset.__doc__, release_before_reset.LEVEL),
    exhibit(event.event, event.__doc__, event.LEVEL),
    exhibit(latch.latch, latch.__doc__, latch.LEVEL),
    exhibit(zig.zig, zig.__doc__, zig.LEVEL),
    exhibit(strict_cas.strict_cas, strict_cas.__doc__, strict_cas.LEVEL),
    exhibit(one_semaphore.one_semaphore, one_semaphore.__doc__, one_semaphore.LEVEL),
    exhibit(
        two_words_counted_first.two_words_counted_first,
        two_words_counted_first.__doc__,
        two_words_counted_first.LEVEL,
    ),
    exhibit(go_2012.go_2012, go_2012.__doc__, go_2012.LEVEL),
    exhibit(go_1_4.go_1_4, go_1_4.__doc__, go_1_4.LEVEL),
)

#: Every algorithm by its name.
ZOO: dict[str, Protocol] = {one.protocol.name: one.protocol for one in EXHIBITS}

#: The level of each, by the algorithm's name.
LEVELS: dict[str, Level] = {one.protocol.name: one.level for one in EXHIBITS}
