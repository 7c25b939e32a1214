"""The counter is never negative, and it is the sum of the deltas of the calls that have taken effect.

Established: in every state the counter lies between 0 and 2^31 - 1; a step in which an add takes effect changes it by
the delta exactly, so that the 32-bit addition of Go's word never wraps; and no other step changes it. In Go, together
with `no_panic`, this is more than the absence of the panic "negative WaitGroup counter", which an overflow raises as
well. Assumed: the invariant (`inductive`), and for `go` the rules of legal use.
"""

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.contract_refinement import EXPLANATIONS
from waitgroup_proofs.theorems.linearisation import linearised
from waitgroup_proofs.theorems.steps import Outcome, Step, about, in_every_state, outcomes
from waitgroup_spec.word import COUNTER_MAX


def sums_up(outcome: Outcome) -> Obligation:
    """The step adds the delta if an add takes effect in it, and nothing if not."""
    of = outcome.abstraction
    counter = EXPLANATIONS[of.name].counter
    applies = linearised(outcome) == "apply"

    def conclusion(step: Step) -> bool:
        return counter(step.shared) == counter(step.was) + (outcome.caller.thread.delta if applies else 0)

    sentence = f"{outcome.action.name} changes the counter by {'its delta' if applies else 'nothing'}."
    return about(outcome, f"counter.sum.{outcome.id}", sentence, conclusion)


def obligations(of: Abstraction) -> list[Obligation]:
    """The bounds in every state, and the sum over every step."""
    counter = EXPLANATIONS[of.name].counter
    bounds = in_every_state(
        of,
        "counter.bounds",
        "The counter lies in 0 .. 2^31 - 1.",
        lambda shared, _census: 0 <= counter(shared) <= COUNTER_MAX,
    )
    return [bounds, *(sums_up(outcome) for outcome in outcomes(of) if not outcome.panics)]
