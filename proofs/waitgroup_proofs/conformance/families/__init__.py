"""The cases of the kit by family. Each module is a list of cases, read from top to bottom."""

from waitgroup_proofs.conformance.cases import Case
from waitgroup_proofs.conformance.families import bounds, counter, go_calls, misuse, reuse, timeout, wait

#: The families in the order of the tables.
FAMILIES: dict[str, tuple[Case, ...]] = {
    "counter": counter.CASES,
    "wait": wait.CASES,
    "reuse": reuse.CASES,
    "misuse": misuse.CASES,
    "timeout": timeout.CASES,
    "bounds": bounds.CASES,
    "go": go_calls.CASES,
}
