"""`--json -`: standard output is one JSON object and nothing else, for every subcommand and every verdict."""

import json
from pathlib import Path

import pytest
from tests.command_line import Run, files, waitgroup

from waitgroup_proofs import cli
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.commands import mutant, prove, vectors, verify, zoo
from waitgroup_proofs.evidence import Evidence
from waitgroup_proofs.pages import play
from waitgroup_proofs.scheduler.replay import production
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_spec.zoo import EXHIBITS

SIZES = ("--workers", "1", "--waiters", "1")
TOKEN = f"wg1:production:pre-added:1x1:{production()[1]}:1*7,0*9,1*2,0*3"

#: What is asked, the exit code, and a key that only such an answer has.
CASES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "check holds": (("check", "latch.py:Latch", "--construct", "Latch(units)", *SIZES), 0, "scenarios"),
    "check violated": (("check", "group.py:Group", "--scenario", "reuse-parked", *SIZES), 1, "replay"),
    "check inconclusive": (("check", "json:dumps", *SIZES), 3, "scenarios"),
    "claims": (("claims",), 0, "claims"),
    "claims into a file": (("claims", "--write", "README.md"), 0, "changed"),
    "completion": (("completion", "fish"), 0, "script"),
    "conform": (("conform", "--only", "wait/at-zero", "--", "./driver"), 0, "families"),
    "explore holds": (("explore", "go", *SIZES), 0, "states"),
    "explore violated": (("explore", "two_words", *SIZES), 1, "outcomes"),
    "explore inconclusive": (("explore", "go", *SIZES, "--max-states", "2"), 3, "truncated"),
    "export": (("export", "dot", "go", *SIZES), 0, "text"),
    "export into a file": (("export", "tla", "go", *SIZES, "--out", "go.tla"), 0, "text"),
    "history": (("history", "run.ndjson"), 0, "operations"),
    "history violated": (("history", "bad.ndjson"), 1, "violation"),
    "mutants": (("mutant",), 0, "mutants"),
    "kill matrix": (("mutant", "--matrix"), 3, "matrix"),
    "mutant": (("mutant", "go-wakes-one"), 1, "killed_by"),
    "orderings": (("orderings", "latch"), 0, "minima"),
    "orderings holds": (("orderings", "latch", *SIZES), 0, "programs"),
    "orderings violated": (("orderings", "two-words"), 1, "program"),
    "zoo": (("zoo",), 0, "zoo"),
    "zoo holds": (("zoo", "strict"), 0, "programs"),
    "zoo violated": (("zoo", "polling"), 1, "level"),
    "play": (("play",), 0, "levels"),
    "prove": (("prove",), 0, "obligations"),
    "replay": (("replay", TOKEN), 0, "steps"),
    "vectors": (("vectors", "--out", "vectors"), 0, "changed"),
    "vectors differ": (("vectors", "--out", "vectors", "--check"), 1, "tests"),
    "verify": (("verify", "--jobs", "1"), 1, "claims"),
}
VERDICTS = {0: "holds", 1: "violated", 3: "inconclusive"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Where there is what the examples name; what takes long has little to do."""
    files(tmp_path)
    lines = (tmp_path / "run.ndjson").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "bad.ndjson").write_text("".join(lines[:-4] + lines[-2:]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    broken = LEDGER[0]._replace(check=lambda _report: Evidence("violated", {}))
    monkeypatch.setattr(verify, "LEDGER", [broken, LEDGER[-1]])
    monkeypatch.setattr(mutant, "kill_matrix", lambda _report: [])
    monkeypatch.setattr(zoo, "EXHIBITS", EXHIBITS[:1])
    monkeypatch.setattr(prove, "THEOREMS", {"packing": THEOREMS["packing"]})
    monkeypatch.setattr(vectors, "differing", lambda _path: ["schema.json"])
    monkeypatch.setattr(vectors, "files", dict)
    monkeypatch.setattr(play, "play_data", lambda: {"levels": []})
    monkeypatch.setattr(play, "play_page", lambda _data: "")
    return waitgroup


@pytest.mark.parametrize("case", CASES)
def test_standard_output_is_one_json_object_with_the_verdict(case: str, run: Run) -> None:
    arguments, code, key = CASES[case]
    place = arguments.index("--") if "--" in arguments else len(arguments)
    said, out, err = run(*arguments[:place], "--json", "-", *arguments[place:])
    found = json.loads(out)
    assert isinstance(found, dict)
    assert (code, VERDICTS[code], "") == (said, found["verdict"], err)
    assert key in found


def test_every_subcommand_is_asked() -> None:
    assert set(cli.SUBCOMMANDS) == {arguments[0] for arguments, _, _ in CASES.values()}


def test_a_violation_that_is_replayed_is_one_json_object_too(run: Run) -> None:
    _, out, _ = run("check", "group.py:Group", "--scenario", "reuse-parked", *SIZES, "--json", "-")
    code, again, err = run("replay", json.loads(out)["replay"], "--json", "-")
    assert (1, "violated", "") == (code, json.loads(again)["verdict"], err)
