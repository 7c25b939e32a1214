"""The command line: exit codes, JSON, and one line on standard error for whatever is wrong with what was asked."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import waitgroup

from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.claims.markdown import claims_markdown
from waitgroup_proofs.commands import explore as explore_command
from waitgroup_proofs.commands import mutant as mutant_command
from waitgroup_proofs.commands import prove as prove_command
from waitgroup_proofs.commands import verify as verify_command
from waitgroup_proofs.evidence import Evidence
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.report.markdown import begin, end
from waitgroup_proofs.scheduler.replay import production
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_spec.scenarios import SCENARIOS

BEGIN, END = begin("claims"), end("claims")

SMALL = ("explore", "go", "--workers", "2", "--waiters", "1")


def json_of(*arguments: str) -> tuple[int, dict[str, Any]]:
    ran = waitgroup(*arguments, "--json", "-")
    return ran.code, ran.json


# JSON


def test_explore_has_the_keys_of_the_design_and_the_numbers_of_the_oracle() -> None:
    code, found = json_of(*SMALL, "--symmetry")
    keys = {
        "verdict",
        "states",
        "transitions",
        "depth",
        "states_without_symmetry",
        "outcomes",
        "properties",
        "truncated",
    }
    assert keys <= set(found)
    numbers = [found[key] for key in ("verdict", "states", "states_without_symmetry", "depth", "truncated")]
    assert (0, ["holds", 16, 23, 8, False]) == (code, numbers)
    assert {"all returned"} == set(found["outcomes"])
    assert {"holds"} == {one["verdict"] for one in found["properties"]}


def test_panics_are_outcomes_and_no_violation() -> None:
    code, found = json_of("explore", "go", "--workers", "1", "--waiters", "1", "--family", "reuse")
    assert (0, "holds", (187, 338)) == (code, found["verdict"], (found["states"], found["transitions"]))
    assert {"panic 2", "panic 4"} <= set(found["outcomes"])


def test_a_truncated_exploration_is_inconclusive() -> None:
    code, found = json_of(*SMALL, "--max-states", "10")
    assert (3, "inconclusive", True) == (code, found["verdict"], found["truncated"])


def test_verify_has_the_keys_of_the_design() -> None:
    code, found = json_of("verify", "--only", "state-counts", "--only", "packing,go-misuse")
    assert (0, "holds") == (code, found["verdict"])
    assert ["packing", "state-counts", "go-misuse"] == [one["id"] for one in found["claims"]]
    for one in found["claims"]:
        assert {"id", "kind", "statement", "bound", "verdict", "seconds"} <= set(one)


@pytest.mark.parametrize(("verdict", "code"), [("holds", 0), ("violated", 1), ("inconclusive", 3)])
def test_the_exit_code_of_verify_is_that_of_the_worst_claim(
    verdict: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = LEDGER[0]._replace(check=lambda _report: Evidence(verdict, LEDGER[0].pinned))
    monkeypatch.setattr(verify_command, "LEDGER", [claim, LEDGER[-1]])
    exit_code, found = json_of("verify", "--jobs", "1")
    assert (code, verdict) == (exit_code, found["verdict"])


@pytest.mark.parametrize(
    ("protocol", "among", "obligations"),
    [
        ("go", ("go.counter", "go.wakeup", "strict.counter"), 23),
        pytest.param("go", tuple(THEOREMS), 677, marks=pytest.mark.slow),
        pytest.param("strict", tuple(THEOREMS), 967, marks=pytest.mark.slow),
    ],
    ids=["three theorems", "go", "strict"],
)
def test_prove_has_the_keys_of_the_design_and_writes_a_file_for_each_obligation(
    protocol: str, among: tuple[str, ...], obligations: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prove_command, "THEOREMS", {name: THEOREMS[name] for name in among})
    code, found = json_of("prove", protocol, "--smt2", str(tmp_path / "new" / "obligations"))
    assert {"verdict", "solver", "obligations", "seconds"} == set(found)
    assert (0, "holds", {"holds"}) == (code, found["verdict"], {one["verdict"] for one in found["obligations"]})
    assert ("z3", obligations) == (found["solver"], len(found["obligations"]))
    assert {"id", "verdict", "seconds", "model"} == set(found["obligations"][0])
    written = sorted((tmp_path / "new" / "obligations").iterdir())
    assert (obligations, {".smt2"}) == (len(written), {file.suffix for file in written})
    assert "(check-sat)\n" == written[0].read_text("utf-8")[-12:]


def test_replay_has_the_keys_of_the_design() -> None:
    _, digest = production()
    code, found = json_of("replay", f"wg1:production:pre-added:1x1:{digest}:1*7,0*9,1*2,0*3")
    assert (0, "holds", 21, None) == (code, found["verdict"], len(found["steps"]), found["violation"])


def test_mutants_are_listed() -> None:
    code, found = json_of("mutant")
    assert (0, [m.name for m in (*PRODUCTION, *PROTOCOL)]) == (code, [one["name"] for one in found["mutants"]])


@pytest.mark.parametrize(
    ("name", "engine", "steps"), [("generation-bug", "scheduler", 13), ("go-wakes-one", "endings", 11)]
)
def test_a_mutant_is_refused_by_its_engine(name: str, engine: str, steps: int) -> None:
    code, found = json_of("mutant", name)
    assert (1, {"verdict": "violated", "name": name, "killed_by": engine, "steps": steps}) == (code, found)


def test_a_mutant_that_survives_is_no_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutant_command, "refused", lambda _mutant: ("holds", None, ""))
    survived = {"verdict": "holds", "name": "no-wakeup", "killed_by": None, "steps": None}
    assert (0, survived) == json_of("mutant", "no-wakeup")
    assert "No engine refuses it." in waitgroup("mutant", "no-wakeup")[1]


def test_the_token_that_a_mutant_prints_is_one_to_replay() -> None:
    _, out, _ = waitgroup("mutant", "no-wakeup")
    token = out.rpartition("waitgroup replay '")[2].partition("'")[0]
    code, found = json_of("replay", token)
    assert (1, "nobody can run, and waiter 2 is blocked without a reason") == (code, found["violation"])


def test_with_json_to_a_file_the_tables_stay_on_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    code, out, _ = waitgroup(*SMALL, "--json", str(file))
    assert (0, 23) == (code, json.loads(file.read_text("utf-8"))["states"])
    assert "states without symmetry" in out


def test_without_json_nothing_but_results_is_on_standard_output() -> None:
    code, out, err = waitgroup("verify", "--only", "go-misuse")
    assert 0 == code
    assert re.fullmatch(r"1 of 1 claims hold, on 0 assumptions, in \d+ s: holds", out.splitlines()[-1])
    assert "go-misuse" not in err or "1/1" in err


# What is wrong with what was asked


def refused(*arguments: str) -> str:
    """One line on standard error, nothing on standard output, exit code 2."""
    code, out, err = waitgroup(*arguments)
    assert (2, "", 1) == (code, out, len(err.splitlines()))
    assert err.startswith("waitgroup: ")
    assert err.endswith("\n")
    return err


USAGE = {
    "no such command": ("fly",),
    "no such option": ("verify", "--fast"),
    "no protocol": ("explore",),
    "an unknown protocol": ("explore", "rust", "--workers", "1", "--waiters", "1"),
    "a protocol on two lines": ("explore", "go\nstrict", "--workers", "1", "--waiters", "1"),
    "no sizes": ("explore", "go"),
    "a size of another type": ("explore", "go", "--workers", "two", "--waiters", "1"),
    "a size with a fraction": ("explore", "go", "--workers", "1.5", "--waiters", "1"),
    "a size below one": ("explore", "go", "--workers", "0", "--waiters", "1"),
    "a negative size": ("explore", "go", "--workers", "1", "--waiters", "-1"),
    "a huge size": ("explore", "go", "--workers", "1", "--waiters", "100"),
    "a bound below one": (*SMALL, "--max-states", "0"),
    "an unknown family": (*SMALL, "--family", "lost"),
    "an unknown scenario": (*SMALL, "--scenario", "lost"),
    "a family and a scenario": (*SMALL, "--family", "legal", "--scenario", "reuse"),
    "a family of the other protocol": ("explore", "strict", "--workers", "1", "--waiters", "1", "--family", "reuse"),
    "a call that go does not have": (*SMALL, "--scenario", "cancel"),
    "an unknown claim": ("verify", "--only", "truth"),
    "an empty claim": ("verify", "--only", ""),
    "an unknown protocol to prove": ("prove", "rust"),
    "an unknown solver": ("prove", "--solver", "oracle"),
    "a directory that holds something": ("prove", "--smt2", "."),
    "a directory that is a file": ("prove", "--smt2", __file__),
    "no token": ("replay",),
    "nonsense for a token": ("replay", "nonsense"),
    "a token on two lines": ("replay", "wg1:production:pre-added:1x1:00\n00:0"),
    "a token of another source": ("replay", "wg1:production:pre-added:1x1:000000000000:0"),
    "an unknown mutant": ("mutant", "x-man"),
    "too many arguments": ("mutant", "no-wakeup", "no-retry"),
    "an algorithm that is not in the zoo": ("zoo", "dodo"),
    "a file that is a folder": (*SMALL, "--json", "/"),
    "a file in a folder that is missing": (*SMALL, "--json", "/missing/folder/file.json"),
    "a file on two lines": (*SMALL, "--json", "/missing\nfolder/file.json"),
    "a file in a file": (*SMALL, "--json", f"{__file__}/file.json"),
    "a table for a file that is missing": ("claims", "--write", "/missing/README.md"),
    "a table for a file on two lines": ("claims", "--write", "/missing\nREADME.md"),
    "a table for a folder": ("claims", "--write", "/"),
    "a table for a file without its marks": ("claims", "--write", __file__),
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_one_line_says_what_is_wrong_with(arguments: tuple[str, ...]) -> None:
    refused(*arguments)


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any exploration fails the test."""

    def work(*_arguments: object, **_options: object) -> None:
        raise AssertionError("work was done for nothing")

    monkeypatch.setattr(explore_command, "explore_states", work)


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("name", ["", "folder", "missing/file", "n" * 300, "read-only", "link"])
def test_a_file_that_cannot_be_written_is_refused_before_any_work(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "file")
    (tmp_path / "read-only").write_text("keep", encoding="utf-8")
    (tmp_path / "read-only").chmod(0o444)
    if name == "read-only" and os.access(tmp_path / name, os.W_OK):
        name = "folder"  # to root, no file is read-only
    assert "cannot write" in refused(*SMALL, "--json", str(tmp_path / name))
    assert "keep" == (tmp_path / "read-only").read_text("utf-8")


@pytest.mark.parametrize(
    "content", [b"", BEGIN.encode(), f"{END}{BEGIN}".encode(), b"\xff\xfe", f"{BEGIN}{END}".encode() * 2]
)
def test_a_document_that_has_no_place_for_the_table_is_left_as_it_is(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_bytes(content)
    refused("claims", "--write", str(file))
    assert content == file.read_bytes()


def test_the_table_is_written_into_its_place_and_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"above\n{BEGIN}\n{END}\nbelow\n", encoding="utf-8")
    assert (0, "", "") == waitgroup("claims", "--write", str(file))
    written = file.read_bytes()
    assert f"above\n{BEGIN}\n\n{claims_markdown()}\n\n{END}\nbelow\n" == written.decode()
    assert (0, "", "") == waitgroup("claims", "--write", str(file))
    assert written == file.read_bytes()
    assert (0, claims_markdown() + "\n", "") == waitgroup("claims")


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("explore", "--help"), ("--version",)])
def test_help_is_no_error(arguments: tuple[str, ...]) -> None:
    code, out, err = waitgroup(*arguments)
    assert (0, "") == (code, err)
    assert out


def test_every_scenario_and_claim_can_be_asked_for() -> None:
    for name in SCENARIOS:
        code, _ = json_of("explore", "strict", "--workers", "1", "--waiters", "1", "--scenario", name)
        assert 0 == code
    assert [claim.id for claim in LEDGER] == [one.id for one in verify_command.selected((), full=True)]
