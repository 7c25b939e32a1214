"""State graphs of small programs as pictures: Graphviz finds the places, the template draws.

The layout comes from Graphviz itself (`dot`), which pygraphviz brings along. Only places are taken from it, so that
the page's own style, light and dark, is that of the pictures too.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pygraphviz import AGraph

from waitgroup_proofs.report.states import colour, standings, summary
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import System
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.scenarios import Scenario

#: More states than a picture can show.
MOST_STATES = 100
#: Of a state's box, in the picture's units: its width, and the height of one line of text.
WIDTH, LINE = 148, 15
#: Graphviz measures boxes in inches.
INCH = 72


class Node(NamedTuple):
    """A state: its middle, its lines of text (the shared state, then where each thread stands), and what it is."""

    x: float
    y: float
    shared: str
    threads: tuple[str, ...]
    kind: str


class Edge(NamedTuple):
    """A step: the path of the line, its arrow, the colour of the thread, and what it does."""

    path: str
    arrow: str
    colour: str
    says: str


class Picture(NamedTuple):
    """A state graph, to be drawn in a box of this size."""

    title: str
    threads: tuple[tuple[str, str], ...]
    width: float
    height: float
    box: tuple[float, float]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def pictured(protocol: Protocol, scenario: Scenario) -> Picture:
    """Every state and every step. Raises ValueError if there are more than a picture can show."""
    system = System(protocol, scenario)
    graph = Graph(system, symmetry=False)
    graph.fill(MOST_STATES)
    if graph.truncated:
        raise ValueError(f"{protocol.name} under {scenario.name}: more than {MOST_STATES} states")
    names = scenario.thread_names
    box = (WIDTH, LINE * (len(names) + 1) + 10)
    drawing = placed(graph, box)
    _, _, width, height = map(float, str(drawing.graph_attr["bb"]).split(","))
    title = f"{protocol.name}, {scenario.name}: {len(graph.states)} states, {graph.enabled} steps"
    threads = tuple((name, colour(number)) for number, name in enumerate(names))
    return Picture(
        title, threads, width, height, box, tuple(nodes(graph, drawing, height)), tuple(edges(graph, drawing, height))
    )


def placed(graph: Graph, box: tuple[float, float]) -> AGraph:
    """The graph with the places that Graphviz gives it. States and steps have their numbers for names."""
    drawing = AGraph(directed=True, strict=False, nodesep=0.25, ranksep=0.45)
    drawing.node_attr.update(shape="box", label="", fixedsize=True, width=box[0] / INCH, height=box[1] / INCH)
    for state in range(len(graph.states)):
        drawing.add_node(state)
    for state in range(len(graph.states)):
        for position, _, target in graph.steps_of(state):
            drawing.add_edge(state, target, key=str(position))
    drawing.layout("dot")
    return drawing


def nodes(graph: Graph, drawing: AGraph, height: float) -> Iterator[Node]:
    """The states where they were placed; Graphviz counts from the bottom upwards."""
    endings = set(graph.endings())
    for number, state in enumerate(graph.states):
        x, y = point(str(drawing.get_node(number).attr["pos"]), height)
        kind = "initial" if number == 0 else "ending" if number in endings else ""
        shared, _ = graph.system.view(state)
        yield Node(x, y, summary(shared), tuple(standings(graph.system, state)), kind)


def edges(graph: Graph, drawing: AGraph, height: float) -> Iterator[Edge]:
    """The steps as curves."""
    names, actions = graph.system.scenario.thread_names, graph.system.protocol.actions
    for state in range(len(graph.states)):
        for position, action, target in graph.steps_of(state):
            tip, *points = str(drawing.get_edge(state, target, key=str(position)).attr["pos"]).split()
            start, *rest = [point(one, height) for one in points]
            says = f"{names[position - 1]}: {action}. {actions[action].sentence}"
            path = f"M{in_svg(start)} C{' '.join(map(in_svg, rest))}"
            yield Edge(path, arrow(rest[-1], point(tip.removeprefix("e,"), height)), colour(position - 1), says)


def arrow(base: tuple[float, float], tip: tuple[float, float]) -> str:
    """The corners of an arrow's head."""
    dx, dy = (tip[0] - base[0]) * 0.4, (tip[1] - base[1]) * 0.4
    corners = ((base[0] - dy, base[1] + dx), tip, (base[0] + dy, base[1] - dx))
    return " ".join(map(in_svg, corners))


def point(text: str, height: float) -> tuple[float, float]:
    """A point of Graphviz."""
    x, y = map(float, text.split(","))
    return x, height - y


def in_svg(where: tuple[float, float]) -> str:
    """A point of a path."""
    return f"{where[0]:.1f},{where[1]:.1f}"
