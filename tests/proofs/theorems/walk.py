"""Real states, one by one, held against what is proved of any of them.

In every state: the invariant, and what is claimed of every state. At every step: the rank, what becomes of the census
of the others, and that the step is an outcome of the lifted protocol. And both companions, executed on real values: the
contract takes the steps that `linearisation` names, and the clocks theirs, with each call in turn as the done.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from waitgroup_proofs.theorems import happens_before
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, matches
from waitgroup_proofs.theorems.companion import Companion
from waitgroup_proofs.theorems.steps import Outcome, Step, ending, outcomes
from waitgroup_spec.explorer.system import State, System
from waitgroup_spec.protocol import Action, Call, Result

#: A thread as the proofs know it.
View = Callable[[Any], Caller[Any]]
Callers = tuple[Caller[Any], ...]


def check_state(of: Abstraction, shared: Any, callers: Callers) -> None:
    """Whatever is proved of every state."""
    census = of.census_of(shared, callers)
    assert [] == [caller for caller in callers if not of.known(caller)]
    local = [(clause, caller) for clause in of.local for caller in callers if clause.concerns(caller)]
    assert [] == [clause.id for clause, caller in local if not clause.holds(shared, caller)]
    assert of.shape(census)
    assert [] == [clause.id for clause in of.clauses if not clause.holds(shared, census)]
    stuck = of.stuck(shared, census)
    assert stuck is not any(of.protocol.enabled(shared, caller.thread) for caller in callers)
    assert [] == [claim.id for claim in of.at_rest if stuck and not claim.holds(shared, census)]


def step_of(of: Abstraction, shared: Any, callers: Callers, position: int, action: Action) -> Step:
    """The step that one of the threads takes; whatever is proved of every step is true of it."""
    caller, others = callers[position], callers[:position] + callers[position + 1 :]
    after, thread = action.effect(shared, caller.thread)
    end = of.moved(caller, thread)
    step = Step(shared, after, end, of.census_of(shared, callers), of.census_of(after, (*others, end)))
    assert of.reclassified(shared, after, of.census_of(shared, others), of.census_of(after, others))
    assert of.rank(step.after) < of.rank(step.before)
    return step


def outcome_of(of: Abstraction, action: Action, caller: Caller[Any], step: Step) -> Outcome:
    """The one outcome of the lifted protocol that the step is."""
    end = ending(step.shared, step.caller.thread)
    found = [one for one in outcomes(of) if (one.action.name, one.ending) == (action.name, end)]
    (outcome,) = (one for one in found if matches(one.caller, caller))
    return outcome


def walked(of: Abstraction, system: System, view: View) -> tuple[int, set[str]]:
    """How many steps there are from all states of a system, all checked, and the ids of their outcomes."""
    seen = {system.initial: None}
    found, steps, ids = [system.initial], 0, set()
    for state in found:
        shared, threads = system.view(state)
        callers = tuple(map(view, threads))
        check_state(of, shared, callers)
        for position, move, after in system.successors(state):
            action = of.protocol.actions[move.action]
            step = step_of(of, shared, callers, position - 1, action)
            ids.add(outcome_of(of, action, callers[position - 1], step).id)
            steps += 1
            if after not in seen:
                seen[after] = None
                found.append(after)
    return steps, ids


def plain(numbers: Any) -> Any:
    """Knowledge as 0 or 1, for any other positive number says no more; but for `ignorant`, which counts."""
    values = numbers._asdict()
    return numbers._replace(**{name: min(values[name], 1) for name in values if name != "ignorant"})


class Accompanied(NamedTuple):
    """A state, and the companion's: its shared part, and its part for each thread."""

    state: State
    shared: Any
    parts: tuple[Any, ...]


class Company:
    """A system and a companion, side by side. A companion with a choice makes each."""

    def __init__(self, of: Abstraction, companion: Companion, system: System, view: View) -> None:
        """At the start every thread enters its first call."""
        self.of, self.companion, self.system, self.view = of, companion, system, view
        shared = companion.starts(system.scenario.units)
        self.initial = [Accompanied(system.initial, shared, ())]
        for local in system.initial[1:]:
            self.initial = [
                Accompanied(at.state, entered, (*at.parts, part))
                for at in self.initial
                for entered, part in self.entered(at.shared, self.call_of(local))
            ]

    def call_of(self, number: int) -> Call:
        """The call that a thread is in."""
        local = self.system.locals.values[number]
        call: Call = self.system.scenario.clients[local.client].calls[local.call]
        return call

    def entered(self, shared: Any, call: Call) -> list[tuple[Any, Any]]:
        """The companion's parts after an invocation, in every way."""
        if self.companion.begins is happens_before.begins:
            return [happens_before.begins(shared, call, chosen) for chosen in (0, 1)]
        return [self.companion.begins(shared, call)]

    def followed(self, outcome: Outcome, step: Step, shared: Any, part: Any) -> list[Any]:
        """The companion's parts after a step, in every way."""
        if self.companion.begins is happens_before.begins:
            follows = partial(happens_before.follows, "", outcome, step, shared, part)
            return [tuple(map(plain, follows(unlucky=unlucky) or ())) for unlucky in (0, 1)]
        return [self.companion.follows(outcome, step, shared, part)]

    def check(self, at: Accompanied) -> None:
        """The relation, between the shared parts and of every thread."""
        shared, threads = self.system.view(at.state)
        assert self.companion.agrees(shared, at.shared)
        for thread, part in zip(threads, at.parts, strict=True):
            assert self.companion.related(shared, self.view(thread), at.shared, part)

    def successors(self, at: Accompanied) -> Iterator[Accompanied]:
        """Every step, followed; a call that ends is related at its end, before the next one begins."""
        shared, threads = self.system.view(at.state)
        callers = tuple(map(self.view, threads))
        for position, move, state in self.system.successors(at.state):
            mine = position - 1
            action = self.of.protocol.actions[move.action]
            step = step_of(self.of, shared, callers, mine, action)
            outcome = outcome_of(self.of, action, callers[mine], step)
            for after in self.followed(outcome, step, at.shared, at.parts[mine]):
                assert after is not None
                clocks, part = after
                assert self.companion.related(step.shared, step.caller, clocks, part)
                parts = [
                    part if i == mine else self.companion.notices(outcome, step, clocks, callers[i], theirs)
                    for i, theirs in enumerate(at.parts)
                ]
                ways = [(clocks, part)]
                if outcome.answer is not Result.PENDING and not self.system.finished(state[position]):
                    ways = self.entered(clocks, self.call_of(state[position]))
                for entered, begun in ways:
                    yield Accompanied(state, entered, (*parts[:mine], begun, *parts[mine + 1 :]))

    def states(self) -> int:
        """How many states there are, side by side, all checked."""
        seen = set(self.initial)
        found = list(self.initial)
        for at in found:
            self.check(at)
            for after in self.successors(at):
                if after not in seen:
                    seen.add(after)
                    found.append(after)
        return len(found)
