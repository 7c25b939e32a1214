"""The help: what it says first, how wide it is, and that every example in it can be run and ends as it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from tests.command_line import REPOSITORY, Run, files, waitgroup

from waitgroup_proofs import cli

#: What takes longer says so: `# about 10 s`.
SLOW = re.compile("# .*about")
CODE = re.compile(r"# .*exits (\d)")


class Example(NamedTuple):
    """A command that a help text shows, and the exit code that it says it has: 0 if it does not say."""

    command: str
    code: int

    @property
    def arguments(self) -> list[str]:
        """As a shell would pass them, without what it does itself."""
        words = shlex.split(self.command, comments=True)
        return words[1 : next((place for place, word in enumerate(words) if word[0] == ">"), None)]


def help_of(name: str, width: int = 80) -> str:
    context = click.Context(
        cli.waitgroup, info_name="waitgroup", terminal_width=width, **cli.waitgroup.context_settings
    )
    command = cli.waitgroup.get_command(context, name)
    assert command is not None
    return command.get_help(click.Context(command, parent=context, info_name=name))


def examples(text: str) -> list[Example]:
    found = re.findall(r"^    (waitgroup .*)$", text.partition("Examples")[2], re.MULTILINE)
    return [Example(line, int(code[1]) if (code := CODE.search(line)) else 0) for line in found]


HELP = {name: help_of(name) for name in cli.SUBCOMMANDS}
EXAMPLES = [
    pytest.param(one, id=one.command, marks=[pytest.mark.slow] if SLOW.search(one.command) else [])
    for one in dict.fromkeys(example for text in HELP.values() for example in examples(text))
]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Where there is what the examples name."""
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return waitgroup


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_ends_as_the_help_says(example: Example, run: Run) -> None:
    if "--check" in example.arguments:
        assert 0 == run("vectors", "--out", "vectors")[0]
    token = run("mutant", "no-wakeup")[1].rpartition("waitgroup replay '")[2] if "TOKEN" in example.arguments else ""
    code, out, err = run(*(token.partition("'")[0] if word == "TOKEN" else word for word in example.arguments))
    assert (example.code, "") == (code, err)
    assert out or {"--write", "--out"} & {*example.arguments}


def test_an_example_that_ends_otherwise_is_noticed() -> None:
    said = "Examples:\n\n    waitgroup mutant no-wakeup  # exits 1\n    waitgroup completion zsh >> ~/.zshrc\n"
    assert [(["mutant", "no-wakeup"], 1), (["completion", "zsh"], 0)] == [
        (one.arguments, one.code) for one in examples(said)
    ]


@pytest.mark.parametrize("name", cli.SUBCOMMANDS)
def test_the_help_begins_with_one_sentence_and_shows_two_examples_or_more(name: str) -> None:
    usage, _, first, *_ = HELP[name].splitlines()
    assert usage.startswith(f"Usage: waitgroup {name} ")
    assert f"  {cli.summary(name)}" == first
    assert re.fullmatch(r"[A-Z][^.]*\.", cli.summary(name))
    assert 2 <= len(examples(HELP[name]))


@pytest.mark.parametrize("name", cli.SUBCOMMANDS)
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_the_help_is_too_wide_but_what_is_to_be_copied(name: str, width: int) -> None:
    copied = {line for line in help_of(name, width).splitlines() if line.startswith("    waitgroup ")}
    wide = {line for line in help_of(name, width).splitlines() if len(line) > width and " " in line.strip()}
    assert set() == wide - (copied if width == 40 else set())


def test_alone_it_says_what_there_is_in_the_order_of_need(run: Run) -> None:
    code, out, err = run()
    assert (0, "") == (code, err)
    assert (code, out, err) == run("--help") == run("-h")
    named = re.findall(r"^  ([a-z]+)  ", out, re.MULTILINE)
    assert list(cli.SUBCOMMANDS) == named
    assert list(cli.GROUPS) == [line[:-1] for line in re.findall(r"^\w.*:$", out, re.MULTILINE)][:-1]


def test_each_module_of_a_subcommand_is_in_a_group() -> None:
    folder = Path(cli.__file__).parent / "commands"
    commands = {path.stem for path in folder.glob("*.py") if "@click.command()" in path.read_text("utf-8")}
    assert commands == set(cli.SUBCOMMANDS)
    assert len(cli.SUBCOMMANDS) == len(commands)


def test_the_list_of_subcommands_waits_for_none_of_them() -> None:
    code = "import sys; from waitgroup_proofs import cli; cli.main(); print([m for m in sys.modules if 'z3' in m])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert shown.stdout.endswith("[]\n")


def test_the_version_is_said(run: Run) -> None:
    code, out, err = run("--version")
    assert (0, "") == (code, err)
    assert re.fullmatch(r"waitgroup, version \d+\.\d+\.\d+\n", out)


def test_the_help_of_make_is_a_line_of_eighty_columns_for_each_target() -> None:
    rules = re.findall(r"^([a-z-]+):.*## (.*)$", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert "help" == rules[0][0]
    assert [] == [name for name, said in rules if len(f"make {name:<11} {said}") > 80]
