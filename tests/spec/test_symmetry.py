"""Symmetry changes the number of states that are kept and nothing else: verdicts, outcomes, depth, paths."""

from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from waitgroup_spec.contract import contract
from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.explorer.system import State
from waitgroup_spec.properties import Kind, Property, everyone_returned, properties_of
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import MODEL_FAMILIES, SCENARIOS, Scenario, pre_added

SIZES = [(1, 1), (2, 1), (2, 2)]
GO_RUNS = [name for name in SCENARIOS if name not in ("timeout-race", "timeout-reuse", "cancel")]
PAIRS = [(go.go, name) for name in GO_RUNS] + [(strict.strict, name) for name in SCENARIOS]


def said(found: Exploration) -> tuple[Any, ...]:
    """What an exploration says, apart from the number of states it kept and of steps between them."""
    verdicts = [(verdict.verdict, len(verdict.path)) for verdict in found.verdicts]
    outcomes = {name: outcome.depth for name, outcome in found.outcomes.items()}
    return verdicts, outcomes, found.depth, found.states_without_symmetry


@pytest.mark.parametrize(("protocol", "name"), PAIRS, ids=[f"{protocol.name}-{name}" for protocol, name in PAIRS])
def test_with_and_without_symmetry_verdicts_outcomes_and_depth_are_the_same(protocol: Protocol, name: str) -> None:
    for size in SIZES:
        scenario = SCENARIOS[name](*size)
        properties = properties_of(protocol, scenario)
        full, reduced = (explore(protocol, scenario, properties, symmetry) for symmetry in (False, True))
        assert said(full) == said(reduced)
        assert full.states == reduced.states_without_symmetry
        assert reduced.states <= full.states


def is_a_run(found: Exploration, path: tuple[State, ...]) -> bool:
    """Whether the path starts at the start and each of its steps is one that some thread can take."""
    follows = all(
        after in [state for _, _, state in found.system.successors(before)] for before, after in pairwise(path)
    )
    return path[:1] == (found.system.initial,) and follows


#: Violated at the end of the longest runs, so that the paths are long.
NEVER_OVER = Property(Kind.ALWAYS, "Somebody has not returned.", lambda s, threads: not everyone_returned(s, threads))
NEVER_ENDS = Property(Kind.AT_ENDINGS, "There is no ending.", lambda _shared, _threads: False)
NEVER_HAPPENS = Property(Kind.EVENTUALLY, "What never happens happens.", lambda _shared, _threads: False)
FAMILIES = [("legal", 2), ("legal", 3), ("reuse", 2)]


@pytest.mark.parametrize(("family", "size"), FAMILIES)
def test_a_path_printed_under_symmetry_is_a_real_run_and_as_short_as_without(family: str, size: int) -> None:
    scenario = MODEL_FAMILIES[family](size, size)
    properties = (NEVER_OVER, NEVER_ENDS, NEVER_HAPPENS, *properties_of(go.go, scenario))
    full, reduced = (explore(go.go, scenario, properties, symmetry) for symmetry in (False, True))
    paths = [verdict.path for verdict in reduced.verdicts if verdict.path]
    assert 5 <= len(paths)
    assert [True] * len(paths) == [is_a_run(reduced, path) for path in paths]
    assert [len(verdict.path) for verdict in full.verdicts] == [len(verdict.path) for verdict in reduced.verdicts]


def test_a_path_under_symmetry_really_ends_in_what_it_shows() -> None:
    scenario = MODEL_FAMILIES["reuse"](2, 2)
    reused = Property(
        Kind.ALWAYS, "Nobody finds the group reused.", lambda shared, _: shared.panic is not go.Panic.REUSED
    )
    found = explore(go.go, scenario, (reused,), symmetry=True)
    (verdict,) = found.verdicts
    shared, threads = found.system.view(verdict.path[-1])
    assert (go.Panic.REUSED, 1, 11) == (shared.panic, threads.count(go.PANICKED), len(verdict.path) - 1)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_strict_ends_in_the_ways_that_the_contract_allows_and_in_all_of_them(name: str, size: tuple[int, int]) -> None:
    scenario = SCENARIOS[name](*size)
    allowed, found = (
        set(explore(protocol, scenario, symmetry=True).outcomes) for protocol in (contract, strict.strict)
    )
    assert allowed == found


class Place(IntEnum):
    """Where a thread of the careless counter stands."""

    OVER = 0
    READ = 1
    WRITE = 2


class Careless(NamedTuple):
    """A thread that adds one in two steps, with what it has read."""

    place: Place = Place.READ
    saved: int = 0
    result: Result = Result.PENDING


careless = Protocol("careless", "An increment in two steps.", lambda _units: 0, lambda _call: Careless())


@careless.action(Place.READ)
def read(value: int, _thread: Careless) -> tuple[int, Careless]:
    """The value is read."""
    return value, Careless(Place.WRITE, value)


@careless.action(Place.WRITE)
def write(_value: int, thread: Careless) -> tuple[int, Careless]:
    """What was read is written back, and one more."""
    return thread.saved + 1, Careless(Place.OVER, result=Result.NONE)


def only_workers(threads: int) -> Scenario:
    """So many identical threads with one call each."""
    built = pre_added(threads, 1)
    return built._replace(clients=built.clients[:1])


@pytest.mark.parametrize(("symmetry", "states"), [(False, 59), (True, 20)], ids=["full", "up to symmetry"])
def test_a_lost_update_is_found_and_shown_step_by_step(symmetry: bool, states: int) -> None:
    exact = Property(Kind.AT_ENDINGS, "No update is lost.", lambda value, threads: value == len(threads))
    reached = Property(Kind.SOMETIMES, "Some run counts to three.", lambda value, _threads: value == 3)
    found = explore(careless, only_workers(3), (exact, reached), symmetry)
    assert ("violated", "holds") == (found.verdicts[0].verdict, found.verdicts[1].verdict)
    assert (states, 6, found.verdict) == (found.states, found.depth, "violated")
    assert [True, True] == [is_a_run(found, verdict.path) for verdict in found.verdicts]
    assert 59 == found.states_without_symmetry
    assert [7, 7] == [len(verdict.path) for verdict in found.verdicts]


def test_threads_of_different_clients_are_never_exchanged() -> None:
    """With one thread each, worker and waiter are alone in their group: there is nothing to permute."""
    found = explore(go.go, SCENARIOS["pre-added"](1, 1), symmetry=True)
    assert ([], 11, 11) == (found.system.groups, found.states, found.states_without_symmetry)
