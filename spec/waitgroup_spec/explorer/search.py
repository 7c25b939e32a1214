"""Breadth-first search over every reachable state: exact counts, shortest counterexamples, outcomes, liveness.

Exact: the states themselves are kept, not hashes of them. Nothing is cut unless `max_states` is reached, and then the
result says `truncated`. With symmetry, only one state of each orbit under permutations of identical threads is kept;
the sizes of the orbits give the count without symmetry.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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
        """`violated` if any property is, else `inconclusive` if the search was cut short, else `holds`."""
        if any(verdict.verdict == "violated" for verdict in self.verdicts):
            return "violated"
        return "inconclusive" if self.truncated else "holds"


class Graph:
    """The states in the order in which they were found, each with its predecessor, depth and successors."""

    def __init__(self, system: System, symmetry: bool) -> None:
        """An empty graph over `system`."""
        self.system = system
        self.symmetry = symmetry
        self.states: list[State] = []
        self.predecessor: array[int] = array("q")
        self.depth: array[int] = array("q")
        #: The successors of state i are `targets[first[i]:first[i + 1]]`.
        self.first: array[int] = array("q", [0])
        self.targets: array[int] = array("q")
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
        """A shortest run to the state `target`."""
        return self.run_along(chain(self.predecessor, target))

    def run_along(self, indices: Iterable[int]) -> tuple[State, ...]:
        """The run through these states, the first being the initial one, as real, unpermuted threads go through it."""
        canonical = self.system.canonical if self.symmetry else lambda state: state
        run: list[State] = []
        for index in indices:
            wanted = self.states[index]
            steps = (state for _, _, state in self.system.successors(run[-1])) if run else iter([self.system.initial])
            run.append(next(state for state in steps if canonical(state) == wanted))
        return tuple(run)

    def targets_of(self, i: int) -> Sequence[int]:
        """The successors of state `i`."""
        return self.targets[self.first[i] : self.first[i + 1]]

    def run_avoiding(self, holds: Callable[[int], bool]) -> list[int] | None:
        """A run that never comes to a state where `holds`, up to its ending or to the end of its first round.

        It is sought among the states that can be reached without coming to such a state. Those of them from which
        every step leads to one, or to a state peeled before, are peeled; a state that stays can avoid it for ever.
        """
        if holds(0):
            return None
        predecessor, avoiding = {0: NOWHERE}, [0]
        for i in avoiding:
            targets = self.targets_of(i)
            if not targets:
                return chain(predecessor, i)
            for target in targets:
                if target not in predecessor and not holds(target):
                    predecessor[target] = i
                    avoiding.append(target)
        staying = {i: {target for target in self.targets_of(i) if target in predecessor} for i in avoiding}
        entered: dict[int, list[int]] = {i: [] for i in avoiding}
        for i, targets_within in staying.items():
            for target in targets_within:
                entered[target].append(i)
        peeled = [i for i in avoiding if not staying[i]]
        for i in peeled:
            for before in entered[i]:
                staying[before].discard(i)
                if not staying[before]:
                    peeled.append(before)
        if len(peeled) == len(avoiding):
            return None
        run = [0]
        while run[-1] not in run[:-1]:
            run.append(min(staying[run[-1]]))
        return run


def chain(predecessor: Mapping[int, int] | Sequence[int], last: int) -> list[int]:
    """The states that lead to `last`, from the initial one on."""
    indices = [last]
    while (before := predecessor[indices[-1]]) != NOWHERE:
        indices.append(before)
    return indices[::-1]


def judge(graph: Graph, property_: Property) -> Verdict:
    """The verdict on one property, with the shortest path to its violation or witness."""
    system, complete = graph.system, not graph.truncated

    def holds(i: int) -> bool:
        return property_.holds(*system.view(graph.states[i]))

    if property_.kind is Kind.EVENTUALLY:
        run = graph.run_avoiding(holds) if complete else None
        if run:
            return Verdict(property_, "violated", graph.run_along(run))
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
