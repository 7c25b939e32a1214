"""The search for flaws: races, deadlocks, failures, and the shortest way to each in sentences."""

from collections.abc import Sequence

import pytest

from waitgroup_spec.memory.language import (
    Instruction,
    Touch,
    fail,
    fence,
    jump,
    label,
    load,
    observed,
    program,
    read,
    sleep_while,
    store,
    update,
    wake_all,
    write,
)
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, NOTHING, RELAXED, RELEASE, Ordering, Program
from waitgroup_spec.memory.search import Flaw, explore

PUBLISH: list[Instruction] = [write("data"), store("flag", 1, "publish")]
SPIN: list[Instruction] = [
    label("again"),
    load("seen", "flag", "look"),
    jump("again", when=lambda own: own["seen"] == 0),
    read("data"),
]


def one_flag(**threads: Sequence[Instruction]) -> Program:
    return program({"flag": 0}, ["data"], **threads)


def test_a_payload_that_is_published_and_acquired_is_read_without_a_race() -> None:
    found = explore(one_flag(writer=PUBLISH, reader=SPIN), {"publish": RELEASE, "look": ACQUIRE})
    assert (found.states, len(found.finals), found.flaw) == (8, 1, None)


@pytest.mark.parametrize(("publish", "look"), [(RELAXED, ACQUIRE), (RELEASE, RELAXED)])
def test_the_shortest_way_to_a_race_is_told_in_sentences(publish: Ordering, look: Ordering) -> None:
    assert explore(one_flag(writer=PUBLISH, reader=SPIN), {"publish": publish, "look": look}).flaw == Flaw(
        "race on data",
        (
            "writer writes data",
            f"writer writes 1 to flag (publish: {publish})",
            f"reader reads 1 from flag (look: {look})",
            "reader reads data",
        ),
    )


def test_a_write_after_an_unordered_read_is_a_race() -> None:
    found = explore(one_flag(reader=[read("data")], writer=[write("data")]))
    assert found.flaw == Flaw("race on data", ("reader reads data", "writer writes data"))


@pytest.mark.parametrize(("look", "what"), [(RELAXED, "race on data"), (ACQUIRE, None)])
def test_a_write_that_only_comes_after_a_read_must_be_ordered_after_it(look: Ordering, what: str | None) -> None:
    reader: list[Instruction] = [read("data"), store("flag", 1, RELEASE)]
    overwriter: list[Instruction] = [*SPIN[:-1], write("data")]
    flaw = explore(one_flag(reader=reader, overwriter=overwriter), {"look": look}).flaw
    assert (flaw.what if flaw else None) == what


def until(value: int, ordering: Ordering, location: str = "flag") -> list[Instruction]:
    """Look at a location until it has this value."""
    return [label(location), load("seen", location, ordering), jump(location, when=lambda own: own["seen"] != value)]


#: All writes are done, of which nothing is learnt.
WRITTEN = until(1, RELAXED, "written")
LATE = [*WRITTEN, *until(1, ACQUIRE)]


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ([write("data"), store("flag", 1, RELEASE), write("data")], LATE),
        (
            [write("data"), store("flag", 1, RELEASE), store("flag", 2, RELAXED), write("data")],
            LATE,
        ),
        ([write("data"), fence(RELEASE), write("data"), store("flag", 1, RELAXED)], LATE),
        (
            [write("data"), store("flag", 1, RELEASE), *until(2, RELAXED), write("data")],
            [*until(1, RELAXED), store("flag", 2, RELAXED), *WRITTEN, fence(ACQUIRE)],
        ),
    ],
    ids=["after a store", "after an older store", "after a fence", "after what a relaxed load has seen"],
)
def test_a_write_is_not_known_to_those_who_were_told_of_an_earlier_one(
    writer: list[Instruction], reader: list[Instruction]
) -> None:
    (last,) = [number for number, step in enumerate(writer) if step == write("data") and number > 0]

    def what(steps: list[Instruction]) -> str | None:
        threads = {"writer": [*steps, store("written", 1, RELAXED)], "reader": [*reader, read("data")]}
        flaw = explore(program({"flag": 0, "written": 0}, ["data"], **threads)).flaw
        return flaw.what if flaw else None

    assert (what([*writer[:last], *writer[last + 1 :]]), what(writer)) == (None, "race on data")


def test_of_several_payloads_the_first_one_is_told() -> None:
    text = program({}, ["one", "two"], reader=[Touch(("one", "two"), False)], writer=[Touch(("one", "two"), True)])
    found = explore(text)
    assert found.flaw == Flaw("race on one", ("reader reads one, two", "writer writes one, two"))


def test_reads_do_not_race_with_each_other() -> None:
    assert explore(one_flag(one=[read("data")], other=[read("data")])).flaw is None


def test_a_sleeper_whom_nobody_wakes_is_a_deadlock() -> None:
    found = explore(one_flag(sleeper=[sleep_while("flag", 0)], other=[store("flag", 1, RELAXED)]))
    assert found.flaw == Flaw("deadlock", ("sleeper finds 0 in flag and sleeps", "other writes 1 to flag (relaxed)"))


def test_nobody_falls_asleep_on_a_value_that_is_gone() -> None:
    waker: list[Instruction] = [store("flag", 1, RELAXED), wake_all("flag")]
    assert explore(one_flag(sleeper=[sleep_while("flag", 0)], waker=waker)).flaw is None


def test_a_wake_up_gives_no_happens_before() -> None:
    waker: list[Instruction] = [write("data"), store("flag", 1, RELEASE), wake_all("flag")]
    found = explore(one_flag(sleeper=[sleep_while("flag", 0), read("data")], waker=waker))
    assert found.flaw is not None
    assert found.flaw.what == "race on data"


def take(ordering: Ordering) -> Instruction:
    """Take a permit; blocked while there is none."""
    return update("permit", "flag", lambda value, _own: value - 1 if value else NOTHING, ordering)


def test_an_update_that_blocks_waits_for_its_value() -> None:
    found = explore(one_flag(taker=[take(ACQUIRE), read("data")], giver=[write("data"), store("flag", 1, RELEASE)]))
    assert (len(found.finals), found.flaw) == (1, None)


def test_an_update_that_blocks_for_ever_is_a_deadlock() -> None:
    assert explore(one_flag(taker=[take(ACQ_REL)])).flaw == Flaw("deadlock", ())


def test_a_thread_may_fail_by_its_own_text() -> None:
    text: list[Instruction] = [
        load("seen", "flag", RELAXED),
        jump("fine", when=lambda own: own["seen"] == 0),
        fail("set"),
        label("fine"),
    ]
    found = explore(one_flag(judge=text, other=[store("flag", 1, RELAXED)]))
    assert found.flaw == Flaw("judge: set", ("other writes 1 to flag (relaxed)", "judge reads 1 from flag (relaxed)"))


def test_a_thread_that_does_nothing_is_finished() -> None:
    found = explore(one_flag(idle=[], other=[store("flag", 1, RELAXED)]))
    assert (found.states, len(found.finals), found.flaw) == (2, 1, None)


def test_what_is_observed_in_the_end_is_memory_and_registers() -> None:
    text = one_flag(only=[store("flag", 7, RELAXED), load("seen", "flag", RELAXED)])
    (final,) = explore(text).finals
    assert observed(text, final) == {"flag": 7, "seen": 7}


def test_a_site_without_an_ordering_is_an_error() -> None:
    with pytest.raises(KeyError, match="publish"):
        explore(one_flag(writer=PUBLISH))


def test_a_jump_to_a_label_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="one label nowhere"):
        one_flag(lost=[jump("nowhere")])


def test_a_search_that_grows_too_large_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="more than 3 states"):
        explore(one_flag(writer=PUBLISH, reader=SPIN), {"publish": RELEASE, "look": ACQUIRE}, max_states=3)
