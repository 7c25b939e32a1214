"""What a level is: a protocol, a client program, and something true that the player, as the scheduler, makes false.

That is a property of the protocol, or that the contract explains the run. Par is the length of a shortest
counterexample: the searches are breadth first, so no schedule wins in fewer steps. A level that nobody can win has no
reachable violation at its size, and names the claim that says why. Any protocol and scenario can be a level.
"""

from typing import NamedTuple

from waitgroup_proofs.refinement import refine
from waitgroup_spec.explorer import explore
from waitgroup_spec.explorer.search import Verdict
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.scenarios import Scenario

#: What a schedule that ends can violate; that something never happens, no player lives to see.
WINNABLE = (Kind.ALWAYS, Kind.AT_ENDINGS)

#: No program of a level has more: the page holds them all.
MOST_STATES = 2_000


class Explained(NamedTuple):
    """The goal that no property states: the contract explains what every call has answered, and who is blocked.

    `sentence` says which of that can be made false.
    """

    sentence: str


Goal = Property | Explained


class Level(NamedTuple):
    """One level. `name` is its address; the player wins by making `goal` false. `properties` are shown beside it.

    `story`: what the player is told. `broken`: what is wrong, told afterwards; empty if nothing is, and then
    `forbidden_by` names the claim that says why nobody wins. `text`: the module that the protocol was made from, where
    that is not the text of a file.
    """

    name: str
    chapter: str
    title: str
    story: str
    protocol: Protocol
    scenario: Scenario
    goal: Goal
    properties: tuple[Property, ...] = ()
    broken: str = ""
    forbidden_by: str = ""
    text: str = ""


class Solved(NamedTuple):
    """What the explorer finds on a level: the shortest run that wins, if any does."""

    level: Level
    system: System
    path: tuple[State, ...]

    @property
    def par(self) -> int | None:
        """The steps of the shortest winning run; None if nobody can win."""
        return len(self.path) - 1 if self.path else None


def solved(level: Level) -> Solved:
    """Explore the level. Raises ValueError if it is too large, or its goal is none that a player can reach."""
    if isinstance(level.goal, Explained):
        refinement = refine(level.protocol, level.scenario)
        return Solved(level, refinement.system, refinement.violation)
    if level.goal.kind not in WINNABLE:
        raise ValueError(f"{level.name}: no schedule that ends violates what holds {level.goal.kind.value}")
    found = explore(level.protocol, level.scenario, (level.goal,), max_states=MOST_STATES)
    verdict = found.verdicts[0]
    if found.truncated:
        raise ValueError(f"{level.name}: more than {MOST_STATES} states")
    return Solved(level, found.system, verdict.path if verdict.verdict == "violated" else ())


def easiest(protocol: Protocol, scenario: Scenario, properties: tuple[Property, ...]) -> Verdict:
    """The property that the shortest run of a player violates. Raises ValueError if none does."""
    asked = tuple(one for one in properties if one.kind in WINNABLE)
    found = explore(protocol, scenario, asked, max_states=MOST_STATES)
    broken = [one for one in found.verdicts if one.verdict == "violated"]
    if not broken or found.truncated:
        raise ValueError(f"{protocol.name} under {scenario.name}: no schedule wins within {MOST_STATES} states")
    return min(broken, key=lambda one: len(one.path))
