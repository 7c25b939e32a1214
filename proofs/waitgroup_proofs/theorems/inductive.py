"""Every run of any number of threads, legal if the protocol has rules of legal use, keeps the invariant.

Established, for each clause: it is true at the start, after every legal invocation, and after every step of every
action, whatever the state was in which the invariant held. Assumed: the rules of legal use at each invocation; `strict`
has none. The induction over the length of the run is the reader's, as is that over the number of threads (`lemmas`).

Steps that panic are not here: `no_panic` shows that there are none. Nor is what follows from the invariant in one
state: that is in the module of each theorem.
"""

from typing import Any

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, Clause, LocalClause, plus
from waitgroup_proofs.theorems.steps import Invocation, Outcome, Step, about, invocations, legal_entry, outcomes
from waitgroup_spec.word import COUNTER_MAX

UNITS = integer("units")


def in_range(units: int) -> bool:
    """The units that a run may start with."""
    return 0 <= units <= COUNTER_MAX


def at_the_start(of: Abstraction, clause: Clause) -> Obligation:
    """The clause after add(units), with nobody calling."""
    return Obligation(
        f"{of.name}.inductive.start.{clause.id}",
        f"At the start: {clause.sentence}",
        lambda: Formulas([formula(in_range, UNITS)], formula(clause.holds, of.protocol.initial(UNITS), of.nobody)),
    )


def entering(of: Abstraction, invocation: Invocation, clause: Clause | LocalClause) -> Obligation:
    """The clause after a legal invocation."""

    def conclusion() -> bool:
        if isinstance(clause, LocalClause):
            return clause.holds(of.shared, invocation.caller)
        return clause.holds(of.shared, plus(of.contribution(of.shared, invocation.caller), of.rest))

    id = f"{of.name}.inductive.{invocation.id}.{clause.id}"
    sentence = f"After {invocation.id}: {clause.sentence}"
    return Obligation(id, sentence, lambda: Formulas(legal_entry(of, invocation), formula(conclusion)))


def stepping(outcome: Outcome, clause: Clause | LocalClause) -> Obligation:
    """The clause after a step."""

    def conclusion(step: Step) -> bool:
        about_whom = step.caller if isinstance(clause, LocalClause) else step.after
        return clause.holds(step.shared, about_whom)

    sentence = f"After {outcome.action.name}: {clause.sentence}"
    return about(outcome, f"inductive.{outcome.id}.{clause.id}", sentence, conclusion)


def obligations(of: Abstraction) -> list[Obligation]:
    """Start, invocations, steps; for each clause that says anything there."""

    def clauses(caller: Caller[Any]) -> list[Clause | LocalClause]:
        return [*(clause for clause in of.local if clause.concerns(caller)), *of.clauses]

    return [
        *(at_the_start(of, clause) for clause in of.clauses),
        *(entering(of, invocation, clause) for invocation in invocations(of) for clause in clauses(invocation.caller)),
        *(
            stepping(outcome, clause)
            for outcome in outcomes(of)
            if not outcome.panics
            for clause in clauses(outcome.end)
        ),
    ]
