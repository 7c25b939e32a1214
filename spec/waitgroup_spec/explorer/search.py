"""Breadth-first search over every reachable state: exact counts, shortest counterexamples, outcomes, liveness.

The numbers are exact unless the result says `truncated`; see `graph.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

from waitgroup_spec.explorer.graph import Graph, Quotient
from waitgroup_spec.explorer.liveness import components, demands_of, run_avoiding
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.scenarios import Scenario


class Outcome(NamedTuple):
    """How runs end: in how many states, and after how many steps at the earliest."""

    states: int
    depth: int


class Verdict(NamedTuple):
    """What was found of one property. `path` leads to the violation, or to the witness of a `sometimes`.

    If the violation is a run for ever, the path from state number `loop` on is the round that it repeats: it ends where
    it begins, as far as symmetry and quotient tell states apart. A run that stops has no loop.
    """

    property: Property
    verdict: str
    path: tuple[State, ...]
    loop: int | None = None


class Exploration(NamedTuple):
    """Everything a search found. `depth` is the number of steps to the farthest state."""

    system: System
    states: int
    transitions: int
    depth: int
    states_without_symmetry: int
    outcomes: dict[str, Outcome]
    verdicts: tuple[Verdict, ...]
    truncated: bool

    @property
    def verdict(self) -> str:
        """`violated` if any property is, else `inconclusive` if the search was cut short, else `holds`."""
        if any(verdict.verdict == "violated" for verdict in self.verdicts):
            return "violated"
        return "inconclusive" if self.truncated else "holds"


def judge(graph: Graph, property_: Property) -> Verdict:
    """The verdict on one property, with the shortest path to its violation or witness."""
    system, complete = graph.system, not graph.truncated

    def holds(i: int) -> bool:
        return property_.holds(*system.view(graph.states[i]))

    if property_.kind in (Kind.EVENTUALLY, Kind.EVENTUALLY_IF_FAIR):
        lasso = run_avoiding(graph, holds, demands_of(property_, graph)) if complete else None
        if lasso:
            return Verdict(property_, "violated", graph.run_along(lasso.states), lasso.loop)
        bad = None
    elif property_.kind is Kind.SOMETIMES:
        witness = next((i for i in range(len(graph.states)) if holds(i)), None)
        if witness is not None:
            return Verdict(property_, "holds", graph.path_to(witness))
        return Verdict(property_, "violated" if complete else "inconclusive", ())
    else:
        among = graph.endings() if property_.kind is Kind.AT_ENDINGS else range(len(graph.states))
        bad = next((i for i in among if not holds(i)), None)
    if bad is not None:
        return Verdict(property_, "violated", graph.path_to(bad))
    return Verdict(property_, "holds" if complete else "inconclusive", ())


def explore(
    protocol: Protocol,
    scenario: Scenario,
    properties: tuple[Property, ...] = (),
    symmetry: bool = False,
    max_states: int = 20_000_000,
    progress: Callable[[int, int], None] = lambda _states, _depth: None,
    quotient: Quotient | None = None,
) -> Exploration:
    """Every state that `protocol` reaches under `scenario`, and the verdicts on `properties`.

    Raises ValueError if the protocol does not know one of the scenario's calls, and for a property that asks for
    fairness between threads that symmetry does not tell apart, or neglects an unknown action. A search that finds more
    than `max_states` states stops there and is `truncated`: what was not violated by then is inconclusive.
    """
    graph = Graph(System(protocol, scenario), symmetry, quotient)
    for property_ in properties:
        demands_of(property_, graph)  # so that what cannot be judged is refused before a long search
    graph.fill(max_states, progress)
    outcomes: dict[str, Outcome] = {}
    for i in graph.endings():
        name = graph.system.outcome(graph.states[i])
        known = outcomes.get(name, Outcome(0, graph.depth[i]))
        outcomes[name] = Outcome(known.states + 1, known.depth)
    return Exploration(
        system=graph.system,
        states=len(graph.states),
        transitions=graph.enabled,
        depth=max(graph.depth),
        states_without_symmetry=graph.orbits(),
        outcomes=outcomes,
        verdicts=tuple(judge(graph, property_) for property_ in properties),
        truncated=graph.truncated,
    )


class Cycles(NamedTuple):
    """How many states there are, and how many of them lie on a cycle: none, if every run ends."""

    states: int
    on_a_cycle: int


def cycles(protocol: Protocol, scenario: Scenario, max_states: int = 20_000_000) -> Cycles:
    """The states that a run can come back to. Raises ValueError if there are more than `max_states` in all."""
    graph = Graph(System(protocol, scenario), symmetry=False)
    graph.fill(max_states)
    if graph.truncated:
        raise ValueError(f"more than {max_states} states: a search that was cut short does not rule out a cycle")
    everything = range(len(graph.states))
    return Cycles(len(everything), sum(map(len, components(graph, everything))))
