"""What each site needs: the minima of the four protocols, what each weakening breaks, and where the claim ends."""

import pytest

from waitgroup_spec.memory import requirements as searching
from waitgroup_spec.memory.assignments import assignments, breaches, count
from waitgroup_spec.memory.hazards import HAZARDS
from waitgroup_spec.memory.lowering import Lowered
from waitgroup_spec.memory.minima import (
    GO_LAST_DONE_ACQUIRES,
    GO_RELOAD_ACQUIRES,
    LATCH_MINIMUM,
    MINIMA,
    STRICT_CAS_MINIMUM,
    ZIG_FENCES,
    ZIG_LAST_DONE_ACQUIRES,
    Orderings,
)
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Model, Ordering
from waitgroup_spec.memory.programs import GROUP, PROGRAMS, WAIT, pre_added
from waitgroup_spec.memory.requirements import Requirements, beyond, elsewhere, requirements, weakenings
from waitgroup_spec.memory.search import explore
from waitgroup_spec.memory.subjects import GO, LATCH, STRICT_CAS, SUBJECTS, ZIG, Subject
from waitgroup_spec.scenarios import Size

RACE = "race on result 1"
FALSE_PANIC = "waiter 1: sync: WaitGroup is reused before previous Wait has returned"

EVERY = pytest.mark.parametrize(("subject", "minimum"), MINIMA.values(), ids=list(MINIMA))


def shortest(found: Requirements) -> list[Orderings]:
    return [minimum.orderings for minimum in found.minima]


def test_there_are_this_many_assignments() -> None:
    assert {name: count(subject.choices) for name, subject in SUBJECTS.items()} == {
        "go": 4_096,
        "strict_cas": 1_024,
        "latch": 8,
        "zig": 4_096,
    }
    assert len(set(assignments(GO.choices))) == 4_096


@pytest.mark.parametrize("model", [Model.CPP20, Model.CPP11])
def test_the_latch_has_one_minimum(model: Model) -> None:
    found = requirements(LATCH, model)
    assert (shortest(found), found.passed, found.verdict) == ([LATCH_MINIMUM], 2, "holds")


@pytest.mark.slow
@pytest.mark.parametrize("model", [Model.CPP20, Model.CPP11])
def test_a_compare_and_swap_that_resets_too_has_one_minimum(model: Model) -> None:
    found = requirements(STRICT_CAS, model)
    assert (shortest(found), found.passed, found.verdict) == ([STRICT_CAS_MINIMUM], 32, "holds")


@pytest.mark.slow
@pytest.mark.parametrize("model", [Model.CPP20, Model.CPP11])
def test_zig_has_the_two_minima_that_its_versions_have(model: Model) -> None:
    found = requirements(ZIG, model)
    assert (shortest(found), found.passed, found.verdict) == ([ZIG_LAST_DONE_ACQUIRES, ZIG_FENCES], 48, "holds")


@pytest.mark.slow
def test_go_has_two_minima() -> None:
    found = requirements(GO)
    assert (shortest(found), found.passed) == ([GO_LAST_DONE_ACQUIRES, GO_RELOAD_ACQUIRES], 96)
    assert (found.breaches, found.failures, found.verdict) == (0, (), "holds")


@pytest.mark.slow
def test_in_cpp11_the_reset_may_be_relaxed_where_the_last_done_acquires() -> None:
    found = requirements(GO, Model.CPP11)
    assert shortest(found) == [{**GO_LAST_DONE_ACQUIRES, "reset": RELAXED}, GO_RELOAD_ACQUIRES]
    assert (found.passed, found.verdict) == (160, "holds")


Broken = dict[tuple[str, Ordering], tuple[Size, str, int]]


def broken(subject: Subject, minimum: Orderings) -> Broken:
    return {
        (one.site, one.ordering): (one.size, one.flaw.what, len(one.flaw.steps)) for one in weakenings(subject, minimum)
    }


def test_each_weakening_of_the_minimum_of_go_whose_last_done_acquires_breaks_something() -> None:
    assert broken(GO, GO_LAST_DONE_ACQUIRES) == {
        ("done", ACQUIRE): ((1, 1), RACE, 4),
        ("done", RELEASE): ((2, 1), RACE, 12),
        ("reset", RELAXED): ((1, 2), RACE, 8),
        ("release", RELAXED): ((1, 1), FALSE_PANIC, 9),
        ("load", RELAXED): ((1, 1), RACE, 4),
        ("acquire", RELAXED): ((1, 1), FALSE_PANIC, 9),
    }


def test_each_weakening_of_the_minimum_of_go_whose_reload_acquires_breaks_something() -> None:
    assert broken(GO, GO_RELOAD_ACQUIRES) == {
        ("done", RELAXED): ((1, 1), RACE, 4),
        ("reload", RELAXED): ((2, 1), RACE, 12),
        ("reset", RELAXED): ((1, 2), RACE, 8),
        ("release", RELAXED): ((1, 1), FALSE_PANIC, 9),
        ("load", RELAXED): ((1, 1), RACE, 4),
        ("acquire", RELAXED): ((1, 1), FALSE_PANIC, 9),
    }


def test_each_weakening_of_the_other_minima_is_a_race() -> None:
    assert broken(STRICT_CAS, STRICT_CAS_MINIMUM) == {
        ("done", ACQUIRE): ((1, 1), RACE, 5),
        ("done", RELEASE): ((2, 1), RACE, 11),
        ("release", RELAXED): ((1, 1), RACE, 8),
        ("load", RELAXED): ((1, 1), RACE, 5),
        ("acquire", RELAXED): ((1, 1), RACE, 8),
    }
    assert broken(LATCH, LATCH_MINIMUM) == {("done", RELAXED): ((1, 1), RACE, 4), ("load", RELAXED): ((1, 1), RACE, 4)}
    in_the_event: Broken = {
        ("set_event", RELAXED): ((1, 1), RACE, 7),
        ("register", RELAXED): ((1, 1), RACE, 4),
        ("look", RELAXED): ((1, 1), RACE, 7),
        ("announce_fails", RELAXED): ((1, 1), RACE, 8),
        ("look_again", RELAXED): ((1, 1), RACE, 10),
    }
    assert broken(ZIG, ZIG_LAST_DONE_ACQUIRES) == {
        ("done", ACQUIRE): ((1, 1), RACE, 4),
        ("done", RELEASE): ((2, 1), RACE, 9),
        **in_the_event,
    }
    assert broken(ZIG, ZIG_FENCES) == {
        ("done", RELAXED): ((1, 1), RACE, 4),
        ("fence", RELAXED): ((2, 1), RACE, 9),
        **in_the_event,
    }


def test_what_is_no_minimum_is_refused() -> None:
    with pytest.raises(AssertionError, match="recheck may be relaxed: this is no minimum"):
        list(weakenings(GO, {**GO_LAST_DONE_ACQUIRES, "recheck": ACQUIRE}))


def test_a_set_that_is_not_closed_upwards_is_reported() -> None:
    assert breaches({(RELEASE, ACQUIRE)}, LATCH.choices) == [((RELEASE, ACQUIRE), (ACQ_REL, ACQUIRE))]


def test_a_set_that_is_not_closed_upwards_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "passing", lambda *_asked: frozenset({(RELEASE, ACQUIRE)}))
    found = requirements(LATCH)
    assert (found.breaches, found.failures, found.verdict) == (1, (), "violated")


def test_a_minimum_that_fails_in_another_program_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROGRAMS, "freed", lambda _subject, _size: HAZARDS["two-words"].program)
    found = requirements(LATCH)
    assert [(name, size, flaw.what) for name, size, flaw in found.failures] == [
        ("freed", size, "deadlock") for size in LATCH.searched
    ]
    assert (found.breaches, found.verdict) == (0, "violated")


def test_a_protocol_without_a_minimum_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "passing", lambda *_asked: frozenset())
    found = requirements(LATCH)
    assert (found.minima, found.breaches, found.failures, found.verdict) == ((), 0, (), "violated")


def test_each_minimum_is_tried_in_every_other_program_that_its_protocol_has_the_calls_for() -> None:
    assert list(elsewhere(LATCH)) == [("freed", size) for size in LATCH.searched]
    assert [*elsewhere(ZIG)] == [(name, size) for name in ("nested", "started", "freed") for size in ZIG.searched]


def test_what_could_be_weaker_at_a_size_is_told() -> None:
    weaker = {**GO_LAST_DONE_ACQUIRES, "recheck": ACQUIRE}
    ((size, found, weak),) = beyond(GO, weaker, [(1, 1)])
    assert (size, found.flaw, weak) == ((1, 1), None, ["done=release", "reset=relaxed", "recheck=relaxed"])


@EVERY
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_minima_hold_where_units_are_added_and_where_the_group_is_freed(
    subject: Subject, minimum: Orderings, name: str
) -> None:
    if name in ("nested", "started") and not subject.adds:
        with pytest.raises(ValueError, match="a latch has done"):
            explore(PROGRAMS[name](subject, (1, 1)), minimum)
        return
    flaws = {
        size: explore(PROGRAMS[name](subject, size), minimum, symmetry=True).flaw
        for size in SMALL & {*subject.searched}
    }
    assert flaws == dict.fromkeys(SMALL & {*subject.searched})


def test_a_wait_that_the_owner_does_not_count_uses_a_group_that_is_freed() -> None:
    text = PROGRAMS["freed"](GO, (1, 1))
    late = Lowered(GO.protocol, GO.footprints, units=0).thread([WAIT])
    flaw = explore(text._replace(threads={**text.threads, "late": late}), GO_LAST_DONE_ACQUIRES).flaw
    assert flaw is not None
    assert (flaw.what, flaw.steps[-1]) == (f"{GROUP} is freed while it is in use", "late uses word (load: acquire)")


SMALL = {(1, 1), (2, 1), (1, 2)}


def test_a_second_waiter_fails_the_assertion_of_zig_whatever_the_orderings() -> None:
    strongest = {site: choices[-1] for site, choices in ZIG.choices.items()}
    flaw = explore(pre_added(ZIG, (1, 2)), strongest).flaw
    assert flaw is not None
    assert (flaw.what, len(flaw.steps)) == ("waiter 2: a second wait on a group that has one", 2)


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("go, the last done acquires", [18, 68, 240, 1_200]),
        ("go, reload acquires", [18, 68, 240, 1_200]),
    ],
)
def test_go_has_this_many_states(name: str, states: list[int]) -> None:
    subject, minimum = MINIMA[name]
    assert [explore(pre_added(subject, size), minimum).states for size in subject.searched] == states


@pytest.mark.slow
@EVERY
def test_the_minima_pass_and_each_weakening_fails_with_one_thread_more(subject: Subject, minimum: Orderings) -> None:
    for _size, found, weak in beyond(subject, minimum, subject.beyond):
        assert (found.flaw, weak) == (None, [])


@pytest.mark.slow
@pytest.mark.parametrize("minimum", [GO_LAST_DONE_ACQUIRES, GO_RELOAD_ACQUIRES])
def test_both_minima_of_go_are_decided_with_three_workers_and_three_waiters(minimum: Orderings) -> None:
    ((_size, found, weak),) = beyond(GO, minimum, [(3, 3)])
    assert (found.states, found.flaw, weak) == (9_988, None, [])
