"""What a group tells: its name, its statistics, its report, and, with debug, which code added and took its units."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import timedelta
from itertools import pairwise
from threading import Event
from types import CodeType

import pytest

from waitgroup import ClosedError, NegativeCounterError, WaitGroup, debugging
from waitgroup.bells import Generation
from waitgroup.tickets import FREE, Ticket

Park = Callable[[WaitGroup, int], list[Future[bool]]]

LIMIT = 20.0

pytestmark = pytest.mark.usefixtures("path")


def add(group: WaitGroup, delta: int) -> None:
    """On its first line, the one call."""
    group.add(delta)


def done(group: WaitGroup) -> None:
    """On its first line, the one call."""
    group.done()


def line(code: CodeType, number: int = 2) -> str:
    """How a report names a line of a function, by its number from the `def` on."""
    return f"{code.co_filename}:{code.co_firstlineno + number} in {code.co_qualname}"


def innermost(report: str) -> list[str]:
    """Of each entry of a report, the head and the innermost call, in one line."""
    lines = report.split("\n")
    return [
        f"{head.strip()}: {call.strip()}"
        for head, call in pairwise(lines)
        if head.startswith("  ") and not head.startswith("      ")
    ]


def summed(entries: list[str]) -> list[str]:
    """The entries that differ in their count alone as one: outer calls may differ where the innermost one does not."""
    counts = Counter[str]()
    for entry in entries:
        count, what = entry.split(" ", 1)
        counts[what] += int(count)
    return [f"{count} {what}" for what, count in counts.items()]


def test_the_report_says_what_is_outstanding_and_which_tasks_have_not_ended(park: Park) -> None:
    group = WaitGroup(name="crawler")
    finish = Event()

    def fetch() -> None:
        finish.wait(LIMIT)

    started = [group.go(task) for task in (fetch, finish.wait, fetch)]
    group.add(1)
    waits = park(group, 2)
    assert [
        "crawler: units outstanding: 4, waiting for them: 2",
        "  not ended: fetch",
        "  not ended: fetch",
        "  not ended: wait",
    ] == group.report().split("\n")
    finish.set()
    for thread in started:
        thread.join(LIMIT)
    assert "crawler: units outstanding: 1, waiting for them: 2" == group.report()
    group.done()
    assert [True, True] == [waiting.result() for waiting in waits]
    assert "crawler: units outstanding: 0, waiting for them: 0" == group.report()


def test_with_debug_the_report_says_where_each_task_was_started() -> None:
    group = WaitGroup(debug=True)
    finish = Event()

    def start() -> None:
        """On its first line, the one call."""
        group.go(finish.wait, LIMIT)

    start()
    lines = group.report().split("\n")
    assert [
        "waitgroup: units outstanding: 1, waiting for them: 0",
        "  not ended: wait, started by thread MainThread",
        f"      {line(start.__code__)}",
    ] == lines[:3]
    finish.set()
    assert True is group.wait(LIMIT)


def test_with_debug_the_report_says_how_many_units_each_place_has_added_and_taken() -> None:
    group = WaitGroup(debug=True)
    for delta in (1, 1, 5, -2, -1):
        add(group, delta)
    done(group)
    assert [
        f"7 added by thread MainThread: {line(add.__code__)}",
        f"3 taken away by thread MainThread: {line(add.__code__)}",
        f"1 taken away by thread MainThread: {line(done.__code__)}",
    ] == innermost(group.report())


def test_with_debug_a_place_is_told_with_its_callers_outwards_and_its_thread(threads: Executor) -> None:
    group = WaitGroup(debug=True)

    def outer() -> None:
        """On its first line, the one call."""
        add(group, 3)

    thread = WaitGroup(name="other").go(outer)
    thread.join(LIMIT)
    assert [
        "waitgroup: units outstanding: 3, waiting for them: 0",
        "  3 added by thread other-outer",
        f"      {line(add.__code__)}",
        f"      {line(outer.__code__)}",
    ] == group.report().split("\n")[:4]


def test_with_debug_no_more_than_five_calls_outwards_are_told() -> None:
    group = WaitGroup(debug=True)

    def deep(calls: int) -> None:
        if calls == 0:
            group.add(1)
        else:
            deep(calls - 1)

    deep(20)
    assert ["      "] * 5 == [call[:6] for call in group.report().split("\n")[2:]]


@pytest.mark.parametrize("names", [{}, {"__name__": None}, {"__name__": 1}], ids=["none", "None", "1"])
def test_with_debug_code_of_a_module_without_a_name_is_told_as_any_other(names: dict[str, object]) -> None:
    group = WaitGroup(debug=True)
    exec(compile("group.add(1)", "typed in", "exec"), {"group": group, **names})
    assert ["1 added by thread MainThread: typed in:1 in <module>"] == innermost(group.report())


def test_with_debug_what_was_refused_is_not_told() -> None:
    group = WaitGroup(debug=True)
    for delta in (1, -2, 2**31 - 1, 2**31):
        try:
            add(group, delta)
        except (NegativeCounterError, OverflowError):
            continue
    group.close()
    for delta in (1, 2):
        with pytest.raises(ClosedError):
            add(group, delta)
    add(group, 0)
    assert [f"1 added by thread MainThread: {line(add.__code__)}"] == innermost(group.report())


def test_with_debug_the_units_of_a_crossing_are_told_once(park: Park) -> None:
    group = WaitGroup(debug=True)
    add(group, 3)
    waits = park(group, 2)
    done(group)
    add(group, -2)
    assert [True, True] == [waiting.result() for waiting in waits]
    assert [
        f"3 added by thread MainThread: {line(add.__code__)}",
        f"1 taken away by thread MainThread: {line(done.__code__)}",
        f"2 taken away by thread MainThread: {line(add.__code__)}",
    ] == innermost(group.report())


class Overtaken(WaitGroup):
    """A group whose next crossing comes too late: a unit has been added meanwhile."""

    __slots__ = ("overtaken",)

    def _cross(self, word: timedelta, generation: Generation, ticket: Ticket = FREE) -> bool:
        if not hasattr(self, "overtaken"):
            self.overtaken = True
            add(self, 1)
        return super()._cross(word, generation, ticket)


def test_with_debug_a_crossing_that_came_too_late_is_told_as_the_step_that_was_taken_instead(park: Park) -> None:
    group = Overtaken(debug=True)
    add(group, 3)
    waits = park(group, 1)
    add(group, -3)
    assert 1 == group.counter
    assert [
        f"4 added by thread MainThread: {line(add.__code__)}",
        f"3 taken away by thread MainThread: {line(add.__code__)}",
    ] == summed(innermost(group.report()))
    done(group)
    assert [True] == [waiting.result() for waiting in waits]


def test_with_debug_a_unit_that_nobody_takes_away_is_told_however_many_calls_come_after_it() -> None:
    group = WaitGroup(debug=True)
    add(group, 1)
    for _ in range(20_000):
        group.add(1)
        group.done()
    assert f"1 added by thread MainThread: {line(add.__code__)}" in innermost(group.report())


def test_with_debug_so_many_places_are_told_apart_and_the_others_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debugging, "PLACES", 1)
    group = WaitGroup(debug=True)
    for _ in range(2):
        add(group, 1)
    for _ in range(3):
        group.add(2)
    report = group.report().splitlines()
    assert ["  2 added by thread MainThread", "  6 added by other places"] == [report[1], report[-1]]


def test_without_debug_nothing_is_remembered_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    group = WaitGroup()
    group.add(1)
    assert False is group.wait(0.001)
    assert False is asyncio.run(group.wait_async(0.001))
    assert ("waitgroup: units outstanding: 1, waiting for them: 0", []) == (group.report(), caplog.records)


@pytest.mark.parametrize("expire", [WaitGroup.wait, lambda group, timeout: asyncio.run(group.wait_async(timeout))])
def test_with_debug_a_wait_that_expires_logs_the_report_as_a_warning(
    caplog: pytest.LogCaptureFixture, expire: Callable[[WaitGroup, float], bool]
) -> None:
    group = WaitGroup(name="crawler", debug=True)
    add(group, 2)
    assert False is expire(group, 0.001)
    assert [("waitgroup", logging.WARNING, f"a wait has expired\n{group.report()}")] == caplog.record_tuples
    assert "crawler: units outstanding: 2, waiting for them: 0" == caplog.messages[0].split("\n")[1]


def test_with_debug_a_wait_that_only_looks_or_that_returns_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    group = WaitGroup(debug=True)
    group.add(1)
    assert False is group.wait(0)
    assert False is asyncio.run(group.wait_async(0))
    group.done()
    assert True is group.wait(0.001)
    assert True is asyncio.run(group.wait_async(0.001))
    assert [] == caplog.records


def test_with_debug_a_group_counts_to_its_maximum_and_no_further_as_without() -> None:
    group = WaitGroup(debug=True)
    group.add(2**31 - 1)
    with pytest.raises(OverflowError):
        group.add(1)
    group.done()
    group.add(1)
    group.add(1 - 2**31)
    with pytest.raises(NegativeCounterError):
        group.done()
    assert (0, 0) == (group.counter, group.waiters)


def test_with_debug_8_threads_count_as_exactly_as_without(threads: Executor) -> None:
    group = WaitGroup(debug=True)

    def pairs() -> None:
        for _ in range(300):
            group.add(2)
            group.done()
            group.done()

    for worker in [threads.submit(pairs) for _ in range(8)]:
        worker.result()
    assert (0, 0) == (group.counter, group.waiters)
