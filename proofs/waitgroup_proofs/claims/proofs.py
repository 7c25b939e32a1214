"""What is claimed because it is proved: for any number of threads and of calls, or for every word."""

from collections.abc import Iterable
from functools import cache

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.evidence import Check, Evidence, Report, worst
from waitgroup_proofs.obligations import SOLVERS, Discharged, Obligation, SolverMissing, discharge, second_solver
from waitgroup_proofs.theorems import THEOREMS

ANY_NUMBER = "any number of threads and calls; Go under legal use, totals within 2^31 - 1; strict under every use"
LEGAL_GO = "any number of threads and calls, totals within 2^31 - 1"
WORDS = "every 64-bit word and delta"


def foundations(*theorems: str) -> list[str]:
    """The theorems and all that they rest on, each once."""
    needed = list(theorems)
    for name in needed:
        needed += [other for other in THEOREMS[name].assumes if other not in needed]
    return needed


@cache
def discharged(theorem: str, solver: str = "z3") -> list[tuple[Obligation, Discharged]]:
    """Every obligation of one theorem, with a solver's answer. Several claims may rest on it: it is asked once."""
    return [(obligation, discharge(obligation, solver)) for obligation in THEOREMS[theorem].obligations()]


def answered(theorems: Iterable[str], solver: str, report: Report) -> Evidence:
    """Whether a solver answers to every obligation of the theorems as is expected."""
    answers: list[tuple[Obligation, Discharged]] = []
    for name in theorems:
        report(f"{name}: {THEOREMS[name].sentence}")
        answers += discharged(name, solver)
    failed = [
        f"{answer.verdict}: {obligation.id}: {obligation.sentence}\n    {answer.model or 'no model'}"
        for obligation, answer in answers
        if answer.verdict != "holds"
    ]
    verdict = worst(answer.verdict for _, answer in answers)
    return Evidence(verdict, {"obligations": len(answers)}, "\n".join(failed))


def proved(*theorems: str) -> Check:
    """Every obligation of the theorems, and of those that they rest on, is discharged by Z3."""
    return lambda report: answered(foundations(*theorems), "z3", report)


def agreed(report: Report) -> Evidence:
    """Every solver answers to every obligation of every theorem as is expected, and so as the others do."""
    try:
        second_solver()
    except SolverMissing as missing:
        return Evidence("inconclusive", {}, str(missing))
    found = [answered(THEOREMS, solver, report) for solver in SOLVERS]
    detail = "\n".join(f"{solver}: {one.detail}" for solver, one in zip(SOLVERS, found, strict=True) if one.detail)
    return Evidence(worst(one.verdict for one in found), found[0].figures, detail)


def both(theorem: str) -> tuple[str, str]:
    """The theorem about each of the two protocols."""
    return f"go.{theorem}", f"strict.{theorem}"


PROOFS = (
    Claim(
        "packing",
        "The fields that the protocols compute with are 64-bit arithmetic on the packed word, wrap and carry included.",
        Kind.PROVED,
        WORDS,
        proved("packing"),
    ),
    Claim(
        "non-negative-counter",
        "The counter is never negative, and is the sum of the deltas of the calls that have taken effect.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("counter")),
    ),
    Claim("no-panic", "Under legal use, none of Go's panics can happen.", Kind.PROVED, LEGAL_GO, proved("go.no-panic")),
    Claim(
        "wakeup-on-zero",
        "A counter that comes to zero wakes every parked waiter, and nothing else lets a wait return True.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("wakeup")),
    ),
    Claim(
        "no-lost-waiters",
        "Where nothing can step, whoever is parked waits for outstanding work, and at counter zero nobody is parked.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("lost")),
    ),
    Claim(
        "termination",
        "Every step inside a call lowers a rank: finitely many calls take finitely many steps, whoever is scheduled.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("termination")),
    ),
    Claim(
        "contract-refinement",
        "Every run has an explanation in the contract, in which calls take effect in steps that are named.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("refines")),
    ),
    Claim(
        "contract-clauses",
        "The contract means what it says: safety, and that no released waiter is lost.",
        Kind.PROVED,
        "any number of threads and calls",
        proved("contract-clauses"),
    ),
    Claim(
        "happens-before",
        "Every done() up to the zero crossing happens before the return of every wait that the crossing allows.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("happens-before")),
    ),
    Claim(
        "bounds",
        "At its bounds strict refuses and changes nothing; Go under legal use never goes beyond them.",
        Kind.PROVED,
        ANY_NUMBER,
        proved(*both("bounds")),
    ),
    Claim(
        "go-beyond-its-bounds",
        "Go cuts deltas to 32 bits, carries the 2^31st waiter into its flag, and does not undo an Add that panics.",
        Kind.PROVED,
        "nine claims, each refuted by a word",
        proved("beyond-bounds"),
    ),
    Claim(
        "shipped-word",
        "Each sum that moves the shipped word is in range just where strict's guard holds, and is then its word.",
        Kind.PROVED,
        "every word within the bounds, every delta",
        proved("shipped-word"),
    ),
    Claim(
        "proofs-can-fail",
        "Every case of the proofs happens; without any one clause, rule, guard or needed synchronisation one fails.",
        Kind.PROVED,
        "each action, call, clause, rule and guard",
        proved(*both("necessity")),
    ),
    Claim(
        "two-solvers",
        "Z3 and cvc5 agree on every obligation.",
        Kind.TESTED,
        "all theorems",
        agreed,
        full=True,
    ),
)
