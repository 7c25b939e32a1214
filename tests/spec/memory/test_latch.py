"""The latch needs release at Done and acquire at Wait's load, and nothing less: all eight assignments are tried."""

import pytest

from waitgroup_spec.memory.assignments import Assignment, assignments, breaches, minima, passing
from waitgroup_spec.memory.latch import CHOICES, latch
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Ordering
from waitgroup_spec.memory.search import Flaw, explore

SIZES = [(1, 1), (2, 1), (1, 2), (2, 2)]
PASSED = {(RELEASE, ACQUIRE), (ACQ_REL, ACQUIRE)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("same_thread_continues", [False, True])
def test_release_and_acquire_is_the_only_minimum_of_the_latch(
    size: tuple[int, int], same_thread_continues: bool
) -> None:
    passed = passing([latch(*size)], CHOICES, same_thread_continues)
    assert passed == PASSED
    assert minima(passed) == {(RELEASE, ACQUIRE)}
    assert breaches(passed, CHOICES) == []


@pytest.mark.parametrize("size", [(3, 2), (2, 3)])
def test_the_latchs_minimum_passes_and_each_weakening_races_with_one_thread_more(size: tuple[int, int]) -> None:
    flaws = [explore(latch(*size), {"done": done, "load": load}).flaw for done, load in (*PASSED, *WEAKENINGS)]
    assert [flaw.what if flaw else None for flaw in flaws] == [None, None, "race on result 1", "race on result 1"]


WEAKENINGS: list[tuple[Ordering, Ordering]] = [(RELAXED, ACQUIRE), (RELEASE, RELAXED)]


@pytest.mark.parametrize(
    ("size", "states"), [((1, 1), 17), ((2, 1), 72), ((1, 2), 79), ((2, 2), 508), ((3, 2), 3_378), ((2, 3), 3_996)]
)
def test_the_latch_has_this_many_states(size: tuple[int, int], states: int) -> None:
    assert explore(latch(*size), {"done": RELEASE, "load": ACQUIRE}).states == states


@pytest.mark.parametrize(("done", "load"), WEAKENINGS)
def test_one_step_weaker_the_waiter_reads_a_result_that_it_does_not_know(done: Ordering, load: Ordering) -> None:
    assert explore(latch(1, 1), {"done": done, "load": load}).flaw == Flaw(
        "race on result 1",
        (
            "worker 1 writes result 1",
            f"worker 1 reads 1 from count and writes 0 (done: {done})",
            f"waiter 1 reads 0 from count (load: {load})",
            "waiter 1 reads result 1",
        ),
    )


def test_the_search_tries_every_assignment() -> None:
    assert len(set(assignments(CHOICES))) == 8


def test_a_set_that_is_not_closed_upwards_is_reported() -> None:
    broken: set[Assignment] = {(RELEASE, ACQUIRE)}
    assert breaches(broken, CHOICES) == [((RELEASE, ACQUIRE), (ACQ_REL, ACQUIRE))]
