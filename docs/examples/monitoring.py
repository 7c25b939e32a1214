"""Monitoring: how small a task may be, and a thread that tells how far the work is.

Pattern: a monitor waits for the group with a timeout, again and again; whenever the time is up it looks at
`statistics()`, whose counter and waiters are of one moment, and when the wait says True it ends. The batch holds a unit
of its own while it starts its tasks. The group leaves errors alone: the wait that is the first to return with an error
takes it, and that could be the monitor's.

When to use it: work that takes long enough for somebody to ask how far it is. For the size of a task: measure, as
here, what go() costs beside a task's own work, and put so much into one task that it does not matter.

What goes wrong without it: a thread for each trifle makes the work many times slower. And a monitor that takes a
counter of zero for the end, where units are added one by one, can end between two tasks, long before the last.
"""

from collections.abc import Callable, Sequence
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

from waitgroup import WaitGroup


def watch(group: WaitGroup, period: float, see: Callable[[Any], object]) -> None:
    """Let `see` have the group's statistics, once in so many seconds, until nothing is outstanding."""
    while not group.wait(period):
        see(group.statistics())


def watched(
    group: WaitGroup, jobs: Sequence[Any], work: Callable[[Any], object], monitor: Callable[[WaitGroup], object]
) -> None:
    """Do all jobs, each in a thread, while another thread monitors the group."""
    group.add(1)
    try:
        thread = Thread(target=monitor, args=(group,))
        thread.start()
        for job in jobs:
            group.go(work, job)
    finally:
        group.done()
    thread.join()
    group.wait()


def count(length: int) -> int:
    """A task of a size that can be chosen."""
    return sum(range(length))


def seconds(function: Callable[[], object]) -> float:
    """What a call takes, the best of three."""
    times = []
    for _ in range(3):
        begin = perf_counter()
        function()
        times.append(perf_counter() - begin)
    return min(times)


def cost(length: int, tasks: int) -> tuple[float, float, float]:
    """How many seconds a task of this size takes, and what it takes as often with add() and done(), and with go()."""
    group = WaitGroup()

    def plainly() -> None:
        for _ in range(tasks):
            count(length)

    def counted() -> None:
        for _ in range(tasks):
            group.add(1)
            count(length)
            group.done()
        group.wait()

    def in_threads() -> None:
        for _ in range(tasks):
            group.go(count, length)
        group.wait()

    alone = seconds(plainly)
    return alone / tasks, seconds(counted) / alone, seconds(in_threads) / alone


def granularity() -> None:
    """Larger and larger tasks, in fewer and fewer parts, so that the whole stays the same."""
    print("   a task takes   with add and done   with go")
    for length, tasks in ((10, 200), (100, 200), (1_000, 100), (10_000, 30), (100_000, 5)):
        alone, counted, in_threads = cost(length, tasks)
        print(f"{alone * 1e6:9.1f} us {counted:15.2f} times {in_threads:9.2f} times")


def live() -> None:
    """Ten tasks that take a while, and what a monitor sees meanwhile."""
    looked, done, counters, ended = Event(), list[int](), list[int](), list[int]()

    def work(number: int) -> None:
        looked.wait()
        sleep(0.005 * number)
        done.append(number)

    def see(statistics: Any) -> None:
        counters.append(statistics.counter)
        looked.set()

    def monitor(group: WaitGroup) -> None:
        watch(group, 0.01, see)
        ended.extend(sorted(done))

    watched(WaitGroup(), range(10), work, monitor)
    print("the monitor has looked at least once:", len(counters) > 0)
    print("and has seen some of eleven units:", 0 <= min(counters) <= max(counters) <= 11)
    print("when it ended, all were done:", ended)


if __name__ == "__main__":
    granularity()
    live()
