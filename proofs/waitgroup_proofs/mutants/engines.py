"""The engines that refuse mutants of the protocols, and the kill matrix: what each of them says of every mutant.

Five engines, in the order in which they are asked. Each sees something that the ones before it cannot:

* `assertions`: a state that must not be, such as a panic or a Wait that returned too early;
* `endings`: a run that gets stuck, ends in a wrong state, or never ends;
* `outcomes`: under misuse, other ways to end than those of the original;
* `contract`: a run that no sequence of the contract's steps explains;
* `proof`: an obligation, about any number of threads, that fails.

What must hold of a protocol is asked where it must hold: for `go` in the legal scenarios, for `strict` in all of them.
The scenarios have two workers and two waiters. An engine stops at the first scenario that shows something; what its
search or its solver could not finish is inconclusive, and refuses nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from waitgroup_proofs.evidence import Evidence, Report, worst
from waitgroup_proofs.mutants import Mutant, StaleMutant, mutated_module
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.refinement import knows, refine
from waitgroup_proofs.report.findings import Finding, of_exploration, of_refinement, shown
from waitgroup_proofs.report.tables import as_text, run_table
from waitgroup_proofs.theorems import ABSTRACTIONS
from waitgroup_proofs.theorems.necessity import failures
from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import System
from waitgroup_spec.properties import Kind, properties_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS, Scenario

SIZES = (2, 2)
#: Ten times what the protocols have at these sizes; a mutant may have no end of states.
MOST_STATES = 6_000

#: What a run violates by going on for ever.
FOR_EVER = (Kind.EVENTUALLY, Kind.EVENTUALLY_IF_FAIR)


class Judgement(NamedTuple):
    """What an engine says of a mutant: violated, holds or inconclusive.

    `steps`: the length of a shortest run that shows the violation, where it is a run of which there is a shortest.
    `where`: the scenario or the obligation.
    """

    verdict: str
    steps: int | None = None
    where: str = ""
    detail: str = ""


HOLDS = Judgement("holds")
Engine = Callable[[Mutant], Judgement]


def original_of(mutant: Mutant) -> Protocol:
    """The protocol that the mutant is one of."""
    return PROTOCOLS[mutant.module.rpartition(".")[2]]


@cache
def protocol_of(mutant: Mutant) -> Protocol:
    """The protocol as the mutant has it. Raises StaleMutant."""
    protocol: Protocol = getattr(mutated_module(mutant), original_of(mutant).name)
    return protocol


def explored(protocol: Protocol, scenario: Scenario) -> Exploration:
    """Every state, each property judged. Raises ValueError where the protocol knows no such call."""
    return explored_up_to(MOST_STATES, protocol, scenario)


@cache
def explored_up_to(most: int, protocol: Protocol, scenario: Scenario) -> Exploration:
    """The same, with no more states than `most`."""
    properties = properties_of(protocol, scenario)
    return explore(protocol, scenario, properties, symmetry=True, max_states=most)


def programs(protocol: Protocol) -> tuple[list[Scenario], list[Scenario]]:
    """The scenarios in which the protocol must do right, and those in which Go need not but may do only so much."""
    scenarios = [build(*SIZES) for build in SCENARIOS.values()]
    legal = [scenario for scenario in scenarios if scenario.legal_in_go]
    illegal = [scenario for scenario in scenarios if not scenario.legal_in_go]
    if protocol.name == "strict":
        return scenarios, illegal
    return legal, [scenario for scenario in illegal if knows(protocol, scenario)]


def by_properties(mutant: Mutant, kinds: tuple[Kind, ...]) -> Judgement:
    """The first scenario that violates a property of one of these kinds, with a shortest run that does."""
    protocol, truncated = protocol_of(mutant), False
    for scenario in programs(protocol)[0]:
        found = explored(protocol, scenario)
        broken = [v for v in found.verdicts if v.verdict == "violated" and v.property.kind in kinds]
        if broken:
            # A run that never comes somewhere is not a shortest one.
            first = min(broken, key=lambda v: (v.property.kind in FOR_EVER, len(v.path)))
            steps = None if first.property.kind in FOR_EVER else len(first.path) - 1
            detail = shown(of_exploration(found._replace(verdicts=(first,))))
            again = "" if first.loop is None else f"\nFrom step {first.loop + 1} on the same again, for ever."
            return Judgement("violated", steps, scenario.name, detail + again)
        truncated |= found.truncated
    return Judgement("inconclusive", detail="a search was cut short") if truncated else HOLDS


@cache
def assertions(mutant: Mutant) -> Judgement:
    """Whether a state is reachable that must not be."""
    return by_properties(mutant, (Kind.ALWAYS,))


@cache
def endings(mutant: Mutant) -> Judgement:
    """Whether a run ends wrongly, or never comes to what it must come to."""
    return by_properties(mutant, (Kind.AT_ENDINGS, *FOR_EVER))


@cache
def outcomes(mutant: Mutant) -> Judgement:
    """Whether the set of ways to end, in a scenario that Go does not allow, is another than that of the original."""
    original, protocol, truncated = original_of(mutant), protocol_of(mutant), False
    for scenario in programs(protocol)[1]:
        before, after = explored(original, scenario), explored(protocol, scenario)
        if before.truncated or after.truncated:
            truncated = True
            continue
        differing = {name: (original, end) for name, end in before.outcomes.items() if name not in after.outcomes}
        differing |= {name: (protocol, end) for name, end in after.outcomes.items() if name not in before.outcomes}
        if differing:
            name, (whose, end) = min(differing.items(), key=lambda item: (item[1][1].depth, item[0]))
            sets = [" | ".join(sorted(found.outcomes)) for found in (before, after)]
            headline = f"{scenario.name}: {sets[0]} has become {sets[1]}"
            only = "the original alone" if whose is original else "the mutant alone"
            run = f"{name}, in {only}, by this run:\n{run_to(whose, scenario, name)}"
            return Judgement("violated", end.depth, scenario.name, shown([Finding(headline, run)]))
    return Judgement("inconclusive", detail="a search was cut short") if truncated else HOLDS


def run_to(protocol: Protocol, scenario: Scenario, outcome: str) -> str:
    """A shortest run that ends so, ready to be read."""
    system = System(protocol, scenario)
    graph = Graph(system, symmetry=True)
    graph.fill(MOST_STATES)
    ending = next(i for i in graph.endings() if system.outcome(graph.states[i]) == outcome)
    return as_text(run_table(system, graph.path_to(ending)))


@cache
def contract(mutant: Mutant) -> Judgement:
    """Whether some run has no explanation in the contract."""
    protocol, truncated = protocol_of(mutant), False
    for scenario in programs(protocol)[0]:
        if explored(protocol, scenario).truncated:
            truncated = True
            continue
        found = refine(protocol, scenario)
        if found.violation:
            return Judgement("violated", len(found.violation) - 1, scenario.name, shown(of_refinement(found)))
    return Judgement("inconclusive", detail="a search was cut short") if truncated else HOLDS


@cache
def proof(mutant: Mutant) -> Judgement:
    """Whether some obligation about any number of threads fails: the first one, with its counterexample.

    One that the solver can neither prove nor refute is undecided, and refuses nothing.
    """
    abstraction = ABSTRACTIONS[original_of(mutant).name].of(protocol_of(mutant))
    for obligation, model in failures(abstraction):
        verdict = "violated" if model else "inconclusive"
        return Judgement(verdict, None, obligation.id, f"{obligation.id}: {obligation.sentence}\n{model}")
    return HOLDS


#: The engines in the order in which they are asked.
ENGINES: Mapping[str, Engine] = {
    "assertions": assertions,
    "endings": endings,
    "outcomes": outcomes,
    "contract": contract,
    "proof": proof,
}


class Row(NamedTuple):
    """One mutant and what every engine says of it."""

    mutant: Mutant
    judgements: Mapping[str, Judgement]

    @property
    def killers(self) -> list[str]:
        """The engines that refuse the mutant, in the order in which they are asked."""
        return [name for name, judgement in self.judgements.items() if judgement.verdict == "violated"]

    @property
    def cells(self) -> list[str]:
        """What each engine says: the steps of a shortest run, or `refused` if there is none, `-`, or `undecided`."""
        return [
            {"holds": "-", "inconclusive": "undecided"}.get(judgement.verdict, str(judgement.steps or "refused"))
            for judgement in self.judgements.values()
        ]

    @property
    def verdict(self) -> str:
        """`holds` if the mutant's data are true: the first engine that refuses it, and where; or that none does."""
        mutant, judgements = self.mutant, self.judgements
        if not mutant.engine:
            told = {judgement.verdict for judgement in judgements.values()}
            return "violated" if "violated" in told else "holds" if told == {"holds"} else "inconclusive"
        expected = judgements[mutant.engine]
        if expected.verdict == "violated" and self.killers[0] == mutant.engine:
            return "holds" if mutant.engine == "proof" or expected.where == mutant.killed_by else "violated"
        return "violated" if self.killers or expected.verdict == "holds" else "inconclusive"


def row_of(mutant: Mutant) -> Row:
    """Ask every engine. Raises StaleMutant."""
    return Row(mutant, {name: engine(mutant) for name, engine in ENGINES.items()})


def kill_matrix(report: Report = lambda _words: None) -> list[Row]:
    """Every mutant of the protocols and what every engine says of it. Raises StaleMutant."""
    rows = []
    for mutant in PROTOCOL:
        report(mutant.name)
        rows.append(row_of(mutant))
    return rows


def verdict_of(rows: Iterable[Row]) -> str:
    """`violated` if the data of any mutant are wrong, `inconclusive` if those of any are in doubt, or of none given."""
    return worst(row.verdict for row in rows)


def said_of(rows: Iterable[Row]) -> dict[str, str]:
    """What every engine says of each mutant, one word an engine, in their order."""
    return {row.mutant.name: " ".join(row.cells) for row in rows}


def matrix_as_said(report: Report) -> Evidence:
    """The kill matrix is as the mutants' data say. A figure is what the engines say of one mutant, in their order."""
    try:
        rows = kill_matrix(report)
    except StaleMutant as stale:
        return Evidence("violated", {}, str(stale))
    wrong = [
        f"{row.mutant.name}: refused by {', '.join(row.killers) or 'none'}" for row in rows if row.verdict != "holds"
    ]
    return Evidence(verdict_of(rows), said_of(rows), "\n".join(wrong))


def refusal(mutant: Mutant) -> tuple[str, Judgement]:
    """The engine that is to refuse the mutant, and what it says; of a survivor, the worst that any engine says."""
    if mutant.engine:
        return mutant.engine, ENGINES[mutant.engine](mutant)
    said = row_of(mutant).judgements
    told = worst(judgement.verdict for judgement in said.values())
    return next((name, judgement) for name, judgement in said.items() if judgement.verdict == told)
