"""A board: a program of a protocol with every state it can reach, as data from which a page plays without searching.

The states, the steps and the verdicts on the properties are the explorer's; the page only looks them up.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from waitgroup_proofs.play.levels import MOST_STATES, WINNABLE, Explained, Goal
from waitgroup_proofs.refinement import Product
from waitgroup_proofs.report.states import colour, shared_as_data, thread_as_data
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import Local, State, System
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Action, Protocol, Result
from waitgroup_spec.scenarios import Scenario

Data = dict[str, Any]


class Sources:
    """The texts of actions, each once."""

    def __init__(self) -> None:
        """None yet."""
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        """The number of a text, which is added if it is new."""
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)


def source_of(action: Action, module: str = "") -> str:
    """The text of an action, from `module`, the text of what it was made from, or from the file that it stands in.

    The docstring and the types are left out: the one is told beside it, the others tell a player nothing.
    """
    if module:
        first = action.effect.__code__.co_firstlineno
        text = "".join(inspect.getblock(module.splitlines(keepends=True)[first - 1 :]))
    else:
        text = inspect.getsource(action.effect)
    function = ast.parse(textwrap.dedent(text)).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body, function.returns = function.body[1:], None
    for argument in function.args.args:
        argument.annotation = None
    return ast.unparse(function)


class Nodes(NamedTuple):
    """What one can come to: states, the steps of each (thread, action, next), and where the contract explains nothing.

    With the contract a state is there once for each of its explanations: whether a run is right depends on the past.
    """

    system: System
    states: list[State]
    steps: list[list[tuple[int, str, int]]]
    unexplained: set[int]


def explored(protocol: Protocol, scenario: Scenario) -> Nodes:
    """The states of the explorer. Raises ValueError if there are too many."""
    graph = Graph(System(protocol, scenario), symmetry=False)
    graph.fill(MOST_STATES)
    if graph.truncated:
        raise ValueError(f"{protocol.name} under {scenario.name}: more than {MOST_STATES} states")
    return Nodes(graph.system, graph.states, [list(graph.steps_of(i)) for i in range(len(graph.states))], set())


def monitored(protocol: Protocol, scenario: Scenario) -> Nodes:
    """The same with the contract beside it. Raises ValueError if there are too many."""
    product = Product(protocol, scenario)
    pairs = [product.initial]
    index = {product.initial: 0}
    steps: list[list[tuple[int, str, int]]] = []
    for state, explanations in pairs:
        taken: list[tuple[int, str, int]] = []
        steps.append(taken)
        if not explanations:
            # The game is over. Who could step is shown, but nobody does: the step leads nowhere.
            here = index[state, explanations]
            taken += [(position, move.action, here) for position, move, _ in product.system.successors(state)]
            continue
        if len(pairs) > MOST_STATES:
            raise ValueError(f"{protocol.name} under {scenario.name}: more than {MOST_STATES} states")
        moves = product.system.successors(state)
        for (position, move, _), pair in zip(moves, product.successors(state, explanations), strict=True):
            if pair not in index:
                index[pair] = len(pairs)
                pairs.append(pair)
            taken.append((position, move.action, index[pair]))
    unexplained = {i for i, (_, explanations) in enumerate(pairs) if not explanations}
    return Nodes(product.system, [state for state, _ in pairs], steps, unexplained)


def board(
    protocol: Protocol,
    scenario: Scenario,
    sources: Sources,
    properties: tuple[Property, ...],
    goal: Goal | None = None,
    module: str = "",
) -> Data:
    """The board; the goal is the first of its properties.

    States are tuples of numbers of `shared` and `locals`; `steps` has, for each state, thread, action and next state of
    every step, one after the other. In a shared state that is `halted` nobody steps. `broken` has the properties that a
    state violates, and `outcomes` what an ending is. Raises ValueError if the protocol does not know a call of the
    scenario, or there are too many states.
    """
    nodes = monitored(protocol, scenario) if isinstance(goal, Explained) else explored(protocol, scenario)
    system, names = nodes.system, list(protocol.actions)
    asked = [one for one in properties if one.kind in WINNABLE and (goal is None or one.sentence != goal.sentence)]
    shown: list[Goal] = [*([goal] if goal else []), *asked]
    endings = {i for i, state in enumerate(nodes.states) if not any(system.successors(state))}
    return {
        "protocol": protocol.name,
        "scenario": scenario.name,
        "program": scenario.sentence,
        "units": scenario.units,
        "threads": threads_of(scenario),
        "actions": [
            {"name": one.name, "sentence": one.sentence, "source": sources.number(source_of(one, module))}
            for one in protocol.actions.values()
        ],
        "fields": [field["name"] for field in shared_as_data(system.shared.values[0])],
        "shared": [
            [field.get("word", field.get("value")) for field in shared_as_data(one)] for one in system.shared.values
        ],
        "locals": [local_as_data(protocol, one, names.index) for one in system.locals.values],
        "states": nodes.states,
        "steps": [
            [one for position, action, target in steps for one in (position, names.index(action), target)]
            for steps in nodes.steps
        ],
        "properties": [
            {"sentence": one.sentence, "ending": isinstance(one, Property) and one.kind is Kind.AT_ENDINGS}
            for one in shown
        ],
        "halted": [number for number, one in enumerate(system.shared.values) if protocol.halted(one)],
        "broken": broken_in(nodes, shown, endings),
        "outcomes": {i: outcome_of(system, protocol, nodes.states[i]) for i in endings},
    }


def threads_of(scenario: Scenario) -> list[Data]:
    """Each thread with its calls."""
    clients = [client for client in scenario.clients for _ in range(client.threads)]
    return [
        {"name": name, "colour": colour(number), "calls": [str(call) for call in client.calls]}
        for number, (name, client) in enumerate(zip(scenario.thread_names, clients, strict=True))
    ]


def local_as_data(protocol: Protocol, local: Local, number: Callable[[str], int]) -> Data:
    """Where a thread of the program stands: its call, its locals, and the actions that stand at its place."""
    over = local.thread.result is not Result.PENDING
    return thread_as_data(local.thread) | {
        "call": local.call,
        "started": local.started,
        "over": over,
        "actions": [] if over else [number(one.name) for one in protocol.at(local.thread.place)],
    }


def broken_in(nodes: Nodes, shown: list[Goal], endings: set[int]) -> dict[int, list[int]]:
    """What is false in each state, of what is asked of it."""

    def false(goal: Goal, i: int) -> bool:
        if isinstance(goal, Explained):
            return i in nodes.unexplained
        asked = goal.kind is Kind.ALWAYS or i in endings
        return asked and not goal.holds(*nodes.system.view(nodes.states[i]))

    found = {i: [number for number, goal in enumerate(shown) if false(goal, i)] for i in range(len(nodes.states))}
    return {i: broken for i, broken in found.items() if broken}


def outcome_of(system: System, protocol: Protocol, ending: State) -> str:
    """How a run ends, with what the protocol's own words for it mean."""
    name = system.outcome(ending)
    return f"{name}: {protocol.legend[name]}" if name in protocol.legend else name
