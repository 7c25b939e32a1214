"""`waitgroup check --races`: what is reported, for people and for programs, and that no verdict depends on it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import waitgroup
from tests.proofs.scheduler.designs import LOCK_PER_WAITER

from waitgroup_proofs.commands.racing import ATOMIC, raced
from waitgroup_proofs.scheduler.foreign import Foreign, Named

#: A right design that also looks at its counter, and keeps a log, without the lock.
CARELESS = (
    LOCK_PER_WAITER.replace("self.counter = 0\n", "self.counter = 0\n        self.log = []\n", 1)
    .replace("done(self):\n", "done(self):\n        self.log.append(1)\n")
    .replace("        mine =", "        if self.counter == 0:\n            return True\n        mine =")
)

Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """`check(source, arguments...)`: exit code and output of the command at 2 x 1, in one scenario."""

    def checked(source: str, *arguments: str) -> tuple[int, str]:
        file = tmp_path / "target.py"
        file.write_text(source, encoding="utf-8")
        given = [f"{file}:Group", "--scenario", "pre-added", "--workers", "2", "--waiters", "1", *arguments]
        code, out, _ = waitgroup("check", *given)
        return code, out

    return checked


def sides(race: dict[str, Any]) -> list[tuple[str, str]]:
    """What is done at each side, and in which line."""
    return [(side["access"], side["line"]) for side in race["accesses"]]


def test_nothing_is_said_of_races_unless_it_is_asked_for(check: Check) -> None:
    code, out = check(CARELESS, "--json", "-")
    assert (0, None) == (code, json.loads(out)["races"])


def test_races_are_listed_with_both_lines_and_do_not_change_the_verdict(check: Check) -> None:
    code, out = check(CARELESS, "--races", "--json", "-")
    found = json.loads(out)
    said = found["races"]
    assert (0, "holds", True, [], 2, 1) == (
        code, found["verdict"], said["complete"], said["refused"], said["workers"], said["waiters"],
    )  # fmt: skip
    assert [("pre-added", True)] == [(one["name"], one["complete"]) for one in said["scenarios"]]
    assert {
        ("field", "Group.counter"): [("store", "self.counter += delta"), ("load", "if self.counter == 0:")],
        ("items", "group.log"): [("store", "self.log.append(1)")] * 2,
    } == {(one["kind"], one["name"]): sides(one) for one in said["found"]}


def test_a_right_design_has_none(check: Check) -> None:
    _, out = check(LOCK_PER_WAITER, "--races", "--json", "-")
    said = json.loads(out)["races"]
    assert (True, []) == (said["complete"], said["found"])


def test_the_token_of_a_race_replays_to_one_of_its_lines(check: Check) -> None:
    _, out = check(CARELESS, "--races", "--json", "-")
    for race in json.loads(out)["races"]["found"]:
        replayed = waitgroup("replay", race["replay"], "--json", "-")
        assert 0 == replayed.code
        assert replayed.json["steps"][-1]["place"] in {side["place"] for side in race["accesses"]}


def test_people_read_what_was_seen_and_what_it_means(check: Check) -> None:
    code, out = check(CARELESS, "--races")
    assert 0 == code
    assert "2 races at 2 x 1, seen in " in out
    assert "runs: there are no others. A race is no violation." in out
    assert "group.log, its items" in out
    assert ATOMIC in out


def test_what_was_cut_short_says_that_other_runs_may_show_more(check: Check) -> None:
    code, out = check(CARELESS, "--races", "--budget", "0.1")
    assert "other runs may show more" in out
    assert code in {0, 3}


def test_a_scenario_that_cannot_be_run_is_named_and_nothing_is_complete(tmp_path: Path) -> None:
    file = tmp_path / "target.py"
    lines = "import asyncio\nclass Group:\n    def add(self, n): pass\n    def done(self): asyncio.run(None)\n"
    file.write_text(f"{lines}    def wait(self): pass\n", encoding="utf-8")
    named = Named(f"{file}:Group")
    found = raced(Foreign(named), named, ["pre-added"], (1, 1), 1.0)
    assert (("pre-added",), False, ()) == (found.refused, found.complete, found.pairs)
