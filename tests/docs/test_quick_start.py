"""A newcomer goes from the README to a drawn counterexample in three commands: exactly these are executed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, Command, blocks, commands, files, pages
from tests.docs.test_commands import same

SECTION = pages()["README.md"].partition("## Break one of your own\n")[2].partition("\n## ")[0]
SETUP, *CHECKS = commands("README.md", SECTION)
(EXCERPT,) = blocks(SECTION, "text")


def follow(command: Command, directory: Path, environment: dict[str, str]) -> str:
    """What the command prints, run by a shell as the reader would."""
    done = subprocess.run(
        command.line, check=False, shell=True, cwd=directory, env=environment, capture_output=True, text=True
    )
    assert command.exits == done.returncode, done.stdout + done.stderr
    return done.stdout


def refuted(directory: Path, environment: dict[str, str]) -> None:
    """The file is written, and both checks draw what the README says."""
    for name, text in files(SECTION).items():
        (directory / name).write_text(text, encoding="utf-8")
    for check in CHECKS:
        assert same(f"...\n{EXCERPT}...\nways: ...\nwaitgroup replay ...", follow(check, directory, environment))
    assert "<html" in (directory / "mine.html").read_text("utf-8")


def test_there_are_three_commands_and_they_begin_with_the_set_up() -> None:
    assert ["make setup", ".venv/bin/waitgroup", ".venv/bin/waitgroup"] == [
        SETUP.line,
        *(check.line.partition(" ")[0] for check in CHECKS),
    ]


def test_the_commands_of_the_readme_draw_the_counterexample_of_its_class(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    refuted(tmp_path, dict(os.environ))


@pytest.mark.slow
def test_they_do_so_in_a_fresh_clone_with_nothing_but_what_make_setup_installs(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL"))}
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    follow(SETUP, clone, bare)
    refuted(clone, bare)
