"""The page of `waitgroup verify`: it says what was found, needs nothing else, and draws what was explored."""

import re
from functools import cache
from pathlib import Path

import pytest
from tests.command_line import waitgroup
from tests.proofs.test_page import EVIL, Elements, data_in

from waitgroup_proofs.claims import Checked
from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.go_findings import FINDINGS
from waitgroup_proofs.mutants.engines import ENGINES
from waitgroup_proofs.pages.curves import Curve, curves, labels
from waitgroup_proofs.pages.graphs import pictured
from waitgroup_proofs.pages.html import integrity
from waitgroup_proofs.pages.verify import ledger_page, matrix_of
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS
from waitgroup_spec.word import Word, pack

CHECKED = [Checked(claim, "holds", 1.5, "", {}) for claim in LEDGER]


@cache
def page_that_holds() -> str:
    """The page where every claim holds."""
    return ledger_page(CHECKED, "holds", "all hold")


def test_the_page_needs_nothing_else_and_its_policy_allows_its_own_script_and_style_alone() -> None:
    elements = Elements(page_that_holds())
    attributes = {name for _, found in elements.found for name in found}
    assert set() == attributes & {"src", "srcset", "action", "style", "onerror", "onclick", "onload"}
    assert {"#"} == {str(found["href"])[0] for _, found in elements.found if "href" in found}
    (style,), (_, script) = elements.text["style"], elements.text["script"]
    policy = next(found["content"] for tag, found in elements.found if found.get("http-equiv"))
    assert str(policy).endswith(f"script-src '{integrity(script)}'; style-src '{integrity(style)}'")
    assert "http" not in style + script


def test_every_claim_is_told_with_its_sentence_its_bound_and_its_verdict() -> None:
    shown = "".join(Elements(page_that_holds()).shown)
    for claim in LEDGER:
        assert claim.sentence in shown
        assert claim.bound in shown
    rows = re.findall(r'<tr data-claim="([^"]*)">.*?<td class="verdict[^"]*">(\w+)</td>', page_that_holds())
    assumed = {claim.id for claim in LEDGER if claim.kind.value == "assumed"}
    assert {claim.id: "assumed" if claim.id in assumed else "holds" for claim in LEDGER} == dict(rows)


def test_what_is_violated_is_told_with_the_detail_and_never_becomes_html() -> None:
    page = ledger_page([CHECKED[0]._replace(verdict="violated", detail=EVIL)], "violated", EVIL)
    elements = Elements(page)
    assert EVIL in "".join(elements.shown)
    assert ["style", "script", "script"] == [tag for tag, _ in elements.found if tag in {"style", "script", "img"}]
    assert '<td class="verdict violated">violated</td>' in page


def test_the_runs_are_those_that_the_findings_pin() -> None:
    runs = {run["name"]: run for run in data_in(page_that_holds())["runs"]}
    names = ["go-started-in-time", "go-add-zero", "go-add-zero-next", "go-no-rollback", "go-no-rollback-done"]
    assert [*names, "go-wakes-one", "strict-believes-the-counter"] == list(runs)
    sights = [sight for finding in FINDINGS for sight in finding.sights]
    for name, sight in zip(names, sights, strict=True):
        run = runs[name]
        told = [
            (
                run["threads"][step["thread"]],
                step["action"],
                pack(Word(*step["shared"][0]["word"])),
                step["shared"][1]["value"],
            )
            for step in run["steps"]
        ]
        assert [(one.thread, one.action, one.after, one.permits) for one in sight.run] == told


@pytest.mark.parametrize(("protocol", "size", "states", "steps"), [("go", (1, 1), 11, 12), ("go", (2, 1), 23, 33)])
def test_a_picture_has_every_state_and_every_step_of_the_oracle(
    protocol: str, size: tuple[int, int], states: int, steps: int
) -> None:
    found = pictured(PROTOCOLS[protocol], SCENARIOS["pre-added"](*size))
    assert (states, steps) == (len(found.nodes), len(found.edges))
    for node in found.nodes:
        assert 0 <= node.x - found.box[0] / 2
        assert node.x + found.box[0] / 2 <= found.width
        assert 0 <= node.y - found.box[1] / 2
        assert node.y + found.box[1] / 2 <= found.height
    overlapping = [
        (one, other)
        for number, one in enumerate(found.nodes)
        for other in found.nodes[:number]
        if abs(one.x - other.x) < found.box[0] and abs(one.y - other.y) < found.box[1]
    ]
    assert [] == overlapping


def test_a_graph_of_too_many_states_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="more than 100 states"):
        pictured(PROTOCOLS["go"], SCENARIOS["pre-added"](2, 2))


def test_the_curves_are_the_counts_of_the_oracle_and_the_pinned_obligations() -> None:
    every, folded, *_, proof = curves()
    assert (11, 183, 4_078, 109_663, 3_421_332) == every.figures
    assert (11, 69, 433, 2_750, 17_573) == folded.figures
    assert Curve("proof obligations", (1_896,) * 5) == proof


def test_the_names_of_curves_that_end_together_stand_apart() -> None:
    assert [10, 27, 100, 44] == labels([10, 11, 100, 12])


def test_the_matrix_is_the_pinned_one_until_it_is_asked_for() -> None:
    pinned, said = matrix_of(CHECKED)
    assert (FIGURES["kill-matrix"], True) == (pinned, "pinned" in said)
    name = next(iter(pinned))
    fresh = [one._replace(figures={name: "- - - - -"}) for one in CHECKED if one.claim.id == "kill-matrix"]
    found, said = matrix_of(fresh)
    assert ({name: "- - - - -"}, False) == (found, "pinned" in said)
    assert len(ENGINES) == len(found[name].split())


def test_verify_writes_the_page_of_what_it_has_just_run(tmp_path: Path) -> None:
    file = tmp_path / "verify.html"
    ran = waitgroup("verify", "--only", "state-counts", "--html", file, "--json", "-")
    assert 0 == ran.code
    shown = "".join(Elements(file.read_text("utf-8")).shown)
    assert "1 of 1 claims hold, on 0 assumptions" in shown
    assert f"{ran.json['claims'][0]['seconds']:.2f}" in shown
