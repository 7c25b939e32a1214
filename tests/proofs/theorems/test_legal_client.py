"""The most general legal client of Go's: every thread may begin any call that the five rules allow at that moment.

What the proofs say of any number of threads must be true in each of its states; and without any one of the rules, some
client comes to grief.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from tests.proofs.theorems.walk import check_state, outcome_of, step_of

from waitgroup_proofs.theorems.abstraction import Caller, Rule
from waitgroup_proofs.theorems.go import GO
from waitgroup_proofs.theorems.go.census import License, moved
from waitgroup_proofs.theorems.go.invariant import as_new, stuck
from waitgroup_proofs.theorems.go.legal_use import RULES
from waitgroup_proofs.theorems.necessity import NEEDED
from waitgroup_proofs.theorems.steps import outcomes
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import go
from waitgroup_spec.word import COUNTER_MAX


def check_steps(shared: go.Shared, callers: tuple[Caller[go.Thread], ...]) -> list[str]:
    """Whatever is proved of every step; the ids of their outcomes."""
    ids = []
    for position, caller in enumerate(callers):
        for action in go.go.enabled(shared, caller.thread):
            step = step_of(GO, shared, callers, position, action)
            check_state(GO, step.shared, (*callers[:position], step.caller, *callers[position + 1 :]))
            ids.append(outcome_of(GO, action, caller, step).id)
    return ids


class Client(NamedTuple):
    """A thread of it, and how many calls it has still to make."""

    caller: Caller[go.Thread]
    calls: int


class State(NamedTuple):
    """The clients in any order, so in one order."""

    shared: go.Shared
    clients: tuple[Client, ...]

    @property
    def callers(self) -> tuple[Caller[go.Thread], ...]:
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


def successors(state: State, rules: tuple[Rule, ...], entries: tuple[Caller[go.Thread], ...]) -> Iterator[State]:
    """The steps inside calls, and every entry into a call that the rules allow."""
    census = GO.census_of(state.shared, state.callers)
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
    return (client.caller.thread, str(client.caller.license), client.calls)


def reachable(
    units: int,
    calls: tuple[int, ...],
    rules: tuple[Rule, ...] = RULES,
    entries: tuple[Caller[go.Thread], ...] = ENTRIES,
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
    [
        pytest.param(0, (2, 2, 2), 8176, 15571, marks=pytest.mark.slow),
        (1, (3, 3), 3415, 4930),
        (2, (1, 1, 1, 1), 1724, 3453),
    ],
)
def test_the_most_general_legal_client_keeps_the_invariant(
    units: int, calls: tuple[int, ...], states: int, steps: int
) -> None:
    found, ids = 0, Counter[str]()
    for state in reachable(units, calls):
        check_state(GO, state.shared, state.callers)
        ids.update(check_steps(state.shared, state.callers))
        found += 1
    assert (found, ids.total()) == (states, steps)
    possible = {outcome.id for outcome in outcomes(GO) if not outcome.panics} - set(NEEDED["go"].never)
    assert ids.keys() <= possible
    assert len(calls) == 2 or ids.keys() == possible


def bad(state: State) -> bool:
    """A panic, or an ending at counter zero that leaves something behind."""
    if state.shared.panic != go.Panic.NONE:
        return True
    census = GO.census_of(state.shared, state.callers)
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
