"""Which orderings Go's algorithm needs: two minima of 4,096 assignments, and what each step of weakening breaks."""

import pytest

from waitgroup_spec.memory.assignments import Assignment, breaches, minima, passing
from waitgroup_spec.memory.go import CHOICES, FOOTPRINTS, go
from waitgroup_spec.memory.lowering import Footprint, Kind, Lowered
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Ordering
from waitgroup_spec.memory.search import explore
from waitgroup_spec.protocol import Call
from waitgroup_spec.protocols import go as text
from waitgroup_spec.word import ZERO

SIZES = [(1, 1), (2, 1), (1, 2), (2, 2)]
LARGER = [(3, 2), (2, 3)]


def orderings(apply: Ordering, reload: Ordering, reset: Ordering = RELEASE) -> dict[str, Ordering]:
    """An assignment in which the sites that all minima agree on have what they need."""
    return {
        "apply": apply,
        "reload": reload,
        "reset": reset,
        "release": RELEASE,
        "load": ACQUIRE,
        "compare_and_swap": RELAXED,
        "acquire": ACQUIRE,
        "recheck": RELAXED,
    }


def assignment(chosen: dict[str, Ordering]) -> Assignment:
    return tuple(chosen[site] for site in CHOICES)


LAST_DONE_ACQUIRES = orderings(apply=ACQ_REL, reload=RELAXED)
RECHECK_ACQUIRES = orderings(apply=RELEASE, reload=ACQUIRE)
BOTH = {assignment(LAST_DONE_ACQUIRES), assignment(RECHECK_ACQUIRES)}

RACE = "race on result 1"
FALSE_PANIC = "waiter 1: sync: WaitGroup is reused before previous Wait has returned"


def flaws(chosen: dict[str, Ordering], size: tuple[int, int]) -> dict[tuple[str, Ordering], tuple[str, int] | None]:
    """What each weakening of one site breaks, and in how many steps at least."""
    found = {}
    for site, needed in chosen.items():
        for weaker in CHOICES[site]:
            if weaker != needed and weaker in needed:
                flaw = explore(go(*size), {**chosen, site: weaker}).flaw
                found[site, weaker] = (flaw.what, len(flaw.steps)) if flaw else None
    return found


@pytest.mark.parametrize("chosen", [LAST_DONE_ACQUIRES, RECHECK_ACQUIRES])
@pytest.mark.parametrize(("size", "states"), [((1, 1), 18), ((2, 1), 70), ((1, 2), 240), ((2, 2), 1_437)])
def test_both_minima_pass_with_up_to_two_workers_and_two_waiters(
    chosen: dict[str, Ordering], size: tuple[int, int], states: int
) -> None:
    found = explore(go(*size), chosen)
    assert (found.states, found.flaw) == (states, None)


def test_each_weakening_of_the_minimum_whose_last_done_acquires_breaks_something() -> None:
    assert flaws(LAST_DONE_ACQUIRES, (2, 2)) == {
        ("apply", RELAXED): (RACE, 6),
        ("apply", ACQUIRE): (RACE, 6),
        ("apply", RELEASE): (RACE, 10),
        ("reset", RELAXED): (RACE, 10),
        ("release", RELAXED): (FALSE_PANIC, 11),
        ("load", RELAXED): (RACE, 6),
        ("acquire", RELAXED): (FALSE_PANIC, 11),
    }


def test_each_weakening_of_the_minimum_whose_recheck_acquires_breaks_something() -> None:
    assert flaws(RECHECK_ACQUIRES, (2, 2)) == {
        ("apply", RELAXED): (RACE, 6),
        ("reload", RELAXED): (RACE, 10),
        ("reset", RELAXED): (RACE, 10),
        ("release", RELAXED): (FALSE_PANIC, 11),
        ("load", RELAXED): (RACE, 6),
        ("acquire", RELAXED): (FALSE_PANIC, 11),
    }


def test_one_worker_hides_that_the_last_done_acquires_and_one_waiter_that_the_reset_releases() -> None:
    found = {size: flaws(LAST_DONE_ACQUIRES, size) for size in SIZES}
    assert [found[size]["apply", RELEASE] for size in SIZES] == [None, (RACE, 12), None, (RACE, 10)]
    assert [found[size]["reset", RELAXED] for size in SIZES] == [None, None, (RACE, 8), (RACE, 10)]


def test_a_late_waiter_reads_the_zero_of_a_relaxed_reset_and_knows_nothing() -> None:
    flaw = explore(go(1, 2), orderings(apply=ACQ_REL, reload=RELAXED, reset=RELAXED)).flaw
    assert flaw is not None
    assert (flaw.what, flaw.steps[-3:]) == (
        RACE,
        (
            f"worker 1 writes {ZERO} to word (reset: relaxed)",
            f"waiter 2 reads {ZERO} from word (load: acquire)",
            "waiter 2 reads result 1",
        ),
    )


@pytest.mark.slow
def test_go_has_two_minima_among_4096_assignments_and_strengthening_never_breaks() -> None:
    passed = passing((go(*size) for size in SIZES), CHOICES)
    assert minima(passed) == BOTH
    assert (len(passed), breaches(passed, CHOICES)) == (96, [])


@pytest.mark.slow
def test_in_cpp11_the_reset_may_be_relaxed_where_the_last_done_acquires() -> None:
    passed = passing((go(*size) for size in SIZES), CHOICES, same_thread_continues=True)
    relaxed = assignment(orderings(apply=ACQ_REL, reload=RELAXED, reset=RELAXED))
    assert minima(passed) == {relaxed, assignment(RECHECK_ACQUIRES)}
    assert (len(passed), breaches(passed, CHOICES)) == (160, [])


@pytest.mark.slow
@pytest.mark.parametrize("size", LARGER)
@pytest.mark.parametrize("chosen", [LAST_DONE_ACQUIRES, RECHECK_ACQUIRES])
def test_both_minima_pass_and_each_weakening_fails_with_one_thread_more(
    chosen: dict[str, Ordering], size: tuple[int, int]
) -> None:
    found = explore(go(*size), chosen)
    assert (found.states, found.flaw) == ({(3, 2): 8_826, (2, 3): 63_105}[size], None)
    assert None not in flaws(chosen, size).values()


def test_the_assignments_are_4096() -> None:
    total = 1
    for choices in CHOICES.values():
        total *= len(choices)
    assert total == 4_096


def test_a_protocol_needs_a_footprint_for_each_action() -> None:
    with pytest.raises(ValueError, match="footprints of"):
        Lowered(text.go, {"apply": FOOTPRINTS["apply"]}, units=1)


@pytest.mark.parametrize(
    ("action", "footprint", "error", "message"),
    [
        ("load", Footprint("permits", Kind.LOAD), TypeError, "reads .counter of a field"),
        ("apply", Footprint("word", Kind.LOAD), ValueError, "apply writes more than its footprint says"),
        ("apply", Footprint("permits", Kind.UPDATE), TypeError, "not in its footprint"),
        ("apply", Footprint("word", Kind.STORE), TypeError, "not in its footprint"),
    ],
)
def test_a_wrong_footprint_is_an_error(action: str, footprint: Footprint, error: type[Exception], message: str) -> None:
    lowered = Lowered(text.go, {**FOOTPRINTS, action: footprint}, units=1)
    call = Call() if action == "load" else Call(delta=-1)
    program = go(1, 1)._replace(locations=lowered.locations, threads={"only": lowered.caller(call)})
    with pytest.raises(error, match=message):
        explore(program, LAST_DONE_ACQUIRES)
