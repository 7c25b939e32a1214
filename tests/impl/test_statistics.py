"""What a group tells at any time: its name, its repr, its statistics."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Event
from typing import Any, NoReturn

import pytest

from waitgroup import WaitGroup
from waitgroup.group import Statistics

Park = Callable[[WaitGroup, int], list[Future[bool]]]

LIMIT = 20.0

pytestmark = pytest.mark.usefixtures("path")


def test_without_a_name_a_group_is_called_waitgroup_and_the_repr_does_not_say_it() -> None:
    group = WaitGroup()
    assert ("waitgroup", "<WaitGroup counter=0 waiters=0>") == (group.name, repr(group))


def test_the_repr_of_a_group_with_a_name_says_it() -> None:
    group = WaitGroup(name="crawler")
    group.add(2)
    assert ("crawler", "<WaitGroup 'crawler' counter=2 waiters=0>") == (group.name, repr(group))
    group.close()
    assert "<WaitGroup 'crawler' counter=2 waiters=0 closed>" == repr(group)


def test_the_names_of_the_threads_of_a_group_begin_with_its_name() -> None:
    group = WaitGroup(name="crawler")
    thread = group.go(print, end="")
    assert "crawler-print" == thread.name
    thread.join(LIMIT)


@pytest.mark.parametrize("name", [None, 1, b"crawler", ["crawler"]])
def test_a_name_that_is_no_string_is_refused(name: Any) -> None:
    with pytest.raises(TypeError, match=rf"^name must be a str, not {type(name).__name__}$"):
        WaitGroup(name=name)


def test_the_statistics_of_a_new_group_are_all_zero() -> None:
    assert Statistics(counter=0, waiters=0, tasks=0, errors=0, closed=False) == WaitGroup().statistics()


def test_the_statistics_count_units_waiters_tasks_and_errors(park: Park) -> None:
    group = WaitGroup(errors="group")
    finish = Event()

    def fail() -> NoReturn:
        raise LookupError

    with ThreadPoolExecutor(1) as executor:
        group.add(3)
        running = group.go(finish.wait, LIMIT)
        group.submit(executor, finish.wait, LIMIT)
        group.go(fail).join(LIMIT)
        waits = park(group, 4)
        group.close()
        assert Statistics(counter=5, waiters=4, tasks=2, errors=1, closed=True) == group.statistics()
        finish.set()
        running.join(LIMIT)
    assert Statistics(counter=3, waiters=4, tasks=0, errors=1, closed=True) == group.statistics()
    group.add(-3)
    ends = [waiting.exception(LIMIT) for waiting in waits]
    assert [ExceptionGroup] == [type(end) for end in ends if end is not None]
    assert Statistics(counter=0, waiters=0, tasks=0, errors=0, closed=True) == group.statistics()


def test_counter_and_waiters_of_the_statistics_are_of_one_moment(threads: Executor) -> None:
    group = WaitGroup()
    over = Event()

    def work() -> None:
        while not over.is_set():
            group.add(1)
            group.wait(0.00001)
            group.done()

    working = threads.submit(work)
    seen = {(told.counter, told.waiters) for told in (group.statistics() for _ in range(20_000))}
    over.set()
    working.result()
    assert seen <= {(0, 0), (1, 0), (1, 1)}
