"""Claims checked by several processes: the same answers, and a process that ends early decides nothing."""

import pytest

from waitgroup_proofs.claims import Checked, Claim, Kind
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.claims.workers import checked, checked_by_workers
from waitgroup_proofs.evidence import Evidence

CLAIMS = [claim for claim in LEDGER if claim.id in ("packing", "go-misuse", "go-beyond-its-bounds")]
#: No worker knows it, so the one that takes it stops with an error.
UNKNOWN = Claim("unknown", "Nobody knows.", Kind.TESTED, "nowhere", lambda _report: Evidence("holds", {}), full=True)


def ignore(_words: str) -> None:
    """Progress that nobody looks at."""


def told(found: list[Checked]) -> set[tuple[str, str, str]]:
    return {(one.claim.id, one.verdict, str(sorted(one.figures.items()))) for one in found}


def test_two_processes_find_what_one_finds() -> None:
    one, two = (list(checked(CLAIMS, jobs, ignore)) for jobs in (1, 2))
    assert len(CLAIMS) == len(one) == len(two)
    assert told(one) == told(two)
    assert {"holds"} == {each.verdict for each in two}


def test_it_is_told_what_is_being_checked() -> None:
    words: list[str] = []
    list(checked(CLAIMS, 2, words.append))
    assert {claim.id for claim in CLAIMS} == {each.partition(":")[0] for each in words}


@pytest.mark.parametrize(("jobs", "verdicts"), [(1, ["inconclusive", "inconclusive"]), (2, ["inconclusive", "holds"])])
def test_what_a_process_had_in_hand_as_it_ended_and_what_nobody_took_is_undecided(
    jobs: int, verdicts: list[str]
) -> None:
    found = {one.claim.id: one.verdict for one in checked_by_workers([UNKNOWN, CLAIMS[0]], jobs, ignore)}
    assert verdicts == [found["unknown"], found[CLAIMS[0].id]]
