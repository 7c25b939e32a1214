"""Timed waits: what a timeout may be, how long it lasts, and that an expired wait leaves no trace."""

import math
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from decimal import Decimal
from fractions import Fraction
from threading import TIMEOUT_MAX, Event
from time import monotonic, perf_counter
from typing import Any

import pytest

from waitgroup import WaitGroup

Park = Callable[[WaitGroup, int], list[Future[bool]]]
Until = Callable[[Callable[[], bool]], None]

pytestmark = pytest.mark.usefixtures("path")

NO_NUMBERS = [True, False, "one", b"1", [1], 1j, Decimal(1), Fraction(1)]
ENDLESS = [math.inf, TIMEOUT_MAX, TIMEOUT_MAX * 2, 1e308, 2**63, 10**400, 10**5000]


def open_group() -> WaitGroup:
    """A group with one unit outstanding."""
    group = WaitGroup()
    group.add(1)
    return group


@pytest.mark.parametrize("timeout", [0, 0.0, -0.0, -1, -0.5, -1e308, -(10**400), -math.inf])
def test_zero_or_less_only_looks(timeout: float) -> None:
    group = open_group()
    assert False is group.wait(timeout)
    assert (1, 0) == (group.counter, group.waiters)
    group.done()
    assert True is group.wait(timeout)


@pytest.mark.parametrize("timeout", [None, 0, 5e-324, 1.5, 60, math.inf, -math.inf, 10**400])
def test_at_zero_every_timeout_returns_true_at_once(timeout: float | None) -> None:
    assert True is WaitGroup().wait(timeout)


def test_a_timeout_is_in_seconds_and_can_be_named() -> None:
    group = open_group()
    start = monotonic()
    assert False is group.wait(timeout=0.1)
    waited = monotonic() - start
    # Never early (a clock may tick in between), and never anything like a hundred seconds.
    assert 0.099 <= waited < 10


@pytest.mark.parametrize("timeout", [5e-324, 1e-9, 1e-3])
def test_the_shortest_timeouts_expire(timeout: float) -> None:
    group = open_group()
    assert False is group.wait(timeout)
    assert (1, 0) == (group.counter, group.waiters)


@pytest.mark.parametrize("timeout", ENDLESS, ids=["inf", "longest", "longer", "1e308", "2**63", "10**400", "10**5000"])
def test_a_timeout_beyond_what_a_lock_can_wait_waits_for_ever(threads: Executor, until: Until, timeout: float) -> None:
    group = open_group()
    waiting = threads.submit(group.wait, timeout)
    until(lambda: group.waiters == 1)
    assert set() == wait([waiting], timeout=0.03).done
    group.done()
    assert True is waiting.result()


@pytest.mark.parametrize("group", [WaitGroup, open_group], ids=["at zero", "at one"])
def test_a_timeout_that_is_not_a_number_raises_value_error(group: Callable[[], WaitGroup]) -> None:
    waited_on = group()
    with pytest.raises(ValueError, match=r"^timeout must be a number of seconds, not NaN$"):
        waited_on.wait(math.nan)
    assert 0 == waited_on.waiters


@pytest.mark.parametrize("timeout", NO_NUMBERS)
@pytest.mark.parametrize("group", [WaitGroup, open_group], ids=["at zero", "at one"])
def test_a_timeout_of_another_type_raises_type_error(group: Callable[[], WaitGroup], timeout: Any) -> None:
    waited_on = group()
    with pytest.raises(
        TypeError, match=rf"^timeout must be a number of seconds or None, not {type(timeout).__name__}$"
    ):
        waited_on.wait(timeout)
    assert 0 == waited_on.waiters


def test_an_expired_wait_leaves_the_counter_and_the_waiters_as_they_were(park: Park) -> None:
    group = open_group()
    waits = park(group, 2)
    assert False is group.wait(0.01)
    assert (1, 2) == (group.counter, group.waiters)
    assert set() == wait(waits, timeout=0).done
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]


def test_expired_waits_steal_no_wakeup(threads: Executor, park: Park) -> None:
    group = open_group()
    before = park(group, 5)
    expired = [threads.submit(group.wait, 0.01) for _ in range(5)]
    assert [False] * 5 == [waiting.result() for waiting in expired]
    after = park(group, 5)
    group.done()
    assert [True] * 10 == [waiting.result() for waiting in before + after]


def test_an_expired_wait_leaves_nothing_that_could_wake_the_next_one() -> None:
    group = open_group()
    assert False is group.wait(0.01)
    group.done()
    group.add(1)
    assert False is group.wait(0.01)
    group.done()
    assert True is group.wait(0.01)


def test_a_timed_waiter_of_the_last_generation_returns_true_although_work_was_added_since(
    threads: Executor, until: Until
) -> None:
    group = open_group()
    waiting = threads.submit(group.wait, 60)
    until(lambda: group.waiters == 1)
    group.done()
    group.add(1)
    assert True is waiting.result()


def test_a_timeout_that_races_with_the_last_done_is_decided_for_good_in_each_of_300_rounds(
    threads: Executor, until: Until
) -> None:
    group = WaitGroup()
    timeout = 0.001
    begun = Event()

    def finish_late(number: int) -> None:
        """done() at a moment that moves, from round to round, across the end of the timeout."""
        until(lambda: group.waiters == 1 or begun.is_set())
        moment = perf_counter() + number % 30 * timeout / 15
        while perf_counter() < moment:
            pass
        begun.set()
        group.done()

    for number in range(300):
        begun.clear()
        group.add(1)
        finishing = threads.submit(finish_late, number)
        start = monotonic()
        until_now = group.wait(timeout)
        waited = monotonic() - start
        if until_now:
            assert begun.is_set()
        else:
            assert waited >= timeout * 0.99
            begun.set()  # lets a done() go on that came too late to see the waiter
        finishing.result()
        assert (0, 0) == (group.counter, group.waiters)
        # Whoever won, no grant is left over for a wait of the next generation.
        group.add(1)
        assert False is group.wait(0)
        group.done()
