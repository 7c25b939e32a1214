"""Each verdict of the explorer can turn red, and for the right reason: tiny protocols, broken on purpose.

Most of them are walks: one thread on a directed graph whose nodes are the shared state, so that the right answer can be
read off the graph, or found by a search that has nothing in common with the explorer's.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waitgroup_spec.explorer import Cycles, Exploration, cycles, explore
from waitgroup_spec.explorer.search import Outcome, Verdict
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Effect, Guard, Protocol, Result
from waitgroup_spec.scenarios import WAIT, Client, scenario

#: For each node, where one can go from it.
Graph = dict[int, tuple[int, ...]]


class Walker(NamedTuple):
    """The one thread of a walk; its call never ends by itself."""

    place: int = 0
    result: Result = Result.PENDING


def edge(graph: Graph, number: int) -> tuple[Guard, Effect]:
    """The step along the edge of this number, for each node that has so many."""

    def step(node: int, walker: Walker) -> tuple[int, Walker]:
        """The walker goes along one edge."""
        return graph[node][number], walker

    step.__name__ = f"edge_{number}"
    return lambda node, _walker: number < len(graph[node]), step


def walk(graph: Graph) -> Protocol:
    """The protocol of a walk that starts at node 0."""
    protocol = Protocol("walk", "One thread on a graph.", lambda _units: 0, lambda _call: Walker())
    for number in range(max(map(len, graph.values()))):
        guard, step = edge(graph, number)
        protocol.action(0, guard)(step)
    return protocol


ALONE = scenario("walk", "one walker", 0, Client("walker", (WAIT,)))


def at(kind: Kind, holds: Callable[[int], bool]) -> Property:
    """A property of the node."""
    return Property(kind, "The node is as it should be.", lambda node, _threads: holds(node))


def walked(graph: Graph, kind: Kind, holds: Callable[[int], bool]) -> tuple[Verdict, list[int]]:
    """The verdict, and the nodes along its path."""
    found = explore(walk(graph), ALONE, (at(kind, holds),))
    (verdict,) = found.verdicts
    assert verdict.verdict == found.verdict
    return verdict, nodes(found, verdict)


def nodes(found: Exploration, verdict: Verdict) -> list[int]:
    return [found.system.view(state)[0] for state in verdict.path]


def test_a_walk_visits_what_can_be_reached_and_counts_its_steps() -> None:
    found = explore(walk({0: (1, 2), 1: (3,), 2: (3,), 3: (), 4: (0,)}), ALONE)
    assert (4, 3, 2, False) == (found.states, found.transitions, found.depth, found.truncated)
    assert {"1 blocked": Outcome(1, 2)} == found.outcomes


DIAMOND: Graph = {0: (1, 2), 1: (4,), 2: (3,), 3: (4,), 4: (0,)}


def test_an_always_is_violated_with_the_shortest_path() -> None:
    verdict, path = walked(DIAMOND, Kind.ALWAYS, lambda node: node != 4)
    assert ("violated", [0, 1, 4]) == (verdict.verdict, path)


def test_an_always_can_be_violated_by_the_initial_state() -> None:
    verdict, path = walked(DIAMOND, Kind.ALWAYS, lambda node: node != 0)
    assert ("violated", [0]) == (verdict.verdict, path)


def test_an_always_that_is_true_everywhere_holds_without_a_path() -> None:
    verdict, path = walked(DIAMOND, Kind.ALWAYS, lambda node: node <= 4)
    assert ("holds", []) == (verdict.verdict, path)


DEADLOCK: Graph = {0: (1, 2), 1: (3,), 2: (3, 4), 3: (0, 5), 4: (), 5: ()}


def test_an_always_at_endings_is_violated_by_a_deadlock_with_the_shortest_path() -> None:
    verdict, path = walked(DEADLOCK, Kind.AT_ENDINGS, lambda node: node == 5)
    assert ("violated", [0, 2, 4]) == (verdict.verdict, path)


def test_an_always_at_endings_says_nothing_of_states_that_can_step() -> None:
    verdict, path = walked(DEADLOCK, Kind.AT_ENDINGS, lambda node: node in (4, 5))
    assert ("holds", []) == (verdict.verdict, path)


def test_a_sometimes_without_a_witness_is_violated() -> None:
    verdict, path = walked(DIAMOND, Kind.SOMETIMES, lambda node: node == 5)
    assert ("violated", []) == (verdict.verdict, path)


def test_a_sometimes_holds_with_the_shortest_path_to_a_witness() -> None:
    verdict, path = walked(DIAMOND, Kind.SOMETIMES, lambda node: node in (3, 4))
    assert "holds" == verdict.verdict
    assert path in ([0, 2, 3], [0, 1, 4])


def test_an_eventually_is_violated_by_a_cycle_on_which_it_is_never_true() -> None:
    verdict, path = walked({0: (1,), 1: (2,), 2: (1, 3), 3: ()}, Kind.EVENTUALLY, lambda node: node == 3)
    assert ("violated", [0, 1, 2, 1]) == (verdict.verdict, path)


def test_an_eventually_is_violated_by_a_step_that_changes_nothing_and_can_be_repeated_for_ever() -> None:
    verdict, path = walked({0: (0, 1), 1: ()}, Kind.EVENTUALLY, lambda node: node == 1)
    assert ("violated", [0, 0]) == (verdict.verdict, path)


def test_an_eventually_is_violated_by_an_ending_at_which_it_is_not_true() -> None:
    verdict, path = walked({0: (1, 2), 1: (), 2: (3,), 3: ()}, Kind.EVENTUALLY, lambda node: node == 1)
    assert ("violated", [0, 2, 3]) == (verdict.verdict, path)


def test_an_eventually_that_has_come_true_on_every_run_may_become_false_again() -> None:
    verdict, path = walked(
        {0: (1, 2), 1: (3,), 2: (3,), 3: (3, 4), 4: ()}, Kind.EVENTUALLY, lambda node: node in (1, 2)
    )
    assert ("holds", []) == (verdict.verdict, path)


def test_an_eventually_that_is_true_at_the_start_holds() -> None:
    verdict, _ = walked({0: (0,)}, Kind.EVENTUALLY, lambda node: node == 0)
    assert "holds" == verdict.verdict


def test_the_path_to_a_violated_eventually_goes_through_no_state_in_which_it_is_true() -> None:
    """The shortest way to the bad ending, node 4, goes through node 1, where the property is true."""
    verdict, path = walked({0: (1, 2), 1: (4,), 2: (3,), 3: (4,), 4: ()}, Kind.EVENTUALLY, lambda node: node == 1)
    assert ("violated", [0, 2, 3, 4]) == (verdict.verdict, path)


def test_the_path_to_a_violated_eventually_goes_once_round_its_cycle_and_not_behind_it() -> None:
    """Node 1 is entered from the cycle at node 3, but every run from node 1 on comes to node 4."""
    graph: Graph = {0: (1, 2), 1: (4,), 2: (3,), 3: (3, 1), 4: ()}
    verdict, path = walked(graph, Kind.EVENTUALLY, lambda node: node == 4)
    assert ("violated", [0, 2, 3, 3]) == (verdict.verdict, path)


def test_a_violated_eventually_says_where_its_round_begins_and_a_run_that_ends_has_none() -> None:
    assert 1 == walked({0: (1,), 1: (2,), 2: (1, 3), 3: ()}, Kind.EVENTUALLY, lambda node: node == 3)[0].loop
    assert walked({0: (1,), 1: ()}, Kind.EVENTUALLY, lambda node: node == 3)[0].loop is None


def test_the_states_on_cycles_are_counted_and_those_before_between_and_behind_are_not() -> None:
    """The cycles 1 2 and 4; node 0 is before, node 3 between, node 5 behind them."""
    graph: Graph = {0: (1,), 1: (2,), 2: (1, 3), 3: (4,), 4: (4, 5), 5: ()}
    assert Cycles(6, 3) == cycles(walk(graph), ALONE)
    assert Cycles(5, 0) == cycles(walk({0: (1, 2), 1: (3,), 2: (3,), 3: (4,), 4: ()}), ALONE)


def test_a_search_that_was_cut_short_does_not_say_that_there_is_no_cycle() -> None:
    with pytest.raises(ValueError, match="more than 2 states"):
        cycles(walk(DIAMOND), ALONE, max_states=2)


SIZE = 6
GRAPHS = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=2, unique=True), min_size=SIZE, max_size=SIZE).map(
    lambda rows: {node: tuple(row) for node, row in enumerate(rows)}
)
GOOD = st.sets(st.integers(0, SIZE - 1))


def distances(graph: Graph, through: Callable[[int], bool]) -> dict[int, int]:
    """How far each node is from node 0, on ways through such nodes alone."""
    far = {0: 0} if through(0) else {}
    for _ in graph:
        for node in sorted(far, key=far.__getitem__):
            for target in filter(through, graph[node]):
                far[target] = min(far.get(target, SIZE), far[node] + 1)
    return far


def able_to_avoid(graph: Graph, good: set[int]) -> set[int]:
    """The nodes from which some run never comes to a good one: the greatest set that one can stay in, or end in."""
    able = set(graph) - good
    for _ in graph:
        able = {node for node in able if not graph[node] or able & set(graph[node])}
    return able


@given(graph=GRAPHS)
def test_a_state_of_any_walk_is_on_a_cycle_exactly_if_some_way_leads_back_to_it(graph: Graph) -> None:
    graph[0] = graph[0] or (1,)
    nodes_ = distances(graph, lambda _node: True)
    ahead = {node: set(graph[node]) for node in nodes_}
    for _ in graph:
        ahead = {node: there.union(*(ahead[next_] for next_ in there)) for node, there in ahead.items()}
    assert Cycles(len(nodes_), sum(node in ahead[node] for node in nodes_)) == cycles(walk(graph), ALONE)


@given(graph=GRAPHS)
def test_states_transitions_and_depth_of_any_walk_are_those_of_its_graph(graph: Graph) -> None:
    if not any(graph.values()):
        graph[0] = (1,)
    far = distances(graph, lambda _node: True)
    found = explore(walk(graph), ALONE)
    stepping = sum(1 for node in far if graph[node])
    assert (len(far), stepping, max(far.values())) == (found.states, found.transitions, found.depth)


@given(graph=GRAPHS, good=GOOD)
def test_an_always_on_any_walk_is_violated_at_the_nearest_bad_node(graph: Graph, good: set[int]) -> None:
    graph[0] = graph[0] or (1,)
    bad = [far for node, far in distances(graph, lambda _node: True).items() if node not in good]
    verdict, path = walked(graph, Kind.ALWAYS, good.__contains__)
    assert (("violated", min(bad) + 1) if bad else ("holds", 0)) == (verdict.verdict, len(path))


@settings(max_examples=500)
@given(graph=GRAPHS, good=GOOD)
def test_an_eventually_on_any_walk_is_violated_exactly_if_some_run_avoids_the_good_nodes(
    graph: Graph, good: set[int]
) -> None:
    graph[0] = graph[0] or (1,)
    verdict, path = walked(graph, Kind.EVENTUALLY, good.__contains__)
    able = able_to_avoid(graph, good)
    assert ("violated" if 0 in able else "holds") == verdict.verdict
    if path:
        # The path is such a run: it comes to no good node, and it ends, or comes back to where it has been.
        assert [] == [node for node in path if node in good]
        assert 0 == path[0]
        assert all(after in graph[before] for before, after in pairwise(path))
        assert graph[path[-1]] == () or path[-1] in path[:-1]
