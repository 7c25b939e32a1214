"""The command line as a process: what reaches the two streams, Ctrl-C, readers that go away, full disks."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(sys.executable).parent / "waitgroup"
SMALL = ("explore", "go", "--workers", "2", "--waiters", "1")


def script(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_the_script_writes_one_json_object_and_nothing_else_to_standard_output() -> None:
    finished = script("verify", "--only", "go-misuse", "--json", "-")
    assert (0, "holds") == (finished.returncode, json.loads(finished.stdout)["verdict"])


def test_the_script_says_in_one_line_what_is_wrong() -> None:
    finished = script("explore", "go", "--workers", "0", "--waiters", "1")
    assert (2, "", 1) == (finished.returncode, finished.stdout, len(finished.stderr.splitlines()))


def interrupted(seconds: float, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a command that gets Ctrl-C after so many seconds."""
    with subprocess.Popen(
        [SCRIPT, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    return process.returncode, err


def test_ctrl_c_ends_a_long_exploration_with_one_line() -> None:
    code, err = interrupted(1.2, "explore", "go", "--workers", "6", "--waiters", "6")
    assert (130, "waitgroup: stopped\n") == (code, err)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [1.5, 2.0, 2.5, 3.0, 3.5])
def test_ctrl_c_ends_a_search_over_real_code_with_one_line_and_no_verdict(seconds: float) -> None:
    code, err = interrupted(seconds, "verify", "--only", "production-conforms-beyond")
    assert (130, "waitgroup: stopped") == (code, err.splitlines()[-1])
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6])
def test_ctrl_c_ends_the_proofs_with_one_line_and_no_verdict(seconds: float) -> None:
    code, err = interrupted(seconds, "prove")
    assert "Traceback" not in err
    assert (130, "waitgroup: stopped") == (code, err.splitlines()[-1])


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    with subprocess.Popen([SCRIPT, "mutant"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        code = process.wait(timeout=30)
    assert (2, "") == (code, err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where there is a device that is always full")
@pytest.mark.parametrize("arguments", [("claims",), ("mutant",), (*SMALL, "--json", "-")])
def test_a_full_disk_is_one_line_and_no_traceback(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        finished = subprocess.run(
            [SCRIPT, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert (2, 1) == (finished.returncode, len(finished.stderr.splitlines()))


def test_ctrl_c_ends_the_workers_of_verify_too() -> None:
    code, err = interrupted(3.0, "verify", "--jobs", "2")
    assert (130, "waitgroup: stopped") == (code, err.splitlines()[-1])
    assert "Traceback" not in err
