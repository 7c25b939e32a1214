"""What a signal handler or a finalizer does between any two bytecodes of a call is exact, and so is the call.

A tracing function acts in the place of the handler, once in each run, before every bytecode of the package in turn. The
other threads are real: one waits from the beginning, and one more parks during a crossing.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from functools import partial

import pytest
from tests.impl.bytecodes import at_boundary

from waitgroup import WaitGroup

Act = Callable[[WaitGroup], object]
Park = Callable[[WaitGroup, int], list[Future[bool]]]


def net_zero(group: WaitGroup) -> None:
    group.add(1)
    group.done()


#: What the handler does, and what that adds to the counter.
ACTS: dict[str, tuple[Act, int]] = {
    "done": (lambda group: group.done(), -1),
    "add(1)": (lambda group: group.add(1), 1),
    "a pair": (net_zero, 0),
    "wait(0)": (lambda group: group.wait(0), 0),
    "add(-2)": (lambda group: group.add(-2), -2),
}
#: The call that is interrupted, with five units outstanding, and what it adds.
CALLS: dict[str, tuple[Act, int]] = {
    "add(1)": (lambda group: group.add(1), 1),
    "add(3)": (lambda group: group.add(3), 3),
    "done": (lambda group: group.done(), -1),
    "add(-3)": (lambda group: group.add(-3), -3),
    "wait(0)": (lambda group: group.wait(0), 0),
    "timed wait": (lambda group: group.wait(1e-6), 0),
}


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("call", CALLS)
def test_a_handler_at_every_boundary_of_a_call_leaves_the_count_exact_and_nobody_waiting(call: str, act: str) -> None:
    boundary, reached = 0, True
    while reached:
        boundary += 1
        group = WaitGroup()
        group.add(5)
        reached, _ = at_boundary(boundary, partial(CALLS[call][0], group), partial(ACTS[act][0], group))
        expected = 5 + CALLS[call][1] + (ACTS[act][1] if reached else 0)
        assert (expected, 0) == (group.counter, group.waiters)
    assert boundary > 5


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("act", ["done", "add(1)", "a pair", "wait(0)"])
def test_a_handler_at_every_boundary_of_a_crossing_loses_no_waiter(act: str, park: Park) -> None:
    boundary, reached = 0, True
    while reached:
        boundary += 1
        group = WaitGroup()
        group.add(2 if act == "done" else 1)
        (waiting,) = park(group, 1)
        reached, _ = at_boundary(boundary, group.done, partial(ACTS[act][0], group))
        if group.counter:  # a unit that came before the crossing: it took an ordinary one
            group.done()
        assert (True, 0, 0) == (waiting.result(), group.counter, group.waiters)
    assert boundary > 5


def test_a_waiter_of_the_next_generation_that_parks_at_any_boundary_of_a_crossing_is_not_woken_early(
    park: Park,
) -> None:
    """This is what refutes two tempting designs without locks: a shared queue, and lengths of lists."""
    boundary, reached, early = 0, True, 0
    while reached:
        boundary += 1
        group = WaitGroup()
        group.add(1)
        (first,) = park(group, 1)
        second: list[Future[bool]] = []

        def next_generation(group: WaitGroup = group, second: list[Future[bool]] = second) -> None:
            group.add(1)
            second.extend(park(group, 1))

        reached, _ = at_boundary(boundary, group.done, next_generation)
        if second:
            assert 1 == group.counter
            early += bool(wait(second, timeout=0.002).done)
            group.done()
            assert True is second[0].result()
        assert True is first.result()
        assert (0, 0) == (group.counter, group.waiters)
    assert (0, True) == (early, boundary > 20)


@pytest.mark.parametrize("act", ["done", pytest.param("a pair", marks=pytest.mark.slow)])
def test_a_wait_returns_true_exactly_if_a_handler_makes_the_counter_zero_before_it_has_given_up(
    act: str, threads: Executor
) -> None:
    boundary, reached, has_parked = 0, True, False
    answers: list[object] = []
    while reached:
        boundary += 1
        group = WaitGroup()
        group.add(1)
        in_time = [False]

        def handle(group: WaitGroup = group, in_time: list[bool] = in_time) -> None:
            nonlocal has_parked
            # At later boundaries the wait is further: once it has parked, nobody in the queue means that it has left.
            has_parked = has_parked or group.waiters == 1
            in_time[0] = act == "done" and (group.waiters == 1 or not has_parked)
            ACTS[act][0](group)

        reached, answer = threads.submit(at_boundary, boundary, partial(group.wait, 0.01), handle).result()
        assert (0 if reached and act == "done" else 1, 0) == (group.counter, group.waiters)
        assert in_time[0] is answer
        answers.append(answer)
    assert boundary > 20
    assert {"done": {True, False}, "a pair": {False}}[act] == set(answers)
