"""submit(): one unit a future, taken away when that is done, however it ends, also when the executor refuses."""

import os
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from threading import Event, current_thread
from typing import Any, NoReturn, TypeVar

import pytest

from waitgroup import WaitGroup

T = TypeVar("T")

LIMIT = 20.0


class AtOnce(Executor):
    """Makes the call before it returns the future."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        future = Future[T]()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Refusing(Executor):
    """Refuses, after having done something else."""

    def __init__(self, before: Callable[[], object]) -> None:
        self.before = before

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        self.before()
        raise RuntimeError("no room")


class Interrupting(Future[None]):
    """A future that takes its callback and is interrupted before it can say so."""

    def add_done_callback(self, fn: Callable[["Future[None]"], object]) -> None:
        super().add_done_callback(fn)
        raise KeyboardInterrupt


class Handing(Executor):
    """Returns one future, whatever is submitted."""

    def __init__(self, future: "Future[Any]") -> None:
        self.future = future

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        return self.future


def test_the_future_has_the_result_of_the_call_with_its_arguments() -> None:
    group = WaitGroup()

    def echo(*args: object, **kwargs: object) -> tuple[object, ...]:
        return args, kwargs

    with ThreadPoolExecutor(1) as executor:
        future = group.submit(executor, echo, 1, "two", self=3, executor=4, function=5)
        assert ((1, "two"), {"self": 3, "executor": 4, "function": 5}) == future.result(LIMIT)
    assert True is group.wait(LIMIT)


def test_the_function_runs_where_the_executor_runs_it() -> None:
    group = WaitGroup()
    with ThreadPoolExecutor(1, thread_name_prefix="pool") as executor:
        thread = group.submit(executor, current_thread).result(LIMIT)
    assert "pool_0" == thread.name


def test_the_unit_is_outstanding_until_the_future_is_done() -> None:
    group = WaitGroup()
    finish = Event()
    with ThreadPoolExecutor(1) as executor:
        future = group.submit(executor, finish.wait, LIMIT)
        assert (1, 1) == (group.counter, group.statistics().tasks)
        assert False is group.wait(0.02)
        finish.set()
        assert True is group.wait(LIMIT)
        assert (True, 0, 0) == (future.done(), group.counter, group.statistics().tasks)


def test_after_the_wait_every_future_is_done_and_its_result_can_be_had_at_once() -> None:
    group = WaitGroup()
    with ThreadPoolExecutor(4) as executor:
        futures = [group.submit(executor, pow, number, 2) for number in range(200)]
        assert True is group.wait(LIMIT)
        assert [number**2 for number in range(200)] == [future.result(0) for future in futures]


def test_a_function_that_fails_gives_its_unit_back_and_the_error_to_the_future() -> None:
    group = WaitGroup()
    with ThreadPoolExecutor(1) as executor:
        future = group.submit(executor, int, "no number")
        assert True is group.wait(LIMIT)
    assert ValueError is type(future.exception(LIMIT))


def test_a_future_that_is_done_when_it_is_returned_leaves_nothing_outstanding() -> None:
    group = WaitGroup()
    assert 8 == group.submit(AtOnce(), pow, 2, 3).result(0)
    assert (0, 0) == (group.counter, group.statistics().tasks)


@pytest.mark.parametrize("errors", ["leave", "group", "first"])
def test_a_cancelled_future_gives_its_unit_back_and_is_no_error(caplog: pytest.LogCaptureFixture, errors: Any) -> None:
    group = WaitGroup(errors=errors)
    finish, ran = Event(), Event()
    with ThreadPoolExecutor(1) as executor:
        group.submit(executor, finish.wait, LIMIT)
        waiting = group.submit(executor, ran.set)
        assert 2 == group.counter
        assert True is waiting.cancel()
        assert (1, 1) == (group.counter, group.statistics().tasks)
        finish.set()
    assert True is group.wait(LIMIT)
    assert False is ran.is_set()
    with pytest.raises(CancelledError):
        waiting.result(LIMIT)
    assert [] == caplog.records  # an executor logs what its futures' callbacks raise


def test_cancelling_the_last_future_wakes_who_waits(
    threads: Executor, park: Callable[[WaitGroup, int], list[Future[bool]]]
) -> None:
    group = WaitGroup()
    finish = Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(finish.wait, LIMIT)
        last = group.submit(executor, print)
        waits = park(group, 2)
        assert True is last.cancel()
        assert [True, True] == [waiting.result() for waiting in waits]
        finish.set()


def test_an_executor_that_is_shut_down_with_its_futures_cancelled_gives_all_units_back() -> None:
    group = WaitGroup()
    begun, finish = Event(), Event()

    def task() -> None:
        begun.set()
        finish.wait(LIMIT)

    executor = ThreadPoolExecutor(1)
    for _ in range(10):
        group.submit(executor, task)
    begun.wait(LIMIT)
    executor.shutdown(wait=False, cancel_futures=True)
    assert 1 == group.counter
    finish.set()
    assert True is group.wait(LIMIT)
    executor.shutdown()


def test_an_executor_that_was_shut_down_refuses_and_the_unit_is_taken_back() -> None:
    group = WaitGroup()
    group.add(1)
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError, match=r"^cannot schedule new futures after shutdown$"):
        group.submit(executor, print)
    assert (1, 0) == (group.counter, group.statistics().tasks)


def test_an_executor_that_refuses_releases_who_waits_for_the_unit(
    threads: Executor, until: Callable[[Callable[[], bool]], None]
) -> None:
    group = WaitGroup()
    waiting: list[Future[bool]] = []

    def park_one() -> None:
        waiting.append(threads.submit(group.wait))
        until(lambda: group.waiters == 1)

    with pytest.raises(RuntimeError, match=r"^no room$"):
        group.submit(Refusing(park_one), print)
    assert True is waiting[0].result()
    assert 0 == group.counter


def test_at_the_maximum_nothing_is_submitted_and_nothing_changes() -> None:
    group = WaitGroup()
    group.add(2**31 - 1)
    ran = Event()
    with pytest.raises(OverflowError):
        group.submit(AtOnce(), ran.set)
    assert (2**31 - 1, 0, False) == (group.counter, group.statistics().tasks, ran.is_set())


@pytest.mark.parametrize("future", [Interrupting(), Future()], ids=["after the callback was taken", "never"])
def test_an_interrupted_submit_takes_the_unit_away_once(future: "Future[None]") -> None:
    group = WaitGroup()
    group.add(1)
    if isinstance(future, Interrupting):
        with pytest.raises(KeyboardInterrupt):
            group.submit(Handing(future), print)
        assert 1 == group.counter
    else:
        group.submit(Handing(future), print)
        assert 2 == group.counter
    future.set_result(None)
    assert 1 == group.counter


def test_tasks_may_submit_further_tasks_and_all_of_them_are_waited_for() -> None:
    group = WaitGroup()
    leaves: list[int] = []
    with ThreadPoolExecutor(2) as executor:

        def branch(depth: int) -> None:
            if depth == 0:
                leaves.append(depth)
            else:
                group.submit(executor, branch, depth - 1)
                group.submit(executor, branch, depth - 1)

        group.submit(executor, branch, 4)
        assert True is group.wait(LIMIT)
    assert [0] * 16 == leaves


def test_threads_and_futures_can_share_a_group_and_its_errors() -> None:
    group = WaitGroup(errors="group")

    def fail(number: int) -> NoReturn:
        raise LookupError(number)

    with ThreadPoolExecutor(1) as executor:
        group.go(fail, 1).join(LIMIT)
        group.submit(executor, fail, 2)
    with pytest.raises(ExceptionGroup) as raised:
        group.wait(LIMIT)
    assert [(1,), (2,)] == [error.args for error in raised.value.exceptions]


def test_calls_in_other_processes_are_waited_for_with_their_results_and_errors() -> None:
    group = WaitGroup(errors="group")
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        squares = [group.submit(executor, pow, number, 2) for number in range(8)]
        failing = group.submit(executor, int, "no number")
        with pytest.raises(ExceptionGroup, match=r"^1 task of waitgroup failed") as raised:
            group.wait(LIMIT)
        assert [failing.exception(0)] == list(raised.value.exceptions)
        assert [number**2 for number in range(8)] == [square.result(0) for square in squares]
    assert (0, 0) == (group.counter, group.statistics().tasks)


def test_a_process_that_ends_in_the_middle_of_its_call_gives_the_unit_back() -> None:
    group = WaitGroup(errors="first")
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        group.submit(executor, os._exit, 1)
        with pytest.raises(BrokenProcessPool):
            group.wait(LIMIT)
    assert 0 == group.counter
