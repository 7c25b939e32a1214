"""Production, `strict` and the contract run together and agree; broken in any of the three, they do not.

The runs are random, from a seed that is always the same. In those that CrossHair steers the numbers are solved for.
They are no proof when they pass: the number of runs is bounded, and paths that CrossHair cannot follow are given up.
"""

from _thread import allocate_lock
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from tests.proofs.machine import UNBROKEN, Machine, OnlyThread, production_with
from tests.proofs.side_by_side import SideBySide

from waitgroup import WaitGroup
from waitgroup.core import COUNTER_MAX, WAITERS_MAX
from waitgroup_proofs.mutants import Mutant, mutated_module
from waitgroup_proofs.mutants.production import CORE, PRODUCTION
from waitgroup_proofs.mutants.strict import STRICT_MUTANTS
from waitgroup_spec.contract import contract
from waitgroup_spec.protocol import Call, Protocol
from waitgroup_spec.protocols.strict import strict

#: A failure is reported as it was found, not made smaller: nobody reads those of the mutants.
REPEATABLE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    stateful_step_count=50,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
#: Enough to see every mutant that can be seen.
THOROUGH = settings(REPEATABLE, max_examples=300)
STEERED = settings(REPEATABLE, backend="crosshair", max_examples=20, stateful_step_count=8)

#: The mutants of production that one thread alone cannot see, and why. The scheduler refuses these too.
ONLY_A_RACE_SHOWS = {
    "lost-wakeup": "a counter that is zero when a waiter joins was zero when it looked before",
    "generation-bug": "no thread is woken",
    "interrupt-leaves-waiter": "no exception comes",
    "wakes-next-generation": "nobody comes between the two steps of the crossing",
    "crossing-with-units-left": "an add that was trapped reads the very word that trapped it",
    "no-retry": "a crossing of the word that was just read never fails",
    "add-in-two-steps": "nobody changes the word between reading and storing it",
    "done-in-two-steps": "nobody changes the word between reading and storing it",
    "expired-although-granted": "nobody grants a waiter between the end of its timeout and its cancellation",
}

#: The mutants of strict that take the same steps from every word that can be reached, and why.
THE_SAME_STEPS = {
    "strict-no-case-for-zero": "a delta of zero is applicable wherever nobody is parked at zero, and changes nothing",
}

#: The mutants of strict that chance meets in most runs but not in all: they need three calls at once in one of few
#: words. The engines refuse them.
BY_CHANCE = {"strict-crosses-for-ever", "strict-crosses-on-waiters-alone", "strict-no-waiter-limit"}

CONTRACT = "waitgroup_spec.contract"
OF_THE_CONTRACT = (
    Mutant("a released wait is forgotten", "", CONTRACT, "shared.generation + 1", "shared.generation", ""),
    Mutant(
        "the last unit cannot be taken", "", CONTRACT, "return 0 <= shared.counter", "return 0 < shared.counter", ""
    ),
    Mutant("no wait expires", "", CONTRACT, "return thread.timed and not", "return thread.timed and", ""),
)

NEEDLE = Mutant(
    "needle", "one delta is overlooked", CORE, "elif delta == 0 or", "elif delta in (0, 1_234_567_890) or", ""
)


def run(chosen: settings, production: Any = WaitGroup, middle: Protocol = strict, top: Protocol = contract) -> None:
    """Run the machine; an exception is a difference."""

    class Levelled(Machine):
        levels = production, middle, top
        new_lock = allocate_lock if production is WaitGroup else OnlyThread

    run_state_machine_as_test(Levelled, settings=chosen)


def refused(production: Any = WaitGroup, middle: Protocol = strict, top: Protocol = contract) -> bool:
    """Whether the machine sees a difference."""
    try:
        run(THOROUGH, production, middle, top)
    except Exception:
        return True
    return False


def named(mutants: tuple[Mutant, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mutant", mutants, ids=lambda mutant: mutant.name)


def test_the_shipped_class_agrees_with_strict_and_the_contract() -> None:
    run(REPEATABLE)


@pytest.mark.slow
def test_the_shipped_class_agrees_in_more_and_longer_runs() -> None:
    run(settings(REPEATABLE, max_examples=500, stateful_step_count=100))


@pytest.mark.slow
def test_the_shipped_class_agrees_where_crosshair_chooses_the_numbers() -> None:
    run(STEERED)


def one_add(production: Any, chosen: settings) -> Callable[[], None]:
    """The test of one whole add from any word that can be reached."""

    @settings(chosen)
    @given(st.integers(1, COUNTER_MAX), st.integers(0, WAITERS_MAX), st.integers())
    def test(counter: int, waiters: int, delta: int) -> None:
        sides = SideBySide(production, strict, contract, counter, waiters, OnlyThread)
        sides.call(Call(delta), lambda: sides.group.add(delta))
        sides.agree()

    return test


@pytest.mark.slow
def test_one_add_agrees_where_crosshair_chooses_word_and_delta() -> None:
    one_add(WaitGroup, STEERED)()


def test_crosshair_finds_the_one_delta_that_a_mutant_overlooks_and_chance_does_not() -> None:
    one_add(production_with(NEEDLE), REPEATABLE)()
    with pytest.raises(AssertionError):
        one_add(production_with(NEEDLE), STEERED)()


@named(tuple(mutant for mutant in PRODUCTION if mutant.name not in ONLY_A_RACE_SHOWS))
def test_a_mutant_of_production_is_refused(mutant: Mutant) -> None:
    assert refused(production=production_with(mutant))


@pytest.mark.slow
@named((UNBROKEN, *(mutant for mutant in PRODUCTION if mutant.name in ONLY_A_RACE_SHOWS)))
def test_what_only_a_race_shows_is_not_refused_nor_is_the_source_as_it_is(mutant: Mutant) -> None:
    assert not refused(production=production_with(mutant))


def test_what_only_a_race_shows_is_known_by_name() -> None:
    assert (9, 14) == (len(ONLY_A_RACE_SHOWS), len(PRODUCTION) - len(ONLY_A_RACE_SHOWS))
    assert ONLY_A_RACE_SHOWS.keys() <= {mutant.name for mutant in PRODUCTION}


@pytest.mark.slow  # all together
@named(tuple(mutant for mutant in STRICT_MUTANTS if mutant.name not in BY_CHANCE))
def test_a_mutant_of_strict_is_refused_unless_it_takes_the_same_steps(mutant: Mutant) -> None:
    assert (mutant.name not in THE_SAME_STEPS) == refused(middle=mutated_module(mutant).strict)


@named(OF_THE_CONTRACT)
def test_a_mutant_of_the_contract_is_refused(mutant: Mutant) -> None:
    assert refused(top=mutated_module(mutant).contract)
