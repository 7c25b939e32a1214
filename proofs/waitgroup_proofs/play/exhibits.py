"""The algorithms of the zoo as levels: what the contract does not explain is the goal.

Program, size and what goes wrong are the zoo's; the explanation for a player is the page of the algorithm.
"""

import re
from collections.abc import Iterator

from waitgroup_proofs.play.levels import Explained, Level
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.zoo import EXHIBITS, PROGRAMS, Exhibit

WRITTEN = "What people write"
RIGHT_SO_FAR = "Nobody can win, as far as was searched"

#: What is claimed of the right ones; nothing is proved of them.
CLAIM = "zoo"


def wrong_exhibits() -> Iterator[Level]:
    """Those that can be broken, from the simplest mistake to the subtlest."""
    for one in EXHIBITS:
        if one.level.goal:
            goal = f"The contract explains the run: it never happens that {one.level.goal.value}."
            yield level_of(one, WRITTEN, goal)


def right_exhibits() -> Iterator[Level]:
    """Those that cannot, and that have no level as protocols."""
    for one in EXHIBITS:
        if not one.level.goal and one.protocol.name not in PROTOCOLS:
            yield level_of(one, RIGHT_SO_FAR, "The contract explains every run.")


def level_of(one: Exhibit, chapter: str, goal: str) -> Level:
    """The level of an exhibit."""
    name, program = one.protocol.name, PROGRAMS[one.level.scenario](one.level.workers, one.level.waiters)
    return Level(
        name,
        chapter,
        titled(name),
        one.protocol.sentence,
        one.protocol,
        program,
        Explained(goal),
        properties_of(one.protocol, program),
        broken=why(one) if one.level.goal else "",
        forbidden_by="" if one.level.goal else CLAIM,
    )


def titled(name: str) -> str:
    """A name as a title; between digits it has a version's points."""
    return re.sub(r"(?<=\d)_(?=\d)", ".", name).replace("_", " ").capitalize()


def why(one: Exhibit) -> str:
    """What is wrong, as the page says. Raises StopIteration if it does not."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in one.page.split("\n\n"))
    return next(paragraph for paragraph in paragraphs if paragraph.startswith("Wrong"))
