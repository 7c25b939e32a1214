"""How a finding about Go is told and shown: a program, an ending to look for, and the run to it, bit for bit.

`shown` lets the explorer find the run again, the shortest there is, and compares it with the one that is pinned. It
also takes our own protocol `strict` through the same program, along every run, and says how all of them end.

Some findings go on after a panic. `recovering` is Go's protocol in a program that recovers every panic: the goroutine
that panicked makes no further call, and the others go on with the word as the panic left it.
"""

from typing import NamedTuple

from waitgroup_proofs.evidence import Evidence
from waitgroup_proofs.refinement import refine
from waitgroup_proofs.report.tables import as_text
from waitgroup_proofs.report.words import WordStep, in_hex, word_steps, word_table
from waitgroup_spec.explorer import explore
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import System
from waitgroup_spec.properties import Kind, Predicate, Property
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import Scenario

#: More states than any of the programs has: they are small enough to be read.
MOST_STATES = 10_000


def recovering(protocol: Protocol) -> Protocol:
    """Go's protocol, or a mutant of it, where every panic is recovered but that of the bubbles, which is fatal."""
    other = Protocol(
        f"{protocol.name}, recovering",
        f"{protocol.sentence} Panics are recovered.",
        protocol.initial,
        protocol.begin,
        halted=lambda shared: bool(shared.panic == go.Panic.BUBBLE),
        outcome=protocol.outcome,
        legend=protocol.legend,
    )
    other.actions = protocol.actions
    return other


class StrictEnding(NamedTuple):
    """How runs of strict end, and the two fields of its word then."""

    outcome: str
    counter: int
    waiters: int


class Sight(NamedTuple):
    """One thing that can be seen: `run` is a shortest run of `program` to an ending where `seen` is true.

    `protocol`: Go's, which may be recovering. `strict`: how all the runs of strict end in the same program.
    """

    sentence: str
    protocol: Protocol
    program: Scenario
    seen: Predicate
    run: tuple[WordStep, ...]
    strict: frozenset[StrictEnding]


class GoFinding(NamedTuple):
    """A finding about Go, with all that can be seen of it."""

    id: str
    sentence: str
    sights: tuple[Sight, ...]


def unseen(sight: Sight) -> Property:
    """That the thing is not seen when a run ends: what a run that shows it violates."""
    return Property(Kind.AT_ENDINGS, sight.sentence, lambda shared, threads: not sight.seen(shared, threads))


def shortest_run(sight: Sight) -> tuple[WordStep, ...]:
    """A shortest run to an ending where the thing is seen; empty if no run shows it."""
    found = explore(sight.protocol, sight.program, (unseen(sight),))
    return word_steps(found.system, found.verdicts[0].path) if found.verdict == "violated" else ()


def strict_endings(program: Scenario, most_states: int = MOST_STATES) -> frozenset[StrictEnding]:
    """How all the runs of strict end. Raises RuntimeError if they are too many to say."""
    system = System(strict.strict, program)
    graph = Graph(system, symmetry=False)
    graph.fill(most_states)
    if graph.truncated:
        raise RuntimeError(f"{program.name}: more than {most_states} states")
    ends = [graph.states[i] for i in graph.endings()]
    views = [(system.outcome(end), system.view(end)[0]) for end in ends]
    return frozenset(StrictEnding(outcome, shared.counter, shared.waiters) for outcome, shared in views)


def in_words(run: tuple[WordStep, ...]) -> str:
    """The length and the end of a run."""
    return f"{len(run)} steps, word {in_hex(run[-1].after)}, permits {run[-1].permits}" if run else "no run"


def strict_in_words(endings: frozenset[StrictEnding]) -> str:
    """How runs of strict end."""
    return " | ".join(f"{end.outcome}: counter {end.counter}, waiters {end.waiters}" for end in sorted(endings))


def shown(finding: GoFinding) -> Evidence:
    """The finding holds if each run is found again, bit for bit, and the runs of strict end as pinned and are right."""
    figures: dict[str, str] = {}
    wrong: list[str] = []
    for number, sight in enumerate(finding.sights, 1):
        run, endings = shortest_run(sight), strict_endings(sight.program)
        figures |= {f"run {number}": in_words(run), f"strict {number}": strict_in_words(endings)}
        if run != sight.run:
            tables = [as_text(word_table(steps)) if steps else "no run" for steps in (sight.run, run)]
            wrong.append(f"{sight.program.name}: {sight.sentence} Pinned:\n{tables[0]}\nfound:\n{tables[1]}")
        if endings != sight.strict:
            wrong.append(f"{sight.program.name}: strict ends otherwise than in {strict_in_words(sight.strict)}")
        if refine(strict.strict, sight.program).violation:
            wrong.append(f"{sight.program.name}: a run of strict that the contract does not explain")
    return Evidence("violated" if wrong else "holds", figures, "\n".join(wrong))
