"""A process that measures operations on subjects in rounds, each round once through all of them.

    python -m tests.benchmarks.with_waitgroups ROUNDS OPERATION/SUBJECT...

What it says are lines of JSON: what it begins, and what came of it. So whoever started it knows at what it died. A step
that takes longer than LIMIT seconds ends the process.
"""

import faulthandler
import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial

from tests.benchmarks.operations import OPERATIONS
from tests.benchmarks.steps import LacksError, Step, step_of
from tests.benchmarks.waitgroups import SUBJECTS, Subject

#: Seconds after which a step hangs.
LIMIT = 20.0

#: Bytes of a parked thread's stack.
STACK = 256 * 1024


def say(what: str, cell: str, told: object = None) -> None:
    """To whoever started this process, at once."""
    print(json.dumps([what, cell, told]), flush=True)


def guarded(cell: str, attempt: Callable[[], Step | float]) -> Step | float | None:
    """What comes of an attempt; None if it fails, which is said. Ends the process if the attempt hangs."""
    say("begun", cell)
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    try:
        return attempt()
    except LacksError as error:
        say("none", cell, str(error))
    except Exception as error:
        say("fails", cell, f"{type(error).__name__}: {error}")
    finally:
        faulthandler.cancel_dump_traceback_later()
    return None


def settled(step: Step, subject: Subject) -> float:
    """What a step returns, once nothing is left to do of it."""
    try:
        return step()
    finally:
        subject.settle()


def measure(cells: list[str], rounds: int) -> None:
    """All of them, in so many rounds and one before that does not count."""
    loaded: dict[str, Subject] = {}
    steps: dict[str, Step] = {}

    def prepared(operation: str, name: str) -> Step:
        if name not in loaded:
            loaded[name] = SUBJECTS[name]()
        return step_of(OPERATIONS[operation], loaded[name])

    for cell in cells:
        operation, _, name = cell.partition("/")
        step = guarded(cell, partial(prepared, operation, name))
        if callable(step):
            steps[cell] = step
    for number in range(rounds + 1):
        for cell, step in list(steps.items()):
            value = guarded(cell, partial(settled, step, loaded[cell.partition("/")[2]]))
            if value is None:
                del steps[cell]
            elif number:
                say("value", cell, value)
    say("ended", "")


def main() -> None:
    """Do what is asked, and leave whatever threads are still parked behind."""
    threading.stack_size(STACK)
    measure(sys.argv[2:], int(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
