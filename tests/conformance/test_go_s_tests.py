"""Go's own tests of its WaitGroup, by their names and their meaning, on our class.

The table in docs/go-tests.md says for each what covers it. Go's source is not copied: what a test checks is told in a
sentence, and written anew.
"""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from waitgroup import NegativeCounterError, WaitGroup
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.outcomes import of_contract, of_go
from waitgroup_proofs.races import programs

ROOT = Path(__file__).parents[2]
CASES = {f"{family}/{case.name}": case for family, cases in FAMILIES.items() for case in cases}
LIMIT = 20.0


@pytest.fixture
def threads() -> Iterator[list[threading.Thread]]:
    """Threads that are joined in the end."""
    started: list[threading.Thread] = []
    yield started
    for thread in started:
        thread.join(LIMIT)
        assert not thread.is_alive()


def test_wait_group_two_groups_of_16_let_nobody_pass_the_second_before_all_are_through(
    threads: list[threading.Thread],
) -> None:
    first, second = WaitGroup(), WaitGroup()
    for _ in range(8):
        passed: list[None] = []

        def body(passed: list[None] = passed) -> None:
            first.done()
            second.wait()
            passed.append(None)

        first.add(16)
        second.add(16)
        crew = [threading.Thread(target=body) for _ in range(16)]
        threads += crew
        for thread in crew:
            thread.start()
        assert first.wait(LIMIT)
        for _ in range(16):
            assert [] == passed
            second.done()
        for thread in crew:
            thread.join(LIMIT)
        assert 16 == len(passed)


def test_misuse_a_done_too_many_is_refused() -> None:
    group = WaitGroup()
    group.add(1)
    group.done()
    with pytest.raises(NegativeCounterError):
        group.done()
    assert 0 == group.counter


def test_race_a_wait_sees_what_both_tasks_did_a_thousand_times(threads: list[threading.Thread]) -> None:
    for _ in range(1_000):
        group = WaitGroup()
        did: list[int] = []
        threads += [group.go(did.append, number) for number in range(2)]
        assert group.wait(LIMIT)
        assert 2 == len(did)


def test_go_a_wait_sees_the_effect_of_the_task(threads: list[threading.Thread]) -> None:
    group = WaitGroup()
    done: list[int] = []
    threads.append(group.go(done.append, 1))
    assert group.wait(LIMIT)
    assert [1] == done


#: The outcomes of Go in the programs of two tests that were taken out of Go's suite, as many as there are.
SETS = {"misuse/an-add-from-zero-beside-a-wait": 7, "misuse/a-next-round-beside-a-wait": 7}


@pytest.mark.parametrize(("name", "outcomes"), SETS.items())
def test_misuse_2_and_3_are_exact_sets_of_outcomes(name: str, outcomes: int) -> None:
    scenario = CASES[name].scenario
    found = of_go(scenario) or frozenset()
    assert outcomes == len({outcome.results for outcome in found})
    assert of_contract(scenario) < found


def test_the_table_names_every_test_of_go_s_and_what_covers_it_is_there() -> None:
    text = (ROOT / "docs" / "go-tests.md").read_text(encoding="utf-8")
    races = set(re.findall(r"^\| `(\w*Race\w*WaitGroup\w*)` \|", text, re.MULTILINE))
    assert {program.name for program in programs.CASES} == races
    others = (f"TestWaitGroup{what}" for what in ("", "Misuse", "Misuse2", "Misuse3", "Race", "Align", "Go"))
    for name in (*others, "TestIssue76126"):
        assert f"| `{name}` " in text
    assert set(re.findall(r"`(\w+/[\w-]+)`", text)) <= CASES.keys()
