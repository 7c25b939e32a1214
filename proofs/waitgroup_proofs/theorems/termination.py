"""Finitely many calls take finitely many steps, under whatever scheduler.

So every call returns, or waits for work that is outstanding.

Established: every step inside a call decreases the rank, a few natural numbers in lexicographic order, which is well
founded; no fairness is assumed of the scheduler. Only an invocation can raise the rank, so a run with finitely many
calls is finite. Where it ends, nothing can step, and `no_lost_waiters` says what that means. Assumed: the invariant.
"""

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.steps import Outcome, Step, about, outcomes


def decreasing(of: Abstraction, outcome: Outcome) -> Obligation:
    """One outcome. Python compares tuples in lexicographic order."""

    def decreases(step: Step) -> bool:
        return of.rank(step.after) < of.rank(step.before)

    return about(outcome, f"termination.{outcome.id}", f"{outcome.action.name} decreases the rank.", decreases)


def obligations(of: Abstraction) -> list[Obligation]:
    """The rank is bounded below; every outcome of every action decreases it."""
    return [
        Obligation(
            f"{of.name}.termination.natural",
            "The rank of every census is made of natural numbers.",
            lambda: Formulas(
                [formula(of.shape, of.everyone)], formula(lambda: all(part >= 0 for part in of.rank(of.everyone)))
            ),
        ),
        *(decreasing(of, outcome) for outcome in outcomes(of) if not outcome.panics),
    ]
