"""The textbook litmus tests of coherence, causality and store order: exactly the outcomes that RC11 allows.

Their names are those of the literature (Sarkar et al. 2011; Alglave, Maranget, Tautschnig 2014).
"""

from itertools import product

import pytest
from tests.spec.memory.litmus import allowed

from waitgroup_spec.memory.language import exchange, fence, fetch_add, load, store
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Ordering

BITS = (0, 1)
PAIRS, TRIPLES, QUADRUPLES = (set(product(BITS, repeat=length)) for length in (2, 3, 4))
STRONG_AND_WEAK = pytest.mark.parametrize(("releasing", "acquiring"), [(RELAXED, RELAXED), (RELEASE, ACQUIRE)])


def message_passing(releasing: Ordering, acquiring: Ordering) -> set[tuple[int, ...]]:
    """x is the data, y the flag; the pairs are (flag, data)."""
    return allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, releasing)],
        [load("a", "y", acquiring), load("b", "x", RELAXED)],
    )


def test_mp_passes_the_data_with_release_and_acquire() -> None:
    assert message_passing(RELEASE, ACQUIRE) == PAIRS - {(1, 0)}


@pytest.mark.parametrize(("releasing", "acquiring"), [(RELAXED, RELAXED), (RELEASE, RELAXED), (RELAXED, ACQUIRE)])
def test_mp_may_show_the_flag_without_the_data_if_either_side_is_relaxed(
    releasing: Ordering, acquiring: Ordering
) -> None:
    assert message_passing(releasing, acquiring) == PAIRS


def test_mp_passes_the_data_with_fences_around_relaxed_accesses() -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), fence(RELEASE), store("y", 1, RELAXED)],
        [load("a", "y", RELAXED), fence(ACQUIRE), load("b", "x", RELAXED)],
    ) == PAIRS - {(1, 0)}


def test_mp_passes_the_data_from_a_release_fence_to_an_acquire_load() -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), fence(RELEASE), store("y", 1, RELAXED)],
        [load("a", "y", ACQUIRE), load("b", "x", RELAXED)],
    ) == PAIRS - {(1, 0)}


def test_mp_passes_the_data_from_a_release_store_to_an_acquire_fence() -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [load("a", "y", RELAXED), fence(ACQUIRE), load("b", "x", RELAXED)],
    ) == PAIRS - {(1, 0)}


def test_mp_fails_if_the_fences_are_on_the_wrong_side() -> None:
    assert (
        allowed(
            "a b",
            [fence(RELEASE), store("x", 1, RELAXED), store("y", 1, RELAXED)],
            [load("a", "y", RELAXED), load("b", "x", RELAXED), fence(ACQUIRE)],
        )
        == PAIRS
    )


@STRONG_AND_WEAK
def test_sb_may_miss_both_stores(releasing: Ordering, acquiring: Ordering) -> None:
    assert (
        allowed(
            "a b",
            [store("x", 1, releasing), load("a", "y", acquiring)],
            [store("y", 1, releasing), load("b", "x", acquiring)],
        )
        == PAIRS
    )


def test_sb_may_miss_both_stores_with_acq_rel_fences_between() -> None:
    assert (
        allowed(
            "a b",
            [store("x", 1, RELAXED), fence(ACQ_REL), load("a", "y", RELAXED)],
            [store("y", 1, RELAXED), fence(ACQ_REL), load("b", "x", RELAXED)],
        )
        == PAIRS
    )


def test_sb_misses_only_one_store_with_acq_rel_updates_of_one_location_between() -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), fetch_add("c", "z", 1, ACQ_REL), load("a", "y", RELAXED)],
        [store("y", 1, RELAXED), fetch_add("d", "z", 1, ACQ_REL), load("b", "x", RELAXED)],
    ) == PAIRS - {(0, 0)}


def test_lb_is_not_shown_although_relaxed_accesses_allow_it() -> None:
    assert allowed(
        "a b",
        [load("a", "x", RELAXED), store("y", 1, RELAXED)],
        [load("b", "y", RELAXED), store("x", 1, RELAXED)],
    ) == PAIRS - {(1, 1)}


def test_lb_with_data_dependencies_makes_no_value_out_of_thin_air() -> None:
    assert allowed(
        "a b",
        [load("a", "x", RELAXED), store("y", lambda own: own["a"], RELAXED)],
        [load("b", "y", RELAXED), store("x", lambda own: own["b"], RELAXED)],
    ) == {(0, 0)}


@STRONG_AND_WEAK
def test_2_plus_2w_may_end_with_the_first_store_of_each_thread(releasing: Ordering, acquiring: Ordering) -> None:
    assert allowed(
        "x y",
        [store("x", 1, releasing), store("y", 2, releasing)],
        [store("y", 1, releasing), store("x", 2, releasing)],
    ) == {(1, 1), (1, 2), (2, 1), (2, 2)}


@STRONG_AND_WEAK
def test_iriw_may_show_two_readers_the_stores_in_opposite_orders(releasing: Ordering, acquiring: Ordering) -> None:
    assert (
        allowed(
            "a b c d",
            [store("x", 1, releasing)],
            [store("y", 1, releasing)],
            [load("a", "x", acquiring), load("b", "y", acquiring)],
            [load("c", "y", acquiring), load("d", "x", acquiring)],
        )
        == QUADRUPLES
    )


def test_corr_never_reads_backwards() -> None:
    assert allowed("a b", [store("x", 1, RELAXED)], [load("a", "x", RELAXED), load("b", "x", RELAXED)]) == PAIRS - {
        (1, 0)
    }


def test_corr_never_shows_two_readers_one_location_in_opposite_orders() -> None:
    ends = allowed(
        "a b c d",
        [store("x", 1, RELAXED)],
        [store("x", 2, RELAXED)],
        [load("a", "x", RELAXED), load("b", "x", RELAXED)],
        [load("c", "x", RELAXED), load("d", "x", RELAXED)],
    )
    forwards = {(a, b, c, d) for a, b, c, d in product((0, 1, 2), repeat=4) if (a == 0 or b != 0) and (c == 0 or d)}
    assert ends == forwards - {(1, 2, 2, 1), (2, 1, 1, 2)}


def test_coww_keeps_the_order_of_one_threads_stores() -> None:
    assert allowed("x", [store("x", 1, RELAXED), store("x", 2, RELAXED)]) == {(2,)}


def test_cowr_never_reads_what_the_thread_has_overwritten() -> None:
    assert allowed("a x", [store("x", 1, RELAXED), load("a", "x", RELAXED)], [store("x", 2, RELAXED)]) == {
        (1, 1),
        (1, 2),
        (2, 2),
    }


def test_corw_never_puts_a_store_before_what_the_thread_has_read() -> None:
    assert allowed("a x", [load("a", "x", RELAXED), store("x", 1, RELAXED)], [store("x", 2, RELAXED)]) == {
        (0, 1),
        (0, 2),
        (2, 1),
    }


def write_to_read_causality(releasing: Ordering, acquiring: Ordering) -> set[tuple[int, ...]]:
    """The second thread hands on what it has read."""
    return allowed(
        "a b c",
        [store("x", 1, RELAXED)],
        [load("a", "x", RELAXED), store("y", 1, releasing)],
        [load("b", "y", acquiring), load("c", "x", RELAXED)],
    )


def test_wrc_hands_on_what_was_read_with_release_and_acquire() -> None:
    assert write_to_read_causality(RELEASE, ACQUIRE) == TRIPLES - {(1, 1, 0)}


@pytest.mark.parametrize(("releasing", "acquiring"), [(RELAXED, RELAXED), (RELEASE, RELAXED), (RELAXED, ACQUIRE)])
def test_wrc_may_lose_what_was_read_if_either_side_is_relaxed(releasing: Ordering, acquiring: Ordering) -> None:
    assert write_to_read_causality(releasing, acquiring) == TRIPLES


def isa2(middle: Ordering) -> set[tuple[int, ...]]:
    """The data go through two flags; the middle thread reads the first one with this ordering."""
    return allowed(
        "a b c",
        [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        [load("a", "y", middle), store("z", 1, RELEASE)],
        [load("b", "z", ACQUIRE), load("c", "x", RELAXED)],
    )


def test_isa2_passes_the_data_through_two_flags() -> None:
    assert isa2(ACQUIRE) == TRIPLES - {(1, 1, 0)}


def test_isa2_may_lose_the_data_if_the_middle_thread_does_not_acquire() -> None:
    assert isa2(RELAXED) == TRIPLES


def test_s_orders_a_store_after_an_acquired_one() -> None:
    assert allowed(
        "a x",
        [store("x", 2, RELAXED), store("y", 1, RELEASE)],
        [load("a", "y", ACQUIRE), store("x", 1, RELAXED)],
    ) == {(0, 1), (0, 2), (1, 1)}


def test_s_may_order_the_stores_backwards_if_all_is_relaxed() -> None:
    assert allowed(
        "a x",
        [store("x", 2, RELAXED), store("y", 1, RELAXED)],
        [load("a", "y", RELAXED), store("x", 1, RELAXED)],
    ) == {(0, 1), (0, 2), (1, 1), (1, 2)}


@STRONG_AND_WEAK
def test_r_may_overwrite_the_flag_and_miss_the_data(releasing: Ordering, acquiring: Ordering) -> None:
    assert allowed(
        "a y",
        [store("x", 1, releasing), store("y", 1, releasing)],
        [store("y", 2, releasing), load("a", "x", acquiring)],
    ) == {(0, 1), (0, 2), (1, 1), (1, 2)}


def test_w_rwc_is_allowed_without_seq_cst() -> None:
    assert (
        allowed(
            "a b c",
            [store("x", 1, RELEASE), store("y", 1, RELEASE)],
            [load("a", "y", ACQUIRE), load("b", "z", ACQUIRE)],
            [store("z", 1, RELEASE), load("c", "x", ACQUIRE)],
        )
        == TRIPLES
    )


def test_an_acquire_update_takes_the_data_over() -> None:
    assert allowed(
        "a b",
        [store("x", 1, RELAXED), exchange("c", "y", 1, RELEASE)],
        [exchange("a", "y", 2, ACQUIRE), load("b", "x", RELAXED)],
    ) == PAIRS - {(1, 0)}
