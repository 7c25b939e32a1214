"""Threads that are alike may be exchanged: what is left are states of the program, and each other state has one there.

The reference here tries all exchanges, one by one.
"""

from itertools import permutations, product

import pytest

from waitgroup_spec.memory.assignments import passing
from waitgroup_spec.memory.language import Instruction, fence, fetch_add, program, write
from waitgroup_spec.memory.machine import Machine
from waitgroup_spec.memory.minima import GO_LAST_DONE_ACQUIRES, LATCH_MINIMUM, STRICT_CAS_MINIMUM, Orderings
from waitgroup_spec.memory.ordering import RELAXED, RELEASE, Member, Program
from waitgroup_spec.memory.programs import freed, nested, pre_added
from waitgroup_spec.memory.search import explore, flaw_at
from waitgroup_spec.memory.state import State
from waitgroup_spec.memory.subjects import GO, LATCH, STRICT_CAS
from waitgroup_spec.memory.symmetry import Symmetry


def states(text: Program, orderings: Orderings, symmetry: bool) -> set[State]:
    machine, fold = Machine(text, orderings), Symmetry(text).folded
    found = {machine.initial}
    fresh = [machine.initial]
    while fresh:
        for _step, state in list(machine.successors(fresh.pop())):
            after = fold(state)[0] if symmetry else state
            if after not in found:
                found.add(after)
                fresh.append(after)
    return found


def orbit(symmetry: Symmetry, state: State) -> set[State]:
    """The state under all exchanges."""
    found = set()
    for orders in product(*(permutations(range(len(members))) for members in symmetry.classes)):
        exchanged = state
        for members, order in zip(symmetry.classes, orders, strict=True):
            exchanged = symmetry.exchanged(exchanged, members, list(order))
        found.add(exchanged)
    return found


@pytest.mark.parametrize(
    ("program", "orderings", "whole", "folded"),
    [
        (pre_added(GO, (2, 2)), GO_LAST_DONE_ACQUIRES, 1_200, 335),
        (nested(GO, (1, 2)), GO_LAST_DONE_ACQUIRES, 1_231, 630),
        (freed(LATCH, (2, 2)), LATCH_MINIMUM, 522, 155),
        (pre_added(STRICT_CAS, (2, 2)), STRICT_CAS_MINIMUM, 1_232, 348),
    ],
    ids=["go", "go nested", "latch freed", "strict_cas"],
)
def test_the_states_that_are_kept_are_states_of_the_program_and_stand_for_all_others(
    program: Program, orderings: Orderings, whole: int, folded: int
) -> None:
    every, kept, symmetry = states(program, orderings, False), states(program, orderings, True), Symmetry(program)
    assert (len(every), len(kept)) == (whole, folded)
    assert kept <= every
    assert {one for state in kept for one in orbit(symmetry, state)} == every


def test_what_a_thread_has_released_by_a_fence_is_exchanged_with_it() -> None:
    threads: dict[str, list[Instruction]] = {
        one: [write(one), fence(RELEASE), fetch_add("before", "x", 1, RELAXED)] for one in ("this", "that")
    }
    alike = (Member("this", ("this",)), Member("that", ("that",)))
    text = program({"x": 0}, ["this", "that"], **threads)._replace(alike=(alike,))
    every, kept = states(text, {}, False), states(text, {}, True)
    assert (len(every), len(kept)) == (17, 10)
    assert kept <= every
    assert {one for state in kept for one in orbit(Symmetry(text), state)} == every


def test_the_first_worker_of_a_program_in_which_it_does_more_is_like_no_other() -> None:
    assert nested(GO, (3, 1)).alike[0] == (Member("worker 2", ("result 2",)), Member("worker 3", ("result 3",)))


@pytest.mark.parametrize(("minimum", "site"), [(GO_LAST_DONE_ACQUIRES, "reset"), (GO_LAST_DONE_ACQUIRES, "release")])
def test_a_run_that_is_found_by_symmetry_is_a_run_of_the_program(minimum: Orderings, site: str) -> None:
    program, orderings = pre_added(GO, (2, 2)), {**minimum, site: RELAXED}
    plain, folded = (explore(program, orderings, symmetry=symmetry) for symmetry in (False, True))
    assert plain.flaw is not None
    assert folded.flaw is not None
    assert len(plain.flaw.steps) == len(folded.flaw.steps)
    machine = Machine(program, orderings)
    state, said = machine.initial, []
    for choice in folded.choices:
        step, state = list(machine.successors(state))[choice]
        said.append(machine.sentence(step))
    assert (tuple(said), flaw_at(machine, state)) == (folded.flaw.steps, folded.flaw.what)


def test_threads_that_are_not_alike_are_found_out_when_a_run_is_drawn() -> None:
    program = pre_added(GO, (2, 1))
    wrong = program._replace(alike=((Member("worker 1"), Member("worker 2")),))
    with pytest.raises(AssertionError, match="the threads are not alike"):
        explore(wrong, {**GO_LAST_DONE_ACQUIRES, "done": RELEASE}, symmetry=True)


def test_to_exchange_threads_without_their_payloads_is_seen() -> None:
    program = pre_added(GO, (2, 1))
    wrong = program._replace(alike=((Member("worker 1"), Member("worker 2")),))
    every, kept = (
        states(text, GO_LAST_DONE_ACQUIRES, symmetry) for text, symmetry in ((program, False), (wrong, True))
    )
    assert not kept <= every


def test_a_race_on_any_of_several_results_is_drawn_as_a_run_of_the_program() -> None:
    left = passing([(pre_added(STRICT_CAS, (2, 1)), "")], {**STRICT_CAS.choices, "join": (RELAXED,)})
    assert len(left) == 8


@pytest.mark.slow
def test_with_and_without_symmetry_each_assignment_gets_the_same_verdict() -> None:
    for size in STRICT_CAS.searched[:3]:
        program = pre_added(STRICT_CAS, size)
        for chosen in product(*STRICT_CAS.choices.values()):
            orderings = dict(zip(STRICT_CAS.choices, chosen, strict=True))
            plain, folded = (explore(program, orderings, symmetry=symmetry).flaw for symmetry in (False, True))
            assert (plain is None) == (folded is None)
            if plain and folded:
                assert len(plain.steps) == len(folded.steps)
