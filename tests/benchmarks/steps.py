"""What one round makes of an operation on a subject.

Every subject's calls are compiled by themselves: otherwise the interpreter would adapt the one loop to the subject that
comes first.
"""

import threading
import time
import tracemalloc
from asyncio import get_running_loop, run, sleep
from collections.abc import Callable
from timeit import Timer

from tests.benchmarks.operations import Operation
from tests.benchmarks.waitgroups import Subject

#: Seconds that a step of calls is to take, and one of threads that hammer.
CALLS, HAMMERED = 0.004, 0.025

#: Seconds after which a parked thread has been forgotten.
FORGOTTEN = 10.0

#: Units that are outstanding under the hammering threads, so that none of them makes the counter zero.
HELD = 2**20

#: One step of a subject; what it returns is in the operation's unit.
Step = Callable[[], float]


class LacksError(Exception):
    """The subject has no such operation."""


def calls(subject: Subject, statement: str, units: int) -> tuple[Timer, int]:
    """The statement, ready to be timed on new groups with so many units, and how often one step makes it."""
    timer = Timer(statement, "group = start()", globals={"start": lambda: subject.group(units), "make": subject.make})
    number = 1
    while (gone := timer.timeit(number)) < CALLS / 4:
        number *= 2
    subject.settle()
    return timer, max(1, round(number * CALLS / gone))


def nanoseconds(subject: Subject, statement: str, units: int = 0) -> Step:
    """Of one such statement."""
    timer, number = calls(subject, statement, units)
    return lambda: timer.timeit(number) / number * 1e9


def pair(subject: Subject, units: int = 1) -> Step:
    """`add(units)`, and as many `done()`."""
    statement = "; ".join([f"group.{subject.add}({units})", *[f"group.{subject.done}()"] * units])
    return nanoseconds(subject, statement, int(subject.one_shot))


def eight(subject: Subject) -> Step:
    """`add(8)`, and eight `done()`."""
    return pair(subject, 8)


def waits(subject: Subject) -> str:
    """The name of what blocks a thread."""
    if not subject.wait:
        raise LacksError("only coroutines can wait")
    return subject.wait


def wait(subject: Subject) -> Step:
    """At zero."""
    return nanoseconds(subject, f"group.{waits(subject)}()")


def look(subject: Subject) -> Step:
    """`wait(0)` with one unit outstanding."""
    name = waits(subject)
    if not subject.timeout:
        raise LacksError("it takes no timeout")
    if getattr(subject.group(1), name)(0) is not False:
        raise ValueError("wait(0) with a unit outstanding is not False")
    return nanoseconds(subject, f"group.{name}(0)", 1)


def construction(subject: Subject) -> Step:
    """Making a new one, and dropping it."""
    return nanoseconds(subject, "make(1)" if subject.one_shot else "make()")


def size(subject: Subject, number: int = 1000) -> Step:
    """Bytes of one with all that it holds: what so many of them take, measured once, for a registry does not shrink."""
    tracemalloc.start()
    kept: list[object] = [subject.group(1) for _ in range(10)] + [None] * number
    subject.settle()
    before = tracemalloc.get_traced_memory()[0]
    for index in range(number):
        kept[index + 10] = subject.group(1)
    subject.settle()
    taken = (tracemalloc.get_traced_memory()[0] - before) / number
    tracemalloc.stop()
    return lambda: taken


def hammered(subject: Subject, threads: int) -> Step:
    """Nanoseconds of a pair in so many threads; none may be lost."""
    statement = f"group.{subject.add}(1); group.{subject.done}()"
    _, number = calls(subject, statement, 1)
    each = max(1, round(number * HAMMERED / CALLS / threads))

    def step() -> float:
        group, gate = subject.group(HELD), threading.Barrier(threads)
        one = Timer(statement, "group = shared", globals={"shared": group})
        ends: list[tuple[int, int]] = []

        def body() -> None:
            gate.wait()
            begun = time.perf_counter_ns()
            one.timeit(each)
            ends.append((begun, time.perf_counter_ns()))

        crew = [threading.Thread(target=body, daemon=True) for _ in range(threads)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        subject.settle()
        if len(ends) < threads:
            raise ValueError(f"{threads - len(ends)} of {threads} threads ended in an exception")
        if subject.units and (left := getattr(group, subject.units)) != HELD:
            raise ValueError(f"the count is wrong by {left - HELD} after {threads * each} pairs")
        return (max(end for _, end in ends) - min(begun for begun, _ in ends)) / (threads * each)

    return step


def at_rest() -> None:
    """Return when no thread of this process has had anything to do for a while."""
    still, before = 0, time.process_time()
    while still < 2:
        time.sleep(0.005)
        now = time.process_time()
        still = still + 1 if now - before < 0.001 else 0
        before = now


def woken(subject: Subject, threads: int) -> Step:
    """Milliseconds from the last `done()` until the last of so many parked threads runs again."""
    name = waits(subject)

    def step() -> float:
        group, all_awake = subject.group(1), threading.Event()
        ready: list[None] = []
        ends: list[int] = []
        errors: list[Exception] = []

        def body() -> None:
            ready.append(None)
            try:
                getattr(group, name)()
            except Exception as error:
                errors.append(error)
                all_awake.set()
            ends.append(time.perf_counter_ns())
            if len(ends) == threads:
                all_awake.set()

        crew = [threading.Thread(target=body, daemon=True) for _ in range(threads)]
        for thread in crew:
            thread.start()
        while len(ready) < threads:
            time.sleep(0.001)
        at_rest()
        if errors:
            raise errors[0]
        if ends:
            raise ValueError(f"{len(ends)} of {threads} threads did not wait")
        begun = time.perf_counter_ns()
        getattr(group, subject.done)()
        if not all_awake.wait(FORGOTTEN):
            raise ValueError(f"{threads - len(ends)} of {threads} threads were not woken")
        if errors:
            raise errors[0]
        for thread in crew:
            thread.join()
        return (max(ends) - begun) / 1e6

    return step


def awaited(subject: Subject, number: int = 300) -> Step:
    """Nanoseconds for a coroutine to begin to wait, and to be woken, in one event loop."""
    if not subject.wait_async:
        raise LacksError("no coroutine can wait")
    group = subject.make()
    add, done = getattr(group, subject.add), getattr(group, subject.done)
    await_zero = getattr(group, subject.wait_async)

    async def all_of_them() -> float:
        here = get_running_loop()
        begun = time.perf_counter_ns()
        for _ in range(number):
            add(1)
            task = here.create_task(await_zero())
            await sleep(0)
            done()
            await task
        return (time.perf_counter_ns() - begun) / number

    return lambda: run(all_of_them())


def step_of(operation: Operation, subject: Subject) -> Step:
    """What a round makes of them. Raises LacksError if there is no such thing."""
    kinds: dict[str, Callable[..., Step]] = {
        "pair": pair, "eight": eight, "wait": wait, "look": look, "construction": construction, "size": size,
        "hammered": hammered, "woken": woken, "awaited": awaited,
    }  # fmt: skip
    return kinds[operation.kind](subject, *operation.threads)
