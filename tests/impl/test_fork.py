"""A forked child has the group as it was, less the other threads' waits, and never deadlocks in it.

A child ends by `os._exit`, so that nothing of the test session runs in it, and by SIGALRM if it is stuck.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from threading import Event, Thread, main_thread
from types import FrameType

import pytest

from waitgroup import ClosedError, NegativeCounterError, WaitGroup, core

Park = Callable[[WaitGroup, int], list[Future[bool]]]
Until = Callable[[Callable[[], bool]], None]

LIMIT = 20.0

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
    # Python 3.12 and newer say that a child of a process with threads may deadlock; here it must not.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def bound_the_child() -> None:
    """Ends this process if it is still there after 20 seconds; the parent then sees exit code -SIGALRM."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(LIMIT))


def exit_code(child: int) -> int:
    """How the child ended: what it said, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_a_child(program: Callable[[], bool]) -> int:
    """Fork, run the program in the child, and return the child's exit code: 0 if the program was content."""
    child = os.fork()
    if child == 0:
        content = False
        try:
            bound_the_child()
            content = program()
        finally:
            os._exit(not content)
    return exit_code(child)


def works(group: WaitGroup, units: int) -> bool:
    """Whether a group with so many units can be added to, finished and waited on by several threads."""
    if (group.counter, group.waiters) != (units, 0) or group.wait(0.001):
        return False
    group.add(2)
    group.done()
    finisher = Thread(target=group.add, args=(-1 - units,))
    finisher.start()
    return group.wait(LIMIT) and (group.counter, group.waiters) == (0, 0)


both_paths = pytest.mark.usefixtures("path")


@both_paths
def test_a_child_is_refused_what_its_parent_would_be_refused() -> None:
    group = WaitGroup()

    def program() -> bool:
        try:
            group.done()
        except NegativeCounterError:
            return group.counter == 0
        return False

    assert 0 == in_a_child(program)


@both_paths
def test_a_group_that_is_closed_in_its_parent_is_closed_in_a_child_and_not_the_other_way_round() -> None:
    closed, group = WaitGroup(), WaitGroup()
    closed.add(1)
    closed.close()

    def program() -> bool:
        group.close()
        try:
            closed.add(1)
        except ClosedError:
            return (closed.counter, closed.closed) == (1, True)
        return False

    assert 0 == in_a_child(program)
    assert (False, True) == (group.closed, closed.closed)


@both_paths
def test_a_child_can_use_a_group_on_which_other_threads_waited(park: Park) -> None:
    group = WaitGroup()
    group.add(3)
    waits = park(group, 3)
    assert 0 == in_a_child(lambda: works(group, units=3))
    assert (3, 3) == (group.counter, group.waiters)
    group.add(-3)
    assert [True] * 3 == [waiting.result() for waiting in waits]


def test_a_child_can_use_a_group_whose_mutex_another_thread_held_and_others_waited_on(
    threads: Executor, park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "LOCKED", True)
    group = WaitGroup()
    group.add(3)
    waits = park(group, 3)
    held, leave = Event(), Event()

    def hold() -> None:
        assert group._mutex is not None
        with group._mutex:
            held.set()
            leave.wait(LIMIT)

    holding = threads.submit(hold)
    held.wait(LIMIT)
    code = in_a_child(lambda: works(group, units=3))
    leave.set()
    holding.result()
    assert 0 == code
    assert (3, 3) == (group.counter, group.waiters)
    group.add(-3)
    assert [True] * 3 == [waiting.result() for waiting in waits]


@both_paths
def test_a_child_can_use_a_group_that_other_threads_were_hammering(threads: Executor) -> None:
    group = WaitGroup()
    group.add(1)
    enough = Event()

    def hammer() -> None:
        while not enough.is_set():
            group.add(1)
            group.wait(0.0001)
            group.done()

    hammering = [threads.submit(hammer) for _ in range(3)]
    # In the child the counter is as it was at the fork: how many units the other threads had is not known.
    codes = [in_a_child(lambda: 1 <= group.counter <= 4 and works(group, units=group.counter)) for _ in range(10)]
    enough.set()
    for thread in hammering:
        thread.result()
    assert [0] * 10 == codes
    assert (1, 0) == (group.counter, group.waiters)


@both_paths
def test_a_child_can_use_groups_of_its_own_and_fork_again() -> None:
    group = WaitGroup()
    group.add(1)
    assert 0 == in_a_child(lambda: works(group, units=1) and not in_a_child(lambda: WaitGroup().wait()))
    assert (1, 0) == (group.counter, group.waiters)


@pytest.fixture
def on_signal() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Install what SIGUSR1 does in the main thread during the test."""
    before = signal.getsignal(signal.SIGUSR1)

    def install(action: Callable[[], None]) -> None:
        def handle(_number: int, _frame: FrameType | None) -> None:
            action()

        signal.signal(signal.SIGUSR1, handle)

    yield install
    signal.signal(signal.SIGUSR1, before)


@both_paths
def test_a_thread_s_own_parked_wait_survives_a_fork_in_a_signal_handler_on_both_sides(
    threads: Executor, park: Park, until: Until, on_signal: Callable[[Callable[[], None]], None]
) -> None:
    group = WaitGroup()
    group.add(1)
    others = park(group, 2)
    children: list[int] = []
    seen_by_child: list[tuple[int, int]] = []

    def fork() -> None:
        children.append(os.fork())
        if children == [0]:
            bound_the_child()
            seen_by_child.append((group.counter, group.waiters))
            Thread(target=group.done).start()

    def signal_then_finish() -> None:
        until(lambda: group.waiters == 3)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGUSR1)
        until(lambda: children != [])
        group.done()

    on_signal(fork)
    finishing = threads.submit(signal_then_finish)
    returned = False
    try:
        returned = group.wait(LIMIT)
    finally:
        if children == [0]:
            # Only the wait of the thread that forked is left in the child, and it has returned.
            left = (group.counter, group.waiters)
            os._exit(not (returned and left == (0, 0) and seen_by_child == [(1, 1)]))
    finishing.result()
    assert True is returned
    assert [True, True] == [other.result() for other in others]
    assert 0 == exit_code(children[0])
    assert (0, 0) == (group.counter, group.waiters)


async def fork_while_waiting(
    group: WaitGroup, timeout: float | None, then: Callable[[], None], content: Callable[[bool, tuple[int, int]], bool]
) -> tuple[bool, tuple[int, int], int]:
    """Fork while a task of this loop waits, and call `then` on both sides.

    Returns how the parent's wait has ended, which fields it saw right after the fork, and the exit code of the child,
    which is 0 if the child was content with its own.
    """
    waiting = asyncio.create_task(group.wait_async(timeout))
    await asyncio.sleep(0)
    child = os.fork()
    try:
        if child == 0:
            bound_the_child()
        seen = (group.counter, group.waiters)
        then()
        returned = await waiting
        if child == 0:
            # The loop is not closed here: the child's copy shares what it polls with the parent's.
            os._exit(not content(returned, seen))
    finally:
        if child == 0:
            os._exit(1)
    return returned, seen, exit_code(child)


@both_paths
@pytest.mark.parametrize("timeout", [None, 60])
def test_a_coroutine_s_own_wait_survives_a_fork_in_its_loop_on_both_sides(park: Park, timeout: float | None) -> None:
    group = WaitGroup()
    group.add(1)
    others = park(group, 2)

    def content(returned: bool, seen: tuple[int, int]) -> bool:
        return returned and seen == (1, 1) and (group.counter, group.waiters) == (0, 0)

    assert (True, (1, 3), 0) == asyncio.run(fork_while_waiting(group, timeout, group.done, content))
    assert [True, True] == [other.result() for other in others]
    assert (0, 0) == (group.counter, group.waiters)


@both_paths
def test_a_coroutine_s_own_wait_expires_on_both_sides_of_a_fork() -> None:
    group = WaitGroup()
    group.add(1)

    def content(returned: bool, seen: tuple[int, int]) -> bool:
        return not returned and seen == (1, 1) and (group.counter, group.waiters) == (1, 0)

    assert (False, (1, 1), 0) == asyncio.run(fork_while_waiting(group, 0.05, lambda: None, content))
    assert (1, 0) == (group.counter, group.waiters)


class AllEqual(WaitGroup):
    """Groups that compare equal, and so cannot be hashed."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AllEqual)

    __hash__ = None  # type: ignore[assignment]


def test_a_child_can_use_each_of_two_groups_that_compare_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "LOCKED", True)
    first, second = AllEqual(), AllEqual()
    assert first == second
    first.add(1)
    second.add(1)
    assert first._mutex is not None
    assert second._mutex is not None
    with first._mutex, second._mutex:
        code = in_a_child(lambda: works(first, units=1) and works(second, units=1))
    assert 0 == code
