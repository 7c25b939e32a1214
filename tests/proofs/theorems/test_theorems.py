"""Every theorem is proved, with this many obligations, and what the solver cannot decide is never taken for proved."""

from dataclasses import replace

import pytest
import z3

from waitgroup_proofs.obligations import SOLVERS, Expected, Formulas, Obligation, discharge, smt_lib
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems import ABSTRACTIONS, THEOREMS, happens_before
from waitgroup_proofs.theorems.necessity import NEEDED, failures
from waitgroup_spec.protocol import always_enabled

OBLIGATIONS = {
    "packing": 14,
    "beyond-bounds": 9,
    "shipped-word": 8,
    "contract-clauses": 221,
    "go.census": 48,
    "go.inductive": 199,
    "go.no-panic": 11,
    "go.counter": 17,
    "go.wakeup": 6,
    "go.lost": 17,
    "go.termination": 17,
    "go.bounds": 16,
    "go.refines": 148,
    "go.happens-before": 120,
    "go.necessity": 78,
    "strict.census": 179,
    "strict.inductive": 200,
    "strict.counter": 43,
    "strict.wakeup": 12,
    "strict.lost": 29,
    "strict.termination": 43,
    "strict.bounds": 6,
    "strict.refines": 264,
    "strict.happens-before": 128,
    "strict.necessity": 63,
}


def test_these_are_the_theorems_and_each_rests_on_others_that_are_there() -> None:
    assert list(THEOREMS) == list(OBLIGATIONS)
    assert {assumed for theorem in THEOREMS.values() for assumed in theorem.assumes} <= set(THEOREMS)


@pytest.mark.slow  # `make verify` does it, and prints the counterexamples
@pytest.mark.parametrize("name", OBLIGATIONS)
def test_every_obligation_of_the_theorem_is_discharged(name: str) -> None:
    obligations = THEOREMS[name].obligations()
    assert [] == [answer for answer in map(discharge, obligations) if answer.verdict != "holds"]
    assert OBLIGATIONS[name] == len(obligations)


@pytest.mark.slow
@pytest.mark.parametrize("name", OBLIGATIONS)
def test_a_second_solver_agrees_on_every_obligation(name: str) -> None:
    answers = (discharge(obligation, "cvc5") for obligation in THEOREMS[name].obligations())
    assert [] == [answer for answer in answers if answer.verdict != "holds"]


def test_no_two_obligations_have_one_name_or_no_sentence() -> None:
    obligations = [obligation for theorem in THEOREMS.values() for obligation in theorem.obligations()]
    assert len({obligation.id for obligation in obligations}) == len(obligations) == sum(OBLIGATIONS.values())
    assert [obligation.id for obligation in obligations if not obligation.sentence] == []


# Counterexamples


#: The counterexamples that no solver has a choice in.
MODELS = {
    "bounds.flag-stays-clear": "bits = 0x000000017fffffff: counter after = 1, bubble after = 1, waiters after = 0,"
    " word after = 0x0000000180000000",
    "bounds.old-counter-stays": "bits = 0x00000001ffffffff: counter after = 2, bubble after = 0, waiters after = 0,"
    " word after = 0x0000000200000000",
    "bounds.large-delta-counts": "every unknown is 0: counter after = 0, bubble after = 0, waiters after = 0,"
    " word after = 0x0000000000000000",
    "bounds.half-is-positive": "every unknown is 0: counter after = -2147483648, bubble after = 0, waiters after = 0,"
    " word after = 0x8000000000000000",
    "bounds.panicking-add-is-undone": "counter = 0x0000000000000001, delta = 0xfffffffffffffffe,"
    " waiters = 0x0000000000000001: counter after = -1, bubble after = 0, waiters after = 1,"
    " word after = 0xffffffff00000001",
    "bounds.next-add-counts": "every unknown is 0: counter after = 0, bubble after = 0, waiters after = 0,"
    " word after = 0x0000000000000000",
}


@pytest.mark.parametrize("id", MODELS)
def test_a_refuted_boundary_shows_its_counterexample_down_to_the_bits(id: str) -> None:
    (obligation,) = [obligation for obligation in THEOREMS["beyond-bounds"].obligations() if obligation.id == id]
    assert MODELS[id] == discharge(obligation).model


# Discharging


X = integer("x").expression
Y, Z = integer("y").expression, integer("z").expression
HARD = X * X * X + Y * Y * Y == Z * Z * Z + 33


def obligation(conclusion: object, expected: Expected) -> Obligation:
    return Obligation("id", "sentence", lambda: Formulas([X > 0], conclusion), expected)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("conclusion", "expected", "verdict", "model"),
    [
        (X >= 1, "valid", "holds", ""),
        (X != 7, "valid", "violated", "x = 7"),
        (X != 7, "refuted", "holds", "x = 7"),
        (X >= 1, "refuted", "violated", ""),
        (X < 2, "satisfiable", "holds", "x = 1"),
        (X < 1, "satisfiable", "violated", ""),
    ],
)
def test_an_obligation_holds_if_the_solver_finds_what_was_expected(
    conclusion: object, expected: Expected, verdict: str, model: str, solver: str
) -> None:
    answer = discharge(obligation(conclusion, expected), solver)
    assert (verdict, model if solver == "z3" else "") == (answer.verdict, answer.model)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("expected", ["valid", "refuted", "satisfiable"])
def test_what_a_solver_does_not_know_in_time_is_inconclusive(expected: Expected, solver: str) -> None:
    conclusion = HARD if expected == "satisfiable" else z3.Not(HARD)
    assert "inconclusive" == discharge(obligation(conclusion, expected), solver, timeout=0.05).verdict


@pytest.mark.parametrize(("expected", "status"), [("valid", "unsat"), ("refuted", "sat"), ("satisfiable", "sat")])
def test_the_smt_lib_text_says_what_is_asked_and_which_answer_is_expected(expected: Expected, status: str) -> None:
    text = smt_lib(obligation(X < 2, expected))
    assert text.startswith("; id: sentence\n")
    assert f"(set-info :status {status})\n(set-logic ALL)\n" in text
    assert ["(check-sat)"] == text.splitlines()[-1:]
    assert (expected != "satisfiable") == ("(not" in text)


def test_formulas_are_built_when_they_are_asked_for_and_once() -> None:
    built: list[None] = []

    def build() -> Formulas:
        built.append(None)
        return Formulas([], z3.BoolVal(True))

    lazy = Obligation("id", "sentence", build)
    assert built == []
    assert [discharge(lazy).verdict, discharge(lazy).verdict] == ["holds", "holds"]
    assert len(built) == 1


def test_a_model_says_the_numbers_that_are_not_zero_and_what_they_lead_to() -> None:
    y = integer("y").expression
    shown = Obligation("id", "sentence", lambda: Formulas([X == 3, y == 0], X + y == 4, {"sum": X + y}))
    assert discharge(replace(shown, expected="refuted")).model == "x = 3: sum = 3"


# Necessity


@pytest.mark.parametrize("name", ABSTRACTIONS)
def test_a_failing_obligation_is_named_for_each_clause_rule_and_guard(name: str) -> None:
    of = ABSTRACTIONS[name]
    guarded = [action.name for action in of.protocol.actions.values() if action.guard is not always_enabled]
    assert list(of.parts) == list(NEEDED[name].without)
    assert guarded == list(NEEDED[name].unguarded)


#: How many obligations fail without each clause or rule.
LOST = {
    "go": {
        "SIGN": 30, "SEEN": 3, "LEFT": 4, "LOADED": 3, "CLEAN": 7, "NATURAL": 1, "TOKENS": 34, "CONSERVE": 11,
        "ZEROER": 15, "WAKING": 14, "PHASE": 3, "UNITS": 20, "WAITERS": 3, "RULE_1": 1, "RULE_2": 1, "RULE_3_ADD": 1,
        "RULE_3_WAIT": 1, "RULE_4": 3, "RULE_5_UNITS": 2, "RULE_5_WAITERS": 1,
    },
    "strict": {"JOINED": 10, "BOUNDS": 7, "ROOM": 4, "COUNTED": 13, "WAITING": 5},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "spared"), [(name, spared) for name, parts in LOST.items() for spared in parts])
def test_so_many_obligations_fail_without_the_clause(name: str, spared: str) -> None:
    lost = [obligation.id for obligation, _ in failures(ABSTRACTIONS[name].without(spared))]
    assert LOST[name][spared] == len(lost)
    assert f"{name}.{NEEDED[name].without[spared]}" in lost


@pytest.mark.slow
@pytest.mark.parametrize("name", ABSTRACTIONS)
def test_the_order_of_events_needs_just_the_synchronisation_that_is_said_to_be_needed(name: str) -> None:
    of = ABSTRACTIONS[name]

    def fails(action: str) -> bool:
        return any(discharge(one).verdict == "violated" for one in happens_before.obligations(of, action))

    assert list(NEEDED[name].mute) == [action for action in of.protocol.actions if fails(action)]
