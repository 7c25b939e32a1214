"""The explorer against the external oracle: every count on which the other model checkers agreed, exactly."""

from typing import NamedTuple

import pytest

from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.explorer.search import Outcome
from waitgroup_spec.properties import Kind, Property, everyone_returned, properties_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import MODEL_FAMILIES
from waitgroup_spec.word import ZERO


class Row(NamedTuple):
    """One row of the oracle's table."""

    family: str
    workers: int
    waiters: int
    states: int
    transitions: int
    up_to_symmetry: int
    depth: int


TABLE = [
    Row("legal", 1, 1, 11, 12, 11, 7),
    Row("legal", 2, 1, 23, 33, 16, 8),
    Row("legal", 2, 2, 183, 364, 69, 12),
    Row("legal", 3, 2, 393, 896, 103, 13),
    Row("legal", 3, 3, 4078, 11700, 433, 17),
    Row("reuse", 1, 1, 187, 338, 187, 15),
    Row("reuse", 2, 2, 3815, 9962, 1624, 23),
]
ROWS = pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.family}-{row.workers}-{row.waiters}")


def explored(family: str, workers: int, waiters: int, symmetry: bool = False) -> Exploration:
    """The exploration of one cell, with all that must hold there."""
    scenario = MODEL_FAMILIES[family](workers, waiters)
    return explore(go.go, scenario, properties_of(go.go, scenario), symmetry)


@ROWS
def test_states_transitions_and_depth_are_the_oracle_s(row: Row) -> None:
    found = explored(row.family, row.workers, row.waiters)
    assert (row.states, row.transitions, row.depth) == (found.states, found.transitions, found.depth)
    assert (row.states, False) == (found.states_without_symmetry, found.truncated)


@ROWS
def test_states_up_to_symmetry_are_the_oracle_s_and_their_orbits_give_the_full_count(row: Row) -> None:
    found = explored(row.family, row.workers, row.waiters, symmetry=True)
    assert (row.up_to_symmetry, row.states) == (found.states, found.states_without_symmetry)
    assert (row.depth, False) == (found.depth, found.truncated)


@pytest.mark.parametrize(
    ("workers", "waiters", "up_to_symmetry", "states", "depth"),
    [(5, 5, 17_573, 3_421_332, 28), pytest.param(6, 6, 112_699, 121_523_563, 34, marks=pytest.mark.slow)],
)
def test_larger_cells_are_counted_up_to_symmetry(
    workers: int, waiters: int, up_to_symmetry: int, states: int, depth: int
) -> None:
    found = explore(go.go, MODEL_FAMILIES["legal"](workers, waiters), symmetry=True)
    assert (up_to_symmetry, states, depth) == (found.states, found.states_without_symmetry, found.depth)
    assert {"all returned": Outcome(1, workers + waiters)} == found.outcomes


@pytest.mark.parametrize(("workers", "waiters"), [(1, 1), (2, 1), (2, 2), (3, 2), (3, 3)])
@pytest.mark.parametrize("symmetry", [False, True], ids=["full", "up to symmetry"])
def test_the_legal_family_never_panics_and_ends_in_one_state(workers: int, waiters: int, symmetry: bool) -> None:
    found = explored("legal", workers, waiters, symmetry)
    assert "holds" == found.verdict
    # The quickest run: every done() first, then waits that find the counter at zero.
    assert {"all returned": Outcome(1, workers + waiters)} == found.outcomes


@pytest.mark.parametrize(
    ("size", "outcomes"),
    [
        (1, {"panic 2": Outcome(2, 5), "all returned": Outcome(1, 6), "panic 4": Outcome(8, 10)}),
        (2, {"panic 2": Outcome(52, 6), "all returned": Outcome(1, 8), "panic 4": Outcome(220, 11)}),
    ],
)
def test_the_reuse_family_ends_in_panic_2_panic_4_or_well_and_never_in_panic_3(
    size: int, outcomes: dict[str, Outcome]
) -> None:
    found = explored("reuse", size, size)
    assert outcomes == found.outcomes
    assert "holds" == found.verdict


def reload_panics(shared: go.Shared, _threads: tuple[go.Thread, ...]) -> bool:
    """Whether the zeroer has panicked."""
    return shared.panic is go.Panic.MISUSE_RELOAD


def nobody_parked(_shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """Whether nobody waits for a permit."""
    return all(thread.place is not go.Place.WAIT_ACQUIRE for thread in threads)


def test_where_panics_are_recovered_panic_3_is_reached_in_6_steps_and_a_waiter_can_be_stranded_for_ever() -> None:
    recovered = Protocol("recovered", "go, where a panic ends its call but not the program.", go.initial, go.begin)
    recovered.actions = go.go.actions
    found = explore(
        recovered,
        MODEL_FAMILIES["reuse"](1, 1),
        (
            Property(Kind.SOMETIMES, "The zeroer panics.", reload_panics),
            Property(Kind.AT_ENDINGS, "Nobody is stranded.", nobody_parked),
        ),
    )
    panics, stranded = found.verdicts
    assert ("holds", 6) == (panics.verdict, len(panics.path) - 1)
    assert "violated" == stranded.verdict


def test_the_one_ending_of_the_legal_family_leaves_nothing_behind() -> None:
    everybody = Property(Kind.SOMETIMES, "Everyone returns.", everyone_returned)
    found = explore(go.go, MODEL_FAMILIES["legal"](3, 3), (everybody,))
    shared, threads = found.system.view(found.verdicts[0].path[-1])
    assert go.Shared(word=ZERO, permits=0, panic=go.Panic.NONE) == shared
    assert (go.ADDED,) * 3 + (go.WAITED,) * 3 == threads
