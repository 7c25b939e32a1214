"""Every theorem is proved, with this many obligations, and what the solver cannot decide is never taken for proved."""

from dataclasses import replace

import pytest
import z3

from waitgroup_proofs.obligations import Expected, Formulas, Obligation, discharge
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_proofs.theorems.invariant import GLOBAL, LOCAL
from waitgroup_proofs.theorems.legal_use import RULES
from waitgroup_proofs.theorems.necessity import FAILS_WITHOUT, failures
from waitgroup_spec.protocols import go

OBLIGATIONS = {
    "packing": 20,
    "census": 26,
    "inductive": 199,
    "no-panic": 11,
    "non-negative-counter": 17,
    "wakeup-on-zero": 6,
    "no-lost-waiters": 16,
    "termination": 17,
    "necessity": 44,
}


def test_these_are_the_theorems_and_each_rests_on_others_that_are_there() -> None:
    assert list(THEOREMS) == list(OBLIGATIONS)
    assert {assumed for theorem in THEOREMS.values() for assumed in theorem.assumes} <= set(THEOREMS)


@pytest.mark.parametrize("name", OBLIGATIONS)
def test_every_obligation_of_the_theorem_is_discharged(name: str) -> None:
    obligations = THEOREMS[name].obligations()
    assert [answer for answer in map(discharge, obligations) if answer.verdict != "holds"] == []
    assert len(obligations) == OBLIGATIONS[name]


def test_no_two_obligations_have_one_name_or_no_sentence() -> None:
    obligations = [obligation for theorem in THEOREMS.values() for obligation in theorem.obligations()]
    assert len({obligation.id for obligation in obligations}) == len(obligations) == sum(OBLIGATIONS.values())
    assert [obligation.id for obligation in obligations if not obligation.sentence] == []


# Counterexamples


MODELS = {
    "packing.flag-stays-clear": "bits = 0x000000017fffffff: counter after = 1, bubble after = 1, waiters after = 0",
    "packing.old-counter-stays": "bits = 0x00000001ffffffff: counter after = 2, bubble after = 0, waiters after = 0",
    "packing.large-delta-counts": "every unknown is 0: counter after = 0, bubble after = 0, waiters after = 0",
}


@pytest.mark.parametrize("id", MODELS)
def test_a_refuted_boundary_shows_its_counterexample(id: str) -> None:
    (obligation,) = [obligation for obligation in THEOREMS["packing"].obligations() if obligation.id == id]
    assert discharge(obligation).model == MODELS[id]


# Discharging


X = integer("x").expression
HARD = X * X * X + integer("y").expression ** 3 == integer("z").expression ** 3 + 33


def obligation(conclusion: object, expected: Expected) -> Obligation:
    return Obligation("id", "sentence", lambda: Formulas([X > 0], conclusion), expected)


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
    conclusion: object, expected: Expected, verdict: str, model: str
) -> None:
    answer = discharge(obligation(conclusion, expected))
    assert (answer.verdict, answer.model) == (verdict, model)


@pytest.mark.parametrize("expected", ["valid", "refuted", "satisfiable"])
def test_what_the_solver_does_not_know_in_time_is_inconclusive(expected: Expected) -> None:
    conclusion = HARD if expected == "satisfiable" else z3.Not(HARD)
    assert discharge(obligation(conclusion, expected), timeout=0.05).verdict == "inconclusive"


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


def test_a_failing_obligation_is_named_for_each_clause_and_rule() -> None:
    ids = [clause.id for clause in LOCAL] + [clause.id for clause in GLOBAL] + [rule.id for rule in RULES]
    assert list(FAILS_WITHOUT) == ids


#: How many obligations fail without each clause or rule.
LOST = {
    "SIGN": 24, "SEEN": 3, "LEFT": 1, "LOADED": 2, "CLEAN": 6, "NATURAL": 1, "TOKENS": 20, "CONSERVE": 7, "ZEROER": 8,
    "WAKING": 1, "PHASE": 2, "UNITS": 15, "WAITERS": 2, "RULE_1": 1, "RULE_2": 1, "RULE_3_ADD": 1, "RULE_3_WAIT": 1,
    "RULE_4": 3, "RULE_5_UNITS": 2, "RULE_5_WAITERS": 1,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("spared", LOST)
def test_so_many_obligations_fail_without_the_clause(spared: str) -> None:
    lost = [obligation.id for obligation, _ in failures(go.go, frozenset({spared}))]
    assert len(lost) == LOST[spared]
    assert FAILS_WITHOUT[spared] in lost
