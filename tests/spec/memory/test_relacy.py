"""Relacy on all 4,096 assignments of orderings to Go's algorithm: it finds what the model finds, up to its own rule.

Relacy tries every execution it knows of every assignment at each size; nothing is cut short. What is compared after
each size are the assignments that are left. `make crosscheck` runs this; without Relacy it fails, as nothing is known.
"""

from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest
from tests.spec.memory import relacy
from tests.spec.memory.relacy import Answer, answers, built, sites

from waitgroup_spec.memory.assignments import Assignment, breaches, minima, passing
from waitgroup_spec.memory.lowering import Footprint, Kind
from waitgroup_spec.memory.ordering import ACQUIRE, RELAXED, RELEASE, Model
from waitgroup_spec.memory.programs import pre_added
from waitgroup_spec.memory.subjects import GO, Subject

SIZES = GO.searched

#: The assignments that are left after each size.
Left = list[frozenset[Assignment]]
#: Relacy's answers at each size.
Answers = dict[tuple[int, int], dict[Assignment, Answer]]

RACE = "race"
PANIC = "sync: WaitGroup is reused before previous Wait has returned"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What Relacy says as it is."""
    program = built(tmp_path_factory.mktemp("shipped"))
    return {size: answers(program, *size) for size in SIZES}


@pytest.fixture(scope="module")
def cpp20(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What Relacy says with C++20's release sequences."""
    program = built(tmp_path_factory.mktemp("cpp20"), cpp20=True)
    return {size: answers(program, *size) for size in SIZES}


def accepted(answered: Answers) -> Left:
    """The assignments that Relacy accepts."""
    passed = ({one for one, answer in answered[size].items() if answer.verdict == "pass"} for size in SIZES)
    return list(accumulate(map(frozenset, passed), frozenset.intersection))


def ours(subject: Subject = GO, model: Model = Model.CPP20) -> Left:
    """The assignments that the model accepts."""
    programs = [(pre_added(subject, size), "") for size in SIZES]
    return [passing(programs[: count + 1], subject.choices, model) for count in range(len(SIZES))]


def summary(answered: Answers) -> dict[tuple[int, int], tuple[Counter[str], int]]:
    """At each size, how often each verdict was given, and how many executions were tried."""
    return {
        size: (Counter(one.verdict for one in given.values()), sum(one.executions for one in given.values()))
        for size, given in answered.items()
    }


@pytest.mark.crosscheck
def test_relacy_tries_this_many_executions_of_all_assignments(shipped: Answers) -> None:
    assert summary(shipped) == {
        (1, 1): ({"pass": 256, RACE: 3_456, PANIC: 384}, 7_552),
        (2, 1): ({"pass": 224, RACE: 3_488, PANIC: 384}, 15_456),
        (1, 2): ({"pass": 256, RACE: 3_456, PANIC: 384}, 392_064),
        (2, 2): ({"pass": 224, RACE: 3_488, PANIC: 384}, 28_244_256),
    }


@pytest.mark.crosscheck
def test_with_cpp20s_rule_relacy_tries_this_many(cpp20: Answers) -> None:
    assert summary(cpp20) == {
        (1, 1): ({"pass": 256, RACE: 3_648, PANIC: 192}, 7_360),
        (2, 1): ({"pass": 192, RACE: 3_712, PANIC: 192}, 15_232),
        (1, 2): ({"pass": 128, RACE: 3_776, PANIC: 192}, 220_096),
        (2, 2): ({"pass": 96, RACE: 3_856, PANIC: 144}, 11_258_960),
    }


@pytest.mark.crosscheck
def test_with_cpp20s_rule_relacy_accepts_at_each_size_exactly_what_the_model_accepts(cpp20: Answers) -> None:
    assert [len(left) for left in accepted(cpp20)] == [256, 192, 96, 96]
    assert accepted(cpp20) == ours()


@pytest.mark.crosscheck
def test_as_it_is_relacy_accepts_at_each_size_what_the_model_accepts_if_the_reset_is_an_exchange(
    shipped: Answers,
) -> None:
    exchange = GO._replace(footprints={**GO.footprints, "reset": Footprint("word", Kind.UPDATE)})
    assert [len(left) for left in accepted(shipped)] == [256, 224, 224, 224]
    assert accepted(shipped) == ours(exchange)


@pytest.mark.crosscheck
def test_as_it_is_relacy_accepts_too_much_for_cpp11_where_the_last_done_does_not_acquire(shipped: Answers) -> None:
    """A relaxed re-check does not acquire either: only the waiter that re-reads the word learns of the other workers.

    Where the re-check acquires, it is the late waiter that learns of them, from the zero of a relaxed reset.
    """
    relacy = accepted(shipped)[-1]
    cpp11 = ours(model=Model.CPP11)[-1]
    assert cpp11 < relacy
    assert len(relacy - cpp11) == 64
    assert {tuple(sites(one).items()) for one in relacy - cpp11} == {
        tuple(at.items())
        for at in map(sites, relacy)
        if at["done"] == RELEASE and (at["reset"] == RELAXED if at["reload"] == ACQUIRE else at["recheck"] == ACQUIRE)
    }


@pytest.mark.crosscheck
def test_as_it_is_relacy_accepts_for_cpp20_every_relaxed_reset_too(shipped: Answers, cpp20: Answers) -> None:
    relacy, standard = accepted(shipped)[-1], accepted(cpp20)[-1]
    assert standard < relacy
    assert len(relacy - standard) == 128
    assert {tuple(sites(one).items()) for one in relacy - standard} == {
        tuple(at.items())
        for at in map(sites, relacy)
        if at["reset"] == RELAXED or (at["done"] == RELEASE and at["reload"] == RELAXED)
    }


@pytest.mark.crosscheck
def test_relacys_minima_are_those_of_the_model_only_with_cpp20s_rule(shipped: Answers, cpp20: Answers) -> None:
    def found(answered: Answers) -> set[tuple[str, ...]]:
        left = accepted(answered)[-1]
        assert breaches(left, GO.choices) == []
        return {tuple(str(sites(one)[site]) for site in ("done", "reload", "recheck", "reset")) for one in minima(left)}

    assert found(cpp20) == {("acq_rel", "relaxed", "relaxed", "release"), ("release", "acquire", "relaxed", "release")}
    assert found(shipped) == {
        ("acq_rel", "relaxed", "relaxed", "relaxed"),
        ("release", "acquire", "relaxed", "relaxed"),
        ("release", "relaxed", "acquire", "relaxed"),
    }


def test_without_relacy_nothing_is_known_and_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(relacy, "HEADER", tmp_path / "relacy.hpp")
    with pytest.raises(RuntimeError, match=r"^inconclusive: Relacy needs the Debian packages relacy-dev and"):
        built(tmp_path)


def test_a_relacy_with_another_rule_is_not_taken_for_this_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    header = tmp_path / "other" / "relacy.hpp"
    header.parent.mkdir()
    header.touch()
    header.with_name("thread.hpp").write_text("bool const preserve = rmw;")
    monkeypatch.setattr(relacy, "HEADER", header)
    monkeypatch.setattr(relacy, "COMPILER", "true")
    with pytest.raises(RuntimeError, match=r"^inconclusive: this Relacy has another rule"):
        built(tmp_path / "into", cpp20=True)
