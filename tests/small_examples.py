"""Small instances of the patterns in `docs/examples`, which the scheduler runs in every interleaving.

The groups are given: what a group is made of cannot be made by a thread that is under the scheduler's control.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Queue, SimpleQueue
from threading import Event, Thread
from typing import Any

from docs.examples.batch_errors import batch
from docs.examples.crawler import crawl
from docs.examples.deadline import until, within
from docs.examples.hierarchy import admitted, everywhere, stop
from docs.examples.monitoring import watch, watched
from docs.examples.pipeline import END, Channel, drained, pipeline, stage
from docs.examples.pitfalls import reused
from docs.examples.worker_pool import pool

from waitgroup import WaitGroup
from waitgroup.group import Statistics


class Groups:
    """Several groups that a program is given."""

    def __init__(self, *groups: WaitGroup) -> None:
        """Two."""
        self.first, self.second = groups


class Few:
    """A group for somebody who looks once and then waits for good.

    A monitor that looks for ever can, if its waits begin and expire at the worst moments each time, keep the last
    done() from its end: a run without end, which the scheduler rightly shows.
    """

    def __init__(self, group: WaitGroup) -> None:
        """Not looked at yet."""
        self.group, self.looks = group, 0

    def wait(self, timeout: float) -> bool:
        """The timeout counts the first time."""
        self.looks += 1
        return self.group.wait(timeout if self.looks == 1 else None)

    def statistics(self) -> Statistics:
        """The group's."""
        return self.group.statistics()


class Narrow:
    """A channel with room for one item; of two simple queues, as that is much less to explore than `queue.Queue`."""

    def __init__(self) -> None:
        """It is empty, and its one place is free."""
        self.places: SimpleQueue[None] = SimpleQueue()
        self.items: SimpleQueue[Any] = SimpleQueue()
        self.places.put(None)

    def put(self, item: Any, /) -> None:
        """Wait for the place."""
        self.places.get()
        self.items.put(item)

    def get(self) -> Any:
        """Wait for an item."""
        item = self.items.get()
        self.places.put(None)
        return item


def tenfold(number: int) -> int:
    """The work of these instances."""
    return number * 10


def one_worker_for_one_job(group: WaitGroup) -> None:
    """The least of a pool."""
    assert {1: 10} == pool(group, (1,), tenfold, workers=1)


def one_worker_for_two_jobs(group: WaitGroup) -> None:
    """The worker may end between the two jobs; then another one is started."""
    assert {1: 10, 2: 20} == pool(group, (1, 2), tenfold, workers=1)


def two_workers_for_two_jobs(group: WaitGroup) -> None:
    """The second worker comes while the first is at work, or when it has ended."""
    assert {1: 10, 2: 20} == pool(group, (1, 2), tenfold, workers=2)


def one_stage(group: WaitGroup) -> None:
    """What is fed is there from the start; one worker, and room for one thing in the result channel."""
    a_stage_into(group, Narrow())


def one_stage_with_a_real_queue(group: WaitGroup) -> None:
    """The same with the library's own bounded queue."""
    a_stage_into(group, Queue(1))


def a_stage_into(group: WaitGroup, sink: Channel) -> None:
    """Two items."""
    source: SimpleQueue[Any] = SimpleQueue()
    for item in (1, 2, END):
        source.put(item)
    stage(group, source, tenfold, sink, 1, [])
    assert [10, 20] == drained(sink)
    group.wait()


def a_pipeline_of_one_stage(group: WaitGroup) -> None:
    """Two items, one worker, and room for one thing in each channel."""
    assert [10, 20] == pipeline(((group, tenfold),), (1, 2), workers=1, channel=Narrow)


def fails_at_one(number: int) -> None:
    """The work of some tasks."""
    if number == 1:
        raise KeyError(number)


def names_of_errors(group: WaitGroup, jobs: Sequence[int]) -> Sequence[str]:
    """What the wait for a batch raises."""
    failed: Sequence[Exception] = ()
    try:
        batch(group, jobs, fails_at_one)
    except ExceptionGroup as errors:
        failed = errors.exceptions
    return [type(error).__name__ for error in failed]


def the_error_of_a_batch(group: WaitGroup) -> None:
    """The only task fails, and the wait says so, once."""
    assert ["KeyError"] == names_of_errors(group, (1,))
    assert group.wait()


def the_errors_of_a_batch(group: WaitGroup) -> None:
    """Both tasks fail."""
    assert ["KeyError", "KeyError"] == names_of_errors(group, (1, 1))
    assert group.wait()


def a_task_that_fails_by_hand(group: WaitGroup) -> None:
    """The error is noted, and the waiter finds it."""
    failed: list[str] = []

    def task() -> None:
        try:
            raise KeyError(1)
        except KeyError as error:
            failed.append(type(error).__name__)
        group.done()

    group.add(1)
    Thread(target=task).start()
    group.wait()
    assert ["KeyError"] == failed


def a_deadline(group: WaitGroup) -> None:
    """A task that goes on until it is stopped; the deadline comes at any moment."""
    asked_to_stop = Event()
    late: list[int] = []
    group.go(until, asked_to_stop, lambda: None)
    assert not within(group, 1.0, asked_to_stop, lambda group: late.append(group.counter))
    assert [1] == late
    assert 0 == group.counter


def a_deadline_that_may_be_met(group: WaitGroup) -> None:
    """A task that ends by itself; the deadline comes at any moment."""
    done: list[int] = []
    group.go(done.append, 1)
    within(group, 1.0, Event(), lambda _group: None)
    assert [1] == done


def crawled(group: WaitGroup, links: Mapping[str, Sequence[str]], origins: Mapping[str, str]) -> Sequence[str]:
    """The pages in the order in which they are visited, from `a` on; the crawl says how it came to each."""
    visited = []

    def links_of(page: str) -> Sequence[str]:
        visited.append(page)
        return links[page]

    assert origins == crawl(group, "a", links_of)
    return visited


def a_page_that_leads_to_itself(group: WaitGroup) -> None:
    """It is visited once."""
    assert ["a"] == crawled(group, {"a": ("a",)}, {"a": ""})


def a_page_that_leads_to_another(group: WaitGroup) -> None:
    """And that one back."""
    assert ["a", "b"] == crawled(group, {"a": ("b",), "b": ("a",)}, {"a": "", "b": "a"})


def a_chain_of_three_pages(group: WaitGroup) -> None:
    """Each page leads to the next, and the last one back."""
    links = {"a": ("b",), "b": ("c",), "c": ("a",)}
    assert ["a", "b", "c"] == sorted(crawled(group, links, {"a": "", "b": "a", "c": "b"}))


def one_region_without_jobs(groups: Groups) -> None:
    """The least of a hierarchy: the region's wait is a task of the whole."""
    everywhere(groups.first, ((groups.second, ()),), tenfold)
    assert 0 == groups.first.counter


def one_region_with_one_job(groups: Groups) -> None:
    """The whole is at zero only when the region's job is done."""
    done: list[int] = []
    everywhere(groups.first, ((groups.second, (1,)),), done.append)
    assert [1] == done


def one_region(groups: Groups) -> None:
    """Two jobs in one region."""
    done: list[int] = []
    everywhere(groups.first, ((groups.second, (1, 2)),), done.append)
    assert [1, 2] == sorted(done)


def a_server_that_stops(group: WaitGroup) -> None:
    """A request comes while the server stops: it is handled by then, or never."""
    handled: list[int] = []
    taken: list[bool] = []
    client = Thread(target=lambda: taken.append(admitted(group, handled.append, 1)))
    client.start()
    stop(group)
    at_the_stop = len(handled)
    client.join()
    assert at_the_stop == len(handled) == taken.count(True)


def a_group_used_twice(group: WaitGroup) -> None:
    """The waiter of the first round may still be on its way out in the second, or come as late as then."""
    assert [True, True, True] == reused(group, 2)


def a_batch_and_who_waits_for_it(group: WaitGroup) -> None:
    """Who waits for a batch from its beginning waits for all of it."""
    done: list[int] = []
    at_the_end: list[int] = []

    def monitor(group: WaitGroup) -> None:
        group.wait()
        at_the_end.append(len(done))

    watched(group, (1,), done.append, monitor)
    assert [1] == at_the_end


def a_watch(group: WaitGroup) -> None:
    """It may look at any moment, as often as it likes, and sees something outstanding or has the end before it."""
    counters: list[int] = []

    def see(statistics: Statistics) -> None:
        if statistics.counter not in counters:
            counters.append(statistics.counter)

    group.add(1)
    Thread(target=group.done).start()
    few: Any = Few(group)
    watch(few, 1.0, see)
    assert 0 == group.counter
    assert all(counter in (0, 1) for counter in counters)


def a_batch_and_a_monitor(group: WaitGroup) -> None:
    """Both at once."""
    done: list[int] = []
    at_the_end: list[int] = []

    def monitor(group: WaitGroup) -> None:
        few: Any = Few(group)
        watch(few, 1.0, lambda statistics: None)
        at_the_end.append(len(done))

    watched(group, (1,), done.append, monitor)
    assert [1] == at_the_end


def what_an_executor_does(group: WaitGroup) -> None:
    """Refused: executors start threads of their own, which the scheduler cannot hold."""
    group.submit(ThreadPoolExecutor(1), tenfold, 1)


def what_a_coroutine_does(group: WaitGroup) -> None:
    """Refused: coroutines are run by an event loop, which is no thread of the scheduler's."""
    asyncio.new_event_loop().run_until_complete(group.wait_async())
