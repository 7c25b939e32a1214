"""The counter is never negative, and it is the sum of the deltas applied so far, under legal use.

Established: in every state the counter lies between 0 and 2^31 - 1; an Add changes it by its delta exactly, so that the
32-bit addition of the word never wraps; and no other step changes it. Together with `no_panic` this is more than the
absence of Go's panic "negative WaitGroup counter", which an overflow raises as well. Assumed: the invariant
(`inductive`).
"""

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems.census import Census
from waitgroup_proofs.theorems.steps import (
    NOTHING,
    SHARED,
    Outcome,
    Step,
    Without,
    about,
    in_every_state,
    outcomes,
)
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place
from waitgroup_spec.word import COUNTER_MAX

SENTENCE = "The counter is never negative, and it is the sum of the deltas applied so far."


def within_bounds(shared: go.Shared, _census: Census) -> bool:
    """What the counter may be."""
    return 0 <= shared.word.counter <= COUNTER_MAX


def sums_up(outcome: Outcome, without: Without) -> Obligation:
    """The step adds the delta if it applies one, and nothing if not."""
    applies = outcome.action.place == Place.ADD_APPLY

    def conclusion(step: Step) -> bool:
        applied = outcome.caller.thread.delta if applies else 0
        return step.shared.word.counter == SHARED.word.counter + applied

    sentence = f"{outcome.action.name} changes the counter by {'its delta' if applies else 'nothing'}."
    return about(outcome, f"counter.sum.{outcome.id}", sentence, conclusion, without)


def obligations(protocol: Protocol = go.go, without: Without = NOTHING) -> list[Obligation]:
    """The bounds in every state, and the sum over every step."""
    bounds = in_every_state("counter.bounds", "The counter lies in 0 .. 2^31 - 1.", within_bounds, without)
    return [bounds, *(sums_up(outcome, without) for outcome in outcomes(protocol) if not outcome.panics)]
