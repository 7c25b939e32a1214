"""Pitfalls: what is easily done wrong with a WaitGroup, what happens then here, and what Go does.

Pattern: none; these are five mistakes, and for each of them code that makes it and prints what comes of it.

When to use it: before a WaitGroup from Go, or from a tutorial, is taken over.

What goes wrong without it: in Go, most misuse panics, and some of it only in some interleavings; the panic leaves the
counter as the misuse has made it. Here, a call that is refused raises and has changed nothing, and reuse is no misuse.
One mistake is the same in both, and neither can always tell: a task that adds its own unit when it begins.
"""

import asyncio
import copy
import pickle
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

from waitgroup import WaitGroup


def refused(call: Callable[[], object]) -> str:
    """What the call raises."""
    try:
        call()
    except (ValueError, TypeError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing was raised"


def negative_counter() -> None:
    """One done() too many. Go: panic "sync: negative WaitGroup counter", and the counter stays negative."""
    group = WaitGroup()
    group.add(1)
    group.done()
    print("  one done() too many:", refused(group.done))
    group.add(1)
    print("  add(-2) of one unit:", refused(partial(group.add, -2)))
    print("  nothing has changed:", group)


def reused(group: WaitGroup, rounds: int) -> list[bool]:
    """Use a group in each round, while somebody who waits in the first may still be on the way out of it."""
    answers: list[bool] = []

    def waiter() -> None:
        answers.append(group.wait())

    thread = Thread(target=waiter)
    for number in range(rounds):
        group.add(1)
        if number == 0:
            thread.start()
        group.done()
        answers.append(group.wait())
    thread.join()
    return answers


def reuse() -> None:
    """A group is used again.

    Tutorials say that a WaitGroup is for one use. Go allows it to be used again when all earlier calls of Wait have
    returned; before, it may panic: "sync: WaitGroup is reused before previous Wait has returned". Here a waiter
    belongs to the generation in which it came, so a group can be used again as soon as its counter is zero.
    """
    print("  every wait returns:", reused(WaitGroup(), 3))


def copying() -> None:
    """A copy would count by itself. Go: "must not be copied after first use", which `go vet` looks for."""
    group = WaitGroup()
    print("  copy:", refused(lambda: copy.copy(group)))
    print("  deepcopy:", refused(lambda: copy.deepcopy({"group": group})))
    print("  pickle:", refused(lambda: pickle.dumps(group)))


def add_inside_the_task() -> None:
    """The unit is added by the task itself, so the wait may come before it.

    Go: the wait returns as early, or the Add panics: "sync: WaitGroup misuse: Add called concurrently with Wait". Here
    nothing is raised, for a counter of zero is no mistake: add the unit before the task starts, or let go() do it.
    """
    group, go_on, done = WaitGroup(), Event(), list[str]()

    def task() -> None:
        go_on.wait()  # a thread may begin as late as it likes
        group.add(1)
        done.append("work")
        group.done()

    thread = Thread(target=task)
    thread.start()
    print("  the wait returns", group.wait(), "and was done:", done)
    go_on.set()
    thread.join()
    print("  afterwards:", done)


async def waiting_in_a_loop() -> None:
    """A wait that blocks the event loop. Go has no event loops: a goroutine that waits is in nobody's way."""
    group = WaitGroup()
    group.add(1)
    asyncio.get_running_loop().call_later(0.01, group.done)
    print("  wait():", refused(group.wait))
    print("  await wait_async():", await group.wait_async())


def main() -> None:
    """All five."""
    for pitfall in (negative_counter, reuse, copying, add_inside_the_task):
        print(pitfall.__name__.replace("_", " "))
        pitfall()
    print("waiting in a loop")
    asyncio.run(waiting_in_a_loop())


if __name__ == "__main__":
    main()
