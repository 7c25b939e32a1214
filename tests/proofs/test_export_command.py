"""`waitgroup export`: what it writes, and one line for whatever is wrong with what was asked."""

from functools import partial
from pathlib import Path

import pytest
from tests.command_line import waitgroup

from waitgroup_proofs.commands.export import FORMATS
from waitgroup_proofs.exports.tla import CONFIGURATION
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.zoo import ZOO

SMALL = ("--workers", "1", "--waiters", "1")
run = partial(waitgroup, "export")

#: Those that cannot be written, and why.
UNWRITTEN = {
    ("tla", "go_1_17"): "beyond 32 bits",
    ("promela", "go_1_17"): "beyond 32 bits",
    ("smt2", "latch"): "latch adds some deltas only",
    ("smt2", "zig"): "zig adds some deltas only",
    **{("smt2", name): "keeps a tuple of any length" for name in ("go_2011", "go_2012", "go_1_4")},
}


@pytest.mark.parametrize("protocol", PROTOCOLS | ZOO)
@pytest.mark.parametrize("name", FORMATS)
def test_every_protocol_is_written_in_every_format_or_refused_in_one_line(name: str, protocol: str) -> None:
    code, out, err = run(name, protocol, *(() if name == "smt2" else SMALL))
    if why := UNWRITTEN.get((name, protocol)):
        assert (2, "", 1) == (code, out, err.count("\n"))
        assert why in err
        return
    assert (0, "") == (code, err)
    assert (PROTOCOLS | ZOO)[protocol].sentence in out.partition("\n\n")[0]


def test_the_program_that_is_asked_for_is_written() -> None:
    assert "MODULE go_pre_added_1x1" in run("tla", "go", *SMALL)[1]
    assert "gen2" in run("promela", "go", *SMALL, "--family", "reuse")[1]
    assert "late worker" in run("dot", "strict", *SMALL, "--scenario", "reuse")[1]


def test_a_module_is_written_to_a_file_of_its_name_beside_its_configuration(tmp_path: Path) -> None:
    assert (0, "", "") == run("tla", "go", *SMALL, "--out", str(tmp_path / "Latch.tla"))
    assert ["Latch.cfg", "Latch.tla"] == sorted(file.name for file in tmp_path.iterdir())
    assert "MODULE Latch -" in (tmp_path / "Latch.tla").read_text("utf-8").splitlines()[0]
    assert list(CONFIGURATION) == (tmp_path / "Latch.cfg").read_text("utf-8").splitlines()


def test_any_other_format_is_written_to_any_file(tmp_path: Path) -> None:
    for name in ("promela", "smt2", "dot"):
        program = () if name == "smt2" else SMALL
        assert (0, "", "") == run(name, "go", *program, "--out", str(tmp_path / name))
        assert run(name, "go", *program)[1] == (tmp_path / name).read_text("utf-8")


USAGE = {
    "nothing": (),
    "no protocol": ("tla",),
    "an unknown format": ("alloy", "go", *SMALL),
    "an unknown protocol": ("tla", "rust", *SMALL),
    "no program": ("promela", "go"),
    "half a program": ("dot", "go", "--workers", "1"),
    "a program for what needs none": ("smt2", "go", *SMALL),
    "a scenario for what needs none": ("smt2", "go", "--scenario", "reuse"),
    "a family and a scenario": ("tla", "go", *SMALL, "--family", "legal", "--scenario", "reuse"),
    "a family of the other protocol": ("tla", "strict", *SMALL, "--family", "reuse"),
    "a call that go does not have": ("tla", "go", *SMALL, "--scenario", "cancel"),
    "the same for Spin": ("promela", "go", *SMALL, "--scenario", "cancel"),
    "the same for Graphviz": ("dot", "go", *SMALL, "--scenario", "cancel"),
    "a graph that nobody could read": ("dot", "go", "--workers", "3", "--waiters", "3"),
    "a module in a file of another kind": ("tla", "go", *SMALL, "--out", "build.pml"),
    "a module with an impossible name": ("tla", "go", *SMALL, "--out", "2x2.tla"),
    "a file that is a folder": ("smt2", "go", "--out", "/"),
    "a file in a folder that is missing": ("smt2", "go", "--out", "/missing/folder/go.smt2"),
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_one_line_says_what_is_wrong_with(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (2, "", 1) == (code, out, len(err.splitlines()))
    assert err.startswith("waitgroup: ")
    assert [] == list(tmp_path.iterdir())
