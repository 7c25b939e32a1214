"""The proofs are about something, and every part of them is needed.

Established, each by a model that the solver finds:

* Every outcome of every action happens, and every kind of call begins, in some state with the invariant; the outcomes
  that the text has and nobody reaches are listed here and proved impossible. So no obligation holds for want of a case.
  (That real runs reach all of them is tested: the tests let small clients loose.)
* Without any one clause of the invariant, any one rule of legal use, or any one guard of the protocol, some obligation
  fails: one is named for each (`failures` finds them all), and its counterexample is what the clause rules out.

Assumed: nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

import z3

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation, discharge
from waitgroup_proofs.theorems import (
    inductive,
    lemmas,
    no_lost_waiters,
    no_panic,
    non_negative_counter,
    termination,
    wakeup_on_zero,
)
from waitgroup_proofs.theorems.census import Census
from waitgroup_proofs.theorems.invariant import GLOBAL, LOCAL
from waitgroup_proofs.theorems.legal_use import RULES
from waitgroup_proofs.theorems.no_lost_waiters import stuck
from waitgroup_proofs.theorems.steps import (
    NOTHING,
    Invocation,
    Without,
    about,
    happens,
    in_some_state,
    invocations,
    legal_entry,
    outcomes,
)
from waitgroup_spec.protocol import Protocol, always_enabled
from waitgroup_spec.protocols import go

SENTENCE = "Every case of the proofs happens, and no clause, rule or guard can be spared."

#: Outcomes that stand in the text and that no legal run reaches: only the Add that takes the last unit finds zero.
NEVER = ("apply.nested.add-reload", "apply.from-zero.add-reload")

#: For each clause and rule, an obligation that fails without it.
FAILS_WITHOUT = {
    "SIGN": "no-panic.apply.nested.negative-counter",
    "SEEN": "no-panic.reload.misuse-reload",
    "LEFT": "census.shape.add-release",
    "LOADED": "inductive.compare_and_swap.wait-acquire.ZEROER",
    "CLEAN": "no-panic.reload.misuse-reload",
    "NATURAL": "no-panic.recheck.reused",
    "TOKENS": "no-panic.apply.nested.misuse-add",
    "CONSERVE": "lost.as-new",
    "ZEROER": "wakeup.reset.reset.add-release",
    "WAKING": "no-panic.recheck.reused",
    "PHASE": "no-panic.apply.from-zero.misuse-add",
    "UNITS": "no-panic.apply.nested.negative-counter",
    "WAITERS": "inductive.compare_and_swap.wait-acquire.CLEAN",
    "RULE_1": "inductive.add.negative.TOKENS",
    "RULE_2": "inductive.add.nested.TOKENS",
    "RULE_3_ADD": "inductive.add.from-zero.PHASE",
    "RULE_3_WAIT": "inductive.wait.PHASE",
    "RULE_4": "inductive.add.nested.SIGN",
    "RULE_5_UNITS": "inductive.add.from-zero.UNITS",
    "RULE_5_WAITERS": "inductive.wait.WAITERS",
}
#: For each action with a guard, an obligation that fails if the guard is always true.
FAILS_UNGUARDED = {"acquire": "inductive.acquire.wait-recheck.NATURAL"}


def proofs(protocol: Protocol, without: Without = NOTHING) -> dict[str, Obligation]:
    """Every obligation about the protocol, done without some clauses or rules."""
    modules = (lemmas, inductive, no_panic, non_negative_counter, wakeup_on_zero, no_lost_waiters, termination)
    return {found.id: found for module in modules for found in module.obligations(protocol, without)}


def failures(protocol: Protocol, without: Without = NOTHING) -> Iterator[tuple[Obligation, str]]:
    """Every obligation that fails, with its counterexample: a mutant of the protocol has some, or a clause left out."""
    for obligation in proofs(protocol, without).values():
        answer = discharge(obligation)
        if answer.verdict != "holds":
            yield obligation, answer.model


def unguarded(protocol: Protocol, name: str) -> Protocol:
    """The protocol with one action always enabled."""
    weaker = Protocol(protocol.name, protocol.sentence, protocol.initial, protocol.begin, protocol.halted)
    weaker.actions = {**protocol.actions, name: protocol.actions[name]._replace(guard=always_enabled)}
    return weaker


def fails(obligation: Obligation, spared: str) -> Obligation:
    """The same obligation, expected to fail."""
    id, sentence = f"necessity.without-{spared}.{obligation.id}", f"False without {spared}: {obligation.sentence}"
    return replace(obligation, id=id, sentence=sentence, expected="refuted")


def begins(invocation: Invocation) -> Obligation:
    """Some state with the invariant allows the call."""
    return Obligation(
        f"necessity.begins.{invocation.id}",
        f"A legal {invocation.id} can begin.",
        lambda: Formulas(legal_entry(invocation), z3.BoolVal(True)),
        "satisfiable",
    )


def stuck_with_a_waiter(shared: go.Shared, census: Census) -> bool:
    """Work is outstanding that is never done."""
    return stuck(shared, census) and census.parked > 0


def stuck_at_zero(shared: go.Shared, census: Census) -> bool:
    """Everyone has returned."""
    return stuck(shared, census) and shared.word.counter == 0


def obligations(protocol: Protocol = go.go) -> list[Obligation]:
    """What happens; what never does; what fails without each clause, rule and guard."""
    cases = [
        Obligation(
            "necessity.begins.run",
            "A run can begin.",
            lambda: Formulas([], formula(inductive.in_range, inductive.UNITS)),
            "satisfiable",
        ),
        *(begins(invocation) for invocation in invocations(protocol)),
    ]
    for outcome in outcomes(protocol):
        if outcome.id in NEVER:
            sentence = "A positive Add is never the zeroer."
            cases.append(about(outcome, f"necessity.never.{outcome.id}", sentence, no_panic.impossible))
        elif not outcome.panics:
            cases.append(happens(outcome, f"necessity.happens.{outcome.id}", f"{outcome.action.name} can end so."))
    cases += [
        in_some_state("necessity.ends.parked", "Nothing can step and someone is parked.", stuck_with_a_waiter),
        in_some_state("necessity.ends.zero", "Nothing can step and the counter is zero.", stuck_at_zero),
    ]
    spared = [clause.id for clause in LOCAL] + [clause.id for clause in GLOBAL] + [rule.id for rule in RULES]
    needed = [fails(proofs(protocol, frozenset({id}))[FAILS_WITHOUT[id]], id) for id in spared]
    guarded = [action.name for action in protocol.actions.values() if action.guard is not always_enabled]
    guards = [fails(proofs(unguarded(protocol, name))[FAILS_UNGUARDED[name]], f"guard-of-{name}") for name in guarded]
    return [*cases, *needed, *guards]
