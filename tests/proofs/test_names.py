"""Names on the command line: the nearest is suggested, and shells complete them, where the subcommands load late."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from tests.command_line import Run, files, waitgroup

from waitgroup_proofs import cli
from waitgroup_proofs.commands.completion import SHELLS
from waitgroup_proofs.commands.names import Names, unknown

SIZES = ("--workers", "1", "--waiters", "1")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Where there is what the examples name."""
    files(tmp_path)
    monkeypatch.chdir(tmp_path)
    return waitgroup


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("chekc",), "No such command 'chekc'. Did you mean 'check'?"),
        (("verify", "--ful"), "No such option '--ful'. Did you mean '--full'?"),
        (("explore", "stric", *SIZES), "no protocol is called 'stric': did you mean strict or strict_cas?"),
        (("explore", "go", *SIZES, "--scenario", "cancle"), "no scenario is called 'cancle': did you mean cancel?"),
        (("prove", "--solver", "cvc4"), "no solver is called 'cvc4': did you mean cvc5?"),
        (("verify", "--only", "packing,packng"), "no claim is called 'packng': did you mean packing?"),
        (("check", "group.py:Group", "--scenario", "nestd"), "no scenario is called 'nestd': did you mean nested?"),
        (("check", "group.py:Group", "--strategy", "dopr"), "no strategy is called 'dopr': did you mean dpor?"),
        (("check", "group.py:Grup"), "group has no class Grup: it has Group"),
        (("check", "run.ndjson:Group"), "run.ndjson: no Python source of such a module can be found"),
        (("conform", "--only", "conter", "--", "./driver"), "no case is called 'conter': did you mean counter?"),
        (("orderings", "zog"), "no protocol is called 'zog': did you mean zig?"),
        (("orderings", "go", "--program", "fred"), "no program is called 'fred': did you mean freed?"),
        (("mutant", "no-wakup"), "no mutant is called 'no-wakup': did you mean no-wakeup or lost-wakeup?"),
        (("zoo", "pollng"), "no algorithm is called 'pollng': did you mean polling?"),
        (("completion", "zhs"), "no shell is called 'zhs': did you mean zsh?"),
        (("vectors", "--out", ""), "'' is no directory: make it first, or name another with --out"),
        (("vectors", "--out", "group.py"), "'group.py' is no directory: make it first, or name another with --out"),
        (("history", "."), "File '.' is a directory."),
        (("claims", "--write", "latch.bin"), "cannot read latch.bin: it is not in UTF-8"),
        (("play", "--out", "page", "--json", "page"), "'page' is to hold something else already: name another file"),
        (("verify", "--json", "page", "--html", "page"), "'page' is to hold something else already: name another file"),
    ],
)
def test_one_line_says_what_may_be_meant(arguments: tuple[str, ...], said: str, run: Run) -> None:
    Path("latch.bin").write_bytes(b"\xff\xfe")
    code, out, err = run(*arguments)
    assert (2, "", 1) == (code, out, len(err.splitlines()))
    assert err.startswith("waitgroup: ")
    assert said in err


def test_where_no_name_is_near_some_are_listed_and_no_more() -> None:
    assert "no mutant is called 'x': choose from one, two" == unknown("mutant", "x", ["one", "two"])
    many = unknown("mutant", "x", [f"name {number}" for number in range(30)])
    assert many.endswith("name 22, name 23 and 6 more")


def completed(*words: str) -> list[str]:
    """What the last of these words can become."""
    found = ShellComplete(cli.waitgroup, {}, "waitgroup", "_WAITGROUP_COMPLETE")
    return [one.value for one in found.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("co",), ["conform", "completion"]),
        (("--v",), ["--version"]),
        (("explore", "--work"), ["--workers"]),
        (("explore", "str"), ["strict", "strict_cas"]),
        (("explore", "go", "--scenario", "reuse-o"), ["reuse-open", "reuse-overlapping"]),
        (("check", "x.py:X", "--scenario", "nested,can"), ["nested,cancel"]),
        (("verify", "--only", "pack"), ["packing"]),
        (("verify", "--only", "packing,kill"), ["packing,kill-matrix"]),
        (("prove", "g"), ["go"]),
        (("mutant", "no-wa"), ["no-wakeup"]),
        (("conform", "--only", "wait/at-z"), ["wait/at-zero"]),
        (("completion", "z"), ["zsh"]),
    ],
)
def test_a_word_that_is_begun_is_completed(words: tuple[str, ...], found: list[str]) -> None:
    assert found == [one for one in completed(*words) if one in found]
    assert all(one.startswith(words[-1]) for one in completed(*words))


def test_all_subcommands_are_offered_with_their_summaries_and_none_is_loaded() -> None:
    found = ShellComplete(cli.waitgroup, {}, "waitgroup", "_WAITGROUP_COMPLETE").get_completions([], "")
    assert [(name, cli.summary(name)) for name in cli.SUBCOMMANDS] == [(one.value, one.help) for one in found]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_asks_for_what_click_answers(shell: str, run: Run) -> None:
    code, out, err = run("completion", shell)
    assert (0, "") == (code, err)
    assert f"_WAITGROUP_COMPLETE={shell}_complete" in out


def test_bash_completes_by_the_script(run: Run, tmp_path: Path) -> None:
    script = run("completion", "bash")[1]
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "waitgroup").write_text(
        f"#!/bin/sh\nexec '{sys.executable}' -c 'from waitgroup_proofs.entry import main; main()' \"$@\"\n", "utf-8"
    )
    (bin / "waitgroup").chmod(0o755)
    typed = 'COMP_WORDS=(waitgroup expl); COMP_CWORD=1; _waitgroup_completion waitgroup; echo "${COMPREPLY[@]}"'
    environment = {**os.environ, "PATH": f"{bin}:{os.environ['PATH']}"}
    shown = subprocess.run(
        ["bash", "-c", f"{script}\n{typed}"], capture_output=True, text=True, check=True, timeout=30, env=environment
    )
    assert ("explore\n", "") == (shown.stdout, shown.stderr)


def test_names_with_commas_are_a_list() -> None:
    assert ["a", "b"] == Names("letter", "abc").convert("a,b", None, None)
    with pytest.raises(click.BadParameter, match="no letter is called ''"):
        Names("letter", "abc").convert("a,", None, None)
