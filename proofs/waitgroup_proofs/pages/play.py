"""The page on which one plays the scheduler: the levels of the campaign, and the two protocols to try freely."""

from typing import Any

from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.pages.html import rendered
from waitgroup_proofs.play.board import Data, Sources, board
from waitgroup_proofs.play.campaign import campaign
from waitgroup_proofs.play.levels import Level, solved
from waitgroup_proofs.refinement import knows
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS, by

#: Workers and waiters of the programs that one may try freely.
SIZES = ((1, 1), (2, 1), (1, 2), (2, 2))


def play_page(data: Data) -> str:
    """The page of these data. It is the same whenever the protocols, the scenarios and the levels are."""
    chapters: dict[str, list[Any]] = {}
    for number, level in enumerate(data["levels"], 1):
        chapters.setdefault(level["chapter"], []).append((number, level))
    return rendered("play", ("shared",), data=data, chapters=chapters)


def play_data() -> Data:
    """Every level and every free program, and the boards that they are played on."""
    sources = Sources()
    levels = [level_as_data(level, sources) for level in campaign()]
    return {"levels": levels, "free": free_boards(sources), "sources": sources.texts}


def level_as_data(level: Level, sources: Sources) -> Data:
    """A level with its board; the first property is the goal."""
    return {
        "name": level.name,
        "chapter": level.chapter,
        "title": level.title,
        "story": level.story,
        "par": solved(level).par,
        "broken": level.broken,
        "claim": claim_as_data(level.forbidden_by) if level.forbidden_by else None,
        "board": board(level.protocol, level.scenario, sources, level.properties, level.goal, level.text),
    }


def claim_as_data(name: str) -> Data:
    """What the ledger says of a claim."""
    claim = next(claim for claim in LEDGER if claim.id == name)
    return {"id": claim.id, "sentence": claim.sentence, "kind": claim.kind.value, "bound": claim.bound}


def free_boards(sources: Sources) -> list[Data]:
    """Both protocols in every scenario that they have the calls for."""
    boards = []
    for protocol in PROTOCOLS.values():
        for build in SCENARIOS.values():
            for size in SIZES:
                program = build(*size)
                if knows(protocol, program):
                    made = board(protocol, program, sources, properties_of(protocol, program))
                    boards.append(made | {"size": by(size)})
    return boards
