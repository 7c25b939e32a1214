"""Under legal use no call of Go's panics.

Established: no path that ends in a panic is ever taken, whichever of the five panics it is. For the counter this means
that it never becomes negative, not for one step either, and that it never overflows; for the innocent, that nobody is
accused of misuse by `reload` or of reuse by `recheck`. Assumed: the invariant (`inductive`), in the state before the
step.
"""

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.steps import Step, about, outcomes


def impossible(_step: Step) -> bool:
    """The conclusion about a step that nobody ever takes."""
    return False


def obligations(of: Abstraction) -> list[Obligation]:
    """One for each action, license and panic that the text knows together."""
    return [
        about(outcome, f"no-panic.{outcome.id}", f"{outcome.action.name} never panics so.", impossible)
        for outcome in outcomes(of)
        if outcome.panics
    ]
