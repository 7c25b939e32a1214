"""Drivers that hang, crash, flood, or talk nonsense: never a pass, never a traceback of ours, never a process left."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.command_line import waitgroup

from waitgroup_proofs.conformance.conductor import Verdict
from waitgroup_proofs.conformance.driver import Driver, DriverFault
from waitgroup_proofs.conformance.kit import Asked, chosen, conduct

HELLO = '{"name": "n", "version": "v", "calls": ["add", "done", "wait"]}'
#: Answers hello, and then with what a case puts in: the text of a program in Python.
PROGRAM = """
import os, sys, time
sys.stdin.readline()
print({hello!r}, flush=True)
for line in sys.stdin:
    {then}
"""
#: What a driver does when it is first asked to create a group, and what is said of that.
FAULTS = {
    "hangs": ("time.sleep(60)", "no answer to create within 2 s"),
    "crashes": ("os._exit(3)", "it ended with code 3 instead of an answer to create"),
    "dies of a signal": ("os.kill(os.getpid(), 9)", "it ended with code -9 instead of an answer to create"),
    "complains and crashes": (
        "sys.stderr.write('first\\nout of luck\\x1b[31m'); sys.exit(1)",
        "it ended with code 1 instead of an answer to create: out of luck [31m",
    ),
    "closes its output": ("os.close(1); time.sleep(60)", "it closed its output instead of an answer to create"),
    "says nothing": ("print(flush=True)", "the answer to create is no JSON object: ''"),
    "talks nonsense": ("print('what?', flush=True)", "the answer to create is no JSON object: 'what?'"),
    "says a list": ("print('[]', flush=True)", "the answer to create is no JSON object: '[]'"),
    "nests too deep": ("print('[' * 100_000, flush=True)", f"the answer to create is no JSON object: {'[' * 60!r}"),
    "says what is no text": (
        "sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()",
        "the answer to create is no JSON object: '\ufffd\ufffd'",
    ),
    "floods a line": ("print('x' * (1 << 21), flush=True)", "an answer to create of more than 1048576 bytes"),
    "floods without end": (
        "\n    while True: print('x' * 4096, end='')",
        "an answer to create of more than 1048576 bytes",
    ),
    "has failed": ("print('{\"error\": \"no\\\\nluck\"}', flush=True)", "it cannot create: no luck"),
    "has no results": ("print('{}', flush=True)", "the answer to poll has no results"),
    "says words of its own": (
        "print('{\"results\": {\"thread 1\": [\"fine\"]}}', flush=True)",
        "the results of thread 1 are no list of at most 1 words: ['fine']",
    ),
    "says too much": (
        "print('{\"results\": {\"thread 1\": [\"returned\", \"returned\"]}}', flush=True)",
        "the results of thread 1 are no list of at most 1 words: ['returned', 'returned']",
    ),
}  # fmt: skip
ASKED = Asked(tries=1, patience=0.2, grace=2.0)


def driver(then: str, hello: str = HELLO) -> tuple[str, ...]:
    return (sys.executable, "-c", PROGRAM.format(hello=hello, then=then))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_makes_the_case_undecided_and_says_in_one_line_what_happened(name: str) -> None:
    then, told = FAULTS[name]
    report = conduct(driver(then), chosen(["counter/sum-one"]), ASKED)
    (played,) = report.played["counter"]
    assert ("inconclusive", Verdict.UNDECIDED, told) == (report.verdict, played.verdict, played.told)


def test_a_driver_that_speaks_without_being_asked_is_at_fault() -> None:
    report = conduct(driver("print('{}\\n{}\\n{}', flush=True)"), chosen(["counter/sum-one"]), ASKED)
    assert report.played["counter"][0].told.startswith("it spoke before it was asked to ")


def test_a_driver_is_started_anew_after_a_fault_and_given_up_after_three() -> None:
    told = [one.told for one in conduct(driver("os._exit(3)"), chosen(["counter"]), ASKED).played["counter"]]
    crashed = "it ended with code 3 instead of an answer to create"
    assert [crashed] * 3 + ["not played, after 3 faults"] * (len(told) - 3) == told


def test_what_an_implementation_lacks_does_not_apply_and_nothing_was_shown() -> None:
    lacks = 'print(\'{"lacks": "left open by its documentation"}\', flush=True)'
    report = conduct(driver(lacks), chosen(["counter/sum-one"]), ASKED)
    (played,) = report.played["counter"]
    assert ("inconclusive", Verdict.NOT_APPLICABLE) == (report.verdict, played.verdict)
    assert "left open by its documentation" == played.told


@pytest.mark.parametrize(
    ("hello", "told"),
    [
        ("{}", "the answer to hello has no name or no version"),
        ('{"name": 1, "version": "v", "calls": []}', "the answer to hello has no name or no version"),
        (
            '{"name": "n", "version": "v", "calls": ["add"]}',
            "calls in the answer to hello must be some of add, done, wait, timed wait, go, done and wait among them",
        ),
        (
            '{"name": "n", "version": "v", "calls": ["done", "wait", "reset"]}',
            "calls in the answer to hello must be some of add, done, wait, timed wait, go, done and wait among them",
        ),
        (
            '{"name": "n", "version": "v", "calls": ["done", "wait"], "observes": ["mood"]}',
            "observes in the answer to hello must be some of counter, waiters, word",
        ),
        (
            '{"name": "n", "version": "v", "calls": ["done", "wait"], "largest": 0}',
            "largest and widest in the answer to hello must be positive integers",
        ),
        (
            '{"name": "n", "version": "v", "calls": ["done", "wait"], "widest": true}',
            "largest and widest in the answer to hello must be positive integers",
        ),
    ],
)
def test_a_hello_that_says_too_little_is_refused(hello: str, told: str) -> None:
    with pytest.raises(DriverFault) as raised:
        conduct(driver("pass", hello), chosen(["counter"]), ASKED)
    assert told == str(raised.value)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["/missing"], "/missing: /missing cannot be started: No such file or directory"),
        ([str(Path(__file__))], f"{__file__}: {__file__} cannot be started: Permission denied"),
        (["true"], "true: it ended with code 0 instead of an answer to hello"),
    ],
)
def test_a_command_that_is_no_driver_ends_with_one_line_and_exit_code_2(command: list[str], told: str) -> None:
    code, out, err = waitgroup("conform", "--", *command)
    assert (2, "", f"waitgroup: {told}\n") == (code, out, err.replace("before hello", "instead of an answer to hello"))


def test_no_process_of_a_driver_is_left(tmp_path: Path, until: Callable[[Callable[[], bool]], None]) -> None:
    file = tmp_path / "child"
    spawn = (
        f"import subprocess; child = subprocess.Popen(['sleep', '60']); open({str(file)!r}, 'w').write(str(child.pid))"
    )
    conduct(driver(f"{spawn}; time.sleep(60)"), chosen(["counter/sum-one"]), ASKED)
    child = int(file.read_text(encoding="utf-8"))

    def has_ended() -> bool:
        try:
            state = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        return state == "Z"

    until(has_ended)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so."""

    def wait(so: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not so():
            assert time.monotonic() < end
            os.sched_yield()

    return wait


def test_a_process_that_has_left_the_group_and_keeps_the_output_open_holds_nobody_up() -> None:
    begun = time.monotonic()
    keeps = "import subprocess; subprocess.Popen(['sleep', '20'], start_new_session=True); os._exit(0)"
    report = conduct(driver(keeps), chosen(["counter/sum-one"]), ASKED)
    assert ("inconclusive", True) == (report.verdict, time.monotonic() - begun < 15)


def test_a_driver_that_does_not_read_its_input_is_at_fault() -> None:
    one = Driver(("sleep", "30"), 0.3)
    try:
        with pytest.raises(DriverFault, match=r"^it has not read its input for 0\.3 s$"):
            one._write(b"x" * (1 << 22))
    finally:
        one.end()


def test_a_hello_that_lacks_everything_is_no_driver() -> None:
    with pytest.raises(DriverFault, match=r"^it lacks what makes a driver: all$"):
        conduct(driver("pass", '{"lacks": "all"}'), chosen(["counter"]), ASKED)


@pytest.mark.parametrize("option", ["--patience", "--grace"])
@pytest.mark.parametrize("value", ["nan", "inf", "0", "-1", "soon"])
def test_a_time_that_does_not_end_is_refused(option: str, value: str) -> None:
    code, out, err = waitgroup("conform", option, value, "--", "cat")
    assert (2, "", 1) == (code, out, len(err.splitlines()))
