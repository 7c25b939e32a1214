"""`waitgroup history`: exit codes, JSON, the drawing, and one line for each file that is none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Ran, waitgroup
from tests.conformance.histories import QUIET, Record, answer, call, lines

Run = Callable[..., Ran]

GOOD = (call("a", "add", delta=1), answer("a"), call("w", "wait"), call("a", "done"), answer("a"), answer("w"))
BAD = (*GOOD[:3], answer("w"), call("a", "done"), answer("a"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run(text of the file, option, ...)`: exit code, standard output, standard error."""

    def command(text: bytes, *options: str) -> Ran:
        file = tmp_path / "run.ndjson"
        file.write_bytes(text)
        return waitgroup("history", file, *options)

    return command


def file(*records: Record) -> bytes:
    return b"".join(line + b"\n" for line in lines(*records))


def json_of(run: Run, *records: Record, options: tuple[str, ...] = ()) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(file(*records), "--json", "-", *options)
    found = json.loads(out)
    assert isinstance(found, dict)
    return code, found


def test_a_history_that_holds_has_exit_code_0(run: Run) -> None:
    assert (0, "The contract explains all 3 operations.\n", "") == run(file(*GOOD))
    code, found = json_of(run, *GOOD)
    assert (code, found) == (0, {"verdict": "holds", "operations": 3, "open": 0, "reason": None, "violation": None})


def test_a_history_that_is_violated_has_exit_code_1_and_says_where(run: Run) -> None:
    code, found = json_of(run, *BAD)
    assert (code, found["verdict"], found["operations"]) == (1, "violated", 3)
    assert found["violation"] == {
        "line": 5,
        "sentence": "line 5: nothing explains that wait() by w returned",
        "group": "",
        "open": [{"thread": "w", "call": "wait()"}],
        "counters": [1],
    }


def test_the_shortest_bad_prefix_is_drawn_with_a_column_for_each_thread(run: Run) -> None:
    code, out, err = run(file(*BAD))
    assert (code, err) == (1, "")
    assert [line.rstrip() for line in out.splitlines()] == [
        "line  at  a                w",
        "2     +0  add(1)",
        "3     +1  add(1) returned",
        "4     +2                   wait()",
        "5     +3                   wait() returned",
        "",
        "Open before: wait() by w (line 4).",
        "The counter could be: 1.",
        "",
        "line 5: nothing explains that wait() by w returned",
    ]


def test_only_the_last_20_events_are_drawn(run: Run) -> None:
    adds = [record for _ in range(30) for record in (call("a", "add", delta=0), answer("a"))]
    _, out, _ = run(file(*adds, call("b", "done"), answer("b")))
    drawn = [line.rstrip() for line in out.splitlines()]
    assert drawn[0] == "The last 20 of 62 events:"
    assert [line.split()[0] for line in drawn[2:22]] == [str(number) for number in range(44, 64)]


def test_a_lost_waiter_is_told_with_its_call(run: Run) -> None:
    code, out, _ = run(file(*GOOD[:-1], QUIET))
    assert code == 1
    assert out.splitlines()[-1] == "line 7: nothing explains that all is quiet while these calls are open: wait() by w"


def test_a_call_that_has_not_returned_is_said_to_be_undecided(run: Run) -> None:
    code, out, _ = run(file(*GOOD[:-1]))
    assert code == 0
    note = "1 of them have not returned, and without a quiet moment nothing says whether they should have."
    assert out.splitlines() == ["The contract explains all 3 operations.", note]


def test_a_budget_of_0_is_inconclusive_also_for_what_holds_and_what_is_violated(run: Run) -> None:
    for records in (GOOD, BAD, ()):
        code, found = json_of(run, *records, options=("--budget", "0"))
        assert (code, found["verdict"], found["violation"]) == (3, "inconclusive", None)
        assert found["reason"] == "the time is over"
    assert (3, "Not decided: the time is over.\n", "") == run(file(*GOOD), "--budget", "0")


HEAD, CALL, RETURN = lines(call("a", "add", delta=1), answer("a"))


def with_line(**changed: Any) -> bytes:
    """The call as a file, with other values; a key without a value is left out."""
    record = {key: value for key, value in (json.loads(CALL) | changed).items() if value is not ...}
    return HEAD + b"\n" + json.dumps(record).encode()


def with_head(**changed: Any) -> bytes:
    return json.dumps({key: value for key, value in (json.loads(HEAD) | changed).items() if value is not ...}).encode()


MALFORMED = {
    "an empty file": (b"", "line 1: the file is empty"),
    "an empty first line": (b"\n", "line 1: not JSON"),
    "no header": (CALL, 'line 1: not the first line of a history, which has "history": 1'),
    "another version": (with_head(history=2), "line 1: version 2 of the format is not known, only 1"),
    "true as the version": (with_head(history=True), "line 1: version true of the format is not known, only 1"),
    "no units": (with_head(units=...), 'line 1: "units" is missing'),
    "units that are no number": (with_head(units="2"), 'line 1: "units" is "2", not a whole number'),
    "negative units": (with_head(units=-1), "line 1: the units are -1, not from 0 to 2147483647"),
    "a name that is a number": (with_head(name=1), 'line 1: "name" is 1, not a string'),
    "a key too many at the top": (with_head(unit=1), 'line 1: "unit" has no meaning here'),
    "an empty line": (HEAD + b"\n\n" + CALL, "line 2: not JSON"),
    "half a line": (HEAD + b"\n" + CALL[:-5], "line 2: not JSON"),
    "a number": (HEAD + b"\n7", "line 2: no JSON object"),
    "deep nesting": (HEAD + b"\n" + b"[" * 100_000, "line 2: not JSON"),
    "a number of too many digits": (HEAD + b'\n{"at": ' + b"7" * 5_000 + b"}", "line 2: not JSON"),
    "bytes that are no text": (HEAD + b"\n\xff", "line 2: not in UTF-8"),
    "a key twice": (HEAD + b'\n{"at": 1, "at": 2}', "line 2: a key is there twice"),
    "no event": (with_line(event=...), "line 2: the event is null, not call, return or quiet"),
    "another event": (with_line(event="begin"), 'line 2: the event is "begin", not call, return or quiet'),
    "another call": (with_line(call="go"), 'line 2: the call is "go", not add, done or wait'),
    "a list as the call": (with_line(call=[]), "line 2: the call is [], not add, done or wait"),
    "no delta": (with_line(delta=...), 'line 2: "delta" is missing'),
    "a delta that is not whole": (with_line(delta=0.5), 'line 2: "delta" is 0.5, not a whole number'),
    "true as the delta": (with_line(delta=True), 'line 2: "delta" is true, not a whole number'),
    "a done with a delta": (with_line(call="done"), 'line 2: "delta" has no meaning here'),
    "a timeout that is text": (
        with_line(call="wait", delta=..., timeout="1"),
        'line 2: the timeout is "1", not a number of seconds',
    ),
    "a timeout that is no number": (
        with_line(call="wait", delta=..., timeout=float("nan")),
        "line 2: the timeout is NaN, not a number of seconds",
    ),
    "no time": (with_line(at=...), 'line 2: "at" is missing'),
    "a time that is not whole": (with_line(at=1.5), 'line 2: "at" is 1.5, not a whole number'),
    "a thread that is a number": (with_line(thread=3), 'line 2: "thread" is 3, not a string'),
    "a group that is a number": (with_line(group=3), 'line 2: "group" is 3, not a string'),
    "a call in a call": (
        HEAD + b"\n" + CALL + b"\n" + CALL,
        'line 3: "a" calls before its last call has returned',
    ),
    "a return of nothing": (HEAD + b"\n" + RETURN, 'line 2: "a" returns, and has not called'),
    "a return to another group": (
        file(call("a", "done", group="x"), answer("a", group="y")),
        'line 3: the group is "y", and "x" where it calls',
    ),
    "another result": (
        file(call("a", "done"), answer("a", "fine")),
        'line 3: the result is "fine", not one of: returned, expired, raised, raised negative, raised overflow, '
        "raised misuse, raised reused",
    ),
    "time that goes back": (
        file({"at": 5, **call("a", "done")}, {"at": 4, **answer("a")}),
        "line 3: the time is 4, before that of the line above, 5",
    ),
    "a thread that calls when it returns": (
        file({"at": 5, **call("a", "done")}, {"at": 6, **answer("a")}, {"at": 6, **call("a", "done")}),
        'line 4: "a" calls at the time at which its last call returned: that must be later',
    ),
    "a quiet moment of a thread": (
        HEAD + b'\n{"event": "quiet", "thread": "a"}',
        'line 2: "thread" has no meaning here',
    ),
    "what a terminal would obey": (
        with_line(call="\x1b[2J"),
        r'line 2: the call is "\u001b[2J", not add, done or wait',
    ),
    "a long value": (
        with_line(call="x" * 100),
        f'line 2: the call is "{"x" * 56}..., not add, done or wait',
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_gives_one_line_that_names_the_line_and_exit_code_2(name: str, run: Run) -> None:
    text, message = MALFORMED[name]
    code, out, err = run(text)
    assert (code, out) == (2, "")
    assert err.endswith(f"run.ndjson: {message}\n")
    assert err.startswith("waitgroup: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_file_cut_at_a_line_is_a_history_and_one_cut_within_a_line_is_none(cut: int, run: Run) -> None:
    kept = lines(*GOOD)[:cut]
    assert run(b"\n".join(kept))[0] == 0
    assert run(b"\n".join(kept)[:-1])[0] == 2


def test_a_file_that_cannot_be_read_gives_one_line_and_exit_code_2(tmp_path: Path) -> None:
    for name in (tmp_path / "missing.ndjson", tmp_path):
        code, out, err = waitgroup("history", name)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert str(name) in err


@pytest.mark.parametrize("options", [("--budget", "-1"), ("--budget", "soon"), ("--budget", "nan"), ("--fast",)])
def test_a_wrong_option_gives_one_line_and_exit_code_2(options: tuple[str, ...], run: Run) -> None:
    code, out, err = run(file(*GOOD), *options)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_checker_that_accepts_everything_is_seen(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr("waitgroup_proofs.conformance.linearisation.Search.step", lambda _search, _number: True)
    with pytest.raises(AssertionError):
        test_a_history_that_is_violated_has_exit_code_1_and_says_where(run)
    with pytest.raises(AssertionError):
        test_a_lost_waiter_is_told_with_its_call(run)


def test_a_line_that_is_too_long_is_refused_and_reading_ends_with_the_budget(run: Run, tmp_path: Path) -> None:
    told = f"waitgroup: {tmp_path / 'run.ndjson'}: line 1 is longer than 1048576 bytes\n"
    assert (2, "", told) == run(b"x" * ((1 << 20) + 1))
    many = file(*(record for _ in range(5_000) for record in (call("w", "wait"), answer("w"))))
    assert (3, "Not decided: the time was over before the file was read.\n", "") == run(many, "--budget", "0")
