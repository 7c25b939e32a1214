"""Every census has the shape, a step of one thread changes those of others as `reclassified` says, and each thread is
of a kind that the proofs know.

Established, about any number of threads, by no thread, one thread, and sums: the shape; what another thread's step does
to a contribution; that a local clause which looks at the shared state survives another thread's step; and that every
thread, after an invocation and after every step, is of one of the kinds of which the other obligations speak. With
these, a step of one concrete thread beside any others is a step of the abstraction (`abstraction` says how). Assumed:
the clauses that `inductive` proves.
"""

from collections.abc import Iterable
from typing import Any

import z3

from waitgroup_proofs.lift import formula, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, LocalClause, name_of, plus
from waitgroup_proofs.theorems.steps import Outcome, Step, about_other, invocations, local_clauses, outcomes


def shape_of_one(of: Abstraction, caller: Caller[Any]) -> Obligation:
    """One thread, at each place."""
    return Obligation(
        f"{of.name}.census.shape.{name_of(caller)}",
        "The contribution of one thread has the shape.",
        lambda: Formulas(local_clauses(of, caller), formula(lambda: of.shape(of.contribution(of.shared, caller)))),
    )


def others_of_one(of: Abstraction, caller: Caller[Any]) -> Obligation:
    """One other thread, at each place."""
    after = symbol(type(of.shared), "shared_after")

    def is_reclassified() -> bool:
        contributions = (of.contribution(shared, caller) for shared in (of.shared, after))
        return of.reclassified(of.shared, after, *contributions)

    return Obligation(
        f"{of.name}.census.others.{name_of(caller)}",
        "While another thread steps, this one's contribution changes as `reclassified` says.",
        lambda: Formulas(local_clauses(of, caller), formula(is_reclassified)),
    )


def survives(outcome: Outcome, clause: LocalClause, other: Caller[Any]) -> Obligation:
    """One local clause of one other thread, which looks at the shared state."""

    def conclusion(step: Step) -> bool:
        return clause.holds(step.shared, other)

    sentence = f"After {outcome.action.name} of another thread: {clause.sentence}"
    return about_other(outcome, other, f"census.survives.{clause.id}.{outcome.id}", sentence, conclusion)


def known(of: Abstraction, id: str, callers: Iterable[Caller[Any]]) -> Obligation:
    """The kind of a thread, on every path that leads to it; Python decides, and no solver is needed."""
    return Obligation(
        f"{of.name}.census.known.{id}",
        "The thread is of a kind that the obligations speak of.",
        lambda: Formulas([], z3.BoolVal(all(map(of.known, callers)))),
    )


def obligations(of: Abstraction) -> list[Obligation]:
    """Of no thread, of one, of sums; then of the kinds of threads."""
    after = symbol(type(of.shared), "shared_after")
    census = type(of.nobody)
    one, one_after, other, other_after = (symbol(census, name) for name in ("one", "one_after", "other", "other_after"))
    name = of.name
    return [
        Obligation(
            f"{name}.census.shape.nobody",
            "No threads have the shape.",
            lambda: Formulas([], formula(of.shape, of.nobody)),
        ),
        *(shape_of_one(of, caller) for caller in of.callers),
        Obligation(
            f"{name}.census.shape.sum",
            "The sum of two censuses with the shape has the shape.",
            lambda: Formulas([formula(of.shape, one), formula(of.shape, other)], formula(of.shape, plus(one, other))),
        ),
        Obligation(
            f"{name}.census.others.nobody",
            "No threads change as `reclassified` says.",
            lambda: Formulas([], formula(of.reclassified, of.shared, after, of.nobody, of.nobody)),
        ),
        *(others_of_one(of, caller) for caller in of.callers),
        Obligation(
            f"{name}.census.others.sum",
            "If two groups of threads change as `reclassified` says, so do both together.",
            lambda: Formulas(
                [
                    formula(of.reclassified, of.shared, after, one, one_after),
                    formula(of.reclassified, of.shared, after, other, other_after),
                ],
                formula(of.reclassified, of.shared, after, plus(one, other), plus(one_after, other_after)),
            ),
        ),
        *(
            survives(outcome, clause, caller)
            for outcome in outcomes(of)
            if outcome.changes_shared
            for clause in of.local
            if clause.looks_at_shared
            for caller in of.others
            if clause.concerns(caller)
        ),
        *(known(of, invocation.id, [invocation.caller]) for invocation in invocations(of)),
        *(
            known(of, outcome.id, [path.result.caller for path in outcome.paths])
            for outcome in outcomes(of)
            if not outcome.panics
        ),
    ]
