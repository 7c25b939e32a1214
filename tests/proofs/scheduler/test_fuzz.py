"""Random programs: the reduced search, the unreduced one, and one without any merging end in the same outcomes.

A mismatch is shown with the program. Programs that a search needs too many runs for are passed over, and how many may
be is pinned from above.
"""

import pytest
from tests.proofs.scheduler.programs import Text, program
from tests.proofs.scheduler.targets import Found, Program

#: So many runs a search may take.
LIMIT = 300


def searches(text: Text) -> list[Found] | None:
    """By the oracle, unreduced and reduced; None if that takes too long."""
    target = Program(text.source, *text.threads)
    every = target.enumerated(LIMIT)
    return every and [every, target.searched(reduced=False), target.searched(reduced=True)]


def merging_searches(text: Text) -> list[Found] | None:
    """Unreduced and reduced; None if that takes too long."""
    target = Program(text.source, *text.threads)
    unreduced = target.searched_within(LIMIT, reduced=False)
    return unreduced and [unreduced, target.searched(reduced=True)]


def mismatch(found: list[Found]) -> str | None:
    """What is different, if anything is: once there is a violation, the outcomes found before it do not count."""
    blocked = {one.violation is not None for one in found}
    if blocked == {True} or (blocked == {False} and len({one.outcomes for one in found}) == 1):
        return None
    return "\n".join(f"{one.violation or len(one.outcomes)}" for one in found)


def mismatches(texts: list[Text], oracle: bool) -> tuple[list[str], int]:
    """Every mismatch, with its program, and how many programs were too long."""
    shown, passed_over = [], 0
    for text in texts:
        found = searches(text) if oracle else merging_searches(text)
        if found is None:
            passed_over += 1
        elif difference := mismatch(found):
            shown.append(f"{text.source}\n{text.threads}\n{difference}")
    return shown, passed_over


def test_short_programs_end_as_the_oracle_says() -> None:
    shown, passed_over = mismatches([program(seed, longest=1) for seed in range(30)], oracle=True)
    assert [] == shown
    assert passed_over < 15


def test_longer_programs_end_in_the_same_outcomes_reduced_or_not() -> None:
    shown, passed_over = mismatches([program(seed, longest=2) for seed in range(1_000, 1_015)], oracle=False)
    assert [] == shown
    assert passed_over < 10


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 500, 100))
def test_many_short_programs_end_as_the_oracle_says(first: int) -> None:
    shown, _ = mismatches([program(seed, longest=2) for seed in range(10_000 + first, 10_100 + first)], oracle=True)
    assert [] == shown


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 500, 100))
def test_many_longer_programs_end_in_the_same_outcomes_reduced_or_not(first: int) -> None:
    shown, _ = mismatches([program(seed, longest=4) for seed in range(20_000 + first, 20_100 + first)], oracle=False)
    assert [] == shown


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 500, 100))
def test_programs_that_take_and_release_locks_anywhere_end_as_the_oracle_says(first: int) -> None:
    texts = [program(seed, wild=True, longest=2) for seed in range(30_000 + first, 30_100 + first)]
    shown, _ = mismatches(texts, oracle=True)
    assert [] == shown
