"""The theorems: what is proved of the protocols and of the word, for all sizes, one module each.

Read them in this order. `abstraction` says how any number of threads become a few numbers; `go` and `strict` say it of
each protocol: `census` counts its threads (the abstraction function), `invariant` says what is true of the numbers, and
`go.legal_use` what a caller of Go's must keep. `steps` lifts the protocols' own actions. `lemmas` and `inductive` prove
the invariant once, and the theorems are what follows from it. `companion` lets a second run accompany the first: the
contract (`contract_refinement`, the top theorem, with the linearisation points of `linearisation`), or the clocks
(`happens_before`, with the table of `synchronisation`). `contract_clauses` is about the contract itself. `necessity`
shows that all this could have failed. `packing`, `bounds` and `shipped_word` are about the word, not about threads.

In what sense: for any number of threads and of calls, by induction; over unbounded integers, with the bounds of the
word as hypotheses or as guards; under sequential consistency; of the protocols as `waitgroup_spec.protocols` writes
them, not of Go's compiled code. What is left to the reader are the inductions over the length of a run and over the
number of threads, and that the lexicographic order on tuples of natural numbers is well founded; `docs/trusted.md` has
the rest.
"""

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import NamedTuple

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems import (
    bounds,
    contract_clauses,
    contract_refinement,
    happens_before,
    inductive,
    lemmas,
    necessity,
    no_lost_waiters,
    no_panic,
    non_negative_counter,
    packing,
    shipped_word,
    termination,
    wakeup_on_zero,
)
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.go import GO
from waitgroup_proofs.theorems.strict import STRICT

ABSTRACTIONS = {"go": GO, "strict": STRICT}


class Theorem(NamedTuple):
    """A sentence, and what must be discharged for it, beside what must be for the theorems that it `assumes`.

    `subject`: the protocol that it is about, the contract, or the word. `census`, `inductive` and `no-panic` assume
    each other one step earlier: together they are one induction over a run.
    """

    id: str
    subject: str
    sentence: str
    obligations: Callable[[], list[Obligation]]
    module: str
    assumes: tuple[str, ...] = ()


def opening(module: ModuleType) -> str:
    """The sentence that a module proves: with it the module opens."""
    return " ".join((module.__doc__ or "").partition("\n\n")[0].split())


def of_word(name: str, module: ModuleType, prove: Callable[[], list[Obligation]], sentence: str = "") -> Theorem:
    """A theorem about the word."""
    return Theorem(name, "word", sentence or opening(module), prove, module.__name__)


def of_protocol(of: Abstraction) -> list[Theorem]:
    """The theorems about one protocol."""
    foundation = ("census", "inductive")
    modules: dict[str, tuple[ModuleType, tuple[str, ...]]] = {
        "census": (lemmas, ("inductive",)),
        "inductive": (inductive, ("census", "no-panic")),
        "no-panic": (no_panic, foundation),
        "counter": (non_negative_counter, foundation),
        "wakeup": (wakeup_on_zero, foundation),
        "lost": (no_lost_waiters, foundation),
        "termination": (termination, foundation),
        "bounds": (bounds, foundation),
        "refines": (contract_refinement, (*foundation, "lost")),
        "happens-before": (happens_before, foundation),
        "necessity": (necessity, ()),
    }
    # Nothing of strict panics.
    names = [name for name in modules if of.name == "go" or name != "no-panic"]
    return [
        Theorem(
            f"{of.name}.{name}",
            of.name,
            opening(modules[name][0]),
            partial(modules[name][0].obligations, of),
            modules[name][0].__name__,
            tuple(f"{of.name}.{other}" for other in modules[name][1] if other in names),
        )
        for name in names
    ]


THEOREMS = {
    theorem.id: theorem
    for theorem in (
        of_word("packing", packing, packing.obligations),
        of_word("beyond-bounds", bounds, bounds.wishes, "Go's word beyond its bounds: nine wishes, refuted."),
        of_word("shipped-word", shipped_word, shipped_word.obligations),
        Theorem(
            "contract-clauses",
            "contract",
            opening(contract_clauses),
            contract_clauses.obligations,
            contract_clauses.__name__,
        ),
        *of_protocol(GO),
        *of_protocol(STRICT),
    )
}
