"""`strict` refines the contract in every scenario, `go` where its use is legal; elsewhere a real run shows why not."""

from collections import deque
from itertools import pairwise
from typing import NamedTuple

import pytest

from waitgroup_proofs.mutants import mutated_module
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.refinement import Product, refine
from waitgroup_spec.endless import PASSERS
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS, Size, scenario, waiters

GO, STRICT = PROTOCOLS["go"], PROTOCOLS["strict"]

#: Pairs of a state of strict and the explanations that the contract has for it, at (1, 1) and (2, 2).
STRICT_PAIRS = {
    "pre-added": (11, 65),
    "add-done": (14, 370),
    "nested": (23, 169),
    "mixed": (18, 137),
    "reuse": (32, 299),
    "reuse-eager": (33, 449),
    "reuse-open": (17, 146),
    "reuse-parked": (9, 14),
    "surplus": (25, 334),
    "zero-delta": (49, 173),
    "timeout-race": (20, 180),
    "timeout-reuse": (35, 200),
    "cancel": (63, 225),
}

#: Pairs of go where its use is legal, at (1, 1) and (2, 2).
GO_PAIRS = {"pre-added": (12, 153), "nested": (30, 467), "mixed": (23, 415)}

#: Steps of a shortest run of go that the contract does not explain, at (2, 2).
GO_VIOLATIONS = {
    "add-done": 5,
    "reuse": 6,
    "reuse-eager": 5,
    "reuse-open": 6,
    "reuse-parked": 12,
    "surplus": 3,
    "zero-delta": 8,
}

#: Wait has no timeout in Go, and cannot be interrupted.
NOT_FOR_GO = ["timeout-race", "timeout-reuse", "cancel"]


def test_every_scenario_is_pinned() -> None:
    assert list(SCENARIOS) == list(STRICT_PAIRS)
    assert sorted(SCENARIOS) == sorted([*GO_PAIRS, *GO_VIOLATIONS, *NOT_FOR_GO])


@pytest.mark.parametrize("name", SCENARIOS)
def test_strict_refines_the_contract_under_every_use(name: str) -> None:
    found = [refine(STRICT, SCENARIOS[name](*size)) for size in ((1, 1), (2, 2))]
    assert (STRICT_PAIRS[name], [(), ()]) == (tuple(one.states for one in found), [one.violation for one in found])


@pytest.mark.parametrize("name", GO_PAIRS)
def test_go_refines_the_contract_under_legal_use(name: str) -> None:
    found = [refine(GO, SCENARIOS[name](*size)) for size in ((1, 1), (2, 2))]
    assert (GO_PAIRS[name], [(), ()]) == (tuple(one.states for one in found), [one.violation for one in found])


@pytest.mark.parametrize("name", NOT_FOR_GO)
def test_go_has_no_call_for_a_timeout_or_an_interrupt(name: str) -> None:
    with pytest.raises(ValueError, match="no timeout and cannot be interrupted"):
        refine(GO, SCENARIOS[name](2, 2))


@pytest.mark.parametrize("name", GO_VIOLATIONS)
def test_go_breaks_the_contract_under_misuse_in_a_real_run_of_pinned_length(name: str) -> None:
    found = refine(GO, SCENARIOS[name](2, 2))
    assert GO_VIOLATIONS[name] == len(found.violation) - 1
    # The run is one of the system it came with, whose states are numbers of its own.
    assert found.system.initial == found.violation[0]
    for before, after in pairwise(found.violation):
        assert after in [state for _, _, state in found.system.successors(before)]


@pytest.mark.parametrize("name", GO_VIOLATIONS)
def test_only_the_last_state_of_a_violating_run_has_no_explanation(name: str) -> None:
    protocol, scenario = GO, SCENARIOS[name](2, 2)
    found = refine(protocol, scenario)
    views = [found.system.view(state) for state in found.violation]
    product = Product(protocol, scenario)
    pairs = [product.initial]
    shown = []
    for view in views[1:]:
        pairs = [
            after for pair in pairs for after in product.successors(*pair) if product.system.view(after[0]) == view
        ]
        shown.append([not explanations for _, explanations in pairs])
    assert [False] * (len(views) - 2) == [all(row) for row in shown[:-1]]
    assert True in shown[-1]


def unfolded(protocol: Protocol, name: str, size: Size) -> tuple[int, int | None]:
    """The same search without symmetry: how many pairs, and the steps to the first that has no explanation."""
    product = Product(protocol, SCENARIOS[name](*size))
    seen = {product.initial}
    todo = deque([(product.initial, 0)])
    while todo:
        pair, steps = todo.popleft()
        for after in product.successors(*pair):
            if not after[1]:
                return len(seen), steps + 1
            if after not in seen:
                seen.add(after)
                todo.append((after, steps + 1))
    return len(seen), None


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in NOT_FOR_GO])
@pytest.mark.parametrize("protocol", [GO, STRICT], ids=["go", "strict"])
def test_symmetry_changes_neither_the_verdict_nor_the_length_of_a_shortest_violation(
    protocol: Protocol, name: str
) -> None:
    folded = refine(protocol, SCENARIOS[name](2, 2))
    pairs, steps = unfolded(protocol, name, (2, 2))
    assert (steps or 0) == max(len(folded.violation) - 1, 0)
    assert pairs >= folded.states


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (3, 2)])
def test_a_strict_that_grants_nobody_is_refused_by_the_rule_for_blocked_waits(size: Size) -> None:
    mutant = next(mutant for mutant in PROTOCOL if mutant.name == "strict-same-generation")
    protocol: Protocol = mutated_module(mutant).strict
    found = refine(protocol, SCENARIOS["pre-added"](*size))
    last = found.violation[-1]
    assert [] == list(found.system.successors(last))
    assert "blocked" in found.system.outcome(last)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_strict_refines_the_contract_at_three_workers_and_two_waiters(name: str) -> None:
    assert () == refine(STRICT, SCENARIOS[name](3, 2)).violation


class AtGate(NamedTuple):
    """A call: `place` 0 is over, 1 is an add, 2 stands at the gate."""

    place: int
    delta: int = 0
    result: Result = Result.PENDING


gate = Protocol(
    "gate",
    "Whoever waits stands at a gate that is open at zero.",
    initial=lambda units: units,
    begin=lambda call: AtGate(2) if call.delta is None else AtGate(1, call.delta),
)


@gate.action(1)
def apply(counter: int, thread: AtGate) -> tuple[int, AtGate]:
    """The delta is added."""
    return counter + thread.delta, AtGate(0, result=Result.NONE)


@gate.action(2, guard=lambda counter, _thread: counter == 0)
def passes(counter: int, _thread: AtGate) -> tuple[int, AtGate]:
    """The gate is open."""
    return counter, AtGate(0, result=Result.TRUE)


@pytest.mark.parametrize(("name", "steps"), [("pre-added", 0), ("reuse-open", 0), ("reuse-parked", 2)])
def test_a_wait_that_is_blocked_in_its_first_action_has_been_called(name: str, steps: int) -> None:
    """At the gate nobody takes a step, so only rest shows that the waiter was there before the zero that it missed."""
    found = refine(gate, SCENARIOS[name](1, 1))
    assert (steps, steps > 0) == (max(len(found.violation) - 1, 0), found.stranded)


def test_a_wait_that_is_blocked_from_the_beginning_although_the_counter_is_zero_is_a_violation_of_no_steps() -> None:
    shut = Protocol("shut", "A gate that never opens.", gate.initial, gate.begin)
    found = refine(shut, scenario("alone", "one waiter and nothing else", 0, waiters(1)))
    assert (1, (found.system.initial,), True) == (found.states, found.violation, found.stranded)


def test_a_client_that_repeats_its_calls_is_refused() -> None:
    with pytest.raises(ValueError, match="passers: a client that repeats its calls"):
        refine(GO, PASSERS)
