"""Random programs: the reduced search, the unreduced one, and one without any merging end in the same outcomes.

A mismatch is shown with the program. Programs that a search needs too many runs for are passed over, and how many may
be is pinned from above. For programs that make objects the oracle takes none to be owned: every access to one is a
step.
"""

import pytest
from tests.proofs.scheduler.programs import Text, program, program_of_nodes
from tests.proofs.scheduler.targets import Found, Program

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.objects import Objects
from waitgroup_proofs.scheduler.reduction import Knowledge, Mover

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
    shown, passed_over = mismatches([program(seed, longest=1) for seed in range(20)], oracle=True)
    assert [] == shown
    assert passed_over < 10


def test_longer_programs_end_in_the_same_outcomes_reduced_or_not() -> None:
    shown, passed_over = mismatches([program(seed, longest=2) for seed in range(1_000, 1_010)], oracle=False)
    assert [] == shown
    assert passed_over < 7


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


def mismatches_of_nodes(texts: list[Text], limit: int, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    """As `mismatches`, with an oracle for which nothing is owned; what is refused counts as passed over.

    Most of these programs are too long to follow every schedule: then the oracle merges states, and reduces nothing.
    """
    shown, passed_over = [], 0
    for text in texts:
        target = Program(text.source, *text.threads)
        try:
            with monkeypatch.context() as patched:
                patched.setattr(Objects, "owned", lambda *_: False)
                every = target.enumerated(50) or target.searched_within(limit, reduced=False)
        except UnsupportedTarget:
            every = None
        if every is None:
            passed_over += 1
            continue
        for reduced in (False, True):
            try:
                difference = mismatch([every, target.searched(reduced)])
            except UnsupportedTarget:
                passed_over += 1
                break
            if difference:
                shown.append(f"{text.source}\n{text.threads}\nreduced: {reduced}\n{difference}")
    return shown, passed_over


def test_programs_that_share_inner_objects_end_as_the_oracle_says(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [program_of_nodes(seed, longest=1) for seed in range(60_000, 60_005)]
    shown, passed_over = mismatches_of_nodes(texts, 300, monkeypatch)
    assert [] == shown
    assert passed_over < 3


def test_the_oracle_notices_objects_that_do_not_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Objects, "escape", lambda *_: None)
    shown, _ = mismatches_of_nodes([program_of_nodes(60_052, longest=1)], 300, monkeypatch)
    assert [True, True] == ["reduced: " in one for one in shown]


def test_the_oracle_notices_accesses_that_do_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Knowledge, "access", lambda *_: Mover.BOTH)
    shown, _ = mismatches_of_nodes([program_of_nodes(60_019, longest=1)], 300, monkeypatch)
    assert [True] == ["reduced: True" in one for one in shown]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 500, 100))
def test_many_programs_that_share_inner_objects_end_as_the_oracle_says(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [program_of_nodes(seed) for seed in range(50_000 + first, 50_100 + first)]
    shown, _ = mismatches_of_nodes(texts, 2_000, monkeypatch)
    assert [] == shown
