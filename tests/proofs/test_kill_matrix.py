"""The kill matrix as a whole: when a row is as its mutant says, and how the matrix is told and shown."""

import pytest
from tests.command_line import waitgroup

from waitgroup_proofs.commands import mutant as mutant_command
from waitgroup_proofs.mutants import Mutant, StaleMutant, engines
from waitgroup_proofs.mutants.engines import HOLDS, Judgement, Row, matrix_as_said, refusal, verdict_of
from waitgroup_proofs.mutants.go import GO
from waitgroup_proofs.mutants.matrix import LEGEND, matrix_markdown, matrix_table
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.report.tables import as_text

MUTANTS = {mutant.name: mutant for mutant in PROTOCOL}

REFUSED, UNDECIDED = Judgement("violated", 3, "pre-added"), Judgement("inconclusive")
NAMES = ("assertions", "endings", "outcomes", "contract", "proof")


def row(engine: str, killed_by: str, **said: Judgement) -> Row:
    mutant = Mutant("made-up", "something is broken", GO, "", "", killed_by, engine, "" if engine else "So.")
    return Row(mutant, {name: said.get(name, HOLDS) for name in NAMES})


@pytest.mark.parametrize(
    ("made_up", "verdict"),
    [
        (row("assertions", "pre-added", assertions=REFUSED, endings=REFUSED), "holds"),
        (row("endings", "pre-added", assertions=REFUSED, endings=REFUSED), "violated"),  # not the first one
        (row("endings", "pre-added", assertions=UNDECIDED, endings=REFUSED), "holds"),
        (row("assertions", "nested", assertions=REFUSED), "violated"),  # elsewhere
        (row("assertions", "pre-added"), "violated"),
        (row("assertions", "pre-added", assertions=UNDECIDED), "inconclusive"),
        (row("assertions", "pre-added", assertions=UNDECIDED, endings=REFUSED), "violated"),
        (row("proof", "", proof=Judgement("violated", None, "some.id")), "holds"),
        (row("proof", "", proof=UNDECIDED), "inconclusive"),
        (row("proof", "", contract=REFUSED, proof=UNDECIDED), "violated"),
        (row("", ""), "holds"),
        (row("", "", proof=UNDECIDED), "inconclusive"),
        (row("", "", outcomes=REFUSED, proof=UNDECIDED), "violated"),
    ],
)
def test_a_row_holds_if_the_named_engine_is_the_first_and_a_survivor_passes_them_all(
    made_up: Row, verdict: str
) -> None:
    assert verdict == made_up.verdict


def test_the_matrix_is_as_bad_as_its_worst_row_and_without_rows_it_is_no_pass() -> None:
    good, bad, open_ = row("", ""), row("", "", proof=REFUSED), row("", "", proof=UNDECIDED)
    found = [verdict_of(rows) for rows in ([good], [good, open_], [open_, bad, good], [])]
    assert ["holds", "inconclusive", "violated", "inconclusive"] == found


@pytest.mark.parametrize(
    ("rows", "verdict", "detail"),
    [
        ([row("assertions", "pre-added", assertions=REFUSED)], "holds", ""),
        ([row("endings", "pre-added", assertions=REFUSED)], "violated", "made-up: refused by assertions"),
        ([row("", "", proof=UNDECIDED)], "inconclusive", "made-up: refused by none"),
    ],
)
def test_the_matrix_as_evidence_names_the_mutants_whose_data_are_wrong(
    rows: list[Row], verdict: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "kill_matrix", lambda _report: rows)
    evidence = matrix_as_said(lambda _words: None)
    assert (verdict, {"made-up": " ".join(rows[0].cells)}, detail) == (
        evidence.verdict,
        evidence.figures,
        evidence.detail,
    )


def test_a_stale_mutant_is_no_row_but_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def stale(_report: object) -> list[Row]:
        raise StaleMutant("made-up: out of date")

    monkeypatch.setattr(engines, "kill_matrix", stale)
    evidence = matrix_as_said(lambda _words: None)
    assert ("violated", "made-up: out of date") == (evidence.verdict, evidence.detail)


def test_of_a_survivor_the_worst_that_an_engine_says_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    survivor = MUTANTS["go-resets-waiters-alone"]
    for said, expected in (({}, "holds"), ({"proof": UNDECIDED}, "inconclusive"), ({"outcomes": REFUSED}, "violated")):
        monkeypatch.setattr(engines, "row_of", lambda _mutant, said=said: row("", "", **said))
        assert expected == refusal(survivor)[1].verdict


# How it is shown

MATRIX = {"go-wakes-one": "- refused - 3 -", "go-resets-waiters-alone": "- - - - undecided"}
BROKEN, SURVIVOR = (MUTANTS[name] for name in MATRIX)


def small_matrix() -> list[Row]:
    first = row("endings", "pre-added", endings=Judgement("violated", None, "pre-added"), contract=REFUSED)
    return [first._replace(mutant=MUTANTS["go-wakes-one"]), row("", "", proof=UNDECIDED)._replace(mutant=SURVIVOR)]


def test_the_table_has_a_row_for_each_mutant_and_marks_the_first_engine() -> None:
    lines = [line.split() for line in as_text(matrix_table(MATRIX)).splitlines()]
    assert ["mutant", *NAMES, "what", "is", "broken"] == lines[0]
    assert ["go-wakes-one", "-", "refused*", "-", "3", "-", *BROKEN.sentence.split()] == lines[1]
    assert ["go-resets-waiters-alone", "-", "-", "-", "-", "undecided"] == lines[2][:6]


def test_the_markdown_has_a_row_for_each_mutant_and_says_why_survivors_survive() -> None:
    lines = matrix_markdown(MATRIX).splitlines()
    assert "| mutant | what is broken | assertions | endings | outcomes | contract | proof |" == lines[0]
    assert f"| `go-wakes-one` | {BROKEN.sentence} | - | **refused** | - | 3 | - |" == lines[2]
    assert {8} == {line.count("|") for line in lines[:4]}
    assert ["", LEGEND, "", f"* `go-resets-waiters-alone` survives: {SURVIVOR.survives}"] == lines[4:]


def test_the_command_shows_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutant_command, "kill_matrix", lambda _report: small_matrix())
    ran = waitgroup("mutant", "--matrix", "--json", "-")
    found = ran.json
    assert (3, "inconclusive", ["holds", "inconclusive"]) == (
        ran.code,
        found["verdict"],
        [one["verdict"] for one in found["matrix"]],
    )
    assert {"verdict": "violated", "steps": 3, "where": "pre-added"} == found["matrix"][0]["engines"]["contract"]
    code, out, _ = waitgroup("mutant", "--matrix")
    lines = out.splitlines()
    assert (3, "go-resets-waiters-alone: inconclusive") == (code, lines[-1])
    assert lines[0].startswith("mutant")


@pytest.mark.parametrize(
    ("name", "code", "killed_by", "steps"),
    [
        ("go-no-recheck", 1, "outcomes", 10),
        ("strict-crosses-for-ever", 1, "endings", None),
        ("strict-no-upper-bound", 1, "proof", None),
    ],
)
def test_the_command_shows_which_engine_refuses_a_mutant(
    name: str, code: int, killed_by: str | None, steps: int | None
) -> None:
    ran = waitgroup("mutant", name, "--json", "-")
    said = {"verdict": "violated", "name": name, "killed_by": killed_by, "steps": steps}
    assert (code, said) == (ran.code, ran.json)


def test_the_command_says_why_a_mutant_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    survivor = MUTANTS["go-resets-waiters-alone"]
    for said, code in (({}, 0), ({"proof": UNDECIDED}, 3), ({"proof": REFUSED}, 1)):
        monkeypatch.setattr(engines, "row_of", lambda _mutant, said=said: row("", "", **said))
        ran = waitgroup("mutant", survivor.name)
        assert (code, code != 1) == (ran.code, survivor.survives in " ".join(ran.out.split()))


def test_the_command_takes_a_name_or_the_matrix() -> None:
    code, _, err = waitgroup("mutant", "go-no-recheck", "--matrix")
    assert (2, True) == (code, "give no NAME" in err)
