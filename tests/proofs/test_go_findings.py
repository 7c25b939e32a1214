"""The findings about Go are found again, bit for bit, by shortest runs; a finding that is not so is not shown."""

import pytest

from waitgroup_proofs.go_findings import FINDINGS, recovering, shown
from waitgroup_proofs.go_findings.finding import GoFinding, Sight, StrictEnding, shortest_run, strict_endings
from waitgroup_proofs.mutants import mutated_module
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.report.tables import as_text
from waitgroup_proofs.report.words import WordStep, in_hex, word_table
from waitgroup_spec.explorer import explore
from waitgroup_spec.explorer.system import System
from waitgroup_spec.properties import Kind, Property
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import MODEL_FAMILIES, SCENARIOS, When

FOUND = {one.id: one for one in FINDINGS}
F1, F2, F3 = FINDINGS
SIGHTS = [sight for one in FINDINGS for sight in one.sights]

FIGURES = {
    "f1-documented-rule": {
        "run 1": "4 steps, word 0x00000001_00000001, permits 0",
        "strict 1": "all returned: counter 0, waiters 0",
    },
    "f2-add-zero": {
        "run 1": "15 steps, word 0x00000000_00000000, permits 1",
        "strict 1": "all returned: counter 0, waiters 0",
        "run 2": "17 steps, word 0x00000001_00000001, permits 0",
        "strict 2": "all returned: counter 0, waiters 0",
    },
    "f3-no-rollback": {
        "run 1": "3 steps, word 0xffffffff_00000001, permits 0",
        "strict 1": "1 blocked, 1 refused: counter 1, waiters 1",
        "run 2": "4 steps, word 0xfffffffe_00000001, permits 0",
        "strict 2": "all returned, 1 refused: counter 0, waiters 0",
    },
}


def with_sight(one: GoFinding, sight: Sight) -> GoFinding:
    return one._replace(sights=(sight,))


@pytest.mark.parametrize("id", FIGURES)
def test_a_finding_holds_with_exactly_these_figures(id: str) -> None:
    evidence = shown(FOUND[id])
    assert ("holds", FIGURES[id], "") == (evidence.verdict, evidence.figures, evidence.detail)


def test_there_are_three_findings_each_in_a_sentence() -> None:
    assert list(FIGURES) == list(FOUND)
    sentences = [one.sentence for one in FINDINGS] + [sight.sentence for sight in SIGHTS]
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.sentence)
def test_a_pinned_run_is_one_of_words_that_follow_upon_each_other(sight: Sight) -> None:
    befores = [step.before for step in sight.run]
    assert [sight.program.units << 32, *(step.after for step in sight.run[:-1])] == befores


# What the programs are


def test_f1_keeps_the_documented_rule_for_all_have_started_while_the_counter_is_one() -> None:
    (sight,) = F1.sights
    assert {When.AT_ONCE} == {client.start for client in sight.program.clients}
    shared, threads = System(go.go, sight.program).view(System(go.go, sight.program).initial)
    assert (1, go.Place.ADD_APPLY, 1) == (shared.word.counter, threads[2].place, threads[2].delta)
    assert "adder" == sight.run[-1].thread


def test_f2_begins_the_next_generation_when_everybody_of_the_first_has_returned() -> None:
    for sight in F2.sights:
        threads = [step.thread for step in sight.run]
        first = threads.index("owner")
        assert {"worker", "waiter", "extra"} == set(threads[:first])
        assert {"owner", "late waiter"} == set(threads[first:])
        assert WordStep("extra", "release", 0, 0, 1) == sight.run[first - 1]
    assert ("late waiter", "recheck") == F2.sights[1].run[-1][:2]


def test_f3_leaves_the_waiter_where_no_done_can_help_it() -> None:
    assert [0xFFFFFFFF_00000001, 0xFFFFFFFE_00000001] == [sight.run[-1].after for sight in F3.sights]
    for sight in F3.sights:
        outcomes = explore(sight.protocol, sight.program).outcomes
        assert "1 blocked" in outcomes


# Panics that are recovered


def test_a_program_that_recovers_takes_the_very_same_steps() -> None:
    protocol = recovering(go.go)
    assert go.go.actions is protocol.actions
    scenario = SCENARIOS["pre-added"](2, 2)
    found = [explore(one, scenario) for one in (go.go, protocol)]
    assert found[0][1:] == found[1][1:]


@pytest.mark.parametrize("panic", list(go.Panic))
def test_every_panic_is_recovered_but_that_of_the_bubbles(panic: go.Panic) -> None:
    shared = go.Shared(panic=panic)
    assert (panic is go.Panic.BUBBLE) == recovering(go.go).halted(shared)
    assert (panic is go.Panic.NONE) == bool(go.go.enabled(shared, go.Thread(go.Place.WAIT_LOAD)))


@pytest.mark.parametrize(("protocol", "steps"), [(go.go, None), (recovering(go.go), 6)])
def test_the_panic_of_the_zeroer_s_second_look_takes_another_panic_first(protocol: Protocol, steps: int | None) -> None:
    """As other model checkers have it: never the first panic of a run, and after a recovered one in six steps."""
    reload = Property(Kind.SOMETIMES, "It happens.", lambda shared, _threads: shared.panic == go.Panic.MISUSE_RELOAD)
    (verdict,) = explore(protocol, MODEL_FAMILIES["reuse"](1, 1), (reload,)).verdicts
    assert steps == (len(verdict.path) - 1 if verdict.verdict == "holds" else None)


# A finding can fail


def test_a_run_that_differs_in_one_bit_is_not_shown() -> None:
    (sight,) = F1.sights
    last = sight.run[-1]._replace(after=sight.run[-1].after ^ 1)
    evidence = shown(with_sight(F1, sight._replace(run=(*sight.run[:-1], last))))
    assert ("violated", FIGURES[F1.id]) == (evidence.verdict, evidence.figures)
    assert "Pinned:" in evidence.detail
    assert "0x00000001_00000000" in evidence.detail


def test_what_no_run_comes_to_is_not_shown() -> None:
    (sight,) = F1.sights
    evidence = shown(with_sight(F1, sight._replace(seen=lambda _shared, _threads: False)))
    assert ("violated", "no run") == (evidence.verdict, evidence.figures["run 1"])


def test_a_longer_run_than_the_shortest_is_not_shown() -> None:
    sight, longer = F2.sights
    assert len(sight.run) < len(longer.run)
    assert shortest_run(longer._replace(seen=sight.seen)) == sight.run
    assert "violated" == shown(with_sight(F2, longer._replace(seen=sight.seen))).verdict


def test_a_go_that_ignores_the_misuse_does_not_show_f1() -> None:
    mutant = next(mutant for mutant in PROTOCOL if mutant.name == "go-no-misuse-check")
    (sight,) = F1.sights
    assert "violated" == shown(with_sight(F1, sight._replace(protocol=mutated_module(mutant).go))).verdict


def test_runs_of_strict_that_end_otherwise_than_pinned_are_a_violation() -> None:
    (sight,) = F1.sights
    evidence = shown(with_sight(F1, sight._replace(strict=frozenset({StrictEnding("all returned", 1, 0)}))))
    assert ("violated", FIGURES[F1.id]) == (evidence.verdict, evidence.figures)
    assert "started-in-time: strict ends otherwise than in all returned: counter 1, waiters 0" == evidence.detail


def test_a_strict_that_the_contract_does_not_explain_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = next(mutant for mutant in PROTOCOL if mutant.name == "strict-wakes-ungranted")
    monkeypatch.setattr(strict, "strict", mutated_module(mutant).strict)
    evidence = shown(F1)
    assert ("violated", FIGURES[F1.id]) == (evidence.verdict, evidence.figures)
    assert "started-in-time: a run of strict that the contract does not explain" == evidence.detail


def test_a_program_that_is_too_large_to_say_how_strict_ends_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"^started-in-time: more than 5 states$"):
        strict_endings(F1.sights[0].program, most_states=5)


# How a run is shown


def test_a_word_is_shown_in_sixteen_digits() -> None:
    assert ["0x00000000_00000000", "0xffffffff_00000001", "0x00000001_80000000"] == [
        in_hex(word) for word in (0, 0xFFFFFFFF_00000001, 0x00000001_80000000)
    ]


def test_a_run_is_shown_with_the_word_before_and_after_every_step() -> None:
    lines = as_text(word_table(F3.sights[0].run)).splitlines()
    assert 4 == len(lines)
    assert ["3", "taker", "apply", "0x00000001_00000001", "0xffffffff_00000001", "0"] == lines[3].split()
