"""`waitgroup check --strategy`: every engine by its name, what a verdict may be, and how the time is shared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import waitgroup
from tests.proofs.scheduler.designs import LOCK_PER_WAITER, NAIVE

from waitgroup_proofs.scheduler.strategies import COMPLETE, STRATEGIES

Check = Callable[..., tuple[int, dict[str, Any]]]
AT_ONE = ("--workers", "1", "--waiters", "1")


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """`check(source, arguments...)`: exit code and JSON of the command on a file with this source."""

    def checked(source: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        file = tmp_path / "target.py"
        file.write_text(source, encoding="utf-8")
        ran = waitgroup("check", f"{file}:Group", *AT_ONE, *arguments, "--json", "-")
        return ran.code, ran.json

    return checked


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_finds_the_generation_bug(strategy: str, check: Check) -> None:
    code, found = check(NAIVE, "--scenario", "reuse-parked", "--strategy", strategy)
    assert (1, "violated") == (code, found["verdict"])
    assert "nobody can run, and waiter is blocked without a reason" == found["violation"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_only_a_strategy_that_sees_everything_can_say_that_a_class_conforms(strategy: str, check: Check) -> None:
    code, found = check(LOCK_PER_WAITER, "--scenario", "pre-added", "--strategy", strategy, "--budget", "0.5")
    assert ((0, "holds") if strategy in COMPLETE else (3, "inconclusive")) == (code, found["verdict"])


def test_random_strategies_share_the_time_among_the_scenarios(check: Check) -> None:
    _, found = check(LOCK_PER_WAITER, "--strategy", "pos", "--budget", "1.3")
    assert 13 == len(found["scenarios"])
    assert all(row["runs"] > 0 for row in found["scenarios"])


def test_preemptions_say_when_all_runs_were_made(check: Check) -> None:
    _, found = check(LOCK_PER_WAITER, "--scenario", "reuse-parked", "--strategy", "preemptions")
    assert "every run with at most 2 preemptions was made" == found["scenarios"][0]["why"]


@pytest.mark.parametrize("strategy", [*STRATEGIES][1:])
def test_interrupts_are_left_to_the_exhaustive_strategy(strategy: str, check: Check) -> None:
    code, found = check(
        LOCK_PER_WAITER, "--scenario", "surplus", "--interrupts", "--strategy", strategy, "--budget", "1"
    )
    whys = {row["why"] for row in found["scenarios"] if "+" in row["name"]}
    assert (3, {"only the exhaustive strategy places interrupts"}) == (code, whys)


def test_a_strategy_that_does_not_exist_is_answered_in_one_line() -> None:
    code, out, err = waitgroup("check", "x.py:Group", "--strategy", "luck")
    assert (2, "", 1, True) == (code, out, len(err.splitlines()), "exhaustive" in err)
