"""The ledger: every claim of the project, as data. `waitgroup verify` reruns it; the README's table is made from it.

The claims stand beside the checks behind them: `proofs`, `models`, `zoo`, `mutants`, `code`, `scheduler`,
`tested`, `conformance`, `orderings`. What is taken for granted stands here.
"""

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.claims.code import REAL_CODE
from waitgroup_proofs.claims.conformance import CONFORMANCE
from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.claims.models import MODELS
from waitgroup_proofs.claims.mutants import MUTANTS
from waitgroup_proofs.claims.orderings import ORDERINGS
from waitgroup_proofs.claims.proofs import PROOFS
from waitgroup_proofs.claims.scheduler import SCHEDULER
from waitgroup_proofs.claims.tested import REAL_THREADS, SHIPPED, SPEC
from waitgroup_proofs.claims.zoo import ZOO_CLAIMS
from waitgroup_proofs.evidence import Evidence, Report


def assumed(_report: Report) -> Evidence:
    """Nothing is checked: the claim is what the others rest on."""
    return Evidence("holds", {}, "assumed, not checked")


ASSUMPTIONS = (
    Claim(
        "sequential-consistency",
        "Shared accesses take effect one at a time, in one order that all threads see.",
        Kind.ASSUMED,
        "everything here",
        assumed,
    ),
    Claim(
        "semaphore",
        "Go's semaphore counts: any parked waiter may take any permit, and a permit there is not withheld for ever.",
        Kind.ASSUMED,
        "claims about go; the second half for progress alone",
        assumed,
    ),
    Claim(
        "synchronisation",
        "Who sees the word comes after those who made it so; permits and grants carry what their giver knew.",
        Kind.ASSUMED,
        "the order of events",
        assumed,
    ),
    Claim(
        "lock-primitive",
        "A released lock lets one acquirer pass and is never forgotten; a timed acquire that says False took nothing.",
        Kind.ASSUMED,
        "the production class, the scheduler",
        assumed,
    ),
    Claim(
        "one-call-of-c",
        "A call of C that calls only C is one step for all other threads, and no signal handler runs inside it.",
        Kind.ASSUMED,
        "builds with a GIL; the scheduler",
        assumed,
    ),
    Claim(
        "solver-and-lifter",
        "Solvers answer rightly, and Python treats unknown numbers in the spec's functions as it treats known ones.",
        Kind.ASSUMED,
        "the proofs",
        assumed,
    ),
)

#: The parts of the ledger, which can be asked for by name.
GROUPS = {
    "proofs": PROOFS,
    "models": (*MODELS, *ZOO_CLAIMS),
    "spec": SPEC,
    "mutants": MUTANTS,
    "code": (*REAL_CODE, *SHIPPED),
    "scheduler": SCHEDULER,
    "threads": REAL_THREADS,
    "conformance": CONFORMANCE,
    "orderings": ORDERINGS,
    "assumptions": ASSUMPTIONS,
}

LEDGER = tuple(claim._replace(pinned=FIGURES.get(claim.id, {})) for group in GROUPS.values() for claim in group)
