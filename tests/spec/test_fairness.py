"""Fair runs are told from unfair ones: little games of two threads on a graph, each right answer read off the graph.

The games are also played at random, and judged by a search that tries every set of nodes a run could stay in.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waitgroup_spec.explorer import explore
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Effect, Guard, Protocol, Result
from waitgroup_spec.scenarios import Client, add, scenario

#: For each node, where one can go from it, by the thread and the action: "a steps", "b takes", and so on.
Game = dict[int, dict[str, int]]

THREADS, ACTIONS = ("a", "b"), ("steps", "takes")
TWO = scenario("game", "two threads on one graph", 0, Client("a", (add(0),)), Client("b", (add(1),)))
FAIR, ANY = Kind.EVENTUALLY_IF_FAIR, Kind.EVENTUALLY
NOTHING, TAKING = frozenset[str](), frozenset({"takes"})


class Player(NamedTuple):
    """A thread of a game; its call never ends."""

    name: str
    place: int = 0
    result: Result = Result.PENDING


def played(game: Game, name: str) -> tuple[Guard, Effect]:
    """The action of this name, for each thread that has it at a node."""

    def effect(node: int, player: Player) -> tuple[int, Player]:
        """The thread goes where the game says."""
        return game[node][f"{player.name} {name}"], player

    effect.__name__ = name
    return lambda node, player: f"{player.name} {name}" in game[node], effect


def protocol_of(game: Game) -> Protocol:
    """The protocol of a game that starts at node 0."""
    protocol = Protocol("game", "Two threads on one graph.", lambda _: 0, lambda call: Player(THREADS[call.delta or 0]))
    for name in ACTIONS:
        guard, effect = played(game, name)
        protocol.action(0, guard)(effect)
    return protocol


def judged(
    game: Game, good: set[int], kind: Kind = FAIR, neglected: frozenset[str] = NOTHING
) -> tuple[str, list[int], int | None]:
    """The verdict on coming to a good node, the nodes along its path, and where its round begins."""
    property_ = Property(kind, "A good node is reached.", lambda node, _: node in good, neglected)
    found = explore(protocol_of(game), TWO, (property_,))
    (verdict,) = found.verdicts
    return verdict.verdict, [found.system.view(state)[0] for state in verdict.path], verdict.loop


HOLDS: tuple[str, list[int], None] = ("holds", [], None)

#: Thread a goes round, and b could step to the good node 3 all the time.
UNFAIR: Game = {0: {"a steps": 1, "b steps": 3}, 1: {"a steps": 0, "b steps": 3}, 3: {}}


def test_a_round_that_keeps_a_thread_from_a_step_it_can_always_take_counts_only_without_fairness() -> None:
    assert ("violated", [0, 1, 0], 0) == judged(UNFAIR, {3}, ANY)
    assert HOLDS == judged(UNFAIR, {3})


def test_a_round_in_which_a_thread_is_unable_to_step_now_and_then_is_fair_to_it() -> None:
    game: Game = {0: {"a steps": 1, "b steps": 3}, 1: {"a steps": 0}, 3: {}}
    assert ("violated", [0, 1, 0], 0) == judged(game, {3})


def test_a_round_in_which_every_thread_steps_is_fair() -> None:
    game: Game = {0: {"a steps": 1, "b steps": 3}, 1: {"a steps": 3, "b steps": 0}, 3: {}}
    assert ("violated", [0, 1, 0], 0) == judged(game, {3})


#: Each round is unfair to one thread, which could step to the good node 3 all the time: 0 1 0 to b, 0 2 0 to a.
FAIR_AS_A_WHOLE: Game = {
    0: {"a steps": 1, "b steps": 2},
    1: {"a steps": 0, "b steps": 3},
    2: {"a steps": 3, "b steps": 0},
    3: {},
}


def test_the_shown_round_goes_through_all_that_fairness_demands() -> None:
    assert ("violated", [0, 1, 0, 2, 0], 0) == judged(FAIR_AS_A_WHOLE, {3})


@pytest.mark.parametrize("unfair", [1, 2])
def test_without_one_of_its_halves_that_round_is_unfair(unfair: int) -> None:
    assert HOLDS == judged(FAIR_AS_A_WHOLE | {unfair: {"a steps": 3, "b steps": 3}}, {3})


def test_without_fairness_the_shown_round_is_the_first_one_that_comes_back() -> None:
    assert ("violated", [0, 1, 0], 0) == judged(FAIR_AS_A_WHOLE, {3}, ANY)


def test_the_shown_round_is_a_fair_one_behind_one_that_is_not() -> None:
    game: Game = {0: {"a steps": 0, "b steps": 1}, 1: {"a steps": 2, "b steps": 3}, 2: {"a steps": 1}, 3: {}}
    assert ("violated", [0, 1, 2, 1], 1) == judged(game, {3})


def test_a_fair_round_that_is_only_reached_through_a_good_node_does_not_count() -> None:
    assert HOLDS == judged({0: {"a steps": 1}, 1: {"a steps": 2}, 2: {"a steps": 2}}, {1})


def test_a_fair_round_through_a_good_node_does_not_count() -> None:
    assert HOLDS == judged({0: {"a steps": 1}, 1: {"a steps": 0}}, {1})


#: One step, and then one that a semaphore gives.
GIVEN: Game = {0: {"a steps": 1}, 1: {"a takes": 2}, 2: {}}


def test_a_run_may_stop_where_only_a_neglected_action_is_left() -> None:
    assert ("violated", [0, 1], None) == judged(GIVEN, {2}, neglected=TAKING)
    assert HOLDS == judged(GIVEN, {2}) == judged(GIVEN, {2}, ANY)


def test_a_run_may_not_stop_while_another_thread_has_a_step_that_is_not_neglected() -> None:
    game: Game = {0: {"a takes": 2, "b steps": 2}, 2: {}}
    assert HOLDS == judged(game, {2}, neglected=TAKING)


def test_a_run_stops_where_nothing_can_step_at_all() -> None:
    assert ("violated", [0], None) == judged({0: {}}, {1}) == judged({0: {}}, {1}, ANY)


def test_a_neglected_action_may_be_left_out_for_ever_while_others_step() -> None:
    game: Game = {0: {"a takes": 2, "b steps": 0}, 2: {}}
    assert ("violated", [0, 0], 0) == judged(game, {2}, neglected=TAKING)
    assert HOLDS == judged(game, {2})


def test_a_neglected_action_may_be_taken_all_the_same() -> None:
    game: Game = {0: {"a takes": 1, "b steps": 2}, 1: {"a steps": 0}, 2: {}}
    assert ("violated", [0, 1, 0], 0) == judged(game, {2}, neglected=TAKING)


def test_a_neglected_step_is_not_counted_as_the_one_that_fairness_owes() -> None:
    game: Game = {0: {"a takes": 0, "a steps": 2}, 2: {}}
    assert HOLDS == judged(game, {2}, neglected=TAKING)
    assert ("violated", [0, 0], 0) == judged(game, {2})


@pytest.mark.parametrize(
    ("property_", "symmetry", "reason"),
    [
        (
            Property(FAIR, "", lambda _, __: True),
            True,
            "fairness is between threads, which symmetry does not tell apart",
        ),
        (Property(FAIR, "", lambda _, __: True, frozenset({"rests"})), False, "game has no action rests to neglect"),
        (Property(ANY, "", lambda _, __: True, TAKING), False, "only a fair scheduler neglects actions"),
        (Property(Kind.ALWAYS, "", lambda _, __: True, TAKING), False, "only a fair scheduler neglects actions"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_before_the_search(
    property_: Property, symmetry: bool, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        explore(protocol_of(GIVEN), TWO, (property_,), symmetry, max_states=1)


def test_a_search_that_was_cut_short_is_inconclusive() -> None:
    property_ = Property(FAIR, "Node 2 is reached.", lambda node, _: node == 2)
    assert "inconclusive" == explore(protocol_of(GIVEN), TWO, (property_,), max_states=1).verdicts[0].verdict


SIZE = 4
LABELS = [f"{thread} {action}" for thread in THREADS for action in ACTIONS]
NODES = st.integers(0, SIZE - 1)
GAMES = st.lists(st.dictionaries(st.sampled_from(LABELS), NODES, max_size=3), min_size=SIZE, max_size=SIZE).map(
    lambda rows: dict(enumerate(rows))
)


def owed(thread: str, neglected: frozenset[str]) -> set[str]:
    """The steps of a thread that fairness owes it."""
    return {f"{thread} {action}" for action in ACTIONS if action not in neglected}


def fair_forever(game: Game, nodes: set[int], neglected: frozenset[str]) -> bool:
    """Whether a run that goes to each of these nodes, and along each step between them, again and again is fair."""
    for thread in THREADS:
        steps = owed(thread, neglected)
        if not any(steps.isdisjoint(game[i]) or nodes & {game[i][s] for s in steps & game[i].keys()} for i in nodes):
            return False
    return True


def reached(game: Game, start: int, within: set[int]) -> set[int]:
    """Where one or more steps within these nodes lead."""
    there: set[int] = set()
    for _ in range(SIZE + 1):
        there |= {target for node in there | {start} for target in game[node].values() if target in within}
    return there


def places_to_stay(game: Game, within: set[int]) -> Iterator[set[int]]:
    """Every set of nodes in which one can go from each to each."""
    for size in range(1, SIZE + 1):
        for nodes in map(set, combinations(sorted(within), size)):
            if all(reached(game, node, nodes) == nodes for node in nodes):
                yield nodes


def avoidable(game: Game, good: set[int], neglected: frozenset[str]) -> bool:
    """Whether some fair run comes to no good node."""
    bad = set(game) - good
    within = (reached(game, 0, bad) | {0}) & bad
    if 0 in good:
        return False
    stops = any(all(owed(thread, neglected).isdisjoint(game[node]) for thread in THREADS) for node in within)
    return stops or any(fair_forever(game, nodes, neglected) for nodes in places_to_stay(game, within))


@settings(max_examples=500)
@given(
    game=GAMES,
    good=st.sets(NODES, min_size=1, max_size=2),
    neglected=st.sampled_from([NOTHING, TAKING, frozenset(ACTIONS)]),
)
def test_any_game_is_judged_as_by_trying_every_place_to_stay_and_its_round_is_a_fair_one(
    game: Game, good: set[int], neglected: frozenset[str]
) -> None:
    verdict, path, loop = judged(game, good, FAIR, neglected)
    assert ("violated" if avoidable(game, good, neglected) else "holds") == verdict
    if path:
        assert 0 == path[0]
        assert good.isdisjoint(path)
        assert all(after in game[before].values() for before, after in pairwise(path))
    if path and loop is None:
        assert all(owed(thread, neglected).isdisjoint(game[path[-1]]) for thread in THREADS)
    if loop is not None:
        around = list(pairwise(path[loop:]))
        assert path[loop] == path[-1]
        assert around
        for thread in THREADS:
            steps = owed(thread, neglected)
            assert any(
                steps.isdisjoint(game[before]) or after in {game[before][step] for step in steps & game[before].keys()}
                for before, after in around
            )
