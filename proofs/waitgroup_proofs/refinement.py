"""Bounded refinement: every run of a protocol under a scenario has an explanation in the contract.

The protocol's transition system is searched together with the contract's monitor: a state is a state of the protocol
and the set of all configurations of the contract that explain how it was reached. A call counts as invoked with its
first action and as returned with its last one. No explanation left is a violation; so is a state in which nobody can
step while somebody is blocked who, by the contract, may not be.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_spec.explorer.system import Local, State, System
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.scenarios import Scenario

#: A state of the protocol, and the number of the explanations that it has.
Pair = tuple[State, int]


class Refinement(NamedTuple):
    """How many pairs of states and explanations there are, and a shortest run without one, if there is any.

    `stranded`: what has no explanation is that somebody is blocked at the end of the run; else it is its last response.
    """

    system: System
    states: int
    violation: tuple[State, ...]
    stranded: bool = False


def knows(protocol: Protocol, scenario: Scenario) -> bool:
    """Whether the protocol has every call that the scenario makes."""
    try:
        for client in scenario.clients:
            for call in client.calls:
                protocol.begin(call)
    except ValueError:
        return False
    return True


class Product:
    """A protocol's transition system, monitored by the contract. An explanation of 0 is none."""

    def __init__(self, protocol: Protocol, scenario: Scenario, halts: bool = False) -> None:
        """`halts`: a protocol may halt the program, and what it says by that is an outcome; such runs are left alone.

        Raises ValueError where the protocol knows no such call, and for clients that repeat their calls for ever.
        """
        if any(client.repeats for client in scenario.clients):
            raise ValueError(f"{scenario.name}: a client that repeats its calls has no last one to be seen to return")
        self.system = System(protocol, scenario)
        self.halts = halts
        self.contract = ContractMonitor()
        self.threads = range(len(self.system.initial) - 1)
        start, untouched = self.system.initial, self.contract.initial(scenario.units, len(self.threads))
        self.initial = (start, self._at_rest(start, untouched))

    def successors(self, state: State, explanations: int) -> Iterator[Pair]:
        """Every step, and what it leaves of the explanations."""
        for position, _move, after in self.system.successors(state):
            if self.halts and self.system.protocol.halted(self.system.shared.values[after[0]]):
                continue
            yield after, self._at_rest(after, self.observed(position - 1, state, after, explanations))

    def observed(self, thread: int, before: State, after: State, explanations: int) -> int:
        """A thread stepped: its call may have been entered by that, and left."""
        was, now = (self.system.locals.values[state[thread + 1]] for state in (before, after))
        explanations = self._entered(thread, was, explanations)
        if now.thread.result is Result.PANICKED:
            return 0
        if now.call > was.call:
            explanations = self.contract.respond(explanations, thread, now.results[-1])
        return explanations

    def _entered(self, thread: int, local: Local, explanations: int) -> int:
        """The thread is in the call that comes next for it."""
        if any(c.threads[thread] is not None for c in self.contract.sets[explanations]):
            return explanations
        call = self.system.scenario.clients[local.client].calls[local.call]
        return self.contract.invoke(explanations, thread, call)

    def _at_rest(self, state: State, explanations: int) -> int:
        """If none of the started threads can step, each that has not finished must be blocked for a reason."""
        active = [i for i in self.threads if self._active(state, i)]
        if any(self.system.moves_of(state[0], state[i + 1]) for i in active):
            return explanations
        for thread in active:  # one that is blocked in its first action has entered its call all the same
            explanations = self._entered(thread, self.system.locals.values[state[thread + 1]], explanations)
        return self.contract.quiescent(explanations, tuple(active))

    def strands(self, pair: Pair, after: State) -> bool:
        """Whether a step to a state without explanation leaves some until it is seen that somebody is blocked there."""
        steps = (position for position, _, state in self.system.successors(pair[0]) if state == after)
        return any(self.observed(position - 1, pair[0], after, pair[1]) for position in steps)

    def _active(self, state: State, thread: int) -> bool:
        local = self.system.locals.values[state[thread + 1]]
        return bool(local.started) and local.thread.result is Result.PENDING

    def order(self, state: State) -> tuple[int, ...]:
        """The threads in the order in which the representative of the state's orbit has them."""
        order = list(self.threads)
        for first, last in self.system.groups:
            order[first - 1 : last - 1] = sorted(order[first - 1 : last - 1], key=lambda thread: state[thread + 1])
        return tuple(order)

    def folded(self, state: State, explanations: int, order: tuple[int, ...]) -> Pair:
        """The pair with its threads in another order."""
        return (state[0], *(state[i + 1] for i in order)), self.contract.renamed(explanations, order)


class Origin(NamedTuple):
    """How a pair was found: a step of `pair` made `state`, whose threads were then put in `order`."""

    pair: Pair
    state: State
    order: tuple[int, ...]


def refine(protocol: Protocol, scenario: Scenario, halts: bool = False) -> Refinement:
    """Search the product breadth first. Raises ValueError where the protocol knows no such call.

    `halts`: that the program is halted is not a violation, but an outcome.
    """
    product = Product(protocol, scenario, halts)
    if not product.initial[1]:
        return Refinement(product.system, 1, (product.system.initial,), stranded=True)
    before: dict[Pair, Origin | None] = {product.initial: None}
    todo = deque([product.initial])
    while todo:
        pair = todo.popleft()
        for state, explanations in product.successors(*pair):
            order = product.order(state)
            if not explanations:
                run = unfolded(before, Origin(pair, state, order))
                return Refinement(product.system, len(before), run, product.strands(pair, state))
            following = product.folded(state, explanations, order)
            if following not in before:
                before[following] = Origin(pair, state, order)
                todo.append(following)
    return Refinement(product.system, len(before), ())


def unfolded(before: Mapping[Pair, Origin | None], last: Origin) -> tuple[State, ...]:
    """The run that ends with `last`, as states that real, unpermuted threads go through."""
    origins: list[Origin] = []
    origin: Origin | None = last
    while origin is not None:
        origins.append(origin)
        origin = before[origin.pair]
    run = [origins[-1].pair[0]]
    real: Sequence[int] = range(len(run[0]) - 1)  # for each thread of a folded state, which real one it is
    for origin in reversed(origins):
        where = {thread: i for i, thread in enumerate(real)}
        run.append((origin.state[0], *(origin.state[where[thread] + 1] for thread in sorted(where))))
        real = [real[i] for i in origin.order]
    return tuple(run)
