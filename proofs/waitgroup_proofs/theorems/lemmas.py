"""Lemmas about every census, whatever the number of threads; `census` says why they are enough.

Established: the shape of every census, and that a step of one thread changes the contribution of any other thread as
`reclassified` says. Assumed: the local clauses of the threads, which `inductive` proves.
"""

from waitgroup_proofs.lift import formula, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.census import NOBODY, Caller, Census, contribution, plus, reclassified, shape
from waitgroup_proofs.theorems.steps import CALLERS, NOTHING, SHARED, Without, local_clauses, name_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go

SENTENCE = (
    "Every census has the shape, and a step of one thread makes others fresh or stale, and no other change to them."
)

SHARED_AFTER = symbol(go.Shared, "shared_after")
ONE, ONE_AFTER = symbol(Census, "one"), symbol(Census, "one_after")
OTHER, OTHER_AFTER = symbol(Census, "other"), symbol(Census, "other_after")


def has_shape(caller: Caller) -> bool:
    """The shape of one thread's contribution."""
    return shape(contribution(SHARED, caller))


def is_reclassified(caller: Caller) -> bool:
    """What happens to the contribution of a thread while another one steps."""
    return reclassified(SHARED, SHARED_AFTER, contribution(SHARED, caller), contribution(SHARED_AFTER, caller))


def shape_of_one(caller: Caller, without: Without) -> Obligation:
    """One thread, at each place."""
    return Obligation(
        f"census.shape.{name_of(caller)}",
        "The contribution of one thread has the shape.",
        lambda: Formulas(local_clauses(caller, without), formula(has_shape, caller)),
    )


def others_of_one(caller: Caller, without: Without) -> Obligation:
    """One other thread, at each place."""
    return Obligation(
        f"census.others.{name_of(caller)}",
        "While another thread steps, this one's contribution changes as `reclassified` says.",
        lambda: Formulas(local_clauses(caller, without), formula(is_reclassified, caller)),
    )


def obligations(_protocol: Protocol = go.go, without: Without = NOTHING) -> list[Obligation]:
    """Of no thread, of one, of sums. A protocol has no part in them but its threads' places, which are Go's."""
    both_change = [
        (ONE, ONE_AFTER),
        (OTHER, OTHER_AFTER),
    ]
    return [
        Obligation("census.shape.nobody", "No threads have the shape.", lambda: Formulas([], formula(shape, NOBODY))),
        *(shape_of_one(caller, without) for caller in CALLERS),
        Obligation(
            "census.shape.sum",
            "The sum of two censuses with the shape has the shape.",
            lambda: Formulas([formula(shape, ONE), formula(shape, OTHER)], formula(shape, plus(ONE, OTHER))),
        ),
        Obligation(
            "census.others.nobody",
            "No threads change as `reclassified` says.",
            lambda: Formulas([], formula(reclassified, SHARED, SHARED_AFTER, NOBODY, NOBODY)),
        ),
        *(others_of_one(caller, without) for caller in CALLERS),
        Obligation(
            "census.others.sum",
            "If two groups of threads change as `reclassified` says, so do both together.",
            lambda: Formulas(
                [formula(reclassified, SHARED, SHARED_AFTER, *change) for change in both_change],
                formula(reclassified, SHARED, SHARED_AFTER, plus(ONE, OTHER), plus(ONE_AFTER, OTHER_AFTER)),
            ),
        ),
    ]
