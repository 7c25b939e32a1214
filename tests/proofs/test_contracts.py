"""The contracts that CrossHair confirms can fail: each mutant of the production word is refuted."""

import os
from pathlib import Path

import pytest

from waitgroup_proofs.claims.checks import crosshair
from waitgroup_proofs.mutants import Mutant, mutated, source_of
from waitgroup_proofs.mutants.production import PRODUCTION, WORD

WORD_MUTANTS = [mutant for mutant in PRODUCTION if mutant.module == WORD]


def crosshair_on(package: Path, mutant: Mutant) -> str:
    """CrossHair's verdict on a copy of the package in which one passage of the word is replaced."""
    copy = package / "waitgroup"
    copy.mkdir()
    for file in source_of(WORD)[0].parent.glob("*.py"):
        (copy / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (copy / "word.py").write_text(mutated(mutant), encoding="utf-8")
    return crosshair({**os.environ, "PYTHONPATH": str(package)}).verdict


def test_the_shipped_word_is_confirmed_in_all_four_contracts() -> None:
    evidence = crosshair(os.environ)
    assert ("holds", {"confirmed": 4}, "") == (evidence.verdict, evidence.figures, evidence.detail)


@pytest.mark.parametrize("mutant", WORD_MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_word_is_refuted(mutant: Mutant, tmp_path: Path) -> None:
    assert "violated" == crosshair_on(tmp_path, mutant)
