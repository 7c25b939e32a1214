"""Breadth-first search over every reachable state: exact counts, shortest counterexamples, outcomes, liveness.

Exact: the states themselves are kept, not hashes of them. Nothing is cut unless `max_states` is reached, and then the
result says `truncated`. With symmetry, only one state of each orbit under permutations of identical threads is kept;
the sizes of the orbits give the count without symmetry.
"""

from array import array
from collections import Counter
from collections.abc import Callable
from math import factorial
from typing import NamedTuple

from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.scenarios import Scenario

#: No predecessor: the mark of the initial state.
NOWHERE = -1


class Outcome(NamedTuple):
    """How runs end: in how many states, and after how many steps at the earliest."""

    states: int
    depth: int


class Verdict(NamedTuple):
    """What was found of one property. `path` leads to the violation, or to the witness of a `sometimes`."""

    property: Property
    verdict: str
    path: tuple[State, ...]


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
        """`violated` if any property is, else `inconclusive` if any is, else `holds`."""
        found = {verdict.verdict for verdict in self.verdicts}
        return next((word for word in ("violated", "inconclusive") if word in found), "holds")


class Graph:
    """The states in the order in which they were found, each with its predecessor, depth and successors."""

    def __init__(self, system: System, symmetry: bool) -> None:
        """An empty graph over `system`."""
        self.system = system
        self.symmetry = symmetry
        self.states: list[State] = []
        self.predecessor = array("q")
        self.depth = array("q")
        #: The successors of state i are `targets[first[i]:first[i + 1]]`.
        self.first = array("q", [0])
        self.targets = array("q")
        self.enabled = 0
        self.truncated = False

    def fill(self, max_states: int, progress: Callable[[int, int], None]) -> None:
        """Search breadth first until nothing is new or `max_states` are found; report (states, depth) now and then."""
        system, states, targets = self.system, self.states, self.targets
        canonical = system.canonical if self.symmetry and system.groups else None
        index: dict[State, int] = {}

        def number(state: State, predecessor: int, depth: int) -> int:
            found = index.get(state)
            if found is None:
                found = index[state] = len(states)
                states.append(state)
                self.predecessor.append(predecessor)
                self.depth.append(depth)
            return found

        number(system.initial, NOWHERE, 0)
        current = 0
        while current < len(states):
            if len(states) > max_states:
                self.truncated = True
                return
            depth = self.depth[current] + 1
            stepping = NOWHERE
            for position, _move, state in system.successors(states[current]):
                targets.append(number(canonical(state) if canonical else state, current, depth))
                self.enabled += position != stepping
                stepping = position
            self.first.append(len(targets))
            current += 1
            if current % 20_000 == 0:
                progress(len(states), depth)

    def endings(self) -> list[int]:
        """The explored states in which nothing can step."""
        return [i for i in range(len(self.first) - 1) if self.first[i] == self.first[i + 1]]

    def orbits(self) -> int:
        """How many states there are without symmetry: for each group, the distinct orders of its threads."""
        if not self.symmetry:
            return len(self.states)
        total = 0
        for state in self.states:
            size = 1
            for first, last in self.system.groups:
                size *= factorial(last - first)
                for count in Counter(state[first:last]).values():
                    size //= factorial(count)
            total += size
        return total

    def path_to(self, target: int) -> tuple[State, ...]:
        """A shortest run to the state `target`, as states that real, unpermuted threads go through."""
        indices = [target]
        while (before := self.predecessor[indices[-1]]) != NOWHERE:
            indices.append(before)
        path = [self.system.initial]
        for goal in reversed(indices[:-1]):
            wanted = self.states[goal]
            steps = (state for _, _, state in self.system.successors(path[-1]))
            path.append(next(s for s in steps if (self.system.canonical(s) if self.symmetry else s) == wanted))
        return tuple(path)

    def run_avoiding(self, holds: Callable[[int], bool]) -> int | None:
        """A state on a run that never reaches a state where `holds`: an ending, or one on a cycle; None if none is.

        The states where it does not hold, as far as they are reached through such states alone, are peeled from their
        entries on: an ending among them, or a rest that cannot be peeled (a cycle), is such a run.
        """
        if holds(0):
            return None
        avoiding, seen = [0], {0}
        entering: Counter[int] = Counter()
        for i in avoiding:
            for target in self.targets[self.first[i] : self.first[i + 1]]:
                if target not in seen and not holds(target):
                    seen.add(target)
                    avoiding.append(target)
                if target in seen:
                    entering[target] += 1
            if self.first[i] == self.first[i + 1]:
                return i
        free = [i for i in avoiding if not entering[i]]
        for i in free:
            for target in self.targets[self.first[i] : self.first[i + 1]]:
                if target in seen:
                    entering[target] -= 1
                    if not entering[target]:
                        free.append(target)
        return None if len(free) == len(avoiding) else next(i for i in avoiding if entering[i])


def judge(graph: Graph, property_: Property) -> Verdict:
    """The verdict on one property, with the shortest path to its violation or witness."""
    system, complete = graph.system, not graph.truncated

    def holds(i: int) -> bool:
        return property_.holds(*system.view(graph.states[i]))

    if property_.kind is Kind.EVENTUALLY:
        bad = graph.run_avoiding(holds) if complete else None
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
) -> Exploration:
    """Every state that `protocol` reaches under `scenario`, and the verdicts on `properties`.

    Raises ValueError if the protocol does not know one of the scenario's calls. A search that finds more than
    `max_states` states stops there and is `truncated`: what was not violated by then is inconclusive.
    """
    graph = Graph(System(protocol, scenario), symmetry)
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
