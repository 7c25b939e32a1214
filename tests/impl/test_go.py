"""go(): one unit a thread, given back however the function ends, also when the thread cannot be started."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from threading import Event, Thread, current_thread
from typing import Any, NoReturn

import pytest

from waitgroup import WaitGroup

LIMIT = 20.0


def test_the_function_runs_in_a_thread_of_its_own_with_its_arguments() -> None:
    group = WaitGroup()
    calls: list[tuple[object, ...]] = []

    def record(*args: object, **kwargs: object) -> None:
        calls.append((current_thread(), args, kwargs))

    thread = group.go(record, 1, "two", three=3)
    group.wait()
    thread.join(LIMIT)
    assert [(thread, (1, "two"), {"three": 3})] == calls
    assert thread is not current_thread()


def test_keyword_arguments_may_have_the_names_of_go_s_own_parameters() -> None:
    group = WaitGroup()
    calls: list[dict[str, int]] = []

    def record(**kwargs: int) -> None:
        calls.append(kwargs)

    group.go(record, self=1, function=2).join(LIMIT)
    assert [{"self": 1, "function": 2}] == calls


def test_the_unit_is_outstanding_until_the_function_has_ended() -> None:
    group = WaitGroup()
    finish = Event()
    thread = group.go(finish.wait, LIMIT)
    assert 1 == group.counter
    assert False is group.wait(0.02)
    finish.set()
    assert True is group.wait()
    assert 0 == group.counter
    thread.join(LIMIT)


def test_the_returned_thread_has_been_started_and_is_named_after_the_function() -> None:
    group = WaitGroup()
    finish = Event()
    thread = group.go(finish.wait, LIMIT)
    assert (True, "waitgroup-wait") == (thread.is_alive(), thread.name)
    finish.set()
    thread.join(LIMIT)
    assert False is thread.is_alive()


def test_a_callable_without_a_name_runs_too() -> None:
    class Task:
        def __call__(self) -> None:
            ran.set()

    ran = Event()
    group = WaitGroup()
    thread = group.go(Task())
    assert "waitgroup-task" == thread.name
    group.wait()
    assert ran.is_set()
    thread.join(LIMIT)


class Nameless:
    """Has a name that cannot be had."""

    @property
    def __name__(self) -> str:
        raise LookupError("no name")

    def __call__(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("debug", [False, True])
def test_a_callable_whose_name_cannot_be_had_is_refused_and_nothing_changes(debug: bool) -> None:
    group = WaitGroup(debug=debug)
    with pytest.raises(LookupError, match=r"^no name$"):
        group.go(Nameless())
    assert (0, 0) == (group.counter, group.statistics().tasks)


def test_a_task_may_start_further_tasks_and_all_of_them_are_waited_for() -> None:
    group = WaitGroup()
    leaves: list[int] = []

    def branch(depth: int) -> None:
        if depth == 0:
            leaves.append(depth)
        else:
            group.go(branch, depth - 1)
            group.go(branch, depth - 1)

    group.go(branch, 4)
    group.wait()
    assert [0] * 16 == leaves
    assert 0 == group.counter


@pytest.mark.parametrize("error", [LookupError("failed"), KeyboardInterrupt("failed"), SystemExit(1)])
def test_a_function_that_fails_gives_its_unit_back_and_the_error_to_the_excepthook(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    reported: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)

    def fail() -> NoReturn:
        raise error

    group = WaitGroup()
    thread = group.go(fail)
    assert True is group.wait()
    thread.join(LIMIT)
    assert [(error, thread)] == [(report.exc_value, report.thread) for report in reported]
    assert 0 == group.counter


def refuse(_thread: Thread) -> NoReturn:
    """A start() that fails as it does where no thread can be had."""
    raise RuntimeError("can't start new thread")


def test_a_thread_that_cannot_be_started_takes_its_unit_back_and_the_error_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Thread, "start", refuse)
    group = WaitGroup()
    group.add(1)
    ran = Event()
    with pytest.raises(RuntimeError, match=r"^can't start new thread$"):
        group.go(ran.set)
    assert (1, False) == (group.counter, ran.is_set())


def test_a_thread_that_cannot_be_started_releases_who_waits_for_it(
    threads: Executor, until: Callable[[Callable[[], bool]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    group = WaitGroup()
    waiting = []

    def refuse_once_parked(_thread: Thread) -> NoReturn:
        monkeypatch.undo()
        waiting.append(threads.submit(group.wait))
        until(lambda: group.waiters == 1)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refuse_once_parked)
    with pytest.raises(RuntimeError):
        group.go(print)
    assert True is waiting[0].result()
    assert 0 == group.counter


def test_at_the_maximum_no_thread_is_started_and_nothing_changes() -> None:
    group = WaitGroup()
    group.add(2**31 - 1)
    ran = Event()
    with pytest.raises(OverflowError):
        group.go(ran.set)
    assert (2**31 - 1, False) == (group.counter, ran.is_set())


def started_then_interrupted(monkeypatch: pytest.MonkeyPatch, before_raising: Callable[[], object]) -> list[Thread]:
    """Make start() launch its thread for good and then raise; returns the list of the threads so launched."""
    launched = []
    start = Thread.start

    def launch(thread: Thread) -> NoReturn:
        start(thread)
        launched.append(thread)
        before_raising()
        raise KeyboardInterrupt

    monkeypatch.setattr(Thread, "start", launch)
    return launched


def test_a_start_interrupted_after_the_function_has_begun_leaves_the_unit_to_the_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, finish = Event(), Event()

    def work() -> None:
        begun.set()
        finish.wait(LIMIT)

    launched = started_then_interrupted(monkeypatch, lambda: begun.wait(LIMIT))
    group = WaitGroup()
    with pytest.raises(KeyboardInterrupt):
        group.go(work)
    assert 1 == group.counter
    finish.set()
    launched[0].join(LIMIT)
    assert 0 == group.counter


def test_a_start_interrupted_before_the_function_has_begun_takes_the_unit_back_and_the_function_never_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, ran = Event(), Event()
    run = Thread.run

    def run_late(thread: Thread) -> None:
        held.wait(LIMIT)
        run(thread)

    monkeypatch.setattr(Thread, "run", run_late)
    launched = started_then_interrupted(monkeypatch, lambda: None)
    group = WaitGroup()
    with pytest.raises(KeyboardInterrupt):
        group.go(ran.set)
    assert 0 == group.counter
    held.set()
    launched[0].join(LIMIT)
    assert (0, False) == (group.counter, ran.is_set())


def test_a_start_interrupted_at_any_moment_keeps_the_count_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    launched = started_then_interrupted(monkeypatch, lambda: None)
    group = WaitGroup()
    group.add(1)
    for _ in range(200):
        with pytest.raises(KeyboardInterrupt):
            group.go(int)
    for thread in launched:
        thread.join(LIMIT)
    assert (200, 1) == (len(launched), group.counter)


async def coroutine_function() -> None:
    """Runs only if it is awaited."""


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (None, "a task must be callable, not NoneType"),
        (5, "a task must be callable, not int"),
        (coroutine_function, "coroutine_function is a coroutine function: its call would run nothing"),
    ],
)
def test_what_is_no_task_is_refused_and_nothing_changes(function: Any, told: str, threads: Executor) -> None:
    group = WaitGroup()
    with pytest.raises(TypeError, match=f"^{told}$"):
        group.go(function)
    with pytest.raises(TypeError, match=f"^{told}$"):
        group.submit(threads, function)
    assert (0, 0) == (group.counter, group.statistics().tasks)
