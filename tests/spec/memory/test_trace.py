"""A run is told step by step: from which step each value was read, and what its thread knows afterwards."""

from waitgroup_spec.memory.hazards import HAZARDS
from waitgroup_spec.memory.language import load, program, store
from waitgroup_spec.memory.minima import GO_LAST_DONE_ACQUIRES
from waitgroup_spec.memory.ordering import RELAXED, RELEASE
from waitgroup_spec.memory.programs import pre_added
from waitgroup_spec.memory.search import explore
from waitgroup_spec.memory.subjects import GO
from waitgroup_spec.memory.trace import Moment, moments


def test_a_run_to_a_race_says_where_each_value_came_from_and_what_was_known() -> None:
    orderings = {**GO_LAST_DONE_ACQUIRES, "reset": RELAXED}
    text = pre_added(GO, (1, 2))
    found = explore(text, orderings)
    assert list(moments(text, orderings, found.choices)) == [
        Moment("worker 1", "writes result 1", None, True, ("result 1",)),
        Moment("waiter 1", "reads counter 1 from word (load: acquire)", 0, True, ()),
        Moment(
            "waiter 1",
            "reads counter 1 from word and writes counter 1, waiters 1 (compare_and_swap: relaxed)",
            0,
            True,
            ("word of step 3",),
        ),
        Moment(
            "worker 1",
            "reads counter 1, waiters 1 from word and writes waiters 1 (done: acq_rel)",
            3,
            True,
            ("word of step 4", "result 1"),
        ),
        Moment("worker 1", "reads waiters 1 from word (reload: relaxed)", 4, True, ("word of step 4", "result 1")),
        Moment("worker 1", "writes 0 to word (reset: relaxed)", None, True, ("word of step 6", "result 1")),
        Moment("waiter 2", "reads 0 from word (load: acquire)", 6, True, ("word of step 6",)),
        Moment("waiter 2", "reads result 1", None, True, ("word of step 6",)),
    ]


def test_a_run_with_an_old_value_says_so() -> None:
    orderings = {**GO_LAST_DONE_ACQUIRES, "release": RELAXED}
    text = pre_added(GO, (1, 1))
    (*_, last) = moments(text, orderings, explore(text, orderings).choices)
    assert last == Moment(
        "waiter 1",
        "reads counter 1, waiters 1 from word (recheck: relaxed)",
        3,
        False,
        ("permits of step 8", "word of step 3"),
    )


def test_a_use_of_what_is_freed_reads_from_nowhere() -> None:
    text = HAZARDS["notify-after-zero"].program
    (*_, last) = moments(text, {}, explore(text).choices)
    assert last == Moment("worker", "uses condition (acq_rel)", None, True, ("counter of step 2", "result"))


def test_a_store_that_comes_before_another_threads_store_is_not_the_newest() -> None:
    text = program({"x": 0}, [], one=[store("x", 1, RELAXED)], other=[store("x", 2, RELEASE), load("a", "x", RELAXED)])
    # `other` stores first, `one` puts its store before that, `other` reads its own.
    told = [[moment.newest, moment.from_step] for moment in moments(text, {}, [1, 0, 0])]
    assert told == [[True, None], [False, None], [True, 1]]
