"""Hierarchy: a group for each region inside a group for all; and a server that stops admitting work.

Pattern: a region is a task of the whole. It starts its own tasks in a group of its own and waits for them, so that
the whole is at zero only when each region is, and a region can be waited for, timed and reported on by itself.

A server that ends calls `close()` and then `wait()`. From then on the group takes no unit: a request is either
admitted, and then waited for, or refused with ClosedError, and there is nothing between the two.

When to use it: parts that are to be finished, watched or given up one by one, and a moment when all are; a service
that ends while requests still come in.

What goes wrong without it: with one group for all, nobody can tell whether a region has ended. With a flag in place of
close(), a request that has looked at the flag and not yet added its unit is admitted after the wait has returned: it
runs while the server is being taken down.
"""

from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any

from waitgroup import ClosedError, WaitGroup

#: A region's group, and its jobs.
Region = tuple[WaitGroup, Sequence[Any]]


def everywhere(whole: WaitGroup, regions: Sequence[Region], work: Callable[[Any], object]) -> None:
    """Do the jobs of all regions, each of which is a task of the whole and has tasks of its own."""

    def one(region: WaitGroup, parts: "Sequence[Any]") -> None:
        for part in parts:
            region.go(work, part)
        region.wait()

    for group, jobs in regions:
        whole.go(one, group, jobs)
    whole.wait()


def admitted(group: WaitGroup, handle: Callable[[Any], object], request: object) -> bool:
    """Whether the request was taken; then it is handled, and whoever waits for the group waits for it."""
    try:
        group.go(handle, request)
    except ClosedError:
        return False
    return True


def stop(group: WaitGroup) -> None:
    """Admit nothing more, and return when all that was admitted has been handled."""
    group.close()
    group.wait()


def three_regions() -> None:
    """Count primes in three ranges, each of them in four parts."""
    counts: dict[range, int] = {}

    def count(numbers: range) -> None:
        counts[numbers] = sum(all(number % factor for factor in range(2, int(number**0.5) + 1)) for number in numbers)

    def parts(begin: int) -> list[range]:
        return [range(begin + 1_000 * part, begin + 1_000 * (part + 1)) for part in range(4)]

    regions = [(WaitGroup(name=f"region {begin}"), parts(begin)) for begin in (10_000, 20_000, 30_000)]
    whole = WaitGroup(name="whole")
    everywhere(whole, regions, count)
    for group, jobs in regions:
        print(group, "primes:", sum(counts[numbers] for numbers in jobs))
    print(whole)


def server() -> None:
    """Clients go on asking until they are refused."""
    group, handled, taken = WaitGroup(name="server"), list[str](), list[str]()

    def client(name: str) -> None:
        number = 0
        while admitted(group, handled.append, f"{name}{number}"):
            taken.append(f"{name}{number}")
            number += 1

    clients = [Thread(target=client, args=(name,)) for name in "ab"]
    for thread in clients:
        thread.start()
    while len(handled) < 20:
        group.wait()
    stop(group)
    at_the_stop = sorted(handled)
    for thread in clients:
        thread.join()
    print("all that was admitted was handled before stop() returned:", at_the_stop == sorted(taken) == sorted(handled))
    print("afterwards:", admitted(group, handled.append, "late"), group)


if __name__ == "__main__":
    three_regions()
    server()
