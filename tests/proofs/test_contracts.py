"""The gate of CrossHair's contracts can fail: each contract refuses a mutant, and only "confirmed" is a pass."""

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
from waitgroup_proofs.mutants.production import CORE

#: Mutants of the shipped functions, and the contracts that refuse each.
REFUSED_BY = {
    Mutant("waiters-off-by-one", "one waiter more is read than there are", CORE, "-word % UNIT", "(1 - word) % UNIT"): [
        "same_word"
    ],
    Mutant(
        "part-lost",
        "what three does not divide is lost of a delta",
        CORE,
        "third, third, delta - 2 * third",
        "third, third, third",
    ): ["same_apply"],
    Mutant(
        "waiters-weigh-two",
        "a waiter counts twice in the word",
        CORE,
        "return counter * UNIT - waiters",
        "return counter * UNIT - 2 * waiters",
    ): [
        "same_word",
        "same_join",
        "same_cancel",
    ],
    Mutant(
        "waiters-not-packed",
        "the word does not count waiters",
        CORE,
        "return counter * UNIT - waiters",
        "return counter * UNIT",
    ): [
        "same_word",
        "same_apply",
        "same_cross",
        "same_join",
        "same_cancel",
    ],
    Mutant(
        "negative-timeout-kept",
        "a negative timeout reaches the lock, for which -1 means for ever",
        "waitgroup.parking",
        "max(timeout, 0)",
        "max(timeout, -1)",
    ): ["clamped_seconds"],
}
CONTRACTS = [name for name, value in vars(contracts).items() if "post:" in (value.__doc__ or "")]


def crosshair_on(package: Path, *mutants: Mutant) -> Evidence:
    """What CrossHair says of the contracts for a copy of the package that has all these mutants."""
    copy = package / "waitgroup"
    copy.mkdir()
    for file in source_of(CORE)[0].parent.glob("*.py"):
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
    for name in CONTRACTS:
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


def test_every_contract_is_confirmed_and_there_are_six() -> None:
    assert 6 == len(CONTRACTS)
    assert Evidence("holds", {"confirmed": 6}, "") == crosshair(os.environ)


def test_every_contract_refuses_some_mutant() -> None:
    assert {*CONTRACTS} == {name for names in REFUSED_BY.values() for name in names}


@pytest.mark.slow  # all together
@pytest.mark.parametrize(("mutant", "names"), REFUSED_BY.items(), ids=[mutant.name for mutant in REFUSED_BY])
def test_a_mutant_is_refuted_by_its_contracts_and_confirmed_by_the_others(
    mutant: Mutant, names: list[str], tmp_path: Path
) -> None:
    evidence = crosshair_on(tmp_path, mutant)
    assert ("violated", {"confirmed": 6 - len(names)}, names) == (evidence.verdict, evidence.figures, refuted(evidence))


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
