"""The search says of a history what every interleaving of the contract's steps says of it."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.histories import QUIET, Record, answer, call, first_bad_line, history, mutated, run

from waitgroup_proofs.conformance.history import History
from waitgroup_proofs.conformance.linearisation import Bound
from waitgroup_proofs.conformance.verdicts import explained


def bad_line(recorded: History) -> int | None:
    """The line of the first event that is not explained; None if all are."""
    found = explained(recorded, Bound())
    assert found.verdict == ("violated" if found.violation else "holds")
    return found.violation.events[-1].line if found.violation else None


@pytest.mark.parametrize("seed", range(2))
def test_random_runs_of_the_contract_hold_and_their_mutants_are_judged_as_by_every_interleaving(seed: int) -> None:
    judged: Counter[bool] = Counter()
    for number in range(400):
        random = Random(f"{seed} {number}")
        records = run(random, threads=random.choice([2, 3, 4]), steps=random.choice([12, 25, 40]))
        assert bad_line(history(*records)) is None, records
        wrong = history(*mutated(random, records))
        expected = first_bad_line(wrong)
        assert bad_line(wrong) == expected, wrong
        judged[expected is None] += 1
    assert min(judged.values()) > 50


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(random=st.randoms(use_true_random=False), groups=st.integers(1, 2))
def test_histories_of_several_groups_are_judged_as_by_every_interleaving_of_each(random: Random, groups: int) -> None:
    runs = [
        [
            record if record == QUIET else record | {"thread": f"{group} {record['thread']}", "group": f"{group}"}
            for record in mutated(random, run(random, threads=3, steps=20))
            if record != QUIET
        ]
        for group in range(groups)
    ]
    records: list[Record] = []
    while any(runs):
        records.append(random.choice([left for left in runs if left]).pop(0))
    wrong = history(*records)
    assert bad_line(wrong) == first_bad_line(wrong)


# Each kind of mistake, and the line at which it shows. The first line of a file is its header.

WORK = (call("a", "add", delta=1), answer("a"), call("w", "wait"))
JUDGED: dict[str, tuple[tuple[Record, ...], int | None]] = {
    "a wait returns after the done": ((*WORK, call("a", "done"), answer("a"), answer("w")), None),
    "a wait returns while the done is under way": ((*WORK, call("a", "done"), answer("w"), answer("a")), None),
    "a wait returns before the done is called": ((*WORK, answer("w"), call("a", "done"), answer("a")), 5),
    "a done of nothing returns": ((call("a", "done"), answer("a")), 3),
    "a done of nothing is refused": ((call("a", "done"), answer("a", "raised negative")), None),
    "a done of nothing is refused without a reason": ((call("a", "done"), answer("a", "raised")), None),
    "a done of nothing is refused for a wrong reason": ((call("a", "done"), answer("a", "raised overflow")), 3),
    "a done of a unit is refused": ((*WORK, call("a", "done"), answer("a", "raised negative")), 6),
    "an add beyond the largest counter is refused": (
        (*WORK, call("a", "add", delta=2**31 - 1), answer("a", "raised overflow")),
        None,
    ),
    "an add beyond the largest counter returns": ((*WORK, call("a", "add", delta=2**31 - 1), answer("a")), 6),
    "an add is refused as misuse": ((*WORK, call("b", "add", delta=1), answer("b", "raised misuse")), 6),
    "an add expires": ((call("a", "add", delta=1), answer("a", "expired")), 3),
    "a timed wait expires while a unit is left": (
        (*WORK, call("x", "wait", timeout=0), answer("x", "expired")),
        None,
    ),
    "a timed wait expires with nothing left": ((call("x", "wait", timeout=0), answer("x", "expired")), 3),
    "a wait without a timeout expires": ((*WORK, answer("w", "expired")), 5),
    "a wait is interrupted": ((*WORK, answer("w", "raised")), None),
    "a wait that finds nothing left is interrupted": ((call("w", "wait"), answer("w", "raised")), 3),
    "all is quiet, and a waiter waits for a unit": ((*WORK, QUIET), None),
    "all is quiet, and a waiter is lost": ((*WORK, call("a", "done"), answer("a"), QUIET), 7),
    "a history that just ends": ((*WORK, call("a", "done"), answer("a")), None),
    "all is quiet, and an add is blocked": ((call("a", "add", delta=1), QUIET), 3),
    "a waiter that waited sleeps through a zero": (
        (
            *WORK,
            QUIET,
            *(
                record
                for name in ("done", "add")
                for record in (call("a", name, **({"delta": 1} if name == "add" else {})), answer("a"))
            ),
            QUIET,
        ),
        10,
    ),
    "a waiter that may have come later does not": (
        (
            *WORK,
            *(
                record
                for name in ("done", "add")
                for record in (call("a", name, **({"delta": 1} if name == "add" else {})), answer("a"))
            ),
            QUIET,
        ),
        None,
    ),
    "a waiter of the generation before returns during the next": (
        (
            *WORK,
            QUIET,
            *(
                record
                for name in ("done", "add")
                for record in (call("a", name, **({"delta": 1} if name == "add" else {})), answer("a"))
            ),
            answer("w"),
        ),
        None,
    ),
    "what comes at one time overlaps": (
        (
            {"at": 1, **call("a", "add", delta=1)},
            {"at": 5, **answer("a")},
            {"at": 5, **call("w", "wait")},
            {"at": 6, **answer("w")},
        ),
        None,
    ),
    "what comes later does not": (
        (
            {"at": 1, **call("a", "add", delta=1)},
            {"at": 5, **answer("a")},
            {"at": 6, **call("w", "wait")},
            {"at": 7, **answer("w")},
        ),
        5,
    ),
    "no prefix is bad because of what comes later": (
        (call("a", "add", delta=1), call("b", "done"), answer("b"), answer("a", "raised overflow")),
        5,
    ),
    "units of another group do not count": (
        (call("a", "add", delta=1, group="x"), answer("a"), call("b", "done", group="y"), answer("b")),
        5,
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_a_history_is_violated_at_the_first_event_that_nothing_explains(name: str) -> None:
    records, line = JUDGED[name]
    recorded = history(*records)
    assert bad_line(recorded) == line
    assert first_bad_line(recorded) == line


def test_a_group_begins_with_its_units() -> None:
    records = (call("a", "done"), answer("a"), call("b", "done"), answer("b"))
    assert [bad_line(history(*records, units=units)) for units in range(3)] == [3, 5, None]


def test_a_violation_tells_the_shortest_bad_prefix_what_was_open_and_what_the_counter_could_be() -> None:
    recorded = history(*WORK, call("b", "add", delta=2), call("c", "wait"), answer("w"), call("d", "done"), answer("d"))
    found = explained(recorded, Bound()).violation
    assert found is not None
    assert [event.line for event in found.events] == [2, 3, 4, 5, 6, 7]
    assert [recorded.operations[one].thread for one in found.open] == ["w", "b", "c"]
    assert found.counters == (1, 3)


#: Adds of which every set gives another counter, and a wait that may have passed at any zero among them.
MUCH = (
    *(call(f"t{number}", "add", delta=(-1) ** number * 2**number) for number in range(12)),
    call("z", "wait", timeout=0),
    answer("z", "expired"),
    call("y", "wait"),
    answer("y"),
)


def test_too_many_configurations_are_inconclusive_and_never_a_pass() -> None:
    found = explained(history(*MUCH, units=3), Bound(configurations=20))
    assert (found.verdict, found.violation) == ("inconclusive", None)
    assert found.reason == "more than 20 configurations explain it so far"


@pytest.mark.parametrize("group", ["a", "z"])
def test_what_is_violated_in_one_group_is_violated_though_another_is_not_decided(group: str) -> None:
    much = [record | {"group": "much"} for record in MUCH]
    bad = [call("bad", "wait", group=group), answer("bad", "expired")]
    assert explained(history(*much, units=3), Bound(configurations=20)).verdict == "inconclusive"
    found = explained(history(*much, *bad, units=3), Bound(configurations=20))
    assert found.verdict == "violated"
    assert found.violation is not None
    assert (found.violation.group, found.violation.events[-1].line) == (group, 19)
