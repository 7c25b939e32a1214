"""Latches that something comes on top of, and every way in which their runs go wrong."""

from collections.abc import Iterator
from typing import Any

from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.scheduler.interrupts import InterruptedRun, monitor_of, program, run_of
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_spec.scenarios import Scenario

Schedule = tuple[Choice, ...]


class Latch(Written):
    """A class that is made with its units."""

    def construct(self, units: int) -> Any:
        return self.module.Group(units)


#: Each step is one call of C: the last unit is the list of those who wait, and whoever pops it releases them.
ONE_CALL = """
from _thread import allocate_lock
from functools import partial
from operator import methodcaller

_pop = methodcaller("pop")
_releasing = partial(map, methodcaller("release"))

class Group:
    def __init__(self, units):
        self._parked = []
        self._units = [self._parked, *[()] * (units - 1)][:units]

    def done(self):
        any(map(any, map(_releasing, map(_pop, (self._units,)))))

    def wait(self):
        mine = allocate_lock()
        mine.acquire()
        self._parked.append(mine)
        if len(self._units) > 0:
            mine.acquire()
        return True
"""

#: The same in two calls: the unit is gone before those who wait are released.
TWO_CALLS = ONE_CALL.replace(
    "        any(map(any, map(_releasing, map(_pop, (self._units,)))))\n",
    "        last = _pop(self._units)\n        any(_releasing(last))\n",
)

#: A number that is loaded, and stored one less.
NUMBER = """
from _thread import allocate_lock

class Group:
    def __init__(self, units):
        self._left = units
        self._gate = allocate_lock()
        self._gate.acquire()

    def done(self):
        if self._left == 0:
            raise ValueError("too many")
        left = self._left - 1
        self._left = left
        if left == 0:
            self._gate.release()

    def wait(self):
        self._gate.acquire()
        self._gate.release()
"""


def searched(target: Target, name: str, workers: int, waiters: int, reduced: bool = True) -> Search:
    return search(target, program(name, workers, waiters), reduced=reduced)


def came(run: Run) -> object:
    """Where something came, if anything did: two runs may be in the same state for different reasons."""
    return run.struck and (run.struck[0].number, run.struck[0].place) if isinstance(run, InterruptedRun) else None


def walked(bench: Bench) -> Iterator[tuple[Run, str]]:
    """Every run, as it stands at its end, and what is wrong with it; a violation ends its run and no other."""
    seen, todo = set[Any](), list[Schedule]([()])
    while todo:
        wrong = ""
        with run_of(bench) as run:
            try:
                run.follow(todo.pop())
                while (key := (came(run), run.key())) not in seen:
                    seen.add(key)
                    choices = run.choices()
                    if not choices:
                        break
                    todo.extend((*run.schedule, choice) for choice in choices[1:])
                    run.step(choices[0])
            except Violation as violation:
                wrong = str(violation)
            yield run, wrong


def violations(target: Target, scenario: Scenario, reduced: bool = True) -> dict[str, Schedule]:
    """Every sentence that a violation has, and the finest schedule that comes to it first."""
    bench = Bench(target, scenario, monitor_of(scenario), None, Knowledge() if reduced else None)
    while True:
        found: dict[str, Schedule] = {}
        try:
            for run, wrong in walked(bench):
                if wrong:
                    found.setdefault(wrong, tuple(run.finest))
        except Learnt:
            continue
        return found


#: Sentences of violations: who is stuck, and whose call something came on top of, and at which line.
STUCK = "nobody can run, and {} blocked without a reason"
CAME = "; a handler came on top of {}'s {} at {}"
RAISED = "; an exception was raised in {}'s {} at {}"

#: Classes whose `done()` is looked at on its own.
ALONE = {
    "only a number": """
class Group:
    def __init__(self, units):
        self.n = units
    def done(self):
        self.n -= 1
""",
    "a number": """
class Group:
    def __init__(self, units):
        self.n = units
        self.log = []
    def done(self):
        try:
            self.n -= 1
            self.log.append(self.n)
        finally:
            self.log.append("left")
""",
    "nested": """
class Group:
    def __init__(self, units):
        self.n = units
        self.log = []
        self.items = [1, 2]
    def step(self, value):
        self.log.append(value)
        return value + self.n
    def done(self):
        try:
            try:
                total = self.step(1) + self.step(self.items.pop())
            except KeyboardInterrupt:
                self.log.append("caught")
                raise
            self.n = self.n - total
        finally:
            for value in (1, 2):
                self.items.append(value)
            del self.items[0]
        if 2 in self.items and self.n:
            self.n = -self.n
""",
    "a swallowed exception": """
class Group:
    def __init__(self, units):
        self.n = units
    def done(self):
        for _ in (1, 2):
            try:
                self.n = self.n + 10
                return
            except BaseException:
                self.n = self.n + 100
""",
    "a lock": """
from _thread import allocate_lock

class Group:
    def __init__(self, units):
        self.lock = allocate_lock()
        self.n = units
    def done(self):
        with self.lock:
            self.n -= 1
            if self.n < 0:
                raise ValueError("negative")
""",
    "a lock by hand": """
from _thread import allocate_lock

class Group:
    def __init__(self, units):
        self.lock = allocate_lock()
        self.n = units
    def done(self):
        self.lock.acquire()
        try:
            self.n -= 1
        finally:
            self.lock.release()
""",
}
