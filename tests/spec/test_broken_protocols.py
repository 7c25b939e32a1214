"""Protocols broken on purpose are refused: each property turns red under the explorer, with the shortest way there.

All at two workers and two waiters. Where a number of steps is given, no shorter run shows the same.
"""

from collections.abc import Callable
from typing import Any

import pytest

from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.properties import Kind, properties_of
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import SCENARIOS
from waitgroup_spec.word import plus_delta, plus_waiter

Step = Callable[[Any, Any], tuple[Any, Any]]


def explored(protocol: Protocol, action: str, effect: Step, scenario: str) -> Exploration:
    """The exploration of the protocol with another effect for one of its actions."""
    mutant = protocol.like(protocol.name, protocol.sentence)
    mutant.actions = {**protocol.actions, action: protocol.actions[action]._replace(effect=effect)}
    built = SCENARIOS[scenario](2, 2)
    return explore(mutant, built, properties_of(protocol, built))


def violations(found: Exploration) -> list[str]:
    """Each violated property by the name of its predicate, with the number of steps where there is a shortest run."""
    counted = (Kind.ALWAYS, Kind.AT_ENDINGS)
    return [
        v.property.holds.__name__ + (f" {len(v.path) - 1}" if v.property.kind in counted else "")
        for v in found.verdicts
        if v.verdict == "violated"
    ]


# Go


def reset_forgotten(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """The zeroer leaves the waiters in the word."""
    return shared, go.Thread(go.Place.ADD_RELEASE, releases=thread.saved.waiters)


def only_one_released(shared: go.Shared, _thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """One permit, however many waiters there are."""
    return shared._replace(permits=shared.permits + 1), go.ADDED


def one_too_many_released(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """The last release releases two."""
    return go.release(shared._replace(permits=shared.permits + (thread.releases == 1)), thread)


def swap_without_compare(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """The waiter stores what it has computed, whatever the word is now."""
    return shared._replace(word=plus_waiter(thread.saved)), go.Thread(go.Place.WAIT_ACQUIRE)


def parked_all_the_same(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """A waiter whose compare-and-swap failed parks without having been counted."""
    return go.compare_and_swap(shared, thread)[0], go.Thread(go.Place.WAIT_ACQUIRE)


def registered_at_zero(shared: go.Shared, _thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """Wait does not ask whether the counter is zero."""
    return shared, go.Thread(go.Place.WAIT_SWAP, saved=shared.word)


def zeroer_above_zero(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """Whoever sees a waiter wakes all of them, also while there is work left."""
    word = plus_delta(shared.word, thread.delta)
    if word.waiters > 0:
        return shared._replace(word=word), go.Thread(go.Place.ADD_RELOAD, saved=word)
    return go.apply(shared, thread)


def negative_passed_over(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """Add does not look at the sign."""
    return shared._replace(word=plus_delta(shared.word, thread.delta)), go.ADDED


@pytest.mark.parametrize(
    ("action", "effect", "expected"),
    [
        ("reset", reset_forgotten, ["no_panic 9", "nothing_left_behind 9", "everyone_returned"]),
        ("release", only_one_released, ["nothing_left_behind 11", "everyone_returned"]),
        ("release", one_too_many_released, ["permits_have_takers 7", "nothing_left_behind 10"]),
        (
            "compare_and_swap",
            swap_without_compare,
            ["no_panic 7", "none_returned_early 5", "nothing_left_behind 5", "everyone_returned"],
        ),
        ("compare_and_swap", parked_all_the_same, ["nothing_left_behind 5", "everyone_returned"]),
        ("load", registered_at_zero, ["no_panic 7", "nothing_left_behind 6", "everyone_returned"]),
        (
            "apply",
            zeroer_above_zero,
            [
                "no_negative_counter 6",
                "no_panic 5",
                "none_returned_early 7",
                "permits_have_takers 10",
                "nothing_left_behind 5",
                "everyone_returned",
            ],
        ),
    ],
)
def test_a_broken_go_is_refused_under_legal_use(action: str, effect: Step, expected: list[str]) -> None:
    found = explored(go.go, action, effect, "pre-added")
    assert ("violated", expected) == (found.verdict, violations(found))


def test_a_go_that_passes_over_a_negative_counter_is_refused_under_misuse_too() -> None:
    found = explored(go.go, "apply", negative_passed_over, "surplus")
    assert ("violated", ["negative_counter_panics 3", "go_waiter_woken"]) == (found.verdict, violations(found))


# strict


def nobody_granted(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A crossing that does not end the generation."""
    return strict.cross(shared, thread)[0]._replace(generation=shared.generation), strict.returned(Result.NONE)


def last_unit_taken_from_under_waiters(
    shared: strict.Shared, thread: strict.Thread
) -> tuple[strict.Shared, strict.Thread]:
    """Nobody crosses: the counter becomes zero as if nobody were parked."""
    if shared.counter + thread.delta == 0:
        return shared._replace(counter=0), strict.returned(Result.NONE)
    return strict.apply(shared, thread)


def applied_without_validation(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """Every delta is applied, as Go does."""
    return shared._replace(counter=shared.counter + thread.delta), strict.returned(Result.NONE)


def joined_at_zero(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A waiter that came too late parks all the same."""
    parked = thread._replace(place=strict.Place.WAIT_PARKED, generation=shared.generation)
    return shared._replace(waiters=shared.waiters + 1), parked


def trace_left(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A waiter that gives up stays counted."""
    return shared, strict.cancel(shared, thread)[1]


def granted_one_cancelled(shared: strict.Shared, thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """A waiter that gives up does not ask whether it has been granted."""
    return shared._replace(waiters=shared.waiters - 1), strict.returned(thread.reason)


@pytest.mark.parametrize(
    ("action", "effect", "scenario", "expected"),
    [
        (
            "cross",
            nobody_granted,
            "pre-added",
            ["waiters_counted 6", "strict_waiter_granted", "legitimately_blocked 7", "legitimately_blocked"],
        ),
        (
            "apply",
            last_unit_taken_from_under_waiters,
            "pre-added",
            ["waiting_for_something 4", "strict_waiter_granted", "legitimately_blocked 5", "legitimately_blocked"],
        ),
        (
            "apply",
            applied_without_validation,
            "surplus",
            [
                "in_bounds 3",
                "waiting_for_something 4",
                "strict_waiter_granted",
                "legitimately_blocked 6",
                "legitimately_blocked",
            ],
        ),
        (
            "join",
            joined_at_zero,
            "pre-added",
            ["waiting_for_something 4", "legitimately_blocked 5", "legitimately_blocked"],
        ),
        ("cancel", trace_left, "timeout-race", ["waiters_counted 4"]),
        ("cancel", trace_left, "cancel", ["waiters_counted 4"]),
        ("cancel", granted_one_cancelled, "timeout-race", ["waiting_for_something 8", "waiters_counted 8"]),
    ],
)
def test_a_broken_strict_is_refused(action: str, effect: Step, scenario: str, expected: list[str]) -> None:
    found = explored(strict.strict, action, effect, scenario)
    assert ("violated", expected) == (found.verdict, violations(found))


def crossed_without_compare(shared: strict.Shared, _thread: strict.Thread) -> tuple[strict.Shared, strict.Thread]:
    """The word becomes zero whatever it has become since it was read: somebody's new unit is lost."""
    return strict.Shared(0, 0, shared.generation + 1), strict.returned(Result.NONE)


def test_a_crossing_that_does_not_compare_the_word_is_told_by_the_outcome_set() -> None:
    """The worker whose unit was lost is refused when it wants to take it away."""
    found = explored(strict.strict, "cross", crossed_without_compare, "add-done")
    assert {"all returned", "all returned, 1 refused"} == set(found.outcomes)
