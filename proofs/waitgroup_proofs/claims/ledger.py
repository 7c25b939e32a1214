"""The ledger: every claim of the project, as data. `waitgroup verify` reruns it; the README's table is made from it."""

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.claims.checks import (
    assumed,
    confirmed,
    counted,
    explored,
    outcomes,
    production_mutants_refused,
    protocol_mutants_refused,
    proved,
    refined,
    scheduled,
    tested,
)
from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS

ANY_NUMBER = "any number of threads and calls, totals within 2^31 - 1"
LEGAL = ("pre-added", "nested", "mixed")

#: The scenarios that every run of `make verify` exhausts on the real code; the others belong to `--full`.
DAILY = ("pre-added", "add-done", "reuse", "reuse-parked", "surplus", "zero-delta", "timeout-race", "cancel")

#: The tests that hold the spec to its sentences, beyond what any bounded scenario reaches.
SPEC_TESTS = (
    "word",
    "contract",
    "strict",
    "go_corners",
    "go_misuse",
    "protocol",
    "scenarios",
    "properties",
    "broken_protocols",
    "explorer",
    "truncation",
)

PROOFS = (
    Claim(
        "packing",
        "The fields that the protocols compute with are 64-bit arithmetic on the packed word, wrap and carry included.",
        Kind.PROVED,
        "every 64-bit word and delta",
        proved("packing"),
    ),
    Claim(
        "non-negative-counter",
        "Under legal use, Go's counter is never negative.",
        Kind.PROVED,
        ANY_NUMBER,
        proved("non-negative-counter"),
    ),
    Claim(
        "no-panic",
        "Under legal use, none of Go's panics can happen.",
        Kind.PROVED,
        ANY_NUMBER,
        proved("no-panic"),
    ),
    Claim(
        "wakeup-on-zero",
        "Under legal use, a counter that comes to zero under waiters releases exactly one permit for each of them.",
        Kind.PROVED,
        ANY_NUMBER,
        proved("wakeup-on-zero"),
    ),
    Claim(
        "no-lost-waiters",
        "Under legal use, nobody is parked once nothing can step and the counter is zero, and no permit is left.",
        Kind.PROVED,
        ANY_NUMBER,
        proved("no-lost-waiters"),
    ),
    Claim(
        "termination",
        "Under legal use, every step inside a call lowers a rank: finitely many calls take finitely many steps.",
        Kind.PROVED,
        ANY_NUMBER,
        proved("termination"),
    ),
    Claim(
        "proofs-can-fail",
        "Every case of the proofs can happen, and without any one clause of the invariant an obligation fails.",
        Kind.PROVED,
        "each action, call and clause",
        proved("necessity"),
    ),
)

MODELS = (
    Claim(
        "state-counts",
        "The explorer finds the same numbers of states, transitions and steps as Spin, TLC and Murphi.",
        Kind.EXHAUSTIVE,
        "legal to 3 x 3, reuse to 2 x 2",
        counted(
            [("legal", size) for size in ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3))]
            + [("reuse", size) for size in ((1, 1), (2, 2))]
        ),
    ),
    Claim(
        "go-legal-use",
        "In legal programs, every run of Go's protocol ends with all calls returned, the word zero and no permit left.",
        Kind.EXHAUSTIVE,
        "pre-added, nested, mixed at 4 x 4",
        explored("go", [(SCENARIOS[name], (4, 4)) for name in LEGAL]),
    ),
    Claim(
        "go-misuse",
        "Each scenario ends, in Go's protocol, in exactly the outcomes that are pinned for it, misuse included.",
        Kind.EXHAUSTIVE,
        "10 scenarios at 2 x 2",
        outcomes(PROTOCOLS["go"], (2, 2)),
    ),
    Claim(
        "strict-every-use",
        "In every scenario, strict's word counts its waiters, and whoever is blocked waits for outstanding work.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 3 x 3",
        explored("strict", [(build, (3, 3)) for build in SCENARIOS.values()]),
    ),
    Claim(
        "go-conforms",
        "In legal programs, every run of Go's protocol has an explanation in the contract.",
        Kind.EXHAUSTIVE,
        "pre-added, nested, mixed at 3 x 3",
        refined("go", [(SCENARIOS[name], (3, 3)) for name in LEGAL]),
    ),
    Claim(
        "strict-conforms",
        "In every scenario, every run of strict has an explanation in the contract.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 3 x 2",
        refined("strict", [(build, (3, 2)) for build in SCENARIOS.values()]),
    ),
    Claim(
        "strict-conforms-beyond",
        "The same with a third waiter.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 3 x 3",
        refined("strict", [(build, (3, 3)) for build in SCENARIOS.values()]),
        full=True,
    ),
    Claim(
        "spec-clauses",
        "Each clause and action does what its sentence says, at its bounds too; each verdict can turn red.",
        Kind.TESTED,
        "contract, go, strict, word, properties, explorer",
        tested(*(f"spec/test_{name}.py" for name in SPEC_TESTS)),
    ),
    Claim(
        "protocol-mutants",
        "The explorer and the contract refuse every mutant of the two protocols.",
        Kind.TESTED,
        f"{len(PROTOCOL)} mutants at 2 x 2",
        protocol_mutants_refused,
    ),
)

REAL_CODE = (
    Claim(
        "production-conforms",
        "Every interleaving of the shipped add, done, wait conforms to the contract; each step is one of strict's.",
        Kind.EXHAUSTIVE,
        f"{', '.join(DAILY)} at 2 x 2",
        scheduled(DAILY, (2, 2)),
    ),
    Claim(
        "production-conforms-everywhere",
        "The same in every scenario of the contract.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 2 x 2",
        scheduled(SCENARIOS, (2, 2)),
        full=True,
    ),
    Claim(
        "production-conforms-beyond",
        "The same with a third worker and a third waiter.",
        Kind.EXHAUSTIVE,
        "pre-added, reuse-parked, timeout-race at 3 x 3",
        scheduled(("pre-added", "reuse-parked", "timeout-race"), (3, 3)),
        full=True,
    ),
    Claim(
        "transitions-are-actions",
        "Each transition of the shipped word is the action of strict: the same guard, and the same word afterwards.",
        Kind.PROVED,
        "every word within the bounds, every delta but 0 (CrossHair)",
        confirmed,
    ),
    Claim(
        "production-mutants",
        "The scheduler refuses every mutant of the shipped source.",
        Kind.TESTED,
        f"{len(PRODUCTION)} mutants at 2 x 2",
        production_mutants_refused,
    ),
)

REAL_THREADS = (
    Claim(
        "validate-then-apply",
        "A call that is refused raises the error named for it and changes nothing.",
        Kind.TESTED,
        "every bound, and random sequences of calls",
        tested("impl/test_counting.py", "impl/test_word.py"),
    ),
    Claim(
        "waits-leave-no-trace",
        "A wait that expires, or that KeyboardInterrupt leaves while parked, leaves nothing and steals no wakeup.",
        Kind.TESTED,
        "real threads, hundreds of rounds",
        tested("impl/test_timeouts.py", "impl/test_interrupts.py"),
    ),
    Claim(
        "waiters-return",
        "Real waiters return when the counter reaches zero, also where it lasts for a moment or an add has to retry.",
        Kind.TESTED,
        "real threads, up to 50 waiters and 16,000 pairs of add and done",
        tested("impl/test_waiting.py", "impl/test_retries.py", "impl/test_storm.py"),
    ),
    Claim(
        "go-owns-its-unit",
        "go() takes a unit for the thread that it starts; it ends with the function, and is taken back if none starts.",
        Kind.TESTED,
        "real threads, failing functions and failing starts",
        tested("impl/test_go.py"),
    ),
    Claim(
        "fork-and-copy",
        "A forked child can use a group that other threads hold or wait on; copying and pickling are refused.",
        Kind.TESTED,
        "real processes",
        tested("impl/test_fork.py", "impl/test_object.py"),
    ),
)

ASSUMPTIONS = (
    Claim(
        "sequential-consistency",
        "Shared accesses take effect one at a time, in one order that all threads see.",
        Kind.ASSUMED,
        "everything here",
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
        "Z3 answers rightly, and Python treats unknown numbers in the spec's functions as it treats known ones.",
        Kind.ASSUMED,
        "the proofs",
        assumed,
    ),
)

LEDGER = tuple(
    claim._replace(pinned=FIGURES.get(claim.id, {}))
    for claim in (*PROOFS, *MODELS, *REAL_CODE, *REAL_THREADS, *ASSUMPTIONS)
)
