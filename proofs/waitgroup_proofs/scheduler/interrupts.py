"""Interrupts are threads too: a handler's `done()` on top of any thread, or an exception out of nowhere, anywhere.

One of them comes in each run, at most once, at any bytecode boundary of any call of the scenario's threads
(`boundaries`), and every placement is searched, with every interleaving of the other threads.

*A handler* (of a signal, or a finalizer) calls `done()` on top of a thread: whatever that thread was doing waits until
the handler has returned. The program holds one more unit for it. To the contract, its call is that of one more thread.
So it must return, whatever the thread beneath holds: if nobody can run, and the handler waits for a lock that the
thread beneath it holds, that is a violation. The handler catches whatever `done()` raises.

*An exception* is raised in the thread, as a KeyboardInterrupt is. The call that it leaves must have taken effect
entirely or not at all: to the contract, an add that ends so has been applied or has not, and a wait is no longer
registered. Nobody else may be stranded: once everybody else has finished or is blocked, one more thread, the
inspector, calls `done()`. If the unit was still there, the others go on; if it was not, the call is refused, and then
whoever still waits has no reason to. In scenarios with a next generation, that must work as well. A target that lets
its waiters be counted must never count more of them than calls of `wait` are under way: an exception leaves no trace.
A call that catches the exception must do its work.
"""

import sys
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from waitgroup_proofs.monitor import Configuration, ContractMonitor, replaced
from waitgroup_proofs.scheduler.boundaries import (
    EXCEPTION,
    HANDLER,
    Boundary,
    Handled,
    Injection,
    InterruptedThread,
    finest,
    interrupted,
    said,
)
from waitgroup_proofs.scheduler.fiber import Fiber
from waitgroup_proofs.scheduler.program import Program, ProgramRun
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.scenario_thread import Thread
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.scenarios import DONE, SCENARIOS, Client, Scenario, When

KINDS = (HANDLER, EXCEPTION)
INSPECTOR = "inspector"


def program(name: str, workers: int, waiters: int) -> Scenario:
    """A scenario by its name: with `+handler` one more unit, with `+exception` an inspector. Raises KeyError."""
    plain, _, kind = name.partition("+")
    scenario = SCENARIOS[plain](workers, waiters)
    if kind == HANDLER:
        return scenario._replace(name=name, units=scenario.units + 1)
    if kind == EXCEPTION:
        inspector = Client(INSPECTOR, (DONE,), start=When.QUIESCENT)
        return scenario._replace(name=name, clients=(*scenario.clients, inspector))
    if kind or name != plain:
        raise KeyError(name)
    return scenario


def asked_of(scenario: Scenario) -> Scenario:
    """Every call that a target must have for the scenario, that of the handler among them."""
    handler = Client(HANDLER, (DONE,))
    return scenario._replace(clients=(*scenario.clients, handler)) if kind_of(scenario) == HANDLER else scenario


def with_interrupts(names: list[str]) -> list[str]:
    """Each scenario as it is, then with a handler, then with an exception."""
    return [name + end for name in names for end in ("", *(f"+{kind}" for kind in KINDS))]


def kind_of(scenario: Scenario) -> str:
    """What comes in its runs: nothing, a handler or an exception."""
    return scenario.name.partition("+")[2]


def monitor_of(scenario: Scenario) -> ContractMonitor:
    """The contract as it is, or with the call of a handler, or with exceptions that leave calls."""
    kind = kind_of(scenario)
    return InterruptedMonitor(kind) if kind else ContractMonitor()


def run_of(bench: Bench) -> Run:
    """A run of the scenario, with what comes in it, or of a program."""
    if isinstance(bench.target, Program):
        return ProgramRun(bench)
    return InterruptedRun(bench) if kind_of(bench.scenario) else Run(bench)


class InterruptedMonitor(ContractMonitor):
    """The contract, with one more thread at the end: the handler's call."""

    def __init__(self, kind: str) -> None:
        """`kind`: what comes."""
        super().__init__()
        self.kind = kind

    def initial(self, units: int, threads: int) -> int:
        """As ever, and no handler has come."""
        return super().initial(units, threads + 1)

    def renamed(self, number: int, order: tuple[int, ...]) -> int:
        """The handler keeps its place."""
        return super().renamed(number, (*order, len(order)))

    def respond(self, number: int, thread: int, result: Result) -> int:
        """A call that an exception leaves may have taken effect, and may not have."""
        if self.kind == HANDLER or result is not Result.INTERRUPTED:
            return super().respond(number, thread, result)
        return self._answer(
            ("left", number, thread), lambda: (replaced(c, thread, None) for c in self.silently(number, thread))
        )

    def quiescent(self, number: int, blocked: tuple[int, ...], asleep: tuple[int, ...] = ()) -> int:
        """Nobody can run: then no handler may be under way, unless time can help it."""

        def over(configuration: Configuration) -> bool:
            return configuration.threads[-1] is None

        free = number if asleep else self._answer(("over", number), lambda: filter(over, self.silently(number, 0)))
        return super().quiescent(free, blocked, asleep)


class InterruptedRun(Run):
    """A run in which at most one thing comes on top of a thread."""

    threads: list[InterruptedThread]  # type: ignore[assignment]

    def __init__(self, bench: Bench) -> None:
        """The group is constructed, and no thread has begun."""
        assert bench.strict is None, "only the contract says what an interrupt may do"
        super().__init__(bench)
        self.kind = kind_of(bench.scenario)
        self.threads = [InterruptedThread(self, one.number, one.client, one.start_when) for one in self.threads]
        self.handler = Thread(self, len(self.threads), 0, When.AT_ONCE)
        #: The thread that it came on top of, and the call.
        self.struck: tuple[InterruptedThread, Call] | None = None
        #: Threads that have begun again. They stay where they stand: to stop them would run their `finally` blocks.
        self.forsaken: list[InterruptedThread] = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every thread, also those that have begun again."""
        tracer = sys.gettrace()
        super().__exit__(kind, error, trace)
        for thread in self.forsaken:
            thread.throw()
        sys.settrace(tracer)  # stopping a thread within its trace function turns all tracing off

    def body(self, fiber: Fiber) -> None:
        """As ever, and traced if need be."""
        thread: Any = fiber
        thread.start_tracing()
        try:
            super().body(fiber)
        finally:
            thread.stop_tracing()

    def handled(self) -> Result:
        """What the handler does."""
        return self._perform(DONE)

    def _may_start(self, thread: Thread) -> bool:
        if self._is_inspector(thread) and self.struck is None:
            return False
        return super()._may_start(thread)

    def _is_inspector(self, thread: Thread) -> bool:
        return self.bench.scenario.clients[thread.client].name == INSPECTOR

    # Placements

    def choices(self) -> list[Choice]:
        """Every way to go on, and, as long as nothing has come, everything that can come where."""
        placed = () if self.struck else self._placements()
        return [*super().choices(), *placed]

    def _placements(self) -> Iterator[Choice]:
        for thread in self.threads:
            if thread.finished or self._is_inspector(thread):
                continue
            if thread.started:
                yield Choice(thread.number, said("run", Injection(self.kind, 0)))
            begins = ["start"] if thread.started and not thread.invoked and not self.schedule else []
            for base in (*begins, *self._ways(thread)):
                for boundary in self._boundaries(thread.number, base):
                    yield Choice(thread.number, said(base, Injection(self.kind, boundary)))

    def _boundaries(self, number: int, base: str) -> list[int]:
        """Those of a step: all, or for a handler, where points are left out, one for each state that it can find."""
        with InterruptedRun(self.bench) as other:
            other.follow(self.schedule)
            met, last = other.watched(number, base)
        if self.kind == EXCEPTION or self.bench.knowledge is None:
            return [*range(1, len(met) + 1)]
        # What comes after the last access is found again where the next step begins, unless the call is over.
        lasts = {boundary: place for place, boundary in enumerate(met, 1) if boundary != last}
        return sorted(lasts.values())

    def watched(self, number: int, base: str) -> tuple[list[Boundary], Boundary]:
        """Make a step in which nothing comes; returns the boundaries that it has, and what holds at its end."""
        thread = self._about_to_step(number, base)
        thread.met = []
        first, length = int(thread.started and base != "start"), len(self.finest)
        with suppress(Violation):  # the search finds it where nothing comes
            super().step(Choice(number, "run" if base == "start" else base))
        accesses = self._made(number, length) - 1 + first
        return thread.met, Boundary(accesses, thread.calls)

    def _made(self, thread: int, length: int) -> int:
        """How many steps of a thread are the finest schedule's beyond a length."""
        return sum(choice.thread == thread for choice in self.finest[length:])

    def _about_to_step(self, number: int, base: str) -> InterruptedThread:
        """The thread; `start`: at its very beginning, and it has touched nothing that can change yet."""
        old = self.threads[number]
        if base != "start":
            self._catch_up(old)
            return old
        old.ended = True
        self.forsaken.append(old)
        self.threads[number] = InterruptedThread(self, number, old.client, old.start_when)
        return self.threads[number]

    # Stepping

    def step(self, choice: Choice) -> None:
        """As ever; the choice may say that something comes in this step."""
        base, injection = interrupted(choice.how)
        with self._told():
            if injection is None:
                super().step(choice)
                return
            thread = self._about_to_step(choice.thread, base)
            thread.due, thread.place = injection, self.position(thread)
            self.struck = (thread, self._call(thread))
            length = len(self.finest)
            before = int(thread.started and base != "start")
            try:
                super().step(Choice(choice.thread, "run" if base == "start" else base))
            finally:
                self.schedule[-1] = choice
                made = self._made(choice.thread, length)
                steps = finest(choice.thread, base, injection.kind, thread.came_at, made - 1 + before)
                self.finest[length : length + made] = steps
            assert thread.due is None, f"no boundary {injection.boundary} in this step"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What is wrong after something has come is told with it."""
        try:
            yield
        except Violation as violation:
            raise Violation(f"{violation}{self._story()}") from None

    def _story(self) -> str:
        if self.struck is None:
            return ""
        thread, call = self.struck
        on = f"{self.name(thread)}'s {call}"
        if thread.place is not None:
            on += f" at {Path(thread.place[0]).name}:{thread.place[1]}"
        if self.kind == EXCEPTION:
            return f"; an exception was raised in {on}"
        lock = thread.operation.lock
        if not thread.handling_signal or lock is None or not lock.taken:
            return f"; a handler came on top of {on}"
        holder = next((one for one in self.threads if one.identity is lock.holder), None)
        waits = f", and waits for what {self.name(holder)} holds" if holder else ""
        return f"; the handler runs on top of {on}{waits}"

    def _explain(self, events: list[Any], thread: Thread) -> None:
        for event in events:
            if isinstance(event, Handled):
                super()._explain([event.event], self.handler)
            else:
                super()._explain([event], thread)

    def name(self, thread: Thread) -> str:
        return "the handler" if thread is self.handler else super().name(thread)

    def _at_rest(self) -> None:
        observed = self._look(self.bench.target.observe)
        active = [thread for thread in self.threads if thread.invoked and not thread.finished]
        waits = sum(self._call(thread).delta is None for thread in active)
        if observed is not None and observed[1] > waits:
            raise Violation(f"the group counts {observed[1]} waiters, and {waits} calls of wait are under way")
        super()._at_rest()

    def key(self, outcomes: bool = False, apart: bool = False) -> Hashable:
        """The state. Where a frame may hide values beneath a handler, no other run can be told to be in the same."""
        hidden = any(thread.hidden for thread in self.threads)
        return (self.struck is not None, tuple(self.schedule) if hidden else None, super().key(outcomes, apart))
