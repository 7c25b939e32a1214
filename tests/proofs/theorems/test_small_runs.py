"""Every transition of exhaustive small runs maps to the abstraction, and both companions follow it, on real values.

What is proved of any number of threads must be true of these; and each statement is seen to be false of something.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.proofs.theorems.walk import Company, walked

from waitgroup_proofs.theorems import ABSTRACTIONS, contract_refinement, happens_before
from waitgroup_proofs.theorems.abstraction import Caller
from waitgroup_proofs.theorems.go.census import License
from waitgroup_proofs.theorems.steps import outcomes
from waitgroup_spec.explorer.system import System
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import SCENARIOS

LEGAL = ("pre-added", "nested", "mixed")


def licensed(thread: Any) -> Caller[Any]:
    """The license of an Add in these scenarios: whoever adds to a counter does so while it holds a unit."""
    if thread.place != go.Place.ADD_APPLY:
        return Caller(thread)
    return Caller(thread, License.NEGATIVE if thread.delta < 0 else License.NESTED)


VIEWS = {"go": licensed, "strict": Caller}
SIZES = ((1, 1), (2, 1), (1, 2), (2, 2))
PROGRAMS = {"go": LEGAL, "strict": tuple(SCENARIOS)}


def systems(name: str) -> Iterator[System]:
    """A fresh system for each program and size."""
    for program in PROGRAMS[name]:
        for size in SIZES:
            yield System(ABSTRACTIONS[name].protocol, SCENARIOS[program](*size))


#: Outcomes that no small run has: of Adds from zero and of panics, which legal scenarios do not have; at the bounds; of
#: waits that are both timed and interrupted.
BEYOND = {
    "go": ("from-zero", "bubble", "negative-counter", "misuse", "reused", "nested.add-reload"),
    "strict": ("rejected", "timed.interrupted"),
}


@pytest.mark.parametrize(("name", "steps"), [("go", 2694), ("strict", 6886)])
def test_every_state_keeps_the_invariant_and_every_step_is_an_outcome_and_lowers_the_rank(
    name: str, steps: int
) -> None:
    of, taken, seen = ABSTRACTIONS[name], 0, set[str]()
    for system in systems(name):
        more, ids = walked(of, system, VIEWS[name])
        taken += more
        seen |= ids
    assert steps == taken
    missing = {outcome.id for outcome in outcomes(of)} - seen
    assert [] == sorted(id for id in missing if not any(part in id for part in BEYOND[name]))


@pytest.mark.parametrize(("name", "states"), [("go", 1335), ("strict", 3873)])
def test_the_contract_follows_every_run_by_its_own_text(name: str, states: int) -> None:
    of = ABSTRACTIONS[name]
    companion = contract_refinement.companion(name)
    assert states == sum(Company(of, companion, system, VIEWS[name]).states() for system in systems(name))


@pytest.mark.parametrize(("name", "states"), [("go", 5204), pytest.param("strict", 17866, marks=pytest.mark.slow)])
def test_every_wait_knows_each_done_that_lets_it_return(name: str, states: int) -> None:
    of = ABSTRACTIONS[name]
    companion = happens_before.companion(of)
    assert states == sum(Company(of, companion, system, VIEWS[name]).states() for system in systems(name))
