"""close(): a closed group takes no more units, and what is outstanding can still be finished and waited for."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from threading import Barrier, Event
from typing import Any

import pytest

from waitgroup import ClosedError, NegativeCounterError, WaitGroup

Park = Callable[[WaitGroup, int], list[Future[bool]]]

LIMIT = 20.0
REFUSED = r"^the group is closed: it takes no more units$"

pytestmark = pytest.mark.usefixtures("path")


def closed_group(units: int) -> WaitGroup:
    """A closed group with so many units outstanding."""
    group = WaitGroup()
    group.add(units)
    group.close()
    return group


def test_a_group_is_open_until_it_is_closed() -> None:
    group = WaitGroup()
    assert False is group.closed
    group.close()
    assert True is group.closed


def test_closing_again_does_nothing() -> None:
    group = closed_group(2)
    group.close()
    assert (True, 2) == (group.closed, group.counter)


def test_the_error_of_a_closed_group_is_a_runtime_error() -> None:
    assert issubclass(ClosedError, RuntimeError)


@pytest.mark.parametrize("units", [0, 1, 2**31 - 1])
@pytest.mark.parametrize(
    "delta", [1, 2, 2**31 - 1, 2**31, 10**100, 10**5000], ids=["1", "2", "maximum", "2**31", "10**100", "10**5000"]
)
def test_a_closed_group_refuses_every_positive_delta_and_nothing_changes(units: int, delta: int) -> None:
    group = closed_group(units)
    with pytest.raises(ClosedError, match=REFUSED):
        group.add(delta)
    assert (units, 0, True) == (group.counter, group.waiters, group.closed)


def test_a_closed_group_starts_no_task_and_submits_none() -> None:
    group = closed_group(1)
    ran = Event()
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(ClosedError, match=REFUSED):
            group.go(ran.set)
        with pytest.raises(ClosedError, match=REFUSED):
            group.submit(executor, ran.set)
    assert (False, 1, 0) == (ran.is_set(), group.counter, group.statistics().tasks)


def test_units_can_be_taken_from_a_closed_group_one_by_one_and_in_bulk() -> None:
    group = closed_group(4)
    group.done()
    group.add(-2)
    group.add(0)
    assert 1 == group.counter
    group.done()
    assert True is group.wait()


@pytest.mark.parametrize("delta", [-2, -(2**31), -(10**100)])
def test_a_closed_group_refuses_to_give_more_than_it_has_as_an_open_one_does(delta: int) -> None:
    group = closed_group(1)
    with pytest.raises(NegativeCounterError, match=r"^the counter is 1, less than what is taken away$"):
        group.add(delta)
    assert 1 == group.counter


@pytest.mark.parametrize("delta", [True, 1.0, None])
def test_a_delta_of_another_type_than_int_is_a_type_error_in_a_closed_group_too(delta: Any) -> None:
    group = closed_group(1)
    with pytest.raises(TypeError):
        group.add(delta)
    assert 1 == group.counter


def test_closing_wakes_no_parked_waiter_and_the_last_done_does(park: Park) -> None:
    group = WaitGroup()
    group.add(1)
    waits = park(group, 2)
    group.close()
    assert set() == wait(waits, timeout=0.05).done
    assert (1, 2) == (group.counter, group.waiters)
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]


def test_a_closed_group_can_be_waited_on(park: Park) -> None:
    group = closed_group(1)
    assert False is group.wait(0)
    assert False is group.wait(0.01)
    waits = park(group, 2)
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]
    assert True is group.wait()


def test_the_repr_of_a_closed_group_says_so() -> None:
    assert "<WaitGroup counter=3 waiters=0 closed>" == repr(closed_group(3))


def test_the_units_of_8_threads_that_add_while_the_group_is_closed_are_all_counted_or_refused(
    threads: Executor, until: Callable[[Callable[[], bool]], None]
) -> None:
    group = WaitGroup()
    together = Barrier(8)

    def add_until_refused() -> int:
        together.wait(LIMIT)
        added = 0
        while True:
            try:
                group.add(1)
            except ClosedError:
                return added
            added += 1

    adding = [threads.submit(add_until_refused) for _ in range(8)]
    until(lambda: group.counter > 1000)
    group.close()
    counter = group.counter
    assert counter == sum(adder.result() for adder in adding)
    assert counter == group.counter


def test_a_task_of_a_closed_group_runs_to_its_end_and_can_start_no_other() -> None:
    group = WaitGroup()
    begin = Event()
    refused: list[str] = []

    def task() -> None:
        begin.wait(LIMIT)
        try:
            group.go(print)
        except ClosedError as error:
            refused.append(str(error))

    thread = group.go(task)
    group.close()
    begin.set()
    assert True is group.wait(LIMIT)
    thread.join(LIMIT)
    assert (["the group is closed: it takes no more units"], 0) == (refused, group.counter)
