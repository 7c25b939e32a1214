"""While `waitgroup check` works: what it shows, how it stops, and that it looks for the fewest threads."""

import io
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from tests.command_line import waitgroup
from tests.proofs.scheduler.designs import LOCK_PER_WAITER, NAIVE

from waitgroup_proofs.commands import working as working_module
from waitgroup_proofs.commands.working import Working

COMMAND = (sys.executable, "-c", "import sys; from waitgroup_proofs.entry import main; sys.exit(main())", "check")


def test_states_runs_rate_and_the_bound_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    out = io.StringIO()
    monkeypatch.setattr(working_module, "messages", Console(file=out, force_terminal=True, width=80))
    with Working(60) as working:
        now[0] = 110.0
        tell = working.on("pre-added 2 x 2")
        now[0] = 112.0
        tell(12_345, 3_000)
        working.bar.refresh()
        assert (12.0, 48.0) == (working.gone, working.left)
    assert "pre-added 2 x 2: 12,345 states, 3,000 runs, 1,500/s" in out.getvalue()
    assert "12 of 60 s" in out.getvalue()


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(working_module, "messages", Console(file=out))
    with Working(60) as working:
        working.on("pre-added 2 x 2")(1, 1)
    assert "" == out.getvalue()


@pytest.fixture
def long_search(tmp_path: Path) -> tuple[str, ...]:
    """A search that takes longer than anybody waits."""
    (tmp_path / "target.py").write_text(LOCK_PER_WAITER, encoding="utf-8")
    sizes = ("--workers", "5", "--waiters", "5", "--scenario", "mixed", "--budget", "50")
    return (*COMMAND, f"{tmp_path / 'target.py'}:Group", *sizes, "--html", str(tmp_path / "page.html"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_search_that_is_stopped_says_so_in_one_line(
    long_search: tuple[str, ...], number: int, tmp_path: Path
) -> None:
    running = subprocess.Popen(long_search, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    running.send_signal(number)
    out, err = running.communicate(timeout=10)
    assert (130, "", "waitgroup: stopped") == (running.returncode, out, err.strip())
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_a_split_search_that_is_stopped_leaves_no_process(long_search: tuple[str, ...], number: int) -> None:
    running = subprocess.Popen((*long_search, "--jobs", "2"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.perf_counter() + 30
    while len(begun := children(running.pid)) < 3 and time.perf_counter() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    running.send_signal(number)
    _, err = running.communicate(timeout=10)
    assert len(begun) == 3  # the workers, and what looks after their semaphores
    if number == signal.SIGKILL:
        assert -number == running.returncode
    else:
        assert (130, "waitgroup: stopped") == (running.returncode, err.strip())
    end = time.perf_counter() + 10
    while (left := {pid for pid in begun if alive(pid)}) and time.perf_counter() < end:
        time.sleep(0.05)
    assert set() == left


def children(pid: int) -> set[int]:
    """The processes that this one has started."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def alive(pid: int) -> bool:
    """Whether there is such a process, not one that has ended and nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_on_a_terminal_the_progress_shows_and_is_gone_when_the_search_is_stopped(long_search: tuple[str, ...]) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    running = subprocess.Popen(long_search, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=10)
    shown = os.read(ours, 1_000_000).decode()
    os.close(ours)
    assert 130 == running.returncode
    assert "mixed 5 x 5" in shown
    assert "of 50 s" in shown
    assert shown.endswith("waitgroup: stopped\r\n")
    assert "Traceback" not in shown


def test_with_sizes_the_violation_is_shown_with_as_few_threads_as_show_it(tmp_path: Path) -> None:
    (tmp_path / "target.py").write_text(NAIVE, encoding="utf-8")
    sizes = ("--workers", "1", "--waiters", "3", "--scenario", "pre-added,reuse-parked,cancel")
    ran = waitgroup("check", f"{tmp_path / 'target.py'}:Group", *sizes, "--json", "-")
    found = ran.json
    assert 1 == ran.code
    rows = [(row["name"], row["workers"], row["waiters"], row["verdict"]) for row in found["scenarios"]]
    assert [
        ("pre-added", 1, 3, "holds"),
        ("reuse-parked", 1, 3, "violated"),
        ("cancel", 1, 3, "holds"),
        ("reuse-parked", 1, 1, "violated"),
    ] == rows
    assert ":reuse-parked:1x1:" in found["replay"]
    assert "nobody can run, and waiter is blocked without a reason" == found["violation"]
