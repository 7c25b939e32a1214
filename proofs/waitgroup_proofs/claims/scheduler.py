"""What is claimed of the scheduler itself: tests hold it to the contract, to other engines and to plain Python."""

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.claims.tested import passing


def scheduler_tests(*names: str) -> tuple[str, ...]:
    """The files of these tests."""
    return tuple(f"proofs/scheduler/test_{name}.py" for name in names)


SCHEDULER = (
    Claim(
        "scheduler-traps",
        "What a scheduler of real code can get wrong unnoticed turns a test red: traps, and code that runs on unseen.",
        Kind.TESTED,
        "eight traps, the table in docs/trusted.md",
        passing(*scheduler_tests("traps", "patience", "loader")),
    ),
    Claim(
        "endless-runs",
        "A run that never ends is wrong only if a fair scheduler can keep it up and the contract does not explain it.",
        Kind.TESTED,
        "waits that poll, with and without sleeping; threads that give way to each other",
        passing(*scheduler_tests("endless")),
    ),
    Claim(
        "right-designs-pass",
        "No alarm on right WaitGroups of other shapes: generation numbers, an event each, a lock for each waiter.",
        Kind.TESTED,
        "every scenario at 2 x 2, and with every access a step at 2 x 1; the naive condition fails in one alone",
        passing(*scheduler_tests("designs"), marked="slow"),
        full=True,
    ),
    Claim(
        "engines-agree",
        "Merged states, source-DPOR and plain enumeration agree on verdicts and outcomes; random programs too.",
        Kind.TESTED,
        "the scenarios with few runs, at 1 x 1; mutants; random programs",
        passing(*scheduler_tests("engines_agree", "fuzz")),
        full=True,
    ),
    Claim(
        "splits-agree",
        "A search by several processes or a Dask cluster finds the states, outcomes and verdict that one finds.",
        Kind.TESTED,
        "small searches of production, a naive condition and a wait that polls; digests of 128 bits",
        passing(*scheduler_tests("split")),
        full=True,
    ),
    Claim(
        "races-in-production",
        "The shipped class touches its state in two looks and three calls into C; its lock orders all but the looks.",
        Kind.TESTED,
        "sampled runs of pre-added, surplus, reuse-eager, timeout-race at 2 x 2",
        passing(*scheduler_tests("races", "happens_before")),
        full=True,
    ),
)
