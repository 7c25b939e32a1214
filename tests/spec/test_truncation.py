"""A search that was cut short is inconclusive: it is a violation if one was found by then, and never a pass."""

import pytest

from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.properties import GO_UNDER_LEGAL_USE, Kind, Property, everyone_returned, no_panic
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import MODEL_FAMILIES

#: The states of the family `legal` with two workers and two waiters, and of its half up to symmetry.
STATES, UP_TO_SYMMETRY = 183, 69

ALWAYS = Property(Kind.ALWAYS, "No call panics.", no_panic)
AT_ENDINGS = Property(Kind.AT_ENDINGS, "Everyone has returned.", everyone_returned)
NEVER = Property(Kind.SOMETIMES, "Somebody panics.", lambda shared, threads: not no_panic(shared, threads))
EVENTUALLY = Property(Kind.EVENTUALLY, "Every call returns.", everyone_returned)
#: True from the start, so that its witness is found by the shortest search there is.
WITNESSED = Property(Kind.SOMETIMES, "Nobody has panicked yet.", no_panic)
#: Violated after the first step.
VIOLATED = Property(Kind.ALWAYS, "The counter stays at two.", lambda shared, _threads: shared.word.counter == 2)


def cut(max_states: int, *properties: Property, symmetry: bool = False) -> Exploration:
    """The family `legal`, two by two, searched up to so many states."""
    return explore(go.go, MODEL_FAMILIES["legal"](2, 2), properties, symmetry, max_states)


@pytest.mark.parametrize(("symmetry", "states"), [(False, STATES), (True, UP_TO_SYMMETRY)])
def test_a_search_is_truncated_exactly_if_there_are_more_states_than_allowed(symmetry: bool, states: int) -> None:
    enough = cut(states, *GO_UNDER_LEGAL_USE, symmetry=symmetry)
    assert (False, "holds", states) == (enough.truncated, enough.verdict, enough.states)
    too_few = cut(states - 1, *GO_UNDER_LEGAL_USE, symmetry=symmetry)
    assert (True, "inconclusive") == (too_few.truncated, too_few.verdict)


@pytest.mark.parametrize("max_states", [1, 20, STATES - 1])
@pytest.mark.parametrize("property_", [ALWAYS, AT_ENDINGS, NEVER, EVENTUALLY], ids=lambda given: given.kind.value)
def test_what_was_not_found_in_a_search_cut_short_is_inconclusive(max_states: int, property_: Property) -> None:
    found = cut(max_states, property_)
    assert ("inconclusive", ()) == (found.verdicts[0].verdict, found.verdicts[0].path)
    assert "inconclusive" == found.verdict


def test_a_violation_that_was_found_in_a_search_cut_short_stays_one() -> None:
    found = cut(20, ALWAYS, VIOLATED)
    assert ["inconclusive", "violated"] == [verdict.verdict for verdict in found.verdicts]
    assert (True, "violated") == (found.truncated, found.verdict)
    assert 2 == len(found.verdicts[1].path)


@pytest.mark.parametrize("properties", [(), (WITNESSED,), (WITNESSED, ALWAYS)], ids=["none", "witnessed", "both"])
def test_a_search_cut_short_as_a_whole_never_holds(properties: tuple[Property, ...]) -> None:
    found = cut(20, *properties)
    assert (True, "inconclusive") == (found.truncated, found.verdict)


def test_the_search_reports_how_far_it_has_come() -> None:
    reports: list[tuple[int, int]] = []
    found = explore(
        go.go,
        MODEL_FAMILIES["legal"](5, 4),
        symmetry=False,
        max_states=50_000,
        progress=lambda states, depth: reports.append((states, depth)),
    )
    assert True is found.truncated
    assert sorted(reports) == reports
    assert 1 <= len(reports) <= 50_000 // 20_000
