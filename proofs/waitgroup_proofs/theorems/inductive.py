"""Every legal run of any number of threads keeps the invariant.

Established, for each clause: it is true at the start, after every legal invocation, and after every step of every
action, whatever the state was in which the invariant held. Assumed: the five rules of legal use (`legal_use`) at each
invocation. The induction over the length of the run is the reader's, as is that over the number of threads (`census`).

Steps that panic are not here: `no_panic` shows that there are none. Nor is what follows from the invariant in one
state: that is in the module of each theorem.
"""

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.census import NOBODY, Caller
from waitgroup_proofs.theorems.invariant import GLOBAL, LOCAL, Clause, LocalClause
from waitgroup_proofs.theorems.steps import (
    NOTHING,
    SHARED,
    Invocation,
    Outcome,
    Step,
    Without,
    about,
    invocations,
    legal_entry,
    outcomes,
)
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go
from waitgroup_spec.word import COUNTER_MAX

SENTENCE = "Every legal run of any number of threads keeps the invariant."

UNITS = integer("units")


def in_range(units: int) -> bool:
    """The units that a run may start with."""
    return 0 <= units <= COUNTER_MAX


def at_the_start(clause: Clause, protocol: Protocol) -> Obligation:
    """The clause after Add(units), with nobody calling."""
    return Obligation(
        f"inductive.start.{clause.id}",
        f"At the start: {clause.sentence}",
        lambda: Formulas([formula(in_range, UNITS)], formula(clause.holds, protocol.initial(UNITS), NOBODY)),
    )


def entering(invocation: Invocation, clause: Clause | LocalClause, without: Without) -> Obligation:
    """The clause after a legal invocation."""

    def build() -> Formulas:
        if isinstance(clause, LocalClause):
            conclusion = formula(clause.holds, invocation.caller)
        else:
            conclusion = formula(clause.holds, SHARED, invocation.after)
        return Formulas(legal_entry(invocation, without), conclusion)

    return Obligation(f"inductive.{invocation.id}.{clause.id}", f"After {invocation.id}: {clause.sentence}", build)


def stepping(outcome: Outcome, clause: Clause | LocalClause, without: Without) -> Obligation:
    """The clause after a step."""

    def conclusion(step: Step) -> bool:
        return clause.holds(step.caller) if isinstance(clause, LocalClause) else clause.holds(step.shared, step.after)

    sentence = f"After {outcome.action.name}: {clause.sentence}"
    return about(outcome, f"inductive.{outcome.id}.{clause.id}", sentence, conclusion, without)


def obligations(protocol: Protocol = go.go, without: Without = NOTHING) -> list[Obligation]:
    """Start, invocations, steps; for each clause that says anything there."""

    def clauses(caller: Caller) -> list[Clause | LocalClause]:
        local: list[Clause | LocalClause] = [clause for clause in LOCAL if clause.concerns(caller)]
        return [clause for clause in local + list(GLOBAL) if clause.id not in without]

    return [
        *(at_the_start(clause, protocol) for clause in GLOBAL if clause.id not in without),
        *(
            entering(invocation, clause, without)
            for invocation in invocations(protocol)
            for clause in clauses(invocation.caller)
        ),
        *(
            stepping(outcome, clause, without)
            for outcome in outcomes(protocol)
            if not outcome.panics
            for clause in clauses(outcome.end)
        ),
    ]
