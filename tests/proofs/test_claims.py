"""The ledger: what it must hold, and that a claim holds only if its check says so and finds the pinned figures."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup_proofs.claims import Claim, Kind, check, code, tested
from waitgroup_proofs.claims.code import scheduled
from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.claims.markdown import claims_markdown, with_tables
from waitgroup_proofs.claims.models import explored, outcomes, refined
from waitgroup_proofs.claims.proofs import foundations, proved
from waitgroup_proofs.commands.verify import told
from waitgroup_proofs.evidence import Evidence, worst
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import BROKEN, PROTOCOL
from waitgroup_proofs.scheduler import search as search_module
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.search import Search
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_spec.endless import FAIRNESS
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
CLAIMS = {claim.id: claim for claim in LEDGER}
VERDICTS = ("holds", "violated", "inconclusive")


def ignore(_words: str) -> None:
    """Progress that nobody looks at."""


def claim(evidence: Evidence, pinned: Mapping[str, Any]) -> Claim:
    return Claim("made-up", "Something is so.", Kind.TESTED, "here", lambda _report: evidence, pinned)


# The ledger


def test_every_claim_has_an_identifier_of_its_own() -> None:
    assert len(LEDGER) == len(CLAIMS)


@pytest.mark.parametrize("required", ["non-negative-counter", "wakeup-on-zero", "no-lost-waiters"])
def test_a_required_claim_is_proved_for_all_sizes_every_day(required: str) -> None:
    assert (Kind.PROVED, False) == (CLAIMS[required].kind, CLAIMS[required].full)


def test_every_claim_says_in_a_sentence_what_it_claims_and_up_to_where() -> None:
    for one in LEDGER:
        assert one.sentence.endswith("."), one.id
        assert one.bound, one.id
        assert one.id == one.id.lower().replace(" ", "-")


def test_every_checked_claim_with_figures_pins_them() -> None:
    measured = {one.id for one in LEDGER if one.kind in (Kind.PROVED, Kind.EXHAUSTIVE)}
    assert measured <= set(FIGURES)
    assert set(FIGURES) <= set(CLAIMS)
    assert all(one.pinned == FIGURES.get(one.id, {}) for one in LEDGER)
    assert all(FIGURES.values())


@pytest.mark.parametrize("name", ["code", "conformance", "models", "mutants", "orderings", "proofs", "zoo"])
def test_figures_are_in_the_module_that_is_named_like_that_of_their_claims(name: str) -> None:
    figures = import_module(f"waitgroup_proofs.claims.figures.{name}").FIGURES
    groups = vars(import_module(f"waitgroup_proofs.claims.{name}")).values()
    claims = {one.id for group in groups if isinstance(group, tuple) for one in group if isinstance(one, Claim)}
    assert set() == set(figures) - claims


def test_every_theorem_belongs_to_a_claim() -> None:
    proofs = [one.check for one in LEDGER if one.check.__qualname__ == proved("packing").__qualname__]
    named = [name for proof in proofs for cell in proof.__closure__ or () for name in cell.cell_contents]
    assert 21 == len(named) == len(set(named))
    assert set(THEOREMS) == set(foundations(*named))


def test_the_numbers_in_the_bounds_are_those_of_what_is_checked() -> None:
    assert CLAIMS["protocol-mutants"].bound.startswith(f"{len(BROKEN)} mutants at 2 x 2; five by the proof alone")
    assert 5 == sum(mutant.engine == "proof" for mutant in BROKEN)
    assert len(PROTOCOL) == len(FIGURES["kill-matrix"])
    assert "6 programs, 5 of them endless" in CLAIMS["fairness"].bound
    assert 6 == len({question.scenario for question in FAIRNESS})
    assert f"{len(PRODUCTION)} mutants at 2 x 2" == CLAIMS["production-mutants"].bound
    for one in LEDGER:
        assert not one.bound.startswith("13 scenarios") or len(SCENARIOS) == len(one.pinned), one.id
        assert "10 scenarios" not in one.bound or 10 == len(one.pinned), one.id


@pytest.mark.slow
def test_every_figure_that_a_check_finds_is_pinned() -> None:
    for name in ("state-counts", "go-misuse", "go-conforms", "protocol-mutants"):
        evidence = CLAIMS[name].check(ignore)
        assert (name, "holds", FIGURES[name]) == (name, evidence.verdict, evidence.figures)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, one in CLAIMS.items() if one.kind is not Kind.ASSUMED])
def test_every_claim_holds(name: str) -> None:
    checked = check(CLAIMS[name])
    assert ("holds", "") == (checked.verdict, checked.detail)


# Verdicts


@given(st.lists(st.sampled_from(VERDICTS), min_size=1))
def test_the_worst_verdict_is_violated_then_inconclusive_then_holds(verdicts: list[str]) -> None:
    assert next((word for word in ("violated", "inconclusive") if word in verdicts), "holds") == worst(verdicts)
    assert ("holds" == worst(verdicts)) == (set(verdicts) <= {"holds"})


def test_nothing_checked_and_unknown_verdicts_never_hold() -> None:
    assert ["inconclusive"] * 3 == [worst([]), worst(["unknown"]), worst(["holds", "unknown"])]


FIGURE_SETS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)


@given(st.sampled_from(VERDICTS), FIGURE_SETS, FIGURE_SETS)
def test_a_claim_holds_if_its_check_says_so_and_the_figures_are_those_that_are_pinned_if_any_are(
    verdict: str, figures: dict[str, int], pinned: dict[str, int]
) -> None:
    checked = check(claim(Evidence(verdict, figures, "why"), pinned))
    found = not pinned or pinned == figures
    assert ("holds" == checked.verdict) == (verdict == "holds" and found)
    if verdict != "holds":
        assert (verdict, "why") == (checked.verdict, checked.detail)


def test_a_figure_that_differs_from_the_pinned_one_is_a_violation_that_names_both() -> None:
    checked = check(claim(Evidence("holds", {"states": 5, "runs": 3}), {"states": 6, "runs": 3, "depth": 1}))
    lines = ["A pinned figure has changed.", "states: pinned 6, found 5", "depth: pinned 1, found None"]
    assert ("violated", lines) == (checked.verdict, checked.detail.splitlines())


def test_a_check_that_stops_with_an_error_is_inconclusive() -> None:
    def broken(_report: object) -> Evidence:
        raise ZeroDivisionError("nothing to divide by")

    checked = check(claim(Evidence("holds", {}), {})._replace(check=broken))
    assert "inconclusive" == checked.verdict
    assert "ZeroDivisionError: nothing to divide by" in checked.detail


def test_a_check_that_says_something_else_than_a_verdict_does_not_hold() -> None:
    assert "holds" != check(claim(Evidence("unknown", {}), {})).verdict


# Checks


def test_a_target_that_cannot_be_controlled_makes_the_claim_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> Search:
        raise UnsupportedTarget("a for loop over a list")

    monkeypatch.setattr(code, "search", refuse)
    evidence = scheduled(["pre-added"], (1, 1))(ignore)
    assert ("inconclusive", "pre-added: a for loop over a list") == (evidence.verdict, evidence.detail)


def test_a_search_that_is_cut_short_makes_the_claim_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(target: Any, scenario: Any, strict: Any) -> Search:
        return search_module.search(target, scenario, strict, max_runs=10)

    monkeypatch.setattr(code, "search", cut)
    evidence = scheduled(["reuse-parked", "pre-added"], (2, 2))(ignore)
    assert "inconclusive" == evidence.verdict
    assert ["reuse-parked", "pre-added"] == list(evidence.figures)
    assert "pre-added: cut short after 10 runs and " in evidence.detail


def test_a_protocol_that_breaks_the_contract_makes_the_claim_violated_and_shows_the_run() -> None:
    evidence = refined("go", [(SCENARIOS["pre-added"], (2, 2)), (SCENARIOS["surplus"], (2, 2))])(ignore)
    assert ("violated", {"pre-added 2,2": 153, "surplus 2,2": 12}) == (evidence.verdict, evidence.figures)
    assert "surplus: a run that the contract does not explain" == evidence.detail.splitlines()[0]


def test_properties_hold_or_are_shown_to_be_violated() -> None:
    evidence = explored("strict", [(SCENARIOS["pre-added"], (2, 2))])(ignore)
    assert ("holds", "") == (evidence.verdict, evidence.detail)


def test_outcomes_of_scenarios_without_a_call_in_the_protocol_are_left_out() -> None:
    evidence = outcomes(PROTOCOLS["go"], (1, 1))(ignore)
    assert [name for name in SCENARIOS if name not in ("timeout-race", "timeout-reuse", "cancel")] == list(
        evidence.figures
    )


def test_a_claim_about_tests_that_are_not_there_is_inconclusive() -> None:
    evidence = tested.passing("impl/test_nothing.py", "impl/test_word.py")(ignore)
    assert ("inconclusive", "the tests are not beside this installation: test_nothing.py") == (
        evidence.verdict,
        evidence.detail,
    )


def test_a_claim_about_tests_that_fail_is_violated_and_about_tests_that_pass_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tests").mkdir()
    monkeypatch.setattr(tested, "__file__", str(tmp_path / "proofs" / "waitgroup_proofs" / "claims" / "tested.py"))
    for text, verdict in (("pass", "holds"), ("assert 0", "violated")):
        (tmp_path / "tests" / "test_one.py").write_text(f"def test_one():\n    {text}\n", encoding="utf-8")
        assert verdict == tested.passing("test_one.py")(ignore).verdict


@pytest.mark.parametrize("left", [0, 21])
def test_verify_says_how_many_claims_it_has_not_looked_at(left: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == told([check(claim(Evidence("holds", {}), {}))], 0.4, left, None, None)
    said = ["1 of 1 claims hold, on 0 assumptions, in 0 s: holds"]
    said += [f"{left} claims take longer and were not looked at: waitgroup verify --full"] if left else []
    assert said == capsys.readouterr().out.splitlines()[-len(said) :]


# The table


@pytest.mark.parametrize(
    "document", ["README.md", "proofs/README.md", "docs/findings.md", "docs/memory-orderings.md", "docs/zoo.md"]
)
def test_the_tables_of_the_document_are_made_from_the_data(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert with_tables(text) == text


def test_the_table_has_a_row_for_each_claim() -> None:
    rows = claims_markdown().splitlines()
    assert [f"| `{one.id}` |" for one in LEDGER] == [" ".join(row.split()[:3]) for row in rows[2:]]
    assert {4} == {row.count("|") - 1 for row in rows}
