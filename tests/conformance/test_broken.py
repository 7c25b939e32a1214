"""The kit can say no: for each flag there is a class that makes its mistake, and a case with the flag that it fails."""

import pytest
from tests.conformance.broken import BROKEN
from tests.conformance.in_process import played
from tests.conformance.right import Right

from waitgroup_proofs.conformance.cases import Case
from waitgroup_proofs.conformance.conductor import Verdict
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.flags import FLAGS

CASES = [case for cases in FAMILIES.values() for case in cases]


def test_every_flag_has_a_class_that_makes_its_mistake_and_a_case() -> None:
    assert FLAGS.keys() == BROKEN.keys() == {flag for case in CASES for flag in case.flags}


def fails(flag: str, case: Case) -> bool:
    """Whether the class that makes the mistake fails the case."""
    return played(case, BROKEN[flag]).verdict is Verdict.FAILED


@pytest.mark.parametrize("flag", BROKEN)
def test_a_class_that_makes_the_mistake_of_a_flag_fails_a_case_of_it(flag: str) -> None:
    assert any(fails(flag, case) for case in CASES if flag in case.flags)


QUICK = ("counter", "bounds", "go")


@pytest.mark.parametrize(
    "family", [family if family in QUICK else pytest.param(family, marks=pytest.mark.slow) for family in FAMILIES]
)
def test_the_class_that_they_are_made_from_passes(family: str) -> None:
    verdicts = {case.name: played(case, Right, patience=2.0, tries=1).verdict for case in FAMILIES[family]}
    assert {case.name: Verdict.PASSED for case in FAMILIES[family]} == verdicts
