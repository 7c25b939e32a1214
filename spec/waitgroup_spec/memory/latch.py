"""A WaitGroup for one use, as C++20's `std::latch` is made: a counter, and a futex on it.

Done takes one from the counter, and the one that makes it zero wakes everybody. Wait looks until it sees zero, asleep
meanwhile. The workers' units are counted before anybody starts. Each worker writes a payload of its own before it is
done, and each waiter reads all of them once it has waited.

Not modelled: that the latch may be gone by the time of the wake-up, which no ordering repairs.
"""

from waitgroup_spec.memory.assignments import LOADS, UPDATES, Choices
from waitgroup_spec.memory.language import (
    Instruction,
    fetch_add,
    jump,
    label,
    load,
    program,
    read,
    sleep_while,
    wake_all,
    write,
)
from waitgroup_spec.memory.ordering import Program

CHOICES: Choices = {"done": UPDATES, "load": LOADS}


def worker(result: str) -> list[Instruction]:
    """Work, then Done."""
    return [
        write(result),
        fetch_add("before", "count", -1, "done"),
        jump("returned", when=lambda own: own["before"] != 1),
        wake_all("count"),
        label("returned"),
    ]


def waiter(results: list[str]) -> list[Instruction]:
    """Wait, then use of the results."""
    return [
        label("again"),
        load("seen", "count", "load"),
        jump("returned", when=lambda own: own["seen"] == 0),
        sleep_while("count", lambda own: own["seen"]),
        jump("again"),
        label("returned"),
        *map(read, results),
    ]


def latch(workers: int, waiters: int) -> Program:
    """So many threads that work, and so many that wait for them."""
    results = [f"result {number}" for number in range(1, workers + 1)]
    threads = {f"worker {number}": worker(result) for number, result in enumerate(results, 1)}
    threads |= {f"waiter {number}": waiter(results) for number in range(1, waiters + 1)}
    return program({"count": workers}, results, **threads)
