"""The benchmark's own rules: what counts as the best, what is not as expected, and what cannot be measured."""

import json
import sys
from pathlib import Path

import pytest
from tests.benchmarks.bars import TIMES, Bar, bars, compared
from tests.benchmarks.child import Answer, Measured, heard, rate, say, timed
from tests.benchmarks.jobs import NEWER, Job, Places, jobs
from tests.benchmarks.packages import BLOCKED, COMMANDS, Command, difference
from tests.benchmarks.running import Row, better, once, run

PEERS = Path(__file__).with_name("peers.txt")
WHAT = "pre-added: lost update"


def row(tool: str, verdict: str, seconds: float, section: str = "verdict", runs: int = 1, expected: str = "") -> Row:
    job = Job(section, WHAT, tool, "", ("x",), expected)
    return Row(job, verdict, runs, 0, seconds, seconds, "", 1)


def said(measured: Measured) -> str:
    """A command that says so."""
    return f"print({json.dumps(json.dumps(measured._asdict()))})"


def test_what_a_process_says_is_heard_whatever_it_says_before(capsys: pytest.CaptureFixture[str]) -> None:
    measured = Measured("found", 3, 5, "a deadlock", 0.5, 0.75)
    print("by the way")
    say(measured)
    assert measured == heard(capsys.readouterr().out)


def test_an_exploration_is_repeated_and_must_say_the_same() -> None:
    answers = iter([Answer("found", 2), Answer("found", 2), Answer("missed", 2)])
    with pytest.raises(RuntimeError, match="two verdicts"):
        timed(lambda _seed: next(answers))
    assert "found" == timed(lambda _seed: Answer("found", 2)).verdict


def test_of_several_seeds_the_mean_counts_and_one_that_misses_stands_for_all() -> None:
    assert ("found", 2) == timed(lambda seed: Answer("found", seed), seeds=5)[:2]
    assert ("missed", 9) == timed(lambda seed: Answer("found" if seed < 3 else "missed", 9), seeds=5)[:2]


def test_a_rate_is_not_measured_where_the_bug_was_not_found() -> None:
    job = Job("verdict", WHAT, "a", "", (sys.executable, "-c", said(Measured("missed", 3, 0, "", 0.5, 0.5))))
    found = run([job, job._replace(section="complete runs")], 1, lambda _: None)
    assert [("missed", ""), ("not measured", "it does not find the bug")] == [(one.verdict, one.told) for one in found]


def test_the_first_exploration_counts_for_no_rate() -> None:
    made = iter([1_000_000, *[1] * 1_000_000])
    assert rate(lambda: next(made), 0.01).runs < 1_000_000


@pytest.mark.parametrize(
    ("mine", "other", "value", "met"),
    [(1.0, 3.0, 3.0, True), (1.0, 2.5, 2.5, False)],
)
def test_a_time_to_verdict_is_held_against_the_best_of_those_that_found_it(
    mine: float, other: float, value: float, met: bool
) -> None:
    rows = [row("waitgroup", "found", mine), row("waitgroup", "found", 9.0)]
    rows += [row("a", "found", other), row("b", "missed", 0.001), row("c", "found", 99.0)]
    bar = compared(WHAT, rows, "verdict", "")
    assert (value, met) == (bar.value, bar.met)


def test_a_rate_counts_only_if_the_same_configuration_found_the_bug() -> None:
    rates = [row(tool, "", 1.0, "complete runs", runs) for tool, runs in (("waitgroup", 60), ("a", 10), ("b", 50))]
    verdicts = [row("waitgroup", "found", 1.0), row("a", "found", 1.0), row("b", "missed", 1.0)]
    bar = compared(WHAT, rates + verdicts, "complete runs", "")
    assert (6.0, True, TIMES) == (bar.value, bar.met, bar.limit)


def test_where_no_other_tool_was_measured_a_bar_is_neither_met_nor_not() -> None:
    assert compared(WHAT, [row("waitgroup", "found", 1.0)], "verdict", "").met is None
    assert 6 == sum(bar.met is None for bar in bars([], []))


def test_a_bar_is_met_at_its_limit() -> None:
    assert [True, False, True, False] == [
        Bar("", value, 3.0, at_least).met for value, at_least in ((3.0, True), (2.9, True), (3.0, False), (3.1, False))
    ]


def test_of_two_rounds_the_faster_one_counts_and_a_wrong_one_always() -> None:
    fast, slow = row("waitgroup", "found", 1.0, expected="found"), row("waitgroup", "found", 2.0, expected="found")
    wrong = row("waitgroup", "holds", 3.0, expected="found")
    failed = row("waitgroup", "failed", 0.0, expected="found")
    assert (1.0, 2) == (better(fast, slow).seconds, better(fast, slow).rounds)
    assert "holds, not found" == better(fast, wrong).wrong
    assert better(failed, fast).wrong.startswith("failed")
    assert "" == better(slow, fast).wrong


def test_a_rows_process_is_run_and_what_it_cannot_say_is_a_failure() -> None:
    good = Job("verdict", WHAT, "a", "", (sys.executable, "-c", said(Measured("found", 3, 5, "", 0.5, 0.5))))
    bad = good._replace(command=(sys.executable, "-c", "raise SystemExit('no such tool')"))
    missing = good._replace(command=("/no/such/program",))
    assert ("found", 3, "") == (once(good).verdict, once(good).runs, once(good).wrong)
    assert "failed: no such tool" == once(bad).wrong
    assert "failed" == once(missing).verdict


def test_without_a_newer_python_the_tools_that_need_it_are_listed_and_not_measured(tmp_path: Path) -> None:
    absent = [job for job in jobs(Places(tmp_path, tmp_path)) if not job.command]
    assert {*NEWER} == {job.tool for job in absent}
    assert {"needs Python 3.12: not measured here", "needs Python 3.13: not measured here"} == {
        found.told for found in run(absent, 1, lambda _: None) if found.verdict == "not measured"
    }


def test_each_difference_of_a_command_is_named() -> None:
    command = Command("p", (), 1, "violated", "reuse-parked", BLOCKED)
    assert "" == difference(command, 1, "violated", "reuse-parked", BLOCKED, 1)
    told = difference(command, 0, "holds", "", "nothing", None)
    for word in ("exit code 0, not 1", "verdict holds", "scenario", "replay's exit code None", "it says 'nothing'"):
        assert word in told
    clean = Command("p", (), 0, "holds", "")
    assert "" == difference(clean, 0, "holds", "", "", None)
    assert "it says 'an internal error'" in difference(clean, 1, "failed", "", "an internal error", None)


def test_every_package_that_is_judged_is_pinned_in_the_version_that_is_named() -> None:
    lines = [line.partition(";")[0].strip() for line in PEERS.read_text("utf-8").splitlines() if line[:1] != "#"]
    judged = {command.package.replace(" ", "==") for command in COMMANDS} - {"lost==update", "generation==bug"}
    assert all(line.count("==") == 1 for line in lines)
    assert judged <= set(lines)
    assert {"frontrun==0.7.0", "interleave-test==0.1.0", "ploom==0.1.1"} <= set(lines)
