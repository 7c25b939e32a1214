"""What is shown to people: tables of runs and schedules, findings, and the ledger inside a document."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup_proofs.claims.markdown import TABLES, claims_markdown, with_tables
from waitgroup_proofs.mutants import mutated_module
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.refinement import refine
from waitgroup_proofs.report.findings import MOST_NAMED, Finding, of_exploration, of_refinement, of_search, shown
from waitgroup_proofs.report.markdown import begin, end, replaced
from waitgroup_proofs.report.tables import as_text, coloured, columns, leaves, run_table
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.replay import parsed, production, replay
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.explorer import explore
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.protocols.go import Shared
from waitgroup_spec.scenarios import SCENARIOS

BEGIN, END = begin("claims"), end("claims")

GO = PROTOCOLS["go"]


@pytest.mark.parametrize("verdict", ["holds", "violated", "inconclusive"])
def test_a_verdict_is_shown_by_its_word_whatever_its_colour(verdict: str) -> None:
    table = columns("verdict")
    table.add_row(coloured(verdict))
    assert ["verdict", verdict] == as_text(table).splitlines()


def test_nested_fields_are_shown_flat_and_by_name() -> None:
    names = [("counter", 0), ("bubble", 0), ("waiters", 0), ("permits", 0), ("panic", 0)]
    assert names == list(leaves(Shared()))


def test_a_run_of_a_protocol_is_a_row_a_step() -> None:
    found = refine(GO, SCENARIOS["surplus"](1, 1))
    rows = as_text(run_table(found.system, found.violation)).splitlines()
    assert ["step", "thread", "action", "counter", "bubble", "waiters", "permits", "panic"] == rows[0].split()
    assert ["start", "1", "0", "0", "0", "0"] == rows[1].split()
    steps = [row.split() for row in rows if row[0].isdigit()]  # a long sentence goes on below
    assert [("1", "first", "worker", "apply:"), ("2", "first", "worker", "apply:")] == [(*row[:4],) for row in steps]
    assert [["0", "0", "0", "0", "0"], ["-1", "0", "0", "0", "1"]] == [row[-5:] for row in steps]


def test_a_step_that_is_a_timeout_or_an_interrupt_is_marked() -> None:
    for mutant, scenario, how in (
        ("expired-waiter-stays", "timeout-race", "acquire, times out"),
        ("interrupt-leaves-waiter", "cancel", "acquire, is interrupted"),
    ):
        target, digest = production(mutant)
        found = search(target, SCENARIOS[scenario](1, 1), strict_monitor())
        (finding,) = of_search(found, mutant, (1, 1))
        assert 1 == finding.run.count(how)
        assert f"wg1:production~{mutant}:{scenario}:1x1:{digest}:" in finding.run


def test_a_property_that_does_not_hold_is_shown_with_a_shortest_run() -> None:
    mutant = next(mutant for mutant in PROTOCOL if mutant.name == "go-wakes-one")
    scenario = SCENARIOS["pre-added"](2, 2)
    protocol = mutated_module(mutant).go
    findings = of_exploration(explore(protocol, scenario, properties_of(protocol, scenario)))
    headline = (
        "violated in pre-added: When nothing can step, every call has returned, the word is zero and no permit is left."
    )
    assert headline in [finding.headline for finding in findings]
    assert all(finding.run.splitlines()[0].startswith("step") for finding in findings)


def test_what_holds_has_no_findings() -> None:
    scenario = SCENARIOS["pre-added"](1, 1)
    assert [] == of_exploration(explore(GO, scenario, properties_of(GO, scenario)))
    assert [] == of_refinement(refine(GO, scenario))
    assert [] == of_search(search(production()[0], scenario, strict_monitor()), "", (1, 1))


def test_a_search_that_was_cut_short_says_so() -> None:
    found = search(production()[0], SCENARIOS["pre-added"](2, 2), strict_monitor(), max_runs=7)
    assert [Finding(f"pre-added: cut short after 7 runs and {found.states} states")] == of_search(found, "", (2, 2))


def test_the_token_that_is_shown_replays_to_the_sentence_that_is_shown() -> None:
    target, _ = production("wakes-one")
    found = search(target, SCENARIOS["pre-added"](2, 2), strict_monitor())
    (finding,) = of_search(found, "wakes-one", (2, 2))
    token = finding.run.splitlines()[-1].removeprefix("waitgroup replay '").removesuffix("'")
    assert finding.headline == f"pre-added: {replay(parsed(token)).violation}"


FINDINGS = st.lists(
    st.builds(Finding, st.from_regex("[a-z]{5}", fullmatch=True), st.sampled_from(["", "a\nb", "a\nb\nc"])), max_size=15
)


@given(FINDINGS)
def test_the_shortest_run_is_shown_in_full_and_no_more_than_eight_other_findings_are_named(
    findings: list[Finding],
) -> None:
    text = shown(findings)
    if not findings:
        assert "" == text
        return
    runs = sorted((finding.run for finding in findings if finding.run), key=len)
    assert (f"\n{runs[0]}" in text) if runs else True
    headlines = [finding.headline for finding in findings]
    named = sum(text.splitlines().count(headline) for headline in set(headlines))
    assert min(len(findings), MOST_NAMED + 1) == named
    assert (len(findings) > MOST_NAMED + 1) == text.endswith(" more")


# The ledger in a document


def test_the_table_stands_between_its_marks_and_what_is_around_them_stays() -> None:
    text = with_tables(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert f"before\n{BEGIN}\n\n{claims_markdown()}\n\n{END}\nafter\n" == text


@given(st.text(), st.text(), st.text())
def test_writing_the_table_twice_is_writing_it_once(before: str, old: str, after: str) -> None:
    once = with_tables(f"{before}{BEGIN}{old}{END}{after}")
    assert once is not None
    assert once == with_tables(once)


@pytest.mark.parametrize(
    "text",
    ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{END}", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{BEGIN}{END}"],
)
def test_a_document_without_exactly_one_place_for_the_table_is_refused(text: str) -> None:
    assert with_tables(text) is None


def test_no_cell_of_the_table_breaks_its_row() -> None:
    rows = claims_markdown().splitlines()
    assert {5} == {row.count("|") for row in rows}
    assert "|---|---|---|---|" == rows[1]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_every_table_has_as_many_cells_as_there_are_columns(name: str) -> None:
    rows = [line for line in TABLES[name]().splitlines() if line.startswith("|")]
    assert len(rows) > 2
    assert {rows[0].count("|")} == {row.count("|") for row in rows}


def test_a_document_may_have_several_tables() -> None:
    marks = [f"{begin(name)}\n{end(name)}\n" for name in ("theorems", "fairness")]
    text = with_tables("above\n" + "between\n".join(marks))
    assert text is not None
    assert TABLES["theorems"]() in text
    assert TABLES["fairness"]() in text
    assert claims_markdown() not in text


@pytest.mark.parametrize(
    ("document", "name", "by"),
    [("docs/findings.md", "stress", "make conformance"), ("docs/exports.md", "counts", "make crosscheck")],
)
def test_a_document_has_a_place_for_what_a_slow_target_writes(document: str, name: str, by: str) -> None:
    text = (Path(__file__).parents[2] / document).read_text("utf-8")
    assert len(text) > len(replaced(text, name, "made", by))
