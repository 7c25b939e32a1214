"""The graph of every reachable state, filled breadth first.

Exact: the states themselves are kept, not hashes of them. Nothing is cut unless `max_states` is reached, and then the
graph says `truncated`. With symmetry, only one state of each orbit under permutations of identical threads is kept;
the sizes of the orbits give the count without symmetry. With a quotient, only one state is kept of all that differ in
nothing that matters.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import factorial
from typing import Any

from waitgroup_spec.explorer.system import State, System

#: No predecessor: the mark of the initial state.
NOWHERE = -1

#: Replaces shared state and threads by the representative of all that behave in the same way.
Quotient = Callable[[Any, tuple[Any, ...]], tuple[Any, tuple[Any, ...]]]


class Graph:
    """The states in the order in which they were found, each with its predecessor, depth and successors."""

    def __init__(self, system: System, symmetry: bool, quotient: Quotient | None = None) -> None:
        """An empty graph over `system`."""
        self.system = system
        self.symmetry = symmetry
        self.quotient = quotient
        self.states: list[State] = []
        self.predecessor: array[int] = array("q")
        self.depth: array[int] = array("q")
        #: The successors of state i are `targets[first[i]:first[i + 1]]`.
        self.first: array[int] = array("q", [0])
        self.targets: array[int] = array("q")
        self.enabled = 0
        self.truncated = False

    def fill(self, max_states: int, progress: Callable[[int, int], None] = lambda _states, _depth: None) -> None:
        """Search breadth first until nothing is new or `max_states` are found; report (states, depth) now and then."""
        system, states, targets = self.system, self.states, self.targets
        canonical = self.representative if self.quotient or (self.symmetry and system.groups) else None
        index: dict[State, int] = {}

        def number(state: State, predecessor: int, depth: int) -> int:
            found = index.get(state)
            if found is None:
                found = index[state] = len(states)
                states.append(state)
                self.predecessor.append(predecessor)
                self.depth.append(depth)
            return found

        number(canonical(system.initial) if canonical else system.initial, NOWHERE, 0)
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

    def representative(self, state: State) -> State:
        """The one state that is kept of all that symmetry and quotient do not tell apart."""
        if self.quotient:
            state = self.system.replaced(state, *self.quotient(*self.system.view(state)))
        return self.system.canonical(state) if self.symmetry else state

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
        """The run through these states, the first being the initial one, as real threads go through it."""
        run: list[State] = []
        for index in indices:
            wanted = self.states[index]
            steps = (state for _, _, state in self.system.successors(run[-1])) if run else iter([self.system.initial])
            run.append(next(state for state in steps if self.representative(state) == wanted))
        return tuple(run)

    def targets_of(self, i: int) -> Sequence[int]:
        """The successors of state `i`."""
        return self.targets[self.first[i] : self.first[i + 1]]

    def steps_of(self, i: int) -> Iterator[tuple[int, str, int]]:
        """Every step from state `i`: the position of the thread that takes it, the action's name, the successor."""
        for (position, move, _), target in zip(self.system.successors(self.states[i]), self.targets_of(i), strict=True):
            yield position, move.action, target


def chain(predecessor: Mapping[int, int] | Sequence[int], last: int) -> list[int]:
    """The states that lead to `last`, from the initial one on."""
    indices = [last]
    while (before := predecessor[indices[-1]]) != NOWHERE:
        indices.append(before)
    return indices[::-1]
