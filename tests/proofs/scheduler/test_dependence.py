"""Which steps depend on each other: each kind of dependence is needed.

For each kind there is a program that is wrong, and whose first run does not show it. Source-DPOR finds it; it misses it
once that kind of dependence is taken away.
"""

from enum import IntEnum
from typing import Any, NamedTuple

import pytest
from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.scheduler.dependence import CALLS, REST, SHOWN, WORD, Event, Path
from waitgroup_proofs.scheduler.dpor import dpor
from waitgroup_proofs.scheduler.fiber import Operation
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import Search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.scenarios import DONE, SCENARIOS, TIMED_WAIT, WAIT, After, Client, Scenario, When, add


class Operations(Written):
    """A flag that is up for a moment; wrong if done() is made just then."""

    def __init__(self) -> None:
        super().__init__(
            """
            class Group:
                def __init__(self): self.flag = self.other = 0
                def add(self, delta):
                    self.other
                    self.flag = 1
                    self.flag = 0
                    self.other
                def done(self):
                    self.other
                    if self.flag: raise ValueError
                    self.other
            """
        )

    def construct(self, _units: int) -> Any:
        return self.module.Group()

    scenario = Scenario("a moment", "", 1, (Client("one", (add(1),)), Client("other", (DONE,))))


class Calls(Written):
    """A wait that returns at once: wrong if it is over before done() begins. They have nothing in common."""

    def __init__(self) -> None:
        super().__init__(
            """
            class Group:
                def __init__(self): self.counter = self.other = 0
                def add(self, delta): self.counter += delta
                def done(self): self.add(-1)
                def wait(self): return self.other == 0
            """
        )

    scenario = SCENARIOS["pre-added"](1, 1)


class Rest(Written):
    """A waiter that nobody wakes but a third thread; wrong if all wait for that thread to start."""

    def __init__(self) -> None:
        super().__init__(
            """
            from _thread import allocate_lock
            class Group:
                def __init__(self):
                    self.counter = self.other = 0
                    self.gate = allocate_lock()
                    self.gate.acquire()
                def add(self, delta):
                    if delta: self.counter += delta
                    else: self.gate.release()
                def done(self): self.add(-1)
                def wait(self):
                    if self.counter > 0 and self.other == 0: self.gate.acquire()
                    return self.other == 0
            """
        )

    scenario = Scenario(
        "rescued",
        "",
        1,
        (Client("late", (add(0),), start=After("worker", 1)), Client("worker", (DONE,)), Client("waiter", (WAIT,))),
    )


class Shown(Written):
    """Two threads that raise their own flags for a moment; wrong if both are up."""

    def __init__(self) -> None:
        super().__init__(
            """
            class Group:
                def __init__(self): self.positive = self.negative = self.other = 0
                def add(self, delta):
                    self.other
                    if delta > 0:
                        self.positive = 1
                        self.positive = 0
                    else:
                        self.negative = 1
                        self.negative = 0
                    self.other
                def done(self): self.add(-1)
                def wait(self): return True
            """
        )

    def construct(self, _units: int) -> Any:
        return self.module.Group()

    def broken(self, group: Any) -> str | None:
        return "both are up" if group.positive and group.negative else None

    scenario = Scenario("flags", "", 1, (Client("one", (add(1),)), Client("other", (DONE,))))


class Place(IntEnum):
    RETURNED = 0
    ADDING = 1
    WAITING = 2


class Thread(NamedTuple):
    place: Place
    delta: int = 0
    result: Result = Result.PENDING


class Shared(NamedTuple):
    counter: int


ONE_STEP = Protocol(
    "one step",
    "A wait is one step.",
    Shared,
    lambda call: Thread(Place.WAITING) if call.delta is None else Thread(Place.ADDING, call.delta),
)


@ONE_STEP.action(Place.ADDING)
def adds(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The counter moves."""
    return Shared(shared.counter + thread.delta), Thread(Place.RETURNED, result=Result.NONE)


@ONE_STEP.action(Place.WAITING, guard=lambda shared, _thread: shared.counter == 0)
def passes(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """It is zero."""
    return shared, Thread(Place.RETURNED, result=Result.TRUE)


class Word(Written):
    """A waiter that is let go before the counter is zero: wrong by the protocol, not by the contract."""

    def __init__(self) -> None:
        super().__init__(
            """
            from _thread import allocate_lock
            class Group:
                def __init__(self):
                    self.counter = self.other = 0
                    self.gate = allocate_lock()
                    self.gate.acquire()
                def add(self, delta): self.counter += delta
                def done(self):
                    self.gate.release()
                    self.counter -= 1
                def wait(self):
                    self.gate.acquire()
                    return self.other == 0
            """
        )

    def observe(self, group: Any) -> Any:
        return group.counter

    scenario = Scenario("let go", "", 1, (Client("worker", (DONE,), start=When.QUIESCENT), Client("waiter", (WAIT,))))


class Pending(Written):
    """The one who gets the gate keeps it; wrong if that is not the first."""

    def __init__(self) -> None:
        super().__init__(
            """
            from _thread import allocate_lock
            class Group:
                def __init__(self):
                    self.gate, self.never = allocate_lock(), allocate_lock()
                    self.never.acquire()
                def add(self, delta): pass
                def done(self): pass
                def wait(self, timeout=None):
                    self.gate.acquire()
                    if timeout is not None: self.never.acquire()
                    return True
            """
        )

    scenario = Scenario("gate", "", 1, (Client("first", (TIMED_WAIT,)), Client("second", (WAIT,))))


def searched(target: Any, max_runs: int = 1_000) -> Search:
    strict = StrictMonitor(ONE_STEP, seen=lambda shared: shared.counter) if isinstance(target, Word) else None
    return dpor(target, target.scenario, strict, max_runs)


WITHOUT = {Calls: CALLS, Rest: REST, Shown: SHOWN, Word: WORD}


@pytest.mark.parametrize("kind", [Operations, Calls, Rest, Shown, Word, Pending])
def test_what_one_kind_of_dependence_is_needed_for_is_found_with_it_and_missed_without(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "violated" == searched(kind()).verdict
    if kind is Operations:
        monkeypatch.setattr(Operation, "depends_on", lambda _self, _other: False)
    elif kind is Pending:
        monkeypatch.setattr(Path, "pending", lambda _self: [])
    else:
        both = Event.depends_on

        def without(self: Event, other: Event) -> bool:
            return both(self._replace(loads=self.loads & ~WITHOUT[kind], stores=self.stores & ~WITHOUT[kind]), other)

        monkeypatch.setattr(Event, "depends_on", without)
    assert "holds" == searched(kind()).verdict


def test_the_release_of_a_lock_that_is_free_lets_nobody_in() -> None:
    source = """
        from _thread import allocate_lock
        class Group:
            def __init__(self):
                self.free, self.taken = allocate_lock(), allocate_lock()
                self.taken.acquire()
            def add(self, units): pass
            def done(self):
                self.taken.release()
                try: self.free.release()
                except RuntimeError: pass
            def wait(self): self.taken.acquire()
    """
    clients = (Client("worker", (DONE,)), Client("waiter", (WAIT,), start=After("worker", 1)))
    with Run(Bench(Written(source), Scenario("locks", "", 1, clients), ContractMonitor(), None, None)) as run:
        run.follow(())
        path = Path(run)
        while "release" != run.threads[0].operation.what:
            path.step(Choice(0))
        wanting = Event(Choice(1), Operation("acquire", run.threads[0].operation.places), 0, 0, waits=True)
        released = [path.step(Choice(0)), path.step(Choice(0)), path.step(Choice(0))]
    assert ["release", "load free", "release"] == [event.operation.what for event in released]
    assert [True, False, False] == [event.frees for event in released]
    assert [True, False, False] == [event.lets_in(wanting) for event in released]
    assert not released[0].lets_in(wanting._replace(waits=False))
