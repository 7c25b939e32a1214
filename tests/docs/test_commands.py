"""Every command that a page shows does what the page says: the exit code, and the output where one is shown.

`$ ` before a command means that its output follows, in which `...` stands for what is not the same each time. Files
that a page has its reader write are written first. Commands that need what a test has not are listed, with the reason.
"""

import doctest
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.command_line import waitgroup
from tests.docs.pages import Command, blocks, commands, files, pages

PAGES = pages()
COMMANDS = [one for page, text in PAGES.items() for one in commands(page, text)]

#: What the placeholders of `docs/check.md` stand for: classes that are right, made of what the scheduler controls.
RIGHT = """
import threading


class {name}:
    def __init__(self, units=0):
        self.units, self.parked, self.changed = units, [], threading.Lock()

    def {add}(self, delta):
        with self.changed:
            if self.units + delta < 0:
                raise ValueError("negative counter")
            self.units += delta
            woken, self.parked = ([], self.parked) if self.units else (self.parked, [])
        for lock in woken if delta else []:
            lock.release()

    def {done}(self):
        self.{add}(-1)

    def {wait}(self):
        with self.changed:
            if not self.units:
                return
            lock = threading.Lock()
            lock.acquire()
            self.parked.append(lock)
        lock.acquire()
"""
STAND_INS = {
    "file.py": RIGHT.format(name="Class", add="add", done="done", wait="wait"),
    "package/__init__.py": RIGHT.format(name="Latch", add="_add", done="count_down", wait="wait"),
    "site/index.html": "what `make docs` has built",
    "mypackage.py": """
import threading


class Counter:
    def __init__(self):
        self.value, self.lock = 0, threading.Lock()

    def visit(self):
        with self.lock:
            self.value += 1
""",
    "package/module.py": RIGHT.format(name="Class", add="Add", done="Done", wait="Wait"),
}

#: Commands that other checks run, by what they begin with.
ELSEWHERE = {
    "make ": "targets of the Makefile: `make setup` is in test_quick_start.py",
    ".venv/bin/waitgroup ": "in test_quick_start.py",
    "build/conformance/": "programs that `make conformance` builds and plays",
    "java ": "`make crosscheck` runs TLC on such a module",
    "spin ": "`make crosscheck` runs Spin on such a model",
    "dot ": "Graphviz, whose library `test_states.py` draws with",
    "waitgroup conform ": "needs such a program",
    "waitgroup verify --full": "the claims, which `make test-all` and the release run",
}
#: Commands that take more than a second.
SLOW = {
    "waitgroup orderings go",
    "waitgroup play",
    "waitgroup zoo",
    "waitgroup verify --only zoo-beyond",
    "waitgroup prove",
    "waitgroup prove strict --solver cvc5",
    "waitgroup prove --smt2 obligations",
    "waitgroup verify --only contract-refinement,go-conforms",
    "waitgroup check fixed.py:WaitGroup --workers 2 --waiters 2",
    "waitgroup verify --only f1-documented-rule --only f2-add-zero --only f3-no-rollback",
}
#: A page about every option shows placeholders, and no sizes: `check` would grow them for a minute.
ADDED = {"docs/check.md": ["--workers", "1", "--waiters", "1"]}


def bare(line: str) -> str:
    """The command without its comment."""
    return " ".join(line.partition(" # ")[0].split())


def cases() -> list[object]:
    here = [one for one in COMMANDS if not one.line.startswith(tuple(ELSEWHERE))]
    return [
        pytest.param(one, marks=pytest.mark.slow if bare(one.line) in SLOW else (), id=f"{one.page}: {one.line}")
        for one in here
    ]


def test_what_is_said_of_commands_is_about_commands_that_are_there() -> None:
    lines = [one.line for one in COMMANDS]
    assert [] == [start for start in ELSEWHERE if not any(line.startswith(start) for line in lines)]
    assert set() == SLOW - {bare(line) for line in lines}
    assert [] == [one for one in COMMANDS if not one.line.startswith(("waitgroup ", "pytest ", *ELSEWHERE))]


@pytest.mark.parametrize("command", cases())
def test_a_command_does_what_the_page_says(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The class that the README breaks is one that other pages speak of, too.
    for name, text in {**STAND_INS, **files(PAGES["README.md"]), **files(PAGES[command.page])}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    program, *arguments = shlex.split(command.line, comments=True)
    if program == "pytest":
        ran = subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False, capture_output=True, text=True)
        code, out, err = ran.returncode, ran.stdout, ran.stderr
    else:
        code, out, err = waitgroup(*arguments, *ADDED.get(command.page, []))
    assert command.exits == code, out + err
    if command.output is not None:
        assert same(command.output, out), f"{command.line} prints:\n{out}"


def test_the_recorded_history_that_a_page_shows_is_one(tmp_path: Path) -> None:
    (shown,) = blocks(PAGES["docs/histories.md"], "json")
    (tmp_path / "recorded.ndjson").write_text(shown, encoding="utf-8")
    assert 0 == waitgroup("history", tmp_path / "recorded.ndjson").code


def same(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed; blanks at the ends of lines and the number of blanks do not count."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(shown.strip() + "\n", printed.strip() + "\n", flags)


def test_an_output_that_is_not_the_one_shown_is_noticed() -> None:
    assert same("states  16\n...\nholds\n", "states   16\nmore\nholds  \n")
    assert not same("states  16\n...\nholds\n", "states  17\nmore\nholds\n")


def test_commands_and_files_are_found_in_a_page() -> None:
    text = "```python\n# mine.py\nx = 1\n```\n\n```console\n$ waitgroup a  # exits 1\none\n$ waitgroup b\n```\n"
    assert [Command("p", "waitgroup a", 1, "one\n"), Command("p", "waitgroup b")] == list(commands("p", text))
    assert {"mine.py": "# mine.py\nx = 1\n"} == files(text)
    unprompted = "```console\nwaitgroup a  # why\nwaitgroup b  # why; exits 3\n```\n"
    assert [Command("p", "waitgroup a  # why"), Command("p", "waitgroup b", 3)] == list(commands("p", unprompted))
