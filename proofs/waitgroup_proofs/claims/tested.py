"""What is claimed because tests pass: of the spec's sentences, of the proofs, and of the class on real threads."""

import subprocess
import sys
from pathlib import Path

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.evidence import Check, Evidence, Report

#: The slow tests and the others.
EVERY = "slow or not slow"

#: The tests behind a claim take a few seconds; so long may they take on a busy machine.
TEST_SECONDS = 60


def passing(*files: str, marked: str = "") -> Check:
    """The named files of the test suite pass, or those of their tests that are `marked`, as pytest's -m has it.

    Without the tests beside it, inconclusive.
    """

    def check(report: Report) -> Evidence:
        root = Path(__file__).parents[3]
        paths = [root / "tests" / file for file in files]
        missing = [path.name for path in paths if not path.exists()]
        if missing:
            return Evidence("inconclusive", {}, f"the tests are not beside this installation: {', '.join(missing)}")
        report(", ".join(path.stem for path in paths))
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "--no-header",
            *(["-m", marked] if marked else []),
            *map(str, paths),
        ]
        try:
            finished = subprocess.run(
                command, cwd=root, capture_output=True, text=True, check=False, timeout=TEST_SECONDS
            )
        except subprocess.TimeoutExpired:
            return Evidence("inconclusive", {}, f"the tests did not finish in {TEST_SECONDS} seconds")
        if finished.returncode == 0:
            return Evidence("holds", {})
        return Evidence("violated", {}, finished.stdout[-4000:] + finished.stderr[-1000:])

    return check


#: The tests that hold the spec to its sentences, beyond what any bounded scenario reaches.
SPEC_TESTS = (
    "word",
    "contract",
    "strict",
    "go_corners",
    "go_misuse",
    "protocol",
    "scenarios",
    "system",
    "properties",
    "broken_protocols",
    "explorer",
    "fairness",
    "truncation",
)

SPEC = (
    Claim(
        "spec-clauses",
        "Each clause and action does what its sentence says, at its bounds too; each verdict can turn red.",
        Kind.TESTED,
        "contract, go, strict, word, properties, explorer",
        passing(*(f"spec/test_{name}.py" for name in SPEC_TESTS)),
    ),
    Claim(
        "small-runs-map",
        "Each transition of small runs is one of the abstraction, and the contract and the clocks follow it.",
        Kind.TESTED,
        "every run of 3 legal scenarios of go and 13 of strict, up to 2 x 2; the most general legal client of go",
        passing("proofs/theorems/test_small_runs.py", "proofs/theorems/test_legal_client.py", marked=EVERY),
    ),
)

SHIPPED = (
    Claim(
        "steps-at-every-bound",
        "At and next to every bound, in every combination, each step of the shipped class is that of strict.",
        Kind.TESTED,
        "10,929 combinations",
        passing("proofs/test_bounds.py"),
    ),
    Claim(
        "contracts-can-fail",
        "CrossHair refutes the contracts that a mutant of the shipped word breaks, and confirms the others.",
        Kind.TESTED,
        "6 contracts, five mutants",
        passing("proofs/test_contracts.py", marked="slow"),
        full=True,
    ),
    Claim(
        "three-levels-together",
        "Production, strict and the contract, run side by side by one thread, agree after every step.",
        Kind.TESTED,
        "100 random runs of 50 steps, up to six calls open at once",
        passing("proofs/test_machine.py"),
    ),
)

REAL_THREADS = (
    Claim(
        "validate-then-apply",
        "A call that is refused raises the error named for it and changes nothing.",
        Kind.TESTED,
        "every bound, random sequences of calls, closed groups",
        passing("impl/test_counting.py", "impl/test_word.py", "impl/test_close.py"),
    ),
    Claim(
        "waits-leave-no-trace",
        "A wait that expires, or that an exception leaves while parked, leaves nothing and steals no wakeup.",
        Kind.TESTED,
        "real threads, hundreds of rounds",
        passing("impl/test_timeouts.py", "impl/test_interrupts.py"),
    ),
    Claim(
        "waiters-return",
        "Real waiters return when the counter reaches zero, also where it lasts for a moment or an add has to retry.",
        Kind.TESTED,
        "real threads, up to 50 waiters and 16,000 pairs of add and done",
        passing("impl/test_waiting.py", "impl/test_retries.py", "impl/test_storm.py"),
    ),
    Claim(
        "tasks-own-their-units",
        "go() and submit() add a unit that ends with its task, or is taken back; errors are raised once.",
        Kind.TESTED,
        "real threads, thread and process pools, failing tasks and failing starts",
        passing("impl/test_go.py", "impl/test_submit.py", "impl/test_errors.py", "impl/test_error_blocks.py"),
    ),
    Claim(
        "fork-and-copy",
        "A forked child can use a group that other threads hold or wait on; copying and pickling are refused.",
        Kind.TESTED,
        "real processes",
        passing("impl/test_fork.py", "impl/test_object.py"),
    ),
    Claim(
        "handlers-between-bytecodes",
        "A handler calls the group, or raises, before any bytecode of a call: all is exact, and nobody woken early.",
        Kind.TESTED,
        "each bytecode of six calls and of a crossing, five things that a handler does, five exceptions",
        passing("impl/test_handlers.py", "impl/test_boundaries.py"),
    ),
    Claim(
        "storms",
        "In storms of signals, exceptions, finalizers, forks and threads nothing is lost and nobody is stranded.",
        Kind.TESTED,
        "six storms, a moment each; `make soak` lets them last",
        passing("impl/test_storms.py"),
    ),
    Claim(
        "threads-and-coroutines",
        "Threads and coroutines of any event loop wait for one group; one that is cancelled touches no other.",
        Kind.TESTED,
        "real threads and event loops",
        passing("impl/test_async.py", "impl/test_async_threads.py", "impl/test_event_loops.py"),
    ),
    Claim(
        "tells-what-it-knows",
        "Counter and waiters are told of one moment, tasks and errors just after; with debug, where units came from.",
        Kind.TESTED,
        "real threads",
        passing("impl/test_debug.py", "impl/test_statistics.py"),
    ),
)
