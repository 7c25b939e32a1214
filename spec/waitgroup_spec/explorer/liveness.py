"""Whether something happens on every run, or on every fair one: a search for a run on which it never does.

A run goes on for ever or stops for good. It is looked for among the states that can be reached without coming to one
in which the thing has happened; there it stops, or it goes round in a component, a set of states each of which can be
reached from each other one.

A run counts if it keeps every *demand*. A demand is a set of steps, and asks for weak fairness: if from some moment on
one of these steps can always be taken, then one of them is taken again and again. Without fairness there is one
demand, of all steps: the run goes on as long as anybody can step. A fair scheduler keeps one demand for each thread.

Only the largest components need be looked at. If one breaks a demand, a step of the demand can be taken in each of its
states and none stays within it, so every cycle inside it breaks the demand too.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple
from typing import Protocol as Structural

from waitgroup_spec.explorer.graph import NOWHERE, Graph, chain
from waitgroup_spec.properties import Kind, Property

#: Whether a step belongs to the demand, by the thread's position in the state and the action's name.
Demand = Callable[[int, str], bool]


class Steps(Structural):
    """The states of a search and the steps between them: all that is asked here of a graph."""

    def targets_of(self, state: int, /) -> Iterable[int]: ...
    def steps_of(self, state: int, /) -> Iterable[tuple[int, str, int]]: ...


class Lasso(NamedTuple):
    """A run for ever, by the numbers of its states: from `states[loop]` on it is repeated; None if it stops."""

    states: list[int]
    loop: int | None


def demands_of(property_: Property, graph: Graph) -> list[Demand]:
    """What a run must keep to count against `property_`. Raises ValueError if the question makes no sense."""
    system, neglected = graph.system, property_.neglected
    if unknown := neglected - system.protocol.actions.keys():
        raise ValueError(f"{system.protocol.name} has no action {', '.join(sorted(unknown))} to neglect")
    if property_.kind is not Kind.EVENTUALLY_IF_FAIR:
        if neglected:
            raise ValueError(f"only a fair scheduler neglects actions: {property_.sentence}")
        return [lambda _position, _action: True]
    if graph.symmetry:
        raise ValueError("fairness is between threads, which symmetry does not tell apart: search without it")
    return [thread_steps(thread, neglected) for thread in range(1, len(system.initial))]


def thread_steps(thread: int, neglected: Collection[str]) -> Demand:
    """The steps of one thread, but for the actions that the scheduler may neglect."""
    return lambda position, action: position == thread and action not in neglected


def run_avoiding(graph: Graph, holds: Callable[[int], bool], demands: Collection[Demand]) -> Lasso | None:
    """A run that keeps the demands and never comes to a state where `holds`; one that stops, if there is one."""
    if holds(0):
        return None
    predecessor, avoiding = {0: NOWHERE}, [0]
    for i in avoiding:
        if not any(demand(position, action) for position, action, _ in graph.steps_of(i) for demand in demands):
            return Lasso(chain(predecessor, i), None)
        for target in graph.targets_of(i):
            if target not in predecessor and not holds(target):
                predecessor[target] = i
                avoiding.append(target)
    fair: dict[int, set[int]] = {}
    for component in components(graph, predecessor):
        if all(keeps(graph, component, demand) for demand in demands):
            fair.update(dict.fromkeys(component, component))
    entry = next((i for i in avoiding if i in fair), None)
    if entry is None:
        return None
    stem = chain(predecessor, entry)
    return Lasso(stem + round_trip(graph, fair[entry], entry, demands), len(stem) - 1)


def components(graph: Steps, among: Collection[int]) -> Iterator[set[int]]:
    """The strongly connected components of the graph within `among`; a single state needs a step to itself.

    Two passes. The first one walks forwards, depth first, and notes each state once all its successors are noted. The
    second one takes the states from the last one noted on, and walks backwards: what it reaches and has not taken
    before is one component.
    """
    noted: list[int] = []
    seen: set[int] = set()
    entered: dict[int, list[int]] = {i: [] for i in among}
    for root in among:
        walk = [] if root in seen else [(root, iter(graph.targets_of(root)))]
        seen.add(root)
        while walk:
            state, rest = walk[-1]
            for target in rest:
                if target in entered:
                    entered[target].append(state)
                    if target not in seen:
                        seen.add(target)
                        walk.append((target, iter(graph.targets_of(target))))
                        break
            else:
                noted.append(state)
                walk.pop()
    taken: set[int] = set()
    for root in reversed(noted):
        if root in taken:
            continue
        taken.add(root)
        component = [root]
        for state in component:
            new = {before for before in entered[state] if before not in taken}
            taken |= new
            component += new
        if len(component) > 1 or root in entered[root]:
            yield set(component)


def keeps(graph: Steps, component: set[int], demand: Demand) -> bool:
    """Whether going everywhere in the component keeps the demand."""
    return any(
        kept_by(graph, i, target, demand) for i in component for target in component.intersection(graph.targets_of(i))
    )


def kept_by(graph: Steps, before: int, after: int, demand: Demand) -> bool:
    """Whether a cycle with a step from `before` to `after` keeps the demand: that step is one of its, or none is."""
    reached = {target for position, action, target in graph.steps_of(before) if demand(position, action)}
    return not reached or after in reached


def round_trip(graph: Steps, component: set[int], entry: int, demands: Collection[Demand]) -> list[int]:
    """A way within the component from `entry` back to it that keeps every demand, as the states after `entry`.

    It goes on, for each demand that it has not kept so far, to the nearest step that does; then back by a shortest way.
    """
    trip = [entry]
    for demand in demands:

        def kept(before: int, after: int, demand: Demand = demand) -> bool:
            return kept_by(graph, before, after, demand)

        if not any(kept(before, after) for before, after in pairwise(trip)):
            trip += way(graph, component, trip[-1], kept)
    if len(trip) == 1 or trip[-1] != entry:
        trip += way(graph, component, trip[-1], lambda _before, after: after == entry)
    return trip[1:]


def way(graph: Steps, component: set[int], start: int, wanted: Callable[[int, int], bool]) -> list[int]:
    """The shortest way within the component that ends with a step that is wanted, as the states after `start`."""
    predecessor, reached = {start: NOWHERE}, [start]
    for before in reached:
        for after in graph.targets_of(before):
            if after in component:
                if wanted(before, after):
                    return [*chain(predecessor, before)[1:], after]
                if after not in predecessor:
                    predecessor[after] = before
                    reached.append(after)
    raise ValueError("no step of the component is wanted")
