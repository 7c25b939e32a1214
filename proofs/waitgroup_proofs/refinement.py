"""Bounded refinement: every run of a protocol under a scenario has an explanation in the contract.

The protocol's transition system is searched together with the contract's monitor: a state is a state of the protocol
and the set of all configurations of the contract that explain how it was reached. A call counts as invoked with its
first action and as returned with its last one. No explanation left is a violation; so is a state in which nobody can
step while somebody is blocked who, by the contract, may not be.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.scenarios import Scenario


class Refinement(NamedTuple):
    """How many pairs of states and explanations there are, and a shortest run without one, if there is any."""

    system: System
    states: int
    violation: tuple[State, ...]


class Product:
    """A protocol's transition system, monitored by the contract. An explanation of 0 is none."""

    def __init__(self, protocol: Protocol, scenario: Scenario) -> None:
        """Raises ValueError where the protocol knows no such call, and for clients that repeat their calls for ever."""
        if any(client.repeats for client in scenario.clients):
            raise ValueError(f"{scenario.name}: a client that repeats its calls has no last one to be seen to return")
        self.system = System(protocol, scenario)
        self.contract = ContractMonitor()
        self.threads = range(len(self.system.initial) - 1)
        self.initial = (self.system.initial, self.contract.initial(scenario.units, len(self.threads)))

    def successors(self, state: State, explanations: int) -> Iterator[tuple[State, int]]:
        """Every step, and what it leaves of the explanations."""
        for position, _move, after in self.system.successors(state):
            yield after, self._at_rest(after, self._observed(position - 1, state, after, explanations))

    def _observed(self, thread: int, before: State, after: State, explanations: int) -> int:
        """A thread stepped: its call may have been entered by that, and left."""
        was, now = (self.system.locals.values[state[thread + 1]] for state in (before, after))
        if all(c.threads[thread] is None for c in self.contract.sets[explanations]):
            call = self.system.scenario.clients[was.client].calls[was.call]
            explanations = self.contract.invoke(explanations, thread, call)
        if now.thread.result is Result.PANICKED:
            return 0
        if now.call > was.call:
            explanations = self.contract.respond(explanations, thread, now.results[-1])
        return explanations

    def _at_rest(self, state: State, explanations: int) -> int:
        """If none of the started threads can step, each that has not finished must be blocked for a reason."""
        active = [i for i in self.threads if self._active(state, i)]
        if any(self.system.moves_of(state[0], state[i + 1]) for i in active):
            return explanations
        return self.contract.quiescent(explanations, tuple(active))

    def _active(self, state: State, thread: int) -> bool:
        local = self.system.locals.values[state[thread + 1]]
        return bool(local.started) and local.thread.result is Result.PENDING

    def order(self, state: State) -> tuple[int, ...]:
        """The threads in the order in which the representative of the state's orbit has them."""
        order = list(self.threads)
        for first, last in self.system.groups:
            order[first - 1 : last - 1] = sorted(order[first - 1 : last - 1], key=lambda thread: state[thread + 1])
        return tuple(order)

    def folded(self, state: State, explanations: int) -> tuple[State, int]:
        """The representative of a pair under permutations of identical threads."""
        order = self.order(state)
        return (state[0], *(state[i + 1] for i in order)), self.contract.renamed(explanations, order)


def refine(protocol: Protocol, scenario: Scenario) -> Refinement:
    """Search the product breadth first. Raises ValueError where the protocol knows no such call."""
    product = Product(protocol, scenario)
    before: dict[tuple[State, int], tuple[State, int] | None] = {product.initial: None}
    todo = deque([product.initial])
    while todo:
        pair = todo.popleft()
        for state, explanations in product.successors(*pair):
            if not explanations:
                return Refinement(product.system, len(before), unfolded(product, before, pair, state))
            following = product.folded(state, explanations)
            if following not in before:
                before[following] = pair
                todo.append(following)
    return Refinement(product.system, len(before), ())


def unfolded(
    product: Product,
    before: dict[tuple[State, int], tuple[State, int] | None],
    last: tuple[State, int],
    bad: State,
) -> tuple[State, ...]:
    """The run to `bad` through `last`, as states that real, unpermuted threads go through."""
    folded = [last]
    while (previous := before[folded[-1]]) is not None:
        folded.append(previous)
    run = [product.initial]
    for goal in reversed(folded[:-1]):
        run.append(next(pair for pair in product.successors(*run[-1]) if product.folded(*pair) == goal))
    states = [state for state, _ in run]
    broken = (state for state, explanations in product.successors(*run[-1]) if not explanations)
    return (*states, next(broken, bad))
