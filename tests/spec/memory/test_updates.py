"""Litmus tests of read-modify-writes: atomicity, failing compare-and-swaps, and release sequences under both rules."""

import pytest
from tests.spec.memory.litmus import allowed

from waitgroup_spec.memory.language import Instruction, compare_and_swap, exchange, fetch_add, load, store
from waitgroup_spec.memory.ordering import ACQUIRE, RELAXED, RELEASE, Model, Ordering

#: C++20's and Rust's release sequences, then those of C++11 and C17.
BOTH_RULES = pytest.mark.parametrize("model", [Model.CPP20, Model.CPP11])

LOOK: list[Instruction] = [load("a", "y", ACQUIRE), load("b", "x", RELAXED)]


def test_two_updates_never_read_the_same_value() -> None:
    assert allowed("a b x", [fetch_add("a", "x", 1, RELAXED)], [fetch_add("b", "x", 1, RELAXED)]) == {
        (0, 1, 2),
        (1, 0, 2),
    }


def test_three_updates_take_turns() -> None:
    assert allowed("a b c", *([fetch_add(name, "x", 1, RELAXED)] for name in "abc")) == {
        (0, 1, 2),
        (0, 2, 1),
        (1, 0, 2),
        (1, 2, 0),
        (2, 0, 1),
        (2, 1, 0),
    }


def test_no_store_comes_between_an_update_and_what_it_read() -> None:
    assert allowed("a x", [exchange("a", "x", 1, RELAXED)], [store("x", 2, RELAXED)]) == {(0, 2), (2, 1)}


def test_one_of_two_compare_and_swaps_wins() -> None:
    assert allowed(
        "a b x", [compare_and_swap("a", "x", 0, 1, RELAXED)], [compare_and_swap("b", "x", 0, 2, RELAXED)]
    ) == {(0, 1, 1), (2, 0, 2)}


def failing_swap(failure: Ordering) -> set[tuple[int, ...]]:
    """A compare-and-swap of y that fails if the flag is set, then a look at the data."""
    return allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [compare_and_swap("a", "y", 2, 3, ACQUIRE, failure), load("b", "x", RELAXED)],
    )


def test_a_failing_compare_and_swap_takes_the_data_over_if_it_acquires() -> None:
    assert failing_swap(ACQUIRE) == {(0, 0), (0, 1), (1, 1)}


def test_a_failing_compare_and_swap_is_relaxed_whatever_its_success_is() -> None:
    assert failing_swap(RELAXED) == {(0, 0), (0, 1), (1, 0), (1, 1)}


@BOTH_RULES
def test_a_relaxed_update_continues_a_release_sequence(model: Model) -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [fetch_add("c", "y", 10, RELAXED)],
        LOOK,
        model=model,
    ) == {(0, 0), (0, 1), (1, 1), (10, 0), (10, 1), (11, 1)}


@BOTH_RULES
def test_two_relaxed_updates_by_two_threads_continue_a_release_sequence(model: Model) -> None:
    ends = allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [fetch_add("c", "y", 10, RELAXED)],
        [fetch_add("d", "y", 100, RELAXED)],
        LOOK,
        model=model,
    )
    without = {(value, data) for value in (0, 10, 100, 110) for data in (0, 1)}
    assert ends == without | {(1, 1), (11, 1), (101, 1), (111, 1)}


@BOTH_RULES
def test_a_release_update_by_another_thread_passes_on_the_sequence_and_its_own_data(
    model: Model,
) -> None:
    ends = allowed(
        "a b c",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [store("z", 1, RELAXED), fetch_add("d", "y", 10, RELEASE)],
        [load("a", "y", ACQUIRE), load("b", "x", RELAXED), load("c", "z", RELAXED)],
        model=model,
    )
    assert {end for end in ends if end[0] == 11} == {(11, 1, 1)}
    assert {end for end in ends if end[0] == 10} == {(10, 0, 1), (10, 1, 1)}
    assert {end for end in ends if end[0] == 1} == {(1, 1, 0), (1, 1, 1)}


@BOTH_RULES
def test_an_update_of_a_relaxed_store_passes_nothing_on(model: Model) -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, RELAXED)],
        [fetch_add("c", "y", 10, RELAXED)],
        LOOK,
        model=model,
    ) == {(value, data) for value in (0, 1, 10, 11) for data in (0, 1)}


OVERWRITTEN: list[Instruction] = [store("x", 1, RELAXED), store("y", 1, RELEASE), store("y", 2, RELAXED)]


def test_a_relaxed_store_by_the_same_thread_ends_the_release_sequence_in_cpp20() -> None:
    assert allowed("a b", OVERWRITTEN, LOOK) == {(0, 0), (0, 1), (1, 1), (2, 0), (2, 1)}


def test_a_relaxed_store_by_the_model_the_release_sequence_in_cpp11() -> None:
    assert allowed("a b", OVERWRITTEN, LOOK, model=Model.CPP11) == {(0, 0), (0, 1), (1, 1), (2, 1)}


def test_an_update_of_the_overwritten_value_continues_the_release_sequence_in_cpp11_only() -> None:
    update: list[Instruction] = [fetch_add("c", "y", 10, RELAXED)]
    assert (12, 0) in allowed("a b", OVERWRITTEN, update, LOOK)
    assert (12, 0) not in allowed("a b", OVERWRITTEN, update, LOOK, model=Model.CPP11)


@BOTH_RULES
def test_a_relaxed_store_by_another_thread_passes_nothing_on(model: Model) -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [store("y", 2, RELAXED)],
        LOOK,
        model=model,
    ) == {(0, 0), (0, 1), (1, 1), (2, 0), (2, 1)}


def test_another_threads_store_between_does_not_end_the_sequence_in_rc11s_form_of_the_old_rule() -> None:
    between: list[Instruction] = [load("c", "y", RELAXED), store("y", 5, RELAXED)]
    chained: list[Instruction] = [
        store("x", 1, RELAXED),
        store("y", 1, RELEASE),
        load("d", "y", RELAXED),
        store("y", 2, RELAXED),
    ]
    ends = allowed("c d a b", chained, between, LOOK, model=Model.CPP11)
    assert {end for end in ends if end[:3] == (1, 5, 2)} == {(1, 5, 2, 1)}
    ends = allowed("c d a b", chained, between, LOOK)
    assert {end for end in ends if end[:3] == (1, 5, 2)} == {(1, 5, 2, 0), (1, 5, 2, 1)}
