"""Finitely many calls take finitely many steps: every call returns, or waits for work that is outstanding.

Established: every step inside a call decreases the rank, three natural numbers in lexicographic order, which is well
founded; no fairness is assumed of the scheduler. Only an invocation can raise the rank, so a run with finitely many
calls is finite. Where it ends, nothing can step, and `no_lost_waiters` says what that means. Assumed: the invariant.
"""

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.census import Census, shape
from waitgroup_proofs.theorems.invariant import rank
from waitgroup_proofs.theorems.steps import EVERYONE, NOTHING, Step, Without, about, outcomes
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go

SENTENCE = "Finitely many calls take finitely many steps, under whatever scheduler."


def natural_rank(census: Census) -> bool:
    """Nothing lies below."""
    return all(part >= 0 for part in rank(census))


def decreases(step: Step) -> bool:
    """Python compares tuples in lexicographic order."""
    return rank(step.after) < rank(step.before)


def obligations(protocol: Protocol = go.go, without: Without = NOTHING) -> list[Obligation]:
    """The rank is bounded below; every outcome of every action decreases it."""
    return [
        Obligation(
            "termination.natural",
            "The rank of every census is three natural numbers.",
            lambda: Formulas([formula(shape, EVERYONE)], formula(natural_rank, EVERYONE)),
        ),
        *(
            about(
                outcome, f"termination.{outcome.id}", f"{outcome.action.name} decreases the rank.", decreases, without
            )
            for outcome in outcomes(protocol)
            if not outcome.panics
        ),
    ]
