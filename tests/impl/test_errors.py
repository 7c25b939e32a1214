"""What becomes of a task's exception under each policy: left to others, or raised once by the next wait that returns.

However a task ends, its unit is taken away.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Event, Thread
from typing import Any, Literal, NoReturn

import pytest

from waitgroup import WaitGroup

Park = Callable[[WaitGroup, int], list[Future[bool]]]
Start = Callable[[WaitGroup, BaseException], object]

LIMIT = 20.0

COLLECTING: list[Literal["group", "first"]] = ["group", "first"]


def fail(error: BaseException) -> NoReturn:
    """What a task does here."""
    raise error


def go(group: WaitGroup, error: BaseException) -> Thread:
    """Have a thread fail, and return when it has."""
    thread = group.go(fail, error)
    thread.join(LIMIT)
    return thread


def submit(group: WaitGroup, error: BaseException) -> "Future[NoReturn]":
    """Have an executor fail, and return when it has."""
    with ThreadPoolExecutor(1) as executor:
        return group.submit(executor, fail, error)


def wait_in_a_loop(group: WaitGroup) -> bool:
    """Wait for the group in a coroutine."""
    return asyncio.run(group.wait_async())


both_ways = pytest.mark.parametrize("start", [go, submit])
every_wait = pytest.mark.parametrize(
    "waited",
    [WaitGroup.wait, lambda group: group.wait(0), lambda group: group.wait(60), wait_in_a_loop],
    ids=["for ever", "only looking", "timed", "in a coroutine"],
)


def test_without_a_policy_errors_are_left_to_others() -> None:
    assert "leave" == WaitGroup().errors


@pytest.mark.parametrize("errors", ["raise", "", None, 1, ["group"]])
def test_any_other_policy_is_refused(errors: Any) -> None:
    with pytest.raises(ValueError, match=r'^errors must be "leave", "group" or "first", not ') as raised:
        WaitGroup(errors=errors)
    assert str(raised.value).endswith(f", not {errors!r}")


def test_the_policy_cannot_be_given_by_position() -> None:
    with pytest.raises(TypeError):
        WaitGroup("group")  # type: ignore[call-arg]


def test_an_error_that_is_left_goes_to_the_excepthook_of_threads_and_no_wait_raises(
    hooked: list[BaseException | None],
) -> None:
    group = WaitGroup(errors="leave")
    error = LookupError("failed")
    go(group, error)
    assert True is group.wait()
    assert ([error], 0) == (hooked, group.statistics().errors)


def test_an_error_that_is_left_stays_in_the_future_of_an_executor_and_no_wait_raises() -> None:
    group = WaitGroup(errors="leave")
    error = LookupError("failed")
    future = submit(group, error)
    assert True is group.wait()
    assert (error, 0) == (future.exception(LIMIT), group.statistics().errors)


@both_ways
@every_wait
def test_the_group_policy_raises_all_errors_together_in_the_order_of_the_failures(
    start: Start, waited: Callable[[WaitGroup], bool]
) -> None:
    group = WaitGroup(errors="group")
    errors = [LookupError("one"), ValueError("two"), OSError("three")]
    for error in errors:
        start(group, error)
    with pytest.raises(ExceptionGroup, match=r"^3 tasks of waitgroup failed$") as raised:
        waited(group)
    assert errors == list(raised.value.exceptions)


@both_ways
@every_wait
def test_the_first_policy_raises_the_first_error_and_notes_how_many_others_there_were(
    start: Start, waited: Callable[[WaitGroup], bool]
) -> None:
    group = WaitGroup(errors="first", name="crawler")
    errors = [LookupError("one"), ValueError("two"), OSError("three")]
    for error in errors:
        start(group, error)
    with pytest.raises(LookupError, match="one") as raised:
        waited(group)
    assert (errors[0], ["2 further tasks of crawler failed"]) == (raised.value, raised.value.__notes__)


def test_a_single_error_of_the_first_policy_has_no_note() -> None:
    group = WaitGroup(errors="first")
    error = LookupError("failed")
    go(group, error)
    with pytest.raises(LookupError):
        group.wait()
    assert False is hasattr(error, "__notes__")


@both_ways
@pytest.mark.parametrize("errors", COLLECTING)
def test_a_collected_error_is_raised_once(start: Start, errors: Literal["group", "first"]) -> None:
    group = WaitGroup(errors=errors)
    start(group, LookupError("one"))
    start(group, LookupError("two"))
    assert 2 == group.statistics().errors
    with pytest.raises((LookupError, ExceptionGroup)):
        group.wait()
    assert 0 == group.statistics().errors
    assert True is group.wait()


@pytest.mark.parametrize("errors", COLLECTING)
def test_a_collected_error_comes_neither_to_the_excepthook_nor_to_a_later_task_s_wait_again(
    hooked: list[BaseException | None], errors: Literal["group", "first"]
) -> None:
    group = WaitGroup(errors=errors)
    go(group, LookupError("of the first round"))
    with pytest.raises((LookupError, ExceptionGroup)):
        group.wait()
    group.go(int).join(LIMIT)
    assert True is group.wait()
    assert [] == hooked


def test_a_collected_error_stays_in_the_future_too() -> None:
    group = WaitGroup(errors="group")
    error = LookupError("failed")
    future = submit(group, error)
    with pytest.raises(ExceptionGroup):
        group.wait()
    assert error is future.exception(LIMIT)


@pytest.mark.parametrize("errors", COLLECTING)
def test_tasks_that_succeed_give_nothing_to_raise(errors: Literal["group", "first"]) -> None:
    group = WaitGroup(errors=errors)
    group.go(int).join(LIMIT)
    with ThreadPoolExecutor(1) as executor:
        future = group.submit(executor, int)
    assert True is group.wait()
    assert 0 == future.result(LIMIT)


@pytest.mark.parametrize("timeout", [0, 0.01])
def test_a_wait_that_expires_raises_no_error_and_leaves_it_to_the_next_that_returns(timeout: float) -> None:
    group = WaitGroup(errors="group")
    group.add(1)
    error = LookupError("failed")
    go(group, error)
    assert False is group.wait(timeout)
    assert 1 == group.statistics().errors
    group.done()
    with pytest.raises(ExceptionGroup) as raised:
        group.wait()
    assert [error] == list(raised.value.exceptions)


def test_errors_of_a_generation_that_nobody_waited_for_are_raised_by_the_first_wait_after_it() -> None:
    group = WaitGroup(errors="group")
    errors = [LookupError("of the first round"), LookupError("of the second")]
    go(group, errors[0])
    assert 0 == group.counter
    go(group, errors[1])
    with pytest.raises(ExceptionGroup) as raised:
        group.wait()
    assert errors == list(raised.value.exceptions)


def test_a_parked_wait_raises_what_its_tasks_fail_with(threads: Executor, park: Park) -> None:
    group = WaitGroup(errors="first")
    finish = Event()
    error = LookupError("failed")

    def task() -> NoReturn:
        finish.wait(LIMIT)
        raise error

    thread = group.go(task)
    (waiting,) = park(group, 1)
    finish.set()
    assert error is waiting.exception(LIMIT)
    thread.join(LIMIT)
    assert (0, 0) == (group.counter, group.waiters)


def test_of_several_waiters_that_wake_together_each_error_is_raised_by_one_and_the_others_return_true(
    park: Park,
) -> None:
    group = WaitGroup(errors="group")
    finish = Event()
    errors = [LookupError(number) for number in range(20)]

    def task(error: LookupError) -> NoReturn:
        finish.wait(LIMIT)
        raise error

    for error in errors:
        group.go(task, error)
    waits = park(group, 8)
    finish.set()
    ends = [waiting.exception(LIMIT) for waiting in waits]
    raised = [error for end in ends if isinstance(end, ExceptionGroup) for error in end.exceptions]
    assert sorted(map(id, errors)) == sorted(map(id, raised))
    assert {True} == {waiting.result() for waiting, end in zip(waits, ends, strict=True) if end is None}
    assert (0, 0) == (group.counter, group.statistics().errors)


def test_the_errors_of_a_group_can_be_taken_apart_by_type() -> None:
    group = WaitGroup(errors="group")
    for error in (LookupError("one"), OSError("two"), LookupError("three")):
        go(group, error)
    caught: list[list[str]] = []
    try:
        group.wait()
    except* LookupError as lookups:
        caught.append([str(error) for error in lookups.exceptions])
    except* OSError as others:
        caught.append([str(error) for error in others.exceptions])
    assert [["one", "three"], ["two"]] == caught


@pytest.mark.parametrize("errors", ["leave", *COLLECTING])
@pytest.mark.parametrize("error", [KeyboardInterrupt("failed"), SystemExit(1)])
def test_what_is_no_exception_but_ends_a_thread_is_never_collected_and_gives_the_unit_back(
    hooked: list[BaseException | None], errors: Literal["leave", "group", "first"], error: BaseException
) -> None:
    group = WaitGroup(errors=errors)
    go(group, error)
    assert True is group.wait()
    assert ([error], 0, 0) == (hooked, group.counter, group.statistics().errors)


@pytest.mark.parametrize("errors", ["leave", *COLLECTING])
@pytest.mark.parametrize("error", [KeyboardInterrupt("failed"), SystemExit(1)])
def test_what_is_no_exception_but_ends_a_submitted_task_stays_in_its_future_and_gives_the_unit_back(
    errors: Literal["leave", "group", "first"], error: BaseException
) -> None:
    group = WaitGroup(errors=errors)
    future = submit(group, error)
    assert True is group.wait()
    assert (error, 0, 0) == (future.exception(LIMIT), group.counter, group.statistics().errors)


def test_an_exception_group_that_a_task_raises_is_one_error() -> None:
    group = WaitGroup(errors="group")
    inner = ExceptionGroup("of a task", [LookupError("one"), LookupError("two")])
    go(group, inner)
    with pytest.raises(ExceptionGroup, match=r"^1 task of waitgroup failed$") as raised:
        group.wait()
    assert [inner] == list(raised.value.exceptions)
