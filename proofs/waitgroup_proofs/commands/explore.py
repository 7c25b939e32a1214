"""`waitgroup explore PROTOCOL`: every state of a protocol under a client program."""

import time
from collections.abc import Iterable

import click
from rich.table import Table

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.names import Name
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.report.tables import coloured, columns, run_table
from waitgroup_spec.explorer import Exploration
from waitgroup_spec.explorer import explore as explore_states
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import MODEL_FAMILIES, Scenario
from waitgroup_spec.zoo import PROGRAMS, ZOO

#: What can be explored: the protocols that the proofs are about, and the zoo.
SUBJECTS = PROTOCOLS | ZOO
SIZE = click.IntRange(min=1, max=99)


def chosen(protocol: str, family: str | None, scenario: str | None, workers: int, waiters: int) -> Scenario:
    """The client program that was asked for."""
    if family and scenario:
        raise click.UsageError("give --family or --scenario, not both")
    if family == "reuse" and protocol != "go":
        raise click.UsageError("family reuse is a program for go alone; use --scenario reuse")
    return (PROGRAMS[scenario] if scenario else MODEL_FAMILIES[family or "legal"])(workers, waiters)


@click.command()
@click.argument("protocol", type=Name("protocol", SUBJECTS), metavar="PROTOCOL")
@click.option("--workers", type=SIZE, metavar="N", required=True, help="How many workers.")
@click.option("--waiters", type=SIZE, metavar="N", required=True, help="How many waiters.")
@click.option(
    "--family", type=Name("family", MODEL_FAMILIES), help="A program of the pinned counts; legal if not said."
)
@click.option("--scenario", type=Name("scenario", PROGRAMS), metavar="NAME", help=f"One of {', '.join(PROGRAMS)}.")
@click.option("--symmetry", is_flag=True, help="Keep one state of each orbit under permutations of identical threads.")
@click.option(
    "--max-states", type=click.IntRange(min=1), metavar="N", default=10_000_000, show_default=True, help="Stop there."
)
@json_option
def explore(
    protocol: str,
    workers: int,
    waiters: int,
    family: str | None,
    scenario: str | None,
    symmetry: bool,
    max_states: int,
    json_file: str | None,
) -> int:
    """Explore every state of a protocol under a client program.

    PROTOCOL is go, strict, or an algorithm that `waitgroup zoo` lists. The search is exhaustive and breadth first, so
    that the counterexamples are shortest.

    How runs end is an outcome, panics included; what must hold is a property, and only properties are violated.

    Examples:

    \b
      waitgroup explore go --workers 2 --waiters 2
      waitgroup explore strict --workers 2 --waiters 1 --scenario cancel
      waitgroup explore two_words --workers 1 --waiters 1  # exits 1
    """
    program = chosen(protocol, family, scenario, workers, waiters)
    properties = properties_of(SUBJECTS[protocol], program)
    begun = time.perf_counter()
    try:
        with Counting(None, "exploring") as working:
            found = explore_states(
                SUBJECTS[protocol],
                program,
                properties,
                symmetry,
                max_states,
                progress=lambda states, depth: working.say(
                    f"{states:,} states of at most {max_states:,}, {depth} steps deep, "
                    f"{states / (time.perf_counter() - begun):,.0f} a second"
                ),
            )
    except ValueError as error:
        raise click.UsageError(f"{protocol} cannot run {program.name}: {error}") from None
    result = as_json(found) | {
        "protocol": protocol,
        "program": program.name,
        "workers": workers,
        "waiters": waiters,
        "symmetry": symmetry,
        "seconds": round(time.perf_counter() - begun, 3),
    }
    return finish(found.verdict, json_file, result, lambda out: out.print(*tables(found), sep="\n"))


def as_json(found: Exploration) -> dict[str, object]:
    """The exploration as the command line's JSON object."""
    return {
        "verdict": found.verdict,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "states_without_symmetry": found.states_without_symmetry,
        "outcomes": {name: outcome._asdict() for name, outcome in found.outcomes.items()},
        "properties": [
            {
                "kind": verdict.property.kind.value,
                "sentence": verdict.property.sentence,
                "verdict": verdict.verdict,
                "steps": len(verdict.path) - 1 if verdict.path else None,
            }
            for verdict in found.verdicts
        ],
        "truncated": found.truncated,
    }


def tables(found: Exploration) -> Iterable[Table | str]:
    """The figures, the outcomes and the properties, with the runs that violate them."""
    figures = columns("states", "transitions", "depth", "states without symmetry")
    numbers = (found.states, found.transitions, found.depth, found.states_without_symmetry)
    figures.add_row(*(f"{number:,}" for number in numbers))
    yield figures
    outcomes = columns("outcome", "states", "first after", "")
    for name, outcome in sorted(found.outcomes.items()):
        meaning = found.system.protocol.legend.get(name, "")
        outcomes.add_row(name, f"{outcome.states:,}", f"{outcome.depth} steps", meaning)
    yield outcomes
    properties = columns("verdict", "kind", "property")
    for verdict in found.verdicts:
        properties.add_row(coloured(verdict.verdict), verdict.property.kind.value, verdict.property.sentence)
    yield properties
    for verdict in found.verdicts:
        if verdict.verdict == "violated" and verdict.path:
            yield f"\nviolated: {verdict.property.sentence} A shortest run:"
            yield run_table(found.system, verdict.path)
    if found.truncated:
        yield "The search was cut short: what is not violated is inconclusive."
