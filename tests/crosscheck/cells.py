"""What is counted: protocols under programs, and our own counts of them."""

import json
from typing import Any, NamedTuple

from tests.crosscheck.tools import Counts

from waitgroup_proofs.exports.bounded import bounded
from waitgroup_proofs.exports.lifted import Lifted
from waitgroup_proofs.exports.program import Program
from waitgroup_proofs.exports.sequences import sequence
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import MODEL_FAMILIES, Scenario
from waitgroup_spec.zoo import LEVELS, PROGRAMS, ZOO

SUBJECTS = PROTOCOLS | ZOO


class Cell(NamedTuple):
    """A protocol under a program of this name and size."""

    protocol: str
    program: str
    workers: int
    waiters: int

    @property
    def scenario(self) -> Scenario:
        """The program. For `go`, reuse is the one of the pinned counts."""
        programs = PROGRAMS | MODEL_FAMILIES if self.protocol == "go" else MODEL_FAMILIES | PROGRAMS
        return programs[self.program](self.workers, self.waiters)


LEGAL = ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3))

#: It computes with all 64 bits of its word, which Spin and TLC have not.
PACKS_64_BITS = "go_1_17"

#: Every protocol under the legal program, and the rest so that every kind of start, call and answer occurs; then each
#: algorithm of the zoo in the program that breaks it.
CELLS = (
    *(Cell(protocol, "legal", *size) for protocol in PROTOCOLS for size in LEGAL),
    *(Cell("go", "reuse", *size) for size in ((1, 1), (2, 1), (1, 2), (2, 2))),
    Cell("go", "add-done", 2, 2),
    Cell("go", "zero-delta", 2, 1),
    *(Cell("strict", "reuse", *size) for size in ((1, 1), (2, 1), (1, 2), (2, 2))),
    Cell("strict", "surplus", 2, 2),
    Cell("strict", "reuse-parked", 1, 2),
    Cell("strict", "timeout-reuse", 2, 2),
    Cell("strict", "cancel", 2, 2),
    *(
        Cell(name, level.scenario, level.workers, level.waiters)
        for name, level in LEVELS.items()
        if name not in (*PROTOCOLS, PACKS_64_BITS)
    ),
)


def ours(protocol: Protocol, scenario: Scenario) -> Counts:
    """The explorer's counts and states."""
    system = System(protocol, scenario)
    graph = Graph(system, symmetry=False)
    graph.fill(10_000_000)
    return Counts(len(graph.states), len(graph.targets), frozenset(written(system, state) for state in graph.states))


def written(system: System, state: State) -> str:
    """A state in the form in which TLC's are read."""
    locals_ = [system.locals.values[local] for local in state[1:]]
    names = system.scenario.thread_names
    values = {
        "shared": plain(system.shared.values[state[0]]),
        "locals": {
            name: {
                "started": local.started,
                "call": local.call,
                "thread": plain(local.thread),
                "results": [int(result) for result in local.results],
            }
            for name, local in zip(names, locals_, strict=True)
        },
    }
    return json.dumps(values, sort_keys=True)


def plain(value: Any) -> Any:
    """Named tuples as records, everything else as its number."""
    if hasattr(value, "_fields"):
        return {field: plain(getattr(value, field)) for field in value._fields}
    return int(value) if isinstance(value, int) else plain(sequence(value))


def exported(protocol: Protocol, scenario: Scenario) -> Program:
    """What the exports are printed from."""
    return Program(Lifted(protocol, bounded), scenario)
