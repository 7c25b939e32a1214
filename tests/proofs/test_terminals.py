"""What is shown on terminals: narrow ones, dumb ones, without colours or with them forced; and progress."""

import io
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from rich.console import Console
from tests.command_line import waitgroup

from waitgroup_proofs.commands import working as working_module
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.report.tables import columns

COMMAND = (sys.executable, "-c", "from waitgroup_proofs.entry import main; main()")
SMALL = ("explore", "two_words", "--workers", "1", "--waiters", "1")
#: Colours of the foreground, bright or not, alone or with what is bold.
COLOUR = re.compile(r"\x1b\[(?:\d;)?[39]\dm")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

Terminal = Callable[..., str]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """`terminal(width, argument, ...)`: what is shown on one that is so wide."""

    def shown(width: int, *arguments: str) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        return ESCAPE.sub("", waitgroup(*arguments, terminal=True).out)

    return shown


def words(text: str) -> set[str]:
    return {word.rstrip(":") for word in text.split()}


def trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("arguments", [SMALL, ("zoo", "polling"), ("mutant",), ("orderings", "two-words")])
def test_on_a_narrow_terminal_no_line_is_too_long_and_no_word_is_cut(
    width: int, arguments: tuple[str, ...], terminal: Terminal
) -> None:
    narrow = terminal(width, *arguments)
    assert {line for line in narrow.splitlines() if len(line) > width} == set()
    assert words(terminal(1000, *arguments)) == words(narrow)


def test_a_table_that_does_not_fit_is_a_list_of_its_rows() -> None:
    table = columns("name", "what it is")
    table.add_row("long-name", "something")
    table.add_row("[bold]other[/]", "")
    out = io.StringIO()
    for width in (20, 19):
        Console(file=out, width=width).print(table)
    beside = "           what it\nname       is\nlong-name  something\nother\n"
    assert f"{beside}name: long-name\n  what it is:\n  something\n\nname: other\n" == trimmed(out.getvalue())


@pytest.mark.parametrize("name", ["NO_COLOR", "TERM"])
def test_without_colours_there_are_none_on_a_terminal(
    name: str, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv(name, "dumb")
    assert COLOUR.search(waitgroup(*SMALL).out) is None
    assert max(map(len, terminal(60, *SMALL).splitlines())) == 60


def test_where_colours_are_forced_they_are_in_a_pipe_too_and_change_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = waitgroup(*SMALL).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    code, coloured, err = waitgroup(*SMALL)
    assert (1, "") == (code, err)
    assert "\x1b[1;31mviolated\x1b[0m" in coloured
    assert words(plain) == words(ESCAPE.sub("", coloured))


def counted(total: int | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is shown of three things, one a second, two of which are done."""
    now = [100.0]
    out = io.StringIO()
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setenv("TERM", "xterm")
    console = Console(file=out, force_terminal=True, width=80, get_time=lambda: now[0])
    monkeypatch.setattr(working_module, "messages", console)
    with Counting(total) as working:
        for name in ("first", "second", "third"):
            working.next(name)
            now[0] += 2
        working.bar.refresh()
    return ESCAPE.sub("", out.getvalue()).rpartition("\r")[0]


def test_so_many_of_so_many_and_the_time_that_is_left_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "2 of 10 in 6 s, about 16 s left" in counted(10, monkeypatch)


def test_where_nobody_knows_how_many_the_time_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = counted(None, monkeypatch)
    assert "third" in shown
    assert " 6 s" in shown
    assert "left" not in shown


@pytest.mark.parametrize("arguments", [("zoo", "polling"), SMALL])
def test_where_there_is_no_terminal_nothing_is_shown_even_if_colours_are_forced(arguments: tuple[str, ...]) -> None:
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm"}
    finished = subprocess.run(
        (*COMMAND, *arguments), capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert "" == finished.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("explore", "go", "--workers", "6", "--waiters", "6"),
        ("zoo",),
        pytest.param(("verify", "--jobs", "1"), marks=pytest.mark.slow),
    ],
)
def test_ctrl_c_while_progress_is_shown_leaves_one_line_and_the_cursor(arguments: tuple[str, ...]) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    running = subprocess.Popen((*COMMAND, *arguments), stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = ""
    end = time.monotonic() + 30
    while "━" not in shown and time.monotonic() < end:
        shown += os.read(ours, 65_536).decode()
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    while True:
        try:
            shown += os.read(ours, 65_536).decode()
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert 130 == running.wait(timeout=10)
    assert shown.endswith("\x1b[2Kwaitgroup: stopped\r\n")
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert "Traceback" not in shown


@pytest.mark.parametrize("arguments", [("--help",), ("explore", "--help")])
def test_the_help_is_as_narrow_as_the_terminal(arguments: tuple[str, ...], terminal: Terminal) -> None:
    narrow = terminal(40, *arguments).splitlines()
    assert [] == [line for line in narrow if len(line) > 40 and not line.startswith("    waitgroup ")]
    assert len(narrow) > len(terminal(80, *arguments).splitlines())
