"""The invariant, the census and the rules of legal use are plain Python: here they meet real states, one by one.

Two sources of states: the explorer's legal scenarios, and the most general legal client, in which every thread may
begin any call that the rules allow at that moment. What the proofs say of any number of threads must be true in each.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from waitgroup_proofs.theorems.census import Caller, License, census_of, moved, reclassified, shape
from waitgroup_proofs.theorems.invariant import invariant, rank, well_formed
from waitgroup_proofs.theorems.legal_use import RULES, Rule
from waitgroup_proofs.theorems.necessity import NEVER
from waitgroup_proofs.theorems.no_lost_waiters import accounted_for, as_new, stuck, waits_for_work
from waitgroup_proofs.theorems.steps import Step, outcome_id, outcomes
from waitgroup_proofs.theorems.wakeup_on_zero import permit_for_everyone
from waitgroup_spec.explorer.system import System
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import SCENARIOS
from waitgroup_spec.word import COUNTER_MAX


def check_state(shared: go.Shared, callers: tuple[Caller, ...]) -> None:
    """Whatever is proved of every state."""
    census = census_of(shared, callers)
    assert all(well_formed(caller) for caller in callers)
    assert shape(census)
    assert invariant(shared, census)
    assert permit_for_everyone(shared, census)
    assert stuck(shared, census) is not any(go.go.enabled(shared, caller.thread) for caller in callers)
    if stuck(shared, census):
        assert accounted_for(shared, census)
        assert waits_for_work(shared, census)
        assert as_new(shared, census)


def check_steps(shared: go.Shared, callers: tuple[Caller, ...]) -> list[str]:
    """Whatever is proved of every step; the ids of their outcomes."""
    before = census_of(shared, callers)
    ids = []
    for position, (thread, license_) in enumerate(callers):
        for action in go.go.enabled(shared, thread):
            after, stepped = action.effect(shared, thread)
            assert after.panic == go.Panic.NONE
            assert stepped.result != Result.TRUE or shared.word.counter == after.word.counter == 0
            others = callers[:position] + callers[position + 1 :]
            assert reclassified(shared, after, census_of(shared, others), census_of(after, others))
            end = moved(Caller(thread, license_), stepped)
            step = Step(after, end, before, census_of(after, (*others, end)))
            assert invariant(after, step.after)
            assert rank(step.after) < rank(before)
            ids.append(outcome_id(action, Caller(thread, license_), step))
    return ids


# The explorer's scenarios


def licensed(thread: go.Thread) -> Caller:
    """The license of an Add in these scenarios: whoever adds to a counter does so while it holds a unit."""
    if thread.place != go.Place.ADD_APPLY:
        return Caller(thread)
    return Caller(thread, License.NEGATIVE if thread.delta < 0 else License.NESTED)


@pytest.mark.parametrize(
    ("name", "w", "v", "states", "steps"),
    [
        ("pre-added", 1, 1, 11, 12),
        ("pre-added", 2, 2, 183, 364),
        ("pre-added", 3, 2, 393, 896),
        ("pre-added", 3, 3, 4078, 11700),
        ("nested", 2, 2, 337, 759),
        ("mixed", 2, 2, 332, 711),
    ],
)
def test_the_invariant_holds_in_every_state_and_every_step_lowers_the_rank(
    name: str, w: int, v: int, states: int, steps: int
) -> None:
    system = System(go.go, SCENARIOS[name](w, v))
    seen = {system.initial: None}
    found = [system.initial]
    taken = 0
    for state in found:
        shared, threads = system.view(state)
        callers = tuple(licensed(thread) for thread in threads)
        check_state(shared, callers)
        taken += len(check_steps(shared, callers))
        new = dict.fromkeys(after for _, _, after in system.successors(state) if after not in seen)
        found += new
        seen |= new
    assert (len(found), taken) == (states, steps)


# The most general legal client


class Client(NamedTuple):
    """A thread of it, and how many calls it has still to make."""

    caller: Caller
    calls: int


class State(NamedTuple):
    """The clients in any order, so in one order."""

    shared: go.Shared
    clients: tuple[Client, ...]

    @property
    def callers(self) -> tuple[Caller, ...]:
        return tuple(client.caller for client in self.clients)


ENTRIES = (
    Caller(go.begin(Call())),
    *(Caller(go.begin(Call(delta=-units)), License.NEGATIVE) for units in (1, 2)),
    *(
        Caller(go.begin(Call(delta=units)), license_)
        for units in (1, 2)
        for license_ in (License.NESTED, License.FROM_ZERO)
    ),
)
NOTHING_ADDED = Caller(go.begin(Call(delta=0)), License.NEGATIVE)


def successors(state: State, rules: tuple[Rule, ...], entries: tuple[Caller, ...]) -> Iterator[State]:
    """The steps inside calls, and every entry into a call that the rules allow."""
    census = census_of(state.shared, state.callers)
    for position, (caller, calls) in enumerate(state.clients):
        others = state.clients[:position] + state.clients[position + 1 :]
        found = [
            (shared, Client(moved(caller, thread), calls))
            for action in go.go.enabled(state.shared, caller.thread)
            for shared, thread in [action.effect(state.shared, caller.thread)]
        ]
        if caller.thread.result is not Result.PENDING and calls:
            found += [
                (state.shared, Client(entry, calls - 1))
                for entry in entries
                if all(rule.holds(state.shared, census, entry) for rule in rules)
            ]
        for shared, client in found:
            yield State(shared, tuple(sorted((*others, client), key=order)))


def order(client: Client) -> tuple[object, ...]:
    """Any total order: identical clients are interchangeable."""
    return (client.caller.thread, client.caller.license.name, client.calls)


def reachable(
    units: int, calls: tuple[int, ...], rules: tuple[Rule, ...] = RULES, entries: tuple[Caller, ...] = ENTRIES
) -> Iterator[State]:
    """Every state of clients that make so many calls, breadth first."""
    start = State(go.initial(units), tuple(Client(Caller(go.ADDED), number) for number in sorted(calls)))
    seen = {start}
    states = [start]
    for state in states:
        yield state
        for after in successors(state, rules, entries):
            if after not in seen:
                seen.add(after)
                states.append(after)


@pytest.mark.parametrize(
    ("units", "calls", "states", "steps"),
    [(0, (2, 2, 2), 8176, 15571), (1, (3, 3), 3415, 4930), (2, (1, 1, 1, 1), 1724, 3453)],
)
def test_the_most_general_legal_client_keeps_the_invariant(
    units: int, calls: tuple[int, ...], states: int, steps: int
) -> None:
    found, ids = 0, Counter[str]()
    for state in reachable(units, calls):
        check_state(state.shared, state.callers)
        ids.update(check_steps(state.shared, state.callers))
        found += 1
    assert (found, ids.total()) == (states, steps)
    possible = {outcome.id for outcome in outcomes(go.go) if not outcome.panics} - set(NEVER)
    assert ids.keys() <= possible
    assert len(calls) == 2 or ids.keys() == possible


def bad(state: State) -> bool:
    """A panic, or an ending at counter zero that leaves something behind."""
    if state.shared.panic != go.Panic.NONE:
        return True
    census = census_of(state.shared, state.callers)
    return stuck(state.shared, census) and not as_new(state.shared, census)


@pytest.mark.parametrize(
    ("spared", "units", "calls"),
    [
        ("RULE_1", 0, (1,)),
        ("RULE_2", 1, (1, 1, 1)),
        ("RULE_3_ADD", 1, (1, 1, 1)),
        ("RULE_3_WAIT", 1, (1, 1, 1)),
        ("RULE_4", 1, (1, 1, 1)),
        ("RULE_5_UNITS", COUNTER_MAX, (1,)),
    ],
)
def test_without_one_rule_some_client_comes_to_grief(spared: str, units: int, calls: tuple[int, ...]) -> None:
    rules = tuple(rule for rule in RULES if rule.id != spared)
    assert not any(bad(state) for state in reachable(units, calls, entries=(*ENTRIES, NOTHING_ADDED)))
    assert any(bad(state) for state in reachable(units, calls, rules, (*ENTRIES, NOTHING_ADDED)))
