"""A protocol under a scenario, as a transition system over small integers.

A state is a tuple `(shared, thread 1, ..., thread n)` of indices into tables of the values seen so far. A move of one
thread depends on the shared state and on that thread alone, so each (shared, thread) pair is computed once, by the
protocol's own text, and looked up ever after: readable actions cost nothing in a large search.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.scenarios import After, Scenario, Turn, When

#: A state: the index of the shared state, then one of each thread.
State = tuple[int, ...]


class Local(NamedTuple):
    """Where one thread of a scenario stands: `client` is an index; `started` is False while its start is awaited.

    `results`: of the calls that have ended, what `System.answer` keeps.
    """

    client: int
    started: bool
    call: int
    thread: Any
    results: tuple[Any, ...] = ()


class Move(NamedTuple):
    """One step of one thread: the action's name and the indices that result."""

    action: str
    shared: int
    local: int


class Table:
    """Values numbered in the order in which they are first seen."""

    def __init__(self) -> None:
        """An empty table."""
        self.values: list[Any] = []
        self.index: dict[Any, int] = {}

    def number(self, value: Any) -> int:
        """The index of `value`, which is added if it is new."""
        found = self.index.get(value)
        if found is None:
            found = self.index[value] = len(self.values)
            self.values.append(value)
        return found


class System:
    """The transition system. Not thread-safe: it fills its tables as it is asked."""

    def __init__(self, protocol: Protocol, scenario: Scenario) -> None:
        """Raises ValueError where the protocol knows no such call (Go has no timed wait).

        Also if a thread is to be started by a client that repeats, because its rounds are not counted.
        """
        endless = {client.name for client in scenario.clients if client.repeats}
        for client in scenario.clients:
            if isinstance(client.start, After) and client.start.client in endless:
                raise ValueError(f"{client.name} cannot be started by {client.start.client}, which repeats its calls")
        self.protocol = protocol
        self.scenario = scenario
        self.shared = Table()
        self.locals = Table()
        self.moves: dict[tuple[int, int], tuple[Move, ...]] = {}
        #: For each thread, when it may start.
        self.starts = [client.start for client in scenario.clients for _ in range(client.threads)]
        self.gated = [i for i, start in enumerate(self.starts) if start is not When.AT_ONCE]
        #: For each group of identical threads, where it begins and ends in a state; groups of one are left out.
        self.groups: list[tuple[int, int]] = []
        first = 1
        for client in scenario.clients:
            if client.threads > 1:
                self.groups.append((first, first + client.threads))
            first += client.threads
        self.initial: State = (
            self.shared.number(protocol.initial(scenario.units)),
            *(
                self.locals.number(Local(number, client.start is When.AT_ONCE, 0, protocol.begin(client.calls[0])))
                for number, client in enumerate(scenario.clients)
                for _ in range(client.threads)
            ),
        )

    def moves_of(self, shared: int, local: int) -> tuple[Move, ...]:
        """The moves of one thread, from the table or from the protocol's text."""
        key = (shared, local)
        found = self.moves.get(key)
        if found is None:
            state, before = self.shared.values[shared], self.locals.values[local]
            found = self.moves[key] = tuple(
                Move(action.name, *self._number(before, *action.effect(state, before.thread)))
                for action in self.protocol.enabled(state, before.thread)
            )
        return found

    def _number(self, before: Local, shared: Any, thread: Any) -> tuple[int, int]:
        """Number the outcome of a step; a call that ends is followed at once by the next one, if there is one."""
        after = before._replace(started=True, thread=thread)
        answer = self.answer(before, shared, thread)
        if answer is Result.PANICKED:
            after = Local(before.client, True, 0, thread)
        elif answer is not Result.PENDING:
            results = (*before.results, answer)
            calls, completed = self.scenario.clients[before.client].calls, before.call + 1
            if completed == len(calls) and self.scenario.clients[before.client].repeats:
                completed, results = 0, ()  # what earlier rounds gave is forgotten: else no state would come again
            if completed < len(calls):
                thread = self.protocol.begin(calls[completed])
            after = Local(before.client, True, completed, thread, results)
        return self.shared.number(shared), self.locals.number(after)

    def answer(self, before: Local, shared: Any, thread: Any) -> Any:
        """What is kept of how a thread's call stands after a step. One that has panicked makes no further call."""
        return thread.result

    def finished(self, local: int) -> bool:
        """Whether a thread has made all its calls, or has panicked."""
        return self.locals.values[local].thread.result is not Result.PENDING

    def successors(self, state: State) -> Iterator[tuple[int, Move, State]]:
        """Every enabled step: the thread's position in the state, its move, the next state."""
        closed = [i for i in self.gated if not self._open(state, i)] if self.gated else ()
        shared = state[0]
        for position in range(1, len(state)):
            if closed and position - 1 in closed:
                continue
            for move in self.moves_of(shared, state[position]):
                yield position, move, (move.shared, *state[1:position], move.local, *state[position + 1 :])

    def _open(self, state: State, i: int) -> bool:
        """Whether thread `i` has started, or may start now."""
        locals_ = [self.locals.values[local] for local in state[1:]]
        if locals_[i].started:
            return True
        start = self.starts[i]
        if isinstance(start, After):
            starters = (local for local in locals_ if self.scenario.clients[local.client].name == start.client)
            return any(local.call >= start.calls for local in starters)
        if isinstance(start, Turn):
            come = start.has_come(zip(self.starts, (local.started for local in locals_), strict=True))
            if come is not None:
                return come
        others = [state[j + 1] for j, local in enumerate(locals_) if j != i and local.started]
        if start is When.RETURNED:
            return all(self.finished(other) for other in others)
        # A thread that another one has started already, and that has only not yet come to its first step, can step.
        due = (j for j in self.gated if isinstance(self.starts[j], After) and not locals_[j].started)
        return not any(self.moves_of(state[0], other) for other in others) and not any(
            self._open(state, j) for j in due
        )

    def canonical(self, state: State) -> State:
        """The representative of `state` under permutations of identical threads."""
        for first, last in self.groups:
            state = state[:first] + tuple(sorted(state[first:last])) + state[last:]
        return state

    def view(self, state: State) -> tuple[Any, tuple[Any, ...]]:
        """The state in the protocol's own terms: shared state and threads."""
        return self.shared.values[state[0]], tuple(self.locals.values[i].thread for i in state[1:])

    def replaced(self, state: State, shared: Any, threads: tuple[Any, ...]) -> State:
        """`state` with another shared state and other threads, in the protocol's own terms."""
        locals_ = (self.locals.values[i]._replace(thread=thread) for i, thread in zip(state[1:], threads, strict=True))
        return (self.shared.number(shared), *map(self.locals.number, locals_))

    def outcome(self, state: State) -> str:
        """What a state in which nothing can step amounts to: a halt, or how many are blocked, refused, and so on."""
        shared = self.shared.values[state[0]]
        if self.protocol.halted(shared):
            return self.protocol.outcome(shared)
        locals_ = [self.locals.values[local] for local in state[1:]]
        results = Counter(result for local in locals_ for result in local.results)
        blocked = sum(local.started and local.thread.result is Result.PENDING for local in locals_)
        counts = {
            "blocked": blocked,
            "refused": results[Result.REJECTED],
            "expired": results[Result.FALSE],
            "interrupted": results[Result.INTERRUPTED],
        }
        said = [f"{count} {what}" for what, count in counts.items() if count]
        return ", ".join(said) if blocked else ", ".join(["all returned", *said])
