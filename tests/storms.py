"""Storms: what can come between the steps of real threads, as often as the system allows, for a given time.

    python -m tests.storms [SECONDS]

prints a line for each: how often something came, how many calls were made meanwhile, and what went wrong. Exit code 1
if anything did. Everything stays in this process and its children, and ends by itself.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from threading import Barrier, Thread
from time import monotonic, sleep
from typing import NamedTuple

from waitgroup import WaitGroup

INTERVAL = 50e-6  # seconds between two signals of the timer: 20 kHz, if the system can
DEEPEST = 5  # handlers on top of each other
#: Seconds after which a thread that has not come back is stranded.
LIMIT = 20.0


class Storm(NamedTuple):
    """What happened: how often something came, how many calls were made, and what went wrong."""

    name: str
    came: int
    calls: int
    wrong: list[str]


def fields_wrong(group: WaitGroup, counter: int) -> list[str]:
    """What is not as it must be once nobody calls any more."""
    left = (group.counter, group.waiters)
    return [] if left == (counter, 0) else [f"counter and waiters are {left}, not {(counter, 0)}"]


def under_signals(seconds: float, handle: Callable[[], None], work: Callable[[], int]) -> int:
    """Do the work, again and again, while a timer's signal calls the handler; returns how many calls were made."""
    depth = [0]

    def bounded(_number: int, _frame: object) -> None:
        """A handler that takes longer than the interval is interrupted by itself, but not more than so often."""
        if depth[0] < DEEPEST:
            depth[0] += 1
            try:
                handle()
            finally:
                depth[0] -= 1

    before = signal.signal(signal.SIGALRM, bounded)
    calls, end = 0, monotonic() + seconds
    signal.setitimer(signal.ITIMER_REAL, INTERVAL, INTERVAL)
    try:
        while monotonic() < end:
            calls += work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return calls


def handlers(seconds: float) -> Storm:
    """A handler adds a unit and takes it away, on top of calls of all kinds, one of which waits in another thread."""
    group, came, stopped = WaitGroup(), [0], [False]

    def handle() -> None:
        came[0] += 1
        group.add(1)
        group.add(2)
        group.done()
        group.add(-2)

    def work() -> int:
        group.add(1)
        group.add(3)
        group.wait(0)
        group.wait(1e-5)
        group.add(-3)
        group.done()
        group.wait(1e-4)
        return 7

    def wait_again_and_again() -> None:
        while not stopped[0]:
            group.wait(0.01)

    waiter = Thread(target=wait_again_and_again, daemon=True)
    waiter.start()
    calls = under_signals(seconds, handle, work)
    stopped[0] = True
    waiter.join(LIMIT)
    stranded = ["a waiter is stranded"] if waiter.is_alive() else []
    return Storm("handlers", came[0], calls, stranded + fields_wrong(group, 0))


def interrupts(seconds: float) -> Storm:
    """A handler raises KeyboardInterrupt in calls of all kinds: each was made or was not, and nobody is lost."""
    group, came, inside = WaitGroup(), [0], [False]

    def handle() -> None:
        if inside[0]:
            inside[0] = False
            came[0] += 1
            raise KeyboardInterrupt

    wrong: list[str] = []

    def interrupted(call: Callable[[], object], may_be: tuple[int, int]) -> None:
        """Afterwards the counter is one of the two, and nobody waits."""
        try:
            inside[0] = True
            call()
            inside[0] = False
        except KeyboardInterrupt:
            pass
        if group.counter not in may_be or group.waiters:
            wrong.append(f"counter {group.counter} and waiters {group.waiters}, and it was to be one of {may_be}")

    def work() -> int:
        interrupted(lambda: group.add(1), (0, 1))
        interrupted(lambda: group.add(2), (group.counter, group.counter + 2))
        group.add(1)
        interrupted(lambda: group.wait(1e-5), (group.counter, group.counter))
        interrupted(group.done, (group.counter, group.counter - 1))
        interrupted(lambda: group.add(-group.counter), (group.counter, 0))
        group.add(-group.counter)
        return 6

    calls = under_signals(seconds, handle, work)
    return Storm("interrupts", came[0], calls, wrong + fields_wrong(group, 0))


def crossings(seconds: float) -> Storm:
    """KeyboardInterrupt comes while the last unit is taken from under a waiter: it returns, or the unit is left."""
    came, inside, wrong, calls = [0], [False], list[str](), 0

    def handle(_number: int, _frame: object) -> None:
        if inside[0]:
            inside[0] = False
            came[0] += 1
            raise KeyboardInterrupt

    def work() -> None:
        group = WaitGroup()
        group.add(1)
        waiter = Thread(target=group.wait, daemon=True)
        waiter.start()
        while not group.waiters:
            pass
        try:
            inside[0] = True
            signal.setitimer(signal.ITIMER_REAL, (1 + calls % 40) * 1e-6)
            group.done()
            inside[0] = False
        except KeyboardInterrupt:
            pass
        if group.counter:
            group.done()
        waiter.join(LIMIT)
        if waiter.is_alive():
            wrong.append("a waiter is stranded")
        wrong.extend(fields_wrong(group, 0))

    before, end = signal.signal(signal.SIGALRM, handle), monotonic() + seconds
    while monotonic() < end:
        calls += 1
        work()
    signal.signal(signal.SIGALRM, before)
    return Storm("crossings", came[0], 3 * calls, wrong)


class Garbage:
    """A cycle whose finalizer takes a unit away."""

    def __init__(self, group: WaitGroup) -> None:
        self.group, self.itself = group, self

    def __del__(self) -> None:
        self.group.done()
        self.group.wait(0)


def finalizers(seconds: float) -> Storm:
    """The garbage collector runs at every other allocation, and finalizers call the group from wherever that is."""
    group, before = WaitGroup(), gc.get_threshold()
    group.add(1)
    came, end = 0, monotonic() + seconds
    gc.set_threshold(1, 1, 1)
    try:
        while monotonic() < end:
            group.add(1)
            Garbage(group)
            came += 1
            group.add(2)
            group.wait(1e-6)
            group.add(-2)
    finally:
        gc.set_threshold(*before)
    gc.collect()
    return Storm("finalizers", came, came * 6, fields_wrong(group, 1))


def forks(seconds: float) -> Storm:
    """Children are forked while three threads use the group, and use it themselves."""
    group, stopped = WaitGroup(), [False]
    group.add(1)

    def hammer() -> None:
        while not stopped[0]:
            group.add(1)
            group.wait(1e-4)
            group.done()

    threads = [Thread(target=hammer, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    came, codes, end = 0, set[int](), monotonic() + seconds
    while monotonic() < end:
        child = os.fork()
        if child == 0:
            signal.alarm(int(LIMIT))
            group.wait(1e-3)
            group.add(1)
            Thread(target=group.add, args=(-group.counter,)).start()
            os._exit(not (group.wait(LIMIT) and (group.counter, group.waiters) == (0, 0)))
        codes.add(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        came += 1
    stopped[0] = True
    for thread in threads:
        thread.join(LIMIT)
    wrong = [] if codes <= {0} else [f"children ended with {sorted(codes)}"]
    return Storm("forks", came, came * 4, wrong + fields_wrong(group, 1))


def many_threads(seconds: float, count: int = 64) -> Storm:
    """So many threads add and take units at once, ten million calls if there is time, and one waits: all is exact."""
    group, together, pairs = WaitGroup(), Barrier(count), list[int]()
    least = 10_000_000 // 2 // count if seconds >= 10 else 100

    def hammer() -> None:
        together.wait(LIMIT)
        made, end = 0, monotonic() + seconds
        while made < least or monotonic() < end:
            group.add(1)
            group.done()
            made += 1
        pairs.append(made)

    stopped, waits = [False], [0]

    def wait_again_and_again() -> None:
        while not stopped[0]:
            waits[0] += group.wait(1.0)
            sleep(1e-5)

    threads = [Thread(target=hammer, daemon=True) for _ in range(count)]
    waiter = Thread(target=wait_again_and_again, daemon=True)
    for thread in (waiter, *threads):
        thread.start()
    for thread in threads:
        thread.join(20 * (seconds + LIMIT))
    stopped[0] = True
    waiter.join(LIMIT)
    wrong = ["somebody is stranded"] if waiter.is_alive() or len(pairs) != count else []
    return Storm(f"{count} threads", waits[0], 2 * sum(pairs), wrong + fields_wrong(group, 0))


STORMS: dict[str, Callable[[float], Storm]] = {
    "handlers": handlers,
    "interrupts": interrupts,
    "crossings": crossings,
    "finalizers": finalizers,
    **({"forks": forks} if hasattr(os, "fork") else {}),
    "many threads": many_threads,
}


def main(arguments: list[str]) -> int:
    """Each storm for so many seconds."""
    if arguments and not arguments[0].replace(".", "", 1).isdecimal():
        print(f"storms: {arguments[0]!r} is no number of seconds", file=sys.stderr)
        return 2
    seconds = float(arguments[0]) if arguments else 20.0
    failed = False
    print(f"{'storm':14}{'came':>12}{'calls':>14}  wrong")
    for storm in STORMS.values():
        found = storm(seconds)
        failed |= bool(found.wrong)
        print(
            f"{found.name:14}{found.came:12,}{found.calls:14,}  {'; '.join(found.wrong[:3]) or 'nothing'}", flush=True
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
