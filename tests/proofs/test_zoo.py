"""The zoo before the engines: every verdict is pinned, every level is the smallest, and nothing passes by mistake."""

from itertools import pairwise
from typing import Any

import pytest
from tests.command_line import waitgroup

from waitgroup_proofs import zoo as engines
from waitgroup_proofs.claims import check
from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.claims.markdown import TABLES
from waitgroup_proofs.claims.zoo import ZOO_CLAIMS
from waitgroup_proofs.commands import zoo as zoo_command
from waitgroup_proofs.refinement import Refinement, refine
from waitgroup_proofs.report.tables import as_text
from waitgroup_proofs.report.zoo import LEGEND, zoo_markdown, zoo_table
from waitgroup_proofs.zoo import NOT_APPLICABLE, OK, SIZES, SMALL, Row, as_stated, at, cell, row, said_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import SCENARIOS
from waitgroup_spec.word import ZERO
from waitgroup_spec.zoo import EXHIBITS, LEVELS, PROGRAMS, ZOO, Exhibit, Failure, Level
from waitgroup_spec.zoo.calls import ADDED
from waitgroup_spec.zoo.condition_if import Shared, condition_if
from waitgroup_spec.zoo.go_2011 import go_2011

BY_NAME = {one.protocol.name: one for one in EXHIBITS}
WRONG = [name for name, level in LEVELS.items() if level.goal]
WITHOUT_TIME = [name for name in PROGRAMS if name not in ("timeout-race", "timeout-reuse", "cancel")]


def rewritten(protocol: Protocol, counter: Any = None, initial: Any = None, **effects: Any) -> Protocol:
    """The protocol with other effects, another beginning or another counter."""
    changed = Protocol(
        protocol.name,
        protocol.sentence,
        initial or protocol.initial,
        protocol.begin,
        protocol.halted,
        protocol.outcome,
        protocol.legend,
        counter or protocol.counter,
    )
    changed.actions = {
        name: action._replace(effect=effects.get(name, action.effect)) for name, action in protocol.actions.items()
    }
    return changed


def is_real(run: Refinement) -> bool:
    """Whether unpermuted threads can go through its states, from the beginning on."""
    steps = pairwise(run.violation)
    return run.system.initial == run.violation[0] and all(
        after in [state for _, _, state in run.system.successors(before)] for before, after in steps
    )


# Every verdict


@pytest.mark.parametrize("name", ZOO)
def test_every_verdict_at_the_small_sizes_is_pinned_and_as_the_page_says(name: str) -> None:
    found = row(BY_NAME[name], SMALL)
    assert ("holds", {name: FIGURES["zoo"][name]}) == (found.verdict, said_of([found]))
    for one in found.cells.values():
        assert one.run is None or is_real(one.run)


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_every_verdict_up_to_two_by_two_is_pinned_and_as_the_page_says(name: str) -> None:
    found = row(BY_NAME[name], SIZES)
    assert ("holds", {name: FIGURES["zoo-beyond"][name]}) == (found.verdict, said_of([found]))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_algorithm_fails_at_its_level_as_its_page_says_in_a_real_run(name: str) -> None:
    level = LEVELS[name]
    size = (level.workers, level.waiters)
    found = at(ZOO[name], PROGRAMS[level.scenario](*size), size)
    assert ("violated", level.goal, size) == (found.verdict, found.failure, (found.workers, found.waiters))
    assert found.run is not None
    assert is_real(found.run)


@pytest.mark.parametrize("name", ["go_2011", "condition_generation", "strict"])
def test_a_right_algorithm_refines_the_contract_in_every_program_that_it_can_run(name: str) -> None:
    words = dict(zip(PROGRAMS, FIGURES["zoo-beyond"][name].split(), strict=True))
    assert {"ok"} == {words[program] for program in WITHOUT_TIME}
    assert {"ok" if name == "strict" else "-"} == {words[program] for program in PROGRAMS.keys() - WITHOUT_TIME}


def test_go_1_17_has_the_verdicts_of_go() -> None:
    assert FIGURES["zoo-beyond"]["go"] == FIGURES["zoo-beyond"]["go_1_17"]


@pytest.mark.parametrize("name", WITHOUT_TIME)
def test_condition_if_is_right_where_nobody_is_woken_for_nothing(name: str) -> None:
    calm = rewritten(condition_if, initial=lambda units: Shared(counter=units, for_nothing=0))
    assert OK is cell(calm, PROGRAMS[name], SMALL)


# What can come of an algorithm


def test_a_program_whose_calls_an_algorithm_does_not_know_is_no_pass() -> None:
    found = cell(ZOO["go"], SCENARIOS["cancel"], SIZES)
    assert found is NOT_APPLICABLE
    assert ("not applicable", "-") == (found.verdict, found.word)


def test_a_panic_is_a_failure_where_the_rules_are_kept_and_differs_where_they_are_not() -> None:
    legal, illegal = (cell(ZOO["release_before_reset"], SCENARIOS[name], SMALL) for name in ("pre-added", "reuse"))
    assert ("violated", Failure.PANIC, "panic:7:1x1") == (legal.verdict, legal.failure, legal.word)
    assert ("differs", None, "differs:7:1x1") == (illegal.verdict, illegal.failure, illegal.word)


def test_behind_a_panic_that_only_differs_a_failure_is_still_found() -> None:
    """In add-done, whoever panics first hides nothing: the search goes on in the runs without a panic."""

    def forgotten(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
        return shared._replace(word=ZERO), go.ADDED

    forgetful = rewritten(go.go, reset=forgotten)
    found = at(forgetful, SCENARIOS["add-done"](2, 1), (2, 1))
    assert ("violated", Failure.STRANDED) == (found.verdict, found.failure)
    assert found.steps > len(refine(forgetful, SCENARIOS["add-done"](2, 1)).violation) - 1


def test_a_run_that_halts_is_left_alone_if_halting_is_an_outcome() -> None:
    program = SCENARIOS["surplus"](1, 1)
    assert [2, 0] == [max(len(refine(go.go, program, halts).violation) - 1, 0) for halts in (False, True)]


def test_a_false_refusal_is_told_apart() -> None:
    found = cell(ZOO["lost_update"], SCENARIOS["mixed"], SMALL)
    assert (Failure.REFUSED, "refused:6:2x1") == (found.failure, found.word)


def test_a_counter_that_is_not_the_protocol_s_is_noticed_although_every_run_is_explained() -> None:
    off_by_one = rewritten(go_2011, counter=lambda shared: shared.counter - 1)
    found = cell(off_by_one, SCENARIOS["pre-added"], SMALL)
    assert ("violated", None, "violated") == (found.verdict, found.failure, found.word)
    exhibit = BY_NAME["go_2011"]._replace(protocol=off_by_one)
    assert "violated" == Row(exhibit, {"pre-added": found}).verdict


def test_a_protocol_that_states_no_counter_is_an_error_and_not_a_program_that_does_not_apply() -> None:
    mute = rewritten(go_2011)
    mute.counter = None
    with pytest.raises(ValueError, match="go_2011 does not say what its counter is"):
        cell(mute, SCENARIOS["pre-added"], SMALL)


# A check that can fail


def silent_at_zero(shared: Any, thread: Any) -> tuple[Any, Any]:
    """go_2011 without its permits."""
    counter = shared.counter + thread.delta
    return shared._replace(counter=counter, waiters=shared.waiters if counter else 0), ADDED


@pytest.mark.parametrize(
    "exhibit",
    [
        BY_NAME["go_2011"]._replace(protocol=rewritten(go_2011, apply=silent_at_zero)),
        BY_NAME["go_2011"]._replace(level=Level("pre-added", 1, 1, Failure.STRANDED)),
        BY_NAME["clamped"]._replace(level=Level("surplus", 1, 1, Failure.EARLY)),
        BY_NAME["clamped"]._replace(level=Level("surplus", 2, 1, Failure.NEGATIVE)),
        BY_NAME["clamped"]._replace(level=Level("surplus", 1, 1)),
    ],
)
def test_an_algorithm_that_does_otherwise_than_its_page_says_is_refused(
    exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "EXHIBITS", (exhibit,))
    evidence = as_stated(SMALL)(lambda _words: None)
    assert "violated" == evidence.verdict
    assert evidence.detail.startswith(f"{exhibit.protocol.name}: Level(")


def test_the_claim_holds_for_what_is_pinned_and_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "EXHIBITS", (BY_NAME["clamped"],))
    claim = ZOO_CLAIMS[0]
    pinned = {"clamped": FIGURES["zoo"]["clamped"]}
    assert "holds" == check(claim._replace(pinned=pinned)).verdict
    changed = {"clamped": pinned["clamped"].replace("negative:2", "negative:3")}
    assert "violated" == check(claim._replace(pinned=changed)).verdict


# How it is shown


def test_the_zoo_can_be_explored_like_the_protocols() -> None:
    size = ("--workers", "1", "--waiters", "1", "--json", "-")
    ran = waitgroup("explore", "two_words", *size)
    assert (1, "violated") == (ran.code, ran.json["verdict"])
    assert 0 == waitgroup("explore", "go_2011", "--scenario", "reuse-overlapping", *size).code
    code, _, err = waitgroup("explore", "polling", "--scenario", "cancel", *size)
    assert (2, True) == (code, "polling cannot run cancel" in err)


SAID = {"clamped": FIGURES["zoo"]["clamped"]}


def test_the_table_counts_what_is_right_and_names_what_is_wrong() -> None:
    lines = [line.split() for line in as_text(zoo_table(SAID)).splitlines()]
    assert ["clamped", "10", "3", "surplus:", "negative", "2"] == lines[1]


def test_the_matrix_in_markdown_leads_to_the_pages_which_draw_every_run() -> None:
    lines = zoo_markdown(SAID).splitlines()
    assert "| [`clamped`](#clamped) |" + " ok |" * 8 + " **negative 2** | ok |" + " n/a |" * 3 + " ok |" == lines[2]
    assert LEGEND == lines[-1]
    pages = TABLES["zoo-pages"]()
    assert list(ZOO) == [line.removeprefix("### ") for line in pages.splitlines() if line.startswith("### ")]
    assert len(WRONG) == pages.count("Broken in ")
    assert "Broken in 4 steps, `pre-added` at 1 × 1: a waiter stays blocked though its work is done." in pages


def test_the_command_lists_the_zoo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo_command, "EXHIBITS", (BY_NAME["clamped"], BY_NAME["polling"]))
    monkeypatch.setattr(zoo_command, "row", lambda exhibit: row(exhibit, ((1, 1),)))
    ran = waitgroup("zoo", "--json", "-")
    found = ran.json
    assert (0, "holds", ["clamped", "polling"]) == (ran.code, found["verdict"], [one["name"] for one in found["zoo"]])
    level = {"scenario": "surplus", "workers": 1, "waiters": 1, "goal": Failure.NEGATIVE.value, "par": 2}
    assert level == found["zoo"][0]["level"]
    surplus = {"verdict": "violated", "failure": "negative", "steps": 2, "workers": 1, "waiters": 1}
    assert surplus == found["zoo"][0]["programs"]["surplus"]
    code, out, _ = waitgroup("zoo")
    assert 0 == code
    assert LEGEND.split()[:6] in [line.split()[:6] for line in out.splitlines()]


def test_the_command_says_so_if_an_algorithm_is_not_as_its_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo_command, "EXHIBITS", (BY_NAME["clamped"]._replace(level=Level("surplus", 1, 1)),))
    code, out, _ = waitgroup("zoo")
    assert (1, "clamped: not as its page says") == (code, out.splitlines()[-1])


@pytest.mark.parametrize(("name", "code", "verdict"), [("clamped", 1, "violated"), ("go_2011", 0, "holds")])
def test_the_command_shows_one_algorithm(name: str, code: int, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {name: row(BY_NAME[name], ((1, 1),))}
    monkeypatch.setattr(zoo_command, "row", lambda exhibit: rows[exhibit.protocol.name])
    ran = waitgroup("zoo", name, "--json", "-")
    assert (code, verdict, name) == (ran.code, ran.json["verdict"], ran.json["name"])
    shown, out, _ = waitgroup("zoo", name)
    assert code == shown
    assert " ".join(BY_NAME[name].page.split()) in " ".join(out.split())
    assert ("surplus at 1 x 1: a done() too many is taken as if it were none" in out) == (name == "clamped")
