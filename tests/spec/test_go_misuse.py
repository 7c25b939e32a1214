"""What Go does with every scenario, misuse included, as exact outcome sets: how runs end, in how many states, how soon.

The sets are not only what the explorer found: each row says why these outcomes can be and no other one can.
"""

import pytest

from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.explorer.search import Outcome
from waitgroup_spec.properties import Kind, Property, everyone_returned, properties_of
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import SCENARIOS

#: At two workers and two waiters. A panic ends the program, so nobody is ever seen to be blocked after one.
OUTCOMES = {
    # Legal use. The quickest run makes every call in one step: no waiter is registered before the counter is zero.
    "pre-added": {"all returned": Outcome(1, 4)},
    "nested": {"all returned": Outcome(1, 6)},
    "mixed": {"all returned": Outcome(1, 5)},
    # Panic 2: add(1), a waiter registers (2 steps), done(), and the other add(1) finds it. Panic 4: that add(1) comes
    # after the wakeup instead. Not 3: within the zeroer's window an add panics itself, and no unit is left to take.
    "add-done": {"panic 2": Outcome(36, 5), "all returned": Outcome(1, 6), "panic 4": Outcome(40, 10)},
    # The same two, when the second waiter is registered, or woken, while the first one has passed at zero and adds.
    "reuse": {"panic 2": Outcome(4, 6), "all returned": Outcome(1, 7), "panic 4": Outcome(8, 11)},
    "reuse-eager": {"panic 2": Outcome(26, 5), "all returned": Outcome(1, 6), "panic 4": Outcome(24, 10)},
    # The unit that stays open blocks the first waiter, and also the second if it comes that late; both are right.
    "reuse-open": {
        "panic 2": Outcome(4, 6),
        "1 blocked": Outcome(1, 7),
        "2 blocked": Outcome(1, 8),
        "panic 4": Outcome(4, 11),
    },
    # One thread makes both calls, so its add(1) follows its releases: no panic 2, but a waiter may still have to look.
    "reuse-parked": {"panic 4": Outcome(6, 12), "all returned": Outcome(1, 14)},
    # Three Dones on two units: the last one to be applied makes the counter negative in every run. It cannot come
    # too late, since no Done is ever blocked, and nothing else panics, since nothing else moves a word that is zero.
    "surplus": {"panic 1": Outcome(180, 3)},
    # F2. Panic 3: one of Done and Add(0) resets between the other's apply and reload. All returned: with 0, 1 or 2
    # stray permits. Panic 4: the next, legal generation takes one of them.
    "zero-delta": {"all returned": Outcome(3, 8), "panic 3": Outcome(181, 8), "panic 4": Outcome(6, 19)},
}

#: At one worker and one waiter nobody else can be registered, so that three of the illegal scenarios end well.
SMALLEST = {
    "add-done": {"all returned"},
    "reuse": {"all returned"},
    "reuse-eager": {"all returned", "panic 4"},
    "reuse-open": {"1 blocked"},
    "reuse-parked": {"all returned", "panic 4"},
    "surplus": {"panic 1"},
    "zero-delta": {"all returned", "panic 3", "panic 4"},
}


def explored(name: str, size: int, *properties: Property) -> Exploration:
    """Everything that Go can do under the scenario with so many workers and as many waiters."""
    return explore(go.go, SCENARIOS[name](size, size), properties)


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_outcomes_at_two_workers_and_two_waiters_are_exactly_these(name: str) -> None:
    assert OUTCOMES[name] == explored(name, 2).outcomes


@pytest.mark.parametrize("name", SMALLEST)
def test_the_outcomes_at_one_worker_and_one_waiter_are_exactly_these(name: str) -> None:
    assert SMALLEST[name] == set(explored(name, 1).outcomes)


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_must_hold_of_go_under_the_scenario_holds(name: str) -> None:
    scenario = SCENARIOS[name](2, 2)
    assert "holds" == explore(go.go, scenario, properties_of(go.go, scenario)).verdict


def test_the_other_scenarios_need_a_wait_that_go_does_not_have() -> None:
    others = [name for name in SCENARIOS if name not in OUTCOMES]
    assert ["timeout-race", "timeout-reuse", "cancel"] == others
    for name in others:
        with pytest.raises(ValueError, match="Go's Wait has no timeout"):
            explored(name, 1)


@pytest.mark.parametrize(("permits", "length"), [(0, 8), (1, 17), (2, 22)])
def test_f2_everyone_may_return_and_leave_as_many_stray_permits_as_there_were_waiters(
    permits: int, length: int
) -> None:
    ends_so = Property(
        Kind.SOMETIMES,
        "Everyone returns and so many permits are left.",
        lambda shared, threads: everyone_returned(shared, threads) and shared.permits == permits,
    )
    (verdict,) = explored("zero-delta", 2, ends_so).verdicts
    assert ("holds", length) == (verdict.verdict, len(verdict.path) - 1)


def test_the_zeroer_s_panic_can_fall_on_a_worker_that_does_nothing_wrong() -> None:
    innocent = Property(
        Kind.SOMETIMES,
        "A worker panics, which owns its unit and calls Done once.",
        lambda _shared, threads: go.PANICKED in threads[:2],
    )
    exploration = explored("zero-delta", 2, innocent)
    shared, threads = exploration.system.view(exploration.verdicts[0].path[-1])
    assert (go.Panic.MISUSE_RELOAD, 1) == (shared.panic, threads.count(go.PANICKED))
