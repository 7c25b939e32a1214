"""The game's data: par is the explorer's, what nobody can win is out of reach, the boards are its graphs."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import waitgroup
from tests.proofs.test_page import Elements, data_in

from waitgroup_proofs.claims import Kind as ClaimKind
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.go_findings import FINDINGS
from waitgroup_proofs.pages.play import play_data, play_page
from waitgroup_proofs.play.board import Sources, board, source_of
from waitgroup_proofs.play.campaign import GO_ITSELF, RIGHT, campaign
from waitgroup_proofs.play.exhibits import RIGHT_SO_FAR, titled
from waitgroup_proofs.play.levels import Level, easiest, solved
from waitgroup_spec.explorer import explore
from waitgroup_spec.properties import Kind, properties_of
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS
from waitgroup_spec.word import Word, pack


@cache
def page() -> str:
    """The game."""
    return play_page(play_data())


@cache
def data() -> dict[str, Any]:
    """What the page holds."""
    found: dict[str, Any] = data_in(page())
    return found


def levels_by_name() -> dict[str, dict[str, Any]]:
    """Its levels."""
    return {level["name"]: level for level in data()["levels"]}


PAR = {
    "condition_if": 2,
    "checks_then_parks": 4,
    "two_words": 4,
    "lost_update": 5,
    "polling": 2,
    "clamped": 2,
    "condition_signal": 4,
    "condition_while": 4,
    "release_before_reset": 7,
    "event": 3,
    "latch": 3,
    "zig": 2,
    "strict_cas": 10,
    "one_semaphore": 5,
    "two_words_counted_first": 8,
    "go_2012": 9,
    "go_1_4": 8,
    "go-parks-unregistered": 3,
    "go-no-retry": 3,
    "go-checks-before-adding": 4,
    "go-acquires-nothing": 4,
    "go-slow-path-too-early": 5,
    "go-store-after-releases": 7,
    "go-one-release-more": 7,
    "go-split-read-modify-write": 8,
    "go-wakes-one": 10,
    "go-started-in-time": 4,
    "go-add-zero": 15,
    "go-add-zero-next": 17,
    "go-no-rollback": 3,
    "go-no-rollback-done": 4,
    "strict-zero-under-waiters": 3,
    "strict-expires-without-cancel": 3,
    "strict-cancels-without-count": 4,
    "strict-refuses-late-waiter": 4,
    "strict-swallows-interrupt": 4,
    "strict-no-retry": 7,
    "strict-granted-counts-twice": 7,
    "strict-believes-the-counter": 9,
    "go-pre-added": None,
    "go-nested": None,
    "strict-reuse-parked": None,
    "strict-zero-delta": None,
    "strict-surplus": None,
    "strict-timeout-race": None,
    "go_2011": None,
    "condition_generation": None,
    "go_1_17": None,
}


def steps_from(board: dict[str, Any], state: int) -> list[tuple[int, int, int]]:
    flat = board["steps"][state]
    return list(zip(flat[0::3], flat[1::3], flat[2::3], strict=True))


def shortest(board: dict[str, Any]) -> list[int] | None:
    """The states of a shortest way on the board to where the goal, its first property, is false."""
    ways: dict[int, list[int]] = {0: [0]}
    for state in (todo := [0]):
        if 0 in board["broken"].get(str(state), []):
            return ways[state]
        for _, _, target in steps_from(board, state):
            if target not in ways:
                ways[target] = [*ways[state], target]
                todo.append(target)
    return None


def test_par_is_pinned_for_every_level() -> None:
    assert PAR == {name: level["par"] for name, level in levels_by_name().items()}


@pytest.mark.parametrize("name", PAR)
def test_par_is_the_length_of_a_shortest_way_on_the_board(name: str) -> None:
    way = shortest(levels_by_name()[name]["board"])
    assert PAR[name] == (len(way) - 1 if way else None)


@pytest.mark.parametrize("level", [one for one in campaign() if PAR[one.name]], ids=lambda one: one.name)
def test_who_wins_is_told_what_is_broken(level: Level) -> None:
    assert level.broken
    assert not level.forbidden_by


@pytest.mark.parametrize("level", [one for one in campaign() if one.chapter == RIGHT], ids=lambda one: one.name)
def test_what_nobody_can_win_is_forbidden_by_a_claim_that_is_proved_for_all_sizes(level: Level) -> None:
    assert [ClaimKind.PROVED] == [claim.kind for claim in LEDGER if claim.id == level.forbidden_by]
    assert level.name not in {name for name, par in PAR.items() if par}
    assert all(0 not in broken for broken in levels_by_name()[level.name]["board"]["broken"].values())


def test_the_right_ones_of_the_zoo_are_forbidden_by_its_claim_and_say_that_it_is_no_proof() -> None:
    levels = [level for level in data()["levels"] if level["chapter"] == RIGHT_SO_FAR]
    assert ["go_2011", "condition_generation", "go_1_17"] == [level["name"] for level in levels]
    claims = [level["claim"] for level in levels]
    assert {("zoo", "exhaustive to a bound")} == {(claim["id"], claim["kind"]) for claim in claims}
    assert [{}] * 3 == [level["board"]["broken"] for level in levels]


def test_a_version_in_a_name_has_its_points_in_the_title() -> None:
    assert ["Go 1.17", "Two words counted first"] == [titled(name) for name in ("go_1_17", "two_words_counted_first")]


def test_the_findings_are_won_by_their_pinned_runs() -> None:
    sights = [sight for finding in FINDINGS for sight in finding.sights]
    levels = [level for level in data()["levels"] if level["chapter"] == GO_ITSELF]
    for level, sight in zip(levels, sights, strict=True):
        played, state = level["board"], 0
        names = [action["name"] for action in played["actions"]]
        for step in sight.run:
            (state,) = (
                target
                for thread, action, target in steps_from(played, state)
                if (played["threads"][thread - 1]["name"], names[action]) == (step.thread, step.action)
            )
            word, permits, _ = played["shared"][played["states"][state][0]]
            assert (step.after, step.permits) == (pack(Word(*word)), permits)
        assert 0 in played["broken"][str(state)]


def test_a_board_has_the_states_the_steps_and_the_endings_of_the_oracle() -> None:
    (free,) = (
        one for one in data()["free"] if (one["protocol"], one["scenario"], one["size"]) == ("go", "pre-added", "2 x 2")
    )
    assert (183, 364) == (len(free["states"]), sum(len(steps) // 3 for steps in free["steps"]))
    assert ["all returned"] == list(free["outcomes"].values())
    assert {} == free["broken"]


def test_free_play_has_both_protocols_in_every_scenario_that_they_know_and_nothing_is_violated() -> None:
    assert 92 == len(data()["free"])
    assert {("go", 10), ("strict", 13)} == {
        (name, len({one["scenario"] for one in data()["free"] if one["protocol"] == name})) for name in PROTOCOLS
    }
    assert [] == [one["scenario"] for one in data()["free"] if one["broken"]]


def test_where_the_contract_is_the_goal_the_board_has_a_state_for_each_explanation() -> None:
    level = next(one for one in campaign() if one.name == "strict-swallows-interrupt")
    states = explore(level.protocol, level.scenario).states
    played = levels_by_name()[level.name]["board"]
    assert states < len(played["states"])
    last = played["states"][shortest(played)[-1]]  # type: ignore[index]
    assert "returned true" in [played["locals"][local]["stands"] for local in last[1:]]


def test_the_text_that_is_shown_is_that_of_the_mutant_without_docstring_and_types() -> None:
    level = next(one for one in campaign() if one.name == "go-wakes-one")
    reset = source_of(level.protocol.actions["reset"], level.text)
    assert reset == (
        "@go.action(Place.ADD_RESET)\n"
        "def reset(shared, thread):\n"
        "    return (shared._replace(word=ZERO), Thread(Place.ADD_RELEASE, releases=1))"
    )
    assert reset in data()["sources"]
    assert "releases=thread.saved.waiters" in source_of(PROTOCOLS["go"].actions["reset"])


def test_a_level_must_be_small_and_have_a_goal_that_a_schedule_can_reach() -> None:
    go, large, small = PROTOCOLS["go"], SCENARIOS["pre-added"](3, 3), SCENARIOS["pre-added"](1, 1)
    never = next(one for one in properties_of(go, small) if one.kind is Kind.EVENTUALLY)
    with pytest.raises(ValueError, match="no schedule that ends violates what holds eventually"):
        solved(Level("never", "", "", "", go, small, never))
    with pytest.raises(ValueError, match="more than 2000 states"):
        solved(Level("large", "", "", "", go, large, properties_of(go, large)[0]))
    with pytest.raises(ValueError, match="more than 2000 states"):
        board(go, large, Sources(), ())
    with pytest.raises(ValueError, match="no schedule wins"):
        easiest(go, small, properties_of(go, small))


def test_the_page_needs_nothing_else_and_is_small() -> None:
    elements = Elements(page())
    attributes = {name for _, found in elements.found for name in found}
    assert set() == attributes & {"src", "srcset", "action", "style", "onerror", "onclick", "onload"}
    assert {"#"} == {str(found["href"])[0] for _, found in elements.found if "href" in found}
    assert "http" not in "".join(elements.text["style"]) + elements.text["script"][-1]
    assert len(page().encode()) < 2_000_000


def test_every_level_has_a_name_of_its_own_and_a_link() -> None:
    links = [found.get("data-level") for tag, found in Elements(page()).found if tag == "a"]
    assert [*levels_by_name(), "free"] == links
    assert len(campaign()) == len(levels_by_name())


def test_the_command_writes_the_page_which_is_always_the_same(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    code, out, _ = waitgroup("play", "--out", file)
    assert (0, page()) == (code, file.read_text("utf-8"))
    lines = out.splitlines()
    assert (len(PAR) + 2, f"{file}: open it in a browser") == (len(lines), lines[-1])
    code, _, err = waitgroup("play", "--out", "-")
    assert (2, 1) == (code, len(err.splitlines()))


@pytest.mark.parametrize(("change", "code"), [({}, 0), ({"par": None}, 1), ({"claim": {"id": "no-panic"}}, 1)])
def test_the_exit_code_says_whether_every_level_is_as_it_should_be(
    change: dict[str, Any], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, *others = data()["levels"]
    changed = data() | {"levels": [first | change, *others]}
    monkeypatch.setattr("waitgroup_proofs.pages.play.play_data", lambda: changed)
    ran = waitgroup("play", "--out", tmp_path / "play.html", "--json", "-")
    assert (code, "violated" if code else "holds") == (ran.code, ran.json["verdict"])
    assert len(PAR) == len(ran.json["levels"])
