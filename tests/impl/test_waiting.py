"""Waiting: who parks, who wakes, and that a waiter belongs to the generation in which it came."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from threading import Event

import pytest

from waitgroup import WaitGroup
from waitgroup.core import WAITERS_MAX, WORD, cell_of

Park = Callable[[WaitGroup, int], list[Future[bool]]]

pytestmark = pytest.mark.usefixtures("path")


def test_waiting_on_a_group_that_was_never_used_returns_true_at_once() -> None:
    assert True is WaitGroup().wait()


def test_waiting_after_the_last_done_returns_true_at_once() -> None:
    group = WaitGroup()
    group.add(2)
    group.done()
    group.done()
    assert True is group.wait()


def test_a_waiter_stays_parked_until_the_last_unit_is_taken(park: Park) -> None:
    group = WaitGroup()
    group.add(2)
    waits = park(group, 1)
    group.done()
    assert set() == wait(waits, timeout=0.05).done
    assert (1, 1) == (group.counter, group.waiters)
    group.done()
    assert True is waits[0].result()
    assert (0, 0) == (group.counter, group.waiters)


def test_a_waiter_parked_before_work_is_added_waits_for_that_work_too(park: Park) -> None:
    group = WaitGroup()
    group.add(1)
    waits = park(group, 1)
    group.add(1)
    group.done()
    assert set() == wait(waits, timeout=0.05).done
    group.done()
    assert True is waits[0].result()


def test_all_of_50_waiters_wake(park: Park) -> None:
    group = WaitGroup()
    group.add(1)
    waits = park(group, 50)
    assert (1, 50) == (group.counter, group.waiters)
    group.done()
    assert [True] * 50 == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


def test_a_bulk_delta_that_reaches_zero_wakes_the_waiters(park: Park) -> None:
    group = WaitGroup()
    group.add(7)
    waits = park(group, 3)
    group.add(-7)
    assert [True] * 3 == [waiting.result() for waiting in waits]


def test_a_waiter_of_the_last_generation_returns_although_work_was_added_since(park: Park) -> None:
    group = WaitGroup()
    returned = []
    for _ in range(200):
        group.add(1)
        (waiting,) = park(group, 1)
        group.done()
        group.add(1)  # at once: the waiter has had no chance to see the zero
        returned.append(waiting.result())
        assert (1, 0) == (group.counter, group.waiters)
        group.done()
    assert [True] * 200 == returned


def test_a_waiter_of_the_next_generation_is_not_woken_by_the_last_one(park: Park) -> None:
    group = WaitGroup()
    group.add(1)
    first = park(group, 3)
    group.done()
    group.add(1)
    second = park(group, 3)
    assert [True] * 3 == [waiting.result() for waiting in first]
    assert set() == wait(second, timeout=0.05).done
    assert (1, 3) == (group.counter, group.waiters)
    group.done()
    assert [True] * 3 == [waiting.result() for waiting in second]


def test_what_happened_before_done_is_seen_after_wait(threads: Executor) -> None:
    group = WaitGroup()
    seen = []
    for number in range(100):
        written: list[int] = []

        def work(written: list[int] = written, number: int = number) -> None:
            written.append(number)
            group.done()

        group.add(1)
        threads.submit(work)
        group.wait()
        seen += written
    assert list(range(100)) == seen


def test_16_threads_meet_at_two_groups_8_times_over(threads: Executor) -> None:
    """Go's own TestWaitGroup: nobody may pass the second group before all 16 have come to the first."""
    first, second = WaitGroup(), WaitGroup()

    def meet(through: Event) -> bool:
        first.done()
        second.wait()
        return through.is_set()

    for _ in range(8):
        first.add(16)
        second.add(1)
        through = Event()
        meetings = [threads.submit(meet, through) for _ in range(16)]
        first.wait()
        assert set() == wait(meetings, timeout=0).done
        through.set()
        second.done()
        assert [True] * 16 == [meeting.result() for meeting in meetings]


def test_one_waiter_more_than_a_word_can_count_is_refused_and_changes_nothing() -> None:
    group = WaitGroup()
    # 2**31 - 1 threads cannot be had; a word that says so can.
    group._state[WORD] = cell_of(1, WAITERS_MAX)
    with pytest.raises(OverflowError, match=r"^2147483647 are waiting already$"):
        group.wait()
    # Only looking needs no place among the waiters.
    assert False is group.wait(0)
    assert (1, 2**31 - 1) == (group.counter, group.waiters)


def test_leaving_the_block_of_a_group_waits_for_what_is_outstanding(threads: Executor) -> None:
    finish, left = Event(), Event()

    def block() -> None:
        with WaitGroup() as group:
            group.go(finish.wait)
        left.set()

    leaving = threads.submit(block)
    assert False is left.wait(0.05)
    finish.set()
    leaving.result()
    assert left.is_set()


def test_leaving_the_block_by_an_exception_waits_too_and_lets_it_through(threads: Executor) -> None:
    finish, left = Event(), Event()

    def block() -> None:
        try:
            with WaitGroup() as group:
                group.go(finish.wait)
                raise LookupError("of the block")
        finally:
            left.set()

    leaving = threads.submit(block)
    assert False is left.wait(0.05)
    finish.set()
    assert "LookupError('of the block')" == repr(leaving.exception())


def test_the_block_is_given_the_group_itself() -> None:
    group = WaitGroup()
    with group as entered:
        assert group is entered
