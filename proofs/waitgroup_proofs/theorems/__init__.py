"""The theorems: what is proved of Go's protocol and of the packed word, for all sizes, one module each.

Read them in this order. `census` counts the threads, so that a state of any number of them becomes a handful of
numbers; `invariant` says what is true of those numbers; `legal_use` what a caller must keep; `steps` lifts the
protocol's own actions. `lemmas` and `inductive` prove the invariant once, and the theorems are what follows from it.
`necessity` shows that all this could have failed. `packing` stands alone: it is about the word, not about threads.

In what sense: for any number of threads and of calls, by induction; over unbounded integers, with the bounds of the
word as hypotheses; under sequential consistency; of the protocol as `waitgroup_spec.protocols.go` writes it, not of
Go's compiled code. What is left to the reader are the inductions over the length of a run and over the number of
threads, and that lexicographic order on three natural numbers is well founded.
"""

from collections.abc import Callable
from typing import NamedTuple

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems import (
    inductive,
    lemmas,
    necessity,
    no_lost_waiters,
    no_panic,
    non_negative_counter,
    packing,
    termination,
    wakeup_on_zero,
)


class Theorem(NamedTuple):
    """A sentence, and what must be discharged for it, beside what must be for the theorems that it `assumes`.

    `census`, `inductive` and `no-panic` assume each other one step earlier: together they are one induction over a run.
    """

    id: str
    sentence: str
    obligations: Callable[[], list[Obligation]]
    assumes: tuple[str, ...] = ()


#: What everything said of the protocol rests on.
FOUNDATION = ("census", "inductive")

THEOREMS = {
    theorem.id: theorem
    for theorem in (
        Theorem("packing", packing.SENTENCE, packing.obligations),
        Theorem("census", lemmas.SENTENCE, lemmas.obligations, ("inductive",)),
        Theorem("inductive", inductive.SENTENCE, inductive.obligations, ("census", "no-panic")),
        Theorem("no-panic", no_panic.SENTENCE, no_panic.obligations, FOUNDATION),
        Theorem("non-negative-counter", non_negative_counter.SENTENCE, non_negative_counter.obligations, FOUNDATION),
        Theorem("wakeup-on-zero", wakeup_on_zero.SENTENCE, wakeup_on_zero.obligations, FOUNDATION),
        Theorem("no-lost-waiters", no_lost_waiters.SENTENCE, no_lost_waiters.obligations, FOUNDATION),
        Theorem("termination", termination.SENTENCE, termination.obligations, FOUNDATION),
        Theorem("necessity", necessity.SENTENCE, necessity.obligations),
    )
}
