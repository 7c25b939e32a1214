"""The graph of all states of a small program, for Graphviz."""

import json

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.report.tables import leaves
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import Local, State, System
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.scenarios import Scenario

#: Larger graphs are not drawn: nobody could read them.
MOST_STATES = 300


def dot(protocol: Protocol, scenario: Scenario) -> str:
    """The graph. Raises Untranslatable if it is too large, or the protocol does not know one of the calls."""
    try:
        system = System(protocol, scenario)
    except ValueError as error:
        raise Untranslatable(f"{protocol.name} cannot run {scenario.name}: {error}") from error
    graph = Graph(system, symmetry=False)
    graph.fill(MOST_STATES)
    if graph.truncated:
        raise Untranslatable(f"more than {MOST_STATES} states are too many to draw: ask for fewer workers or waiters")
    endings = set(graph.endings())
    lines = [
        f"// {protocol.name}: {protocol.sentence}",
        f"// The program {scenario.name}, {scenario.sentence}: {len(graph.states)} states, {len(graph.targets)} steps.",
        "// Where runs end, the border is double and the colour says how: all returned, blocked, or halted.",
        "digraph {",
        '  node [shape=box, fontname="monospace", style=filled, fillcolor=white]',
        '  edge [fontname="monospace"]',
    ]
    for number, state in enumerate(graph.states):
        ending = f", peripheries=2, fillcolor={colour(system, state)}" if number in endings else ""
        lines.append(f"  {number} [label={quoted(label(system, state, number in endings))}{ending}]")
    for number in range(len(graph.states)):
        for position, action, target in graph.steps_of(number):
            said = f"{scenario.thread_names[position - 1]}: {action}"
            lines.append(f"  {number} -> {target} [label={quoted(said)}]")
    return "\n".join([*lines, "}", ""])


def quoted(text: str) -> str:
    """A string of Graphviz."""
    return json.dumps(text, ensure_ascii=False)


def label(system: System, state: State, ending: bool) -> str:
    """The shared state, where each thread stands, and how the run ends, if it does."""
    shared = ", ".join(f"{name} {value}" for name, value in leaves(system.shared.values[state[0]]))
    locals_ = [system.locals.values[local] for local in state[1:]]
    stand = [
        f"{name}: {standing(system, local)}" for name, local in zip(system.scenario.thread_names, locals_, strict=True)
    ]
    outcome = system.outcome(state) if ending else ""
    said = ": ".join(filter(None, [outcome.upper(), system.protocol.legend.get(outcome)]))
    return "\n".join(filter(None, [shared, *stand, said]))


def standing(system: System, local: Local) -> str:
    """Which call a thread is in, and at which place."""
    place = getattr(local.thread.place, "name", local.thread.place)
    calls = system.scenario.clients[local.client].calls
    if not local.started:
        return "not started"
    if local.thread.result is Result.PENDING:
        return f"{calls[local.call]} at {place}"
    return "answered " + ", ".join(result.name for result in local.results or (local.thread.result,))


def colour(system: System, state: State) -> str:
    """Red where the protocol has halted, yellow where somebody is blocked, green where all have returned."""
    if system.protocol.halted(system.shared.values[state[0]]):
        return "lightpink"
    return "khaki" if "blocked" in system.outcome(state) else "palegreen"
