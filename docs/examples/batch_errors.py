"""Batch with errors: many tasks, some of which fail, and one place where that is dealt with.

Pattern: start all tasks in a group that says what becomes of their exceptions, then wait. `errors="group"`: the wait
raises all of them, for `except*`. `errors="first"`: it raises the first, with a note of how many others there were.
`errors="leave"`, the default: a thread's exception goes to `threading.excepthook`, an executor's stays in its future.

When to use it: "group" if each failure matters, as where some kinds are to be tried again; "first" if one is enough to
give up; "leave" if the tasks deal with their errors themselves, or each future is looked at.

What goes wrong without it: a thread that dies takes its exception with it. The unit is taken away all the same, as it
must be, and the wait returns as if all had gone well. And a task that says done() first and notes its error afterwards
lets the waiter look before the error is there.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from waitgroup import WaitGroup


def batch(group: WaitGroup, jobs: Sequence[Any], work: Callable[[Any], object]) -> bool:
    """Do all jobs, each in a thread. Raises what the group makes of their errors, when all have ended."""
    for job in jobs:
        group.go(work, job)
    return group.wait()


def parsed(text: str) -> int:
    """The number that a text holds. Raises ValueError, or ZeroDivisionError where 840 cannot be divided by it."""
    return 840 // int(text)


TEXTS = ("7", "seven", "12", "0", "x")


def group_them() -> None:
    """All errors, by kind."""
    group = WaitGroup(errors="group")
    try:
        batch(group, TEXTS, parsed)
    except* ValueError as failed:
        print("group:", *sorted(f"{error}" for error in failed.exceptions), sep="\n  ")
    except* ZeroDivisionError as failed:
        print(f"  and {len(failed.exceptions)} division by zero")
    print("  each is raised once: the next wait returns", group.wait())


def raise_the_first() -> None:
    """One error, and how many others there were."""
    group = WaitGroup(errors="first", name="batch")
    try:
        batch(group, ("x", "x", "x"), parsed)
    except ValueError as error:
        print(f"first: {error}; {error.__notes__[0]}")


def leave_them() -> None:
    """The errors stay where they come up; the wait says nothing of them, and may return before the hook is called."""
    group = WaitGroup()
    hooked: SimpleQueue[str] = SimpleQueue()
    usual, threading.excepthook = threading.excepthook, lambda error: hooked.put(error.exc_type.__name__)
    try:
        print("leave: the wait returns", batch(group, TEXTS, parsed))
        print("  threading.excepthook is given", *sorted(hooked.get() for _ in range(3)))
    finally:
        threading.excepthook = usual
    with ThreadPoolExecutor(2) as executor:
        futures = [group.submit(executor, parsed, text) for text in TEXTS]
        group.wait()
    answers = [type(future.exception()).__name__ if future.exception() else future.result() for future in futures]
    print("  the futures hold", *answers)


if __name__ == "__main__":
    group_them()
    raise_the_first()
    leave_them()
