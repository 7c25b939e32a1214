"""A step that finds the word moved since it was read has changed nothing, and the call reads again.

These races are too narrow to be met by chance: here a subclass takes another thread's step exactly where it hurts, just
before or just after a step of the group's own.
"""

import asyncio
from _thread import LockType
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import timedelta

import pytest

from waitgroup import ClosedError, NegativeCounterError, WaitGroup
from waitgroup.bells import Bell, Generation
from waitgroup.tickets import FREE, Ticket

Park = Callable[[WaitGroup, int], list[Future[bool]]]
Intrusion = Callable[[WaitGroup], object]

pytestmark = pytest.mark.usefixtures("path")


class Raced(WaitGroup):
    """A group in which another thread's step comes between two steps of the next call, once."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.after_a_trap: list[Intrusion] = []
        self.before_applying: list[Intrusion] = []
        self.before_crossing: list[Intrusion] = []
        self.before_joining: list[Intrusion] = []
        self.before_cancelling: list[Intrusion] = []
        self.add(units)

    def _after_a_trap(self, delta: int, ticket: Ticket = FREE) -> None:
        if self.after_a_trap:
            self.after_a_trap.pop()(self)
        super()._after_a_trap(delta, ticket)

    def _apply(self, delta: int, ticket: Ticket = FREE) -> bool:
        if self.before_applying:
            self.before_applying.pop()(self)
        return super()._apply(delta, ticket)

    def _cross(self, word: timedelta, generation: Generation, ticket: Ticket = FREE) -> bool:
        if self.before_crossing:
            self.before_crossing.pop()(self)
        return super()._cross(word, generation, ticket)

    def _join(self, grant: LockType, owner: int | Bell) -> bool:
        if self.before_joining:
            self.before_joining.pop()(self)
        return super()._join(grant, owner)

    def _cancel(self, grant: LockType) -> bool:
        if self.before_cancelling:
            self.before_cancelling.pop()(self)
        return super()._cancel(grant)


def test_a_done_that_trapped_on_the_last_unit_takes_an_ordinary_one_if_a_unit_came_meanwhile(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 2)
    group.after_a_trap = [lambda raced: raced.add(1)]
    group.done()
    assert set() == wait(waits, timeout=0.02).done
    assert (1, 2) == (group.counter, group.waiters)
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]


def test_a_done_that_trapped_on_the_last_unit_is_refused_if_that_was_taken_meanwhile(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 2)
    group.after_a_trap = [lambda raced: raced.done()]
    with pytest.raises(NegativeCounterError, match="the counter is 0"):
        group.done()
    assert [True, True] == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


def test_a_done_that_was_too_much_when_it_was_tried_is_granted_if_the_units_came_meanwhile() -> None:
    group = Raced(2)
    group.after_a_trap = [lambda raced: raced.add(1)]
    group.add(-3)
    assert 0 == group.counter


def test_an_ordinary_step_that_has_become_the_last_one_before_it_was_taken_wakes_the_waiters(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 2)
    group.after_a_trap = [lambda raced: raced.add(1)]
    group.before_applying = [lambda raced: raced.done()]
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


def test_a_unit_that_there_was_no_room_for_is_granted_if_another_was_taken_meanwhile() -> None:
    group = Raced(2**31 - 1)
    group.after_a_trap = [lambda raced: raced.done()]
    group.add(1)
    assert 2**31 - 1 == group.counter


def test_a_bulk_of_units_is_refused_if_the_group_was_closed_before_they_were_added() -> None:
    group = Raced(1)
    group.before_applying = [lambda raced: raced.close()]
    with pytest.raises(ClosedError, match=r"^the group is closed: it takes no more units$"):
        group.add(2)
    assert 1 == group.counter


def test_a_crossing_that_the_next_generation_has_overtaken_takes_a_unit_of_that_one_and_wakes_nobody(
    park: Park,
) -> None:
    group = Raced(1)
    waits = park(group, 1)
    later: list[Future[bool]] = []

    def next_generation(raced: WaitGroup) -> None:
        raced.done()
        raced.add(2)
        later.extend(park(raced, 1))

    group.before_crossing = [next_generation]
    group.done()
    assert [True] == [waiting.result() for waiting in waits]
    assert set() == wait(later, timeout=0.02).done
    assert (1, 1) == (group.counter, group.waiters)
    group.done()
    assert [True] == [waiting.result() for waiting in later]


def test_a_crossing_that_finds_the_same_fields_in_the_next_generation_wakes_that_one(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 1)

    def next_generation(raced: WaitGroup) -> None:
        raced.done()
        raced.add(1)
        waits.extend(park(raced, 1))

    group.before_crossing = [next_generation]
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


def test_a_crossing_gives_way_to_a_unit_that_came_after_it_was_decided(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 2)
    group.before_crossing = [lambda raced: raced.add(1)]
    group.done()
    assert set() == wait(waits, timeout=0.02).done
    assert (1, 2) == (group.counter, group.waiters)
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]


def test_a_crossing_that_gives_way_to_a_unit_wakes_no_coroutine_either() -> None:
    group = Raced(1)

    async def program() -> bool:
        waiting = asyncio.create_task(group.wait_async())
        await asyncio.sleep(0)
        group.before_crossing = [lambda raced: raced.add(1)]
        group.done()
        assert set() == (await asyncio.wait([waiting], timeout=0.02))[0]
        assert (1, 1) == (group.counter, group.waiters)
        group.done()
        return await waiting

    assert True is asyncio.run(program())


@pytest.mark.parametrize("timeout", [None, 60])
def test_a_coroutine_that_saw_work_returns_true_if_the_work_was_finished_before_it_could_join(
    timeout: float | None,
) -> None:
    group = Raced(1)
    group.before_joining = [lambda raced: raced.done()]
    assert True is asyncio.run(group.wait_async(timeout))
    assert (0, 0) == (group.counter, group.waiters)


def test_a_coroutine_whose_timeout_ended_returns_true_if_the_work_was_finished_before_it_could_give_up() -> None:
    group = Raced(1)
    group.before_cancelling = [lambda raced: raced.done()]
    assert True is asyncio.run(group.wait_async(0.001))
    assert (0, 0) == (group.counter, group.waiters)


def test_a_crossing_also_wakes_a_waiter_that_came_after_it_was_decided(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 2)
    group.before_crossing = [lambda raced: waits.extend(park(raced, 1))]
    group.done()
    assert [True] * 3 == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


def test_a_crossing_that_another_one_has_overtaken_is_refused(park: Park) -> None:
    group = Raced(1)
    waits = park(group, 1)
    group.before_crossing = [lambda raced: raced.done()]
    with pytest.raises(NegativeCounterError, match="the counter is 0"):
        group.done()
    assert [True] == [waiting.result() for waiting in waits]
    assert (0, 0) == (group.counter, group.waiters)


@pytest.mark.parametrize("timeout", [None, 60])
def test_a_wait_that_saw_work_returns_true_if_the_work_was_finished_before_it_could_join(
    timeout: float | None,
) -> None:
    group = Raced(1)
    group.before_joining = [lambda raced: raced.done()]
    assert True is group.wait(timeout)
    assert (0, 0) == (group.counter, group.waiters)


def test_a_wait_joins_the_next_generation_if_that_has_begun_before_it_could_join(park: Park) -> None:
    group = Raced(1)

    def next_generation(raced: WaitGroup) -> None:
        raced.done()
        raced.add(1)

    group.before_joining = [next_generation]
    waits = park(group, 1)
    assert set() == wait(waits, timeout=0.02).done
    group.done()
    assert [True] == [waiting.result() for waiting in waits]


def test_a_wait_whose_timeout_ended_returns_true_if_the_work_was_finished_before_it_could_give_up() -> None:
    group = Raced(1)
    group.before_cancelling = [lambda raced: raced.done()]
    assert True is group.wait(0.001)
    assert (0, 0) == (group.counter, group.waiters)


def test_a_wait_whose_timeout_ended_returns_true_although_the_next_generation_has_begun(park: Park) -> None:
    group = Raced(1)
    waits: list[Future[bool]] = []

    def next_generation(raced: WaitGroup) -> None:
        raced.done()
        raced.add(1)
        waits.extend(park(raced, 1))

    group.before_cancelling = [next_generation]
    assert True is group.wait(0.001)
    # It has taken nobody of the next generation out of the count.
    assert (1, 1) == (group.counter, group.waiters)
    group.done()
    assert [True] == [waiting.result() for waiting in waits]


def test_a_wait_whose_timeout_ended_gives_up_although_a_unit_and_a_waiter_came_meanwhile(park: Park) -> None:
    group = Raced(1)
    waits: list[Future[bool]] = []

    def join_it(raced: WaitGroup) -> None:
        raced.add(1)
        waits.extend(park(raced, 1))

    group.before_cancelling = [join_it]
    assert False is group.wait(0.001)
    assert (2, 1) == (group.counter, group.waiters)
    group.add(-2)
    assert [True] == [waiting.result() for waiting in waits]


def test_a_wait_whose_errors_another_one_takes_meanwhile_raises_those_that_it_got() -> None:
    class Meanwhile(list[Exception]):
        """Errors of which another wait takes all but one as soon as this one has counted them."""

        def __bool__(self) -> bool:
            return True

        def __len__(self) -> int:
            count = super().__len__()
            del self[1:]
            return count

    group = WaitGroup(errors="group")
    failed = [ValueError("one"), ValueError("two")]
    group._failures = Meanwhile(failed)
    with pytest.raises(ExceptionGroup) as raised:
        group.wait()
    assert (failed[0],) == raised.value.exceptions
