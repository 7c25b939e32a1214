"""The gate of CrossHair's contracts can fail: each contract has a mutant of its own, and only "confirmed" is a pass."""

import os
import re
from inspect import getsourcelines
from pathlib import Path
from textwrap import dedent

import pytest

from waitgroup_proofs import contracts
from waitgroup_proofs.claims.code import crosshair
from waitgroup_proofs.evidence import Evidence
from waitgroup_proofs.mutants import Mutant, source_of
from waitgroup_proofs.mutants.production import GROUP, PRODUCTION, WORD

SHIPPED = {mutant.name: mutant for mutant in PRODUCTION}

#: For each contract a mutant that breaks this one and no other.
OF_ITS_OWN = {
    "same_word": Mutant(
        "counter-one-bit-higher",
        "the counter stands one bit higher than Go's",
        WORD,
        "COUNTER_UNIT = 2**32",
        "COUNTER_UNIT = 2**33",
        "same_word",
    ),
    "same_apply": SHIPPED["no-lower-bound"],
    "same_cross": SHIPPED["crossing-without-compare"],
    "same_join": SHIPPED["lost-wakeup"],
    "same_cancel": SHIPPED["cancels-two"],
    "same_add": Mutant(
        "crossing-refused",
        "taking all the units there are from under waiters counts as taking too many",
        GROUP,
        "if counter_of(word) + delta < 0:",
        "if counter_of(word) + delta <= 0:",
        "same_add",
    ),
    "same_look": Mutant(
        "last-unit-overlooked",
        "a wait takes one outstanding unit for none",
        GROUP,
        "if counter_of(word) == 0:",
        "if counter_of(word) <= 1:",
        "same_look",
    ),
    "clamped_seconds": Mutant(
        "negative-timeout-kept",
        "a negative timeout reaches the lock, for which -1 means for ever",
        GROUP,
        "max(timeout, 0)",
        "max(timeout, -1)",
        "clamped_seconds",
    ),
}

#: For each critical section a mutant of the class, and not of the word, that only the contract of that section refuses.
OF_THE_CLASS = {
    "no-wakeup": "same_cross",
    "stale-queue": "same_cross",
    "unlocked-grant": "same_join",
    "cancel-without-count": "same_cancel",
}


def crosshair_on(package: Path, *mutants: Mutant) -> Evidence:
    """What CrossHair says of the contracts for a copy of the package that has all these mutants."""
    copy = package / "waitgroup"
    copy.mkdir()
    for file in source_of(GROUP)[0].parent.glob("*.py"):
        (copy / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    for mutant in mutants:
        file = copy / source_of(mutant.module)[0].name
        text = file.read_text(encoding="utf-8")
        assert 1 == text.count(mutant.old)
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return crosshair({**os.environ, "PYTHONPATH": str(package)})


def refuted(evidence: Evidence) -> list[str]:
    """The contracts in which CrossHair reports an error, by the lines that it names."""
    lines = [int(line) for line in re.findall(r"^contracts\.py:(\d+): error: ", evidence.detail, re.MULTILINE)]
    found = []
    for name in OF_ITS_OWN:
        text, first = getsourcelines(getattr(contracts, name))
        found += [name for line in lines if first <= line < first + len(text)]
    return found


def crosshair_on_contract(package: Path, contract: str) -> Evidence:
    """What CrossHair says of another contract in place of ours."""
    copy = package / "waitgroup_proofs"
    copy.mkdir()
    (copy / "__init__.py").touch()
    (copy / "contracts.py").write_text(dedent(contract), encoding="utf-8")
    return crosshair({**os.environ, "PYTHONPATH": str(package)})


def test_every_contract_is_confirmed_and_there_are_eight() -> None:
    assert Evidence("holds", {"confirmed": 8}, "") == crosshair(os.environ)


def test_every_contract_has_a_mutant_of_its_own() -> None:
    with_contract = [name for name, value in vars(contracts).items() if "post:" in (value.__doc__ or "")]
    assert with_contract == list(OF_ITS_OWN)


def test_with_the_mutants_of_all_contracts_at_once_no_contract_is_confirmed(tmp_path: Path) -> None:
    evidence = crosshair_on(tmp_path, *OF_ITS_OWN.values())
    assert ("violated", {"confirmed": 0}, list(OF_ITS_OWN)) == (evidence.verdict, evidence.figures, refuted(evidence))


@pytest.mark.slow  # all together
@pytest.mark.parametrize("contract", OF_ITS_OWN)
def test_the_mutant_of_a_contract_is_refuted_by_this_contract_and_confirmed_by_the_others(
    contract: str, tmp_path: Path
) -> None:
    evidence = crosshair_on(tmp_path, OF_ITS_OWN[contract])
    assert ("violated", {"confirmed": 7}, [contract]) == (evidence.verdict, evidence.figures, refuted(evidence))


@pytest.mark.slow
@pytest.mark.parametrize(("mutant", "contract"), OF_THE_CLASS.items())
def test_a_mutant_of_a_critical_section_is_refuted_by_the_contract_of_that_section(
    mutant: str, contract: str, tmp_path: Path
) -> None:
    evidence = crosshair_on(tmp_path, SHIPPED[mutant])
    assert ("violated", {"confirmed": 7}, [contract]) == (evidence.verdict, evidence.figures, refuted(evidence))


NEVER_MET = '''
    def contract(number: int) -> bool:
        """
        pre: number > number
        post: _
        """
        return True
'''

# CrossHair would have to try every text that a number can be printed as.
NOT_CONFIRMED = '''
    def contract(number: int) -> bool:
        """
        post: _
        """
        # crosshair: max_iterations=2
        return int(str(number)) == number
'''

REFUTED = '''
    def contract(number: int) -> bool:
        """
        post: _
        """
        return number != 2**40
'''

NO_CONTRACT = '''
    def contract(number: int) -> bool:
        """Nothing is required."""
        return False
'''

NOT_PYTHON = "def contract(\n"

CONFIRMED = '''
    def confirmed(number: int) -> bool:
        """
        post: _
        """
        return number + 1 > number
'''


@pytest.mark.parametrize(
    ("contract", "verdict", "said"),
    [
        (NEVER_MET, "inconclusive", "info: Unable to meet precondition."),
        (NOT_CONFIRMED, "inconclusive", "info: Not confirmed."),
        (REFUTED, "violated", "error: false when calling contract(1099511627776)"),
        (NOT_PYTHON, "inconclusive", "SyntaxError"),
    ],
    ids=["precondition never met", "not confirmed", "refuted", "no Python"],
)
def test_anything_but_confirmed_turns_the_gate_red_although_another_contract_is_confirmed(
    contract: str, verdict: str, said: str, tmp_path: Path
) -> None:
    evidence = crosshair_on_contract(tmp_path, dedent(contract) + dedent(CONFIRMED))
    assert verdict == evidence.verdict
    assert said in evidence.detail


def test_a_function_without_a_contract_is_not_counted_and_alone_it_turns_the_gate_red(tmp_path: Path) -> None:
    beside, alone = tmp_path / "beside", tmp_path / "alone"
    beside.mkdir()
    alone.mkdir()
    assert {"confirmed": 1} == crosshair_on_contract(beside, dedent(NO_CONTRACT) + dedent(CONFIRMED)).figures
    evidence = crosshair_on_contract(alone, NO_CONTRACT)
    assert ("inconclusive", {"confirmed": 0}) == (evidence.verdict, evidence.figures)
