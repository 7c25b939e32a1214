"""The unit of a task is taken away once, whatever exception comes between any bytecodes of go(), submit(), the task.

A thread here runs at once, and so does an executor, so that the bytecodes of the task's beginning and end are among
those of the call.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

import pytest
from tests.impl.bytecodes import at_boundary
from tests.impl.test_boundaries import raising

import waitgroup.group
from waitgroup import WaitGroup

pytestmark = [
    pytest.mark.usefixtures("path"),
    pytest.mark.parametrize("debug", [False, pytest.param(True, marks=pytest.mark.slow, id="debug")]),
]


class AtOnce(Executor):
    """Has done it before anybody can ask."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call the function here."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Never(Executor):
    """Has not begun, and so can be told not to."""

    def __init__(self) -> None:
        """Nothing to do."""
        self.futures: list[Future[Any]] = []

    def submit(self, _function: Callable[..., Any], /, *_args: Any, **_kwargs: Any) -> "Future[Any]":
        """Call nothing."""
        self.futures.append(Future())
        return self.futures[-1]


class Refuses(Executor):
    """Takes nothing any more."""

    def submit(self, _function: Callable[..., Any], /, *_args: Any, **_kwargs: Any) -> "Future[Any]":
        """As an executor that has been shut down."""
        raise RuntimeError("cannot schedule new futures after shutdown")


class ThreadAtOnce:
    """A thread that has ended before its start returns."""

    def __init__(self, target: Callable[[], None], name: str) -> None:
        """As a thread."""
        self.target = target

    def start(self) -> None:
        """Run it here."""
        self.target()


def fails() -> None:
    """A task that fails."""
    raise ArithmeticError("no")


def cancels(group: WaitGroup) -> None:
    """A task that is told not to run, whether or not submit() has returned."""
    executor = Never()
    try:
        group.submit(executor, fails)
    finally:
        for future in executor.futures:
            future.cancel()


CALLS: dict[str, Callable[[WaitGroup], object]] = {
    "go": lambda group: group.go(int),
    "go that fails": lambda group: group.go(fails),
    "submit": lambda group: group.submit(AtOnce(), int),
    "submit that fails": lambda group: group.submit(AtOnce(), fails),
    "submit that is refused": lambda group: group.submit(Refuses(), int),
    "submit that is cancelled": cancels,
}


@pytest.mark.parametrize("others", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", CALLS)
def test_an_exception_at_any_boundary_leaves_no_unit_behind(
    name: str, others: int, debug: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitgroup.group, "Thread", ThreadAtOnce)
    boundary, reached, left = 0, True, 0
    while reached:
        boundary += 1
        group = WaitGroup(errors="group", debug=debug)
        group.add(others)
        reached, _ = at_boundary(boundary, partial(CALLS[name], group), partial(raising, KeyboardInterrupt()))
        units, tasks = group.counter - others, group.statistics().tasks
        assert (units, tasks) in [(0, 0), (1, 1)]
        left += units
    assert boundary > 400
    # A callback of a future that is cancelled has begun, and not come to its first line: nobody else can take the unit.
    assert (2 if name == "submit that is cancelled" else 0) == left
