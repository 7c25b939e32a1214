"""One run of real code under the scheduler: threads as fibers, one step at a time, monitored as it goes.

A step resumes one thread at the access it is about to make, and lets it run to just before its next one. A call counts
as invoked with its first step and as returned with its last one: the narrowest interval, so the strictest question to
the monitors. Runs are deterministic: the same choices give the same run.
"""

from collections.abc import Callable, Hashable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from greenlet import GreenletExit

from waitgroup_proofs.scheduler.fiber import Fiber, Surroundings, UnsupportedTarget
from waitgroup_proofs.scheduler.keys import parts
from waitgroup_proofs.scheduler.patience import PATIENCE, TOO_DEEP
from waitgroup_proofs.scheduler.primitives import Delivered
from waitgroup_proofs.scheduler.scenario_thread import Thread
from waitgroup_proofs.scheduler.schedules import Choice, Violation, are
from waitgroup_proofs.scheduler.symmetry import key_of
from waitgroup_proofs.scheduler.target import A_WHILE, Bench
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.scenarios import After, Turn, When

R = TypeVar("R")


class Run:
    """One run. Use it as a context manager: leaving it stops all threads without effect. Begin with `follow`."""

    def __init__(self, bench: Bench) -> None:
        """The group is constructed, and no thread has begun. Raises ValueError for a client that never ends."""
        self.bench = bench
        scenario = bench.scenario
        if any(client.repeats for client in scenario.clients):
            raise ValueError(f"{scenario.name}: the scheduler cannot run a client that repeats its calls for ever")
        target = bench.target
        known = (bench.knowledge, target.lasting, bench.only_after_calls)
        self.surroundings = Surroundings(target.packages, target.files, *known)
        self.unusable = ""
        self.instance = self._constructed(scenario.units)
        self.surroundings.objects.enclose(self.instance, parts(self.instance, target.packages))
        starts = [(i, client.start) for i, client in enumerate(scenario.clients) for _ in range(client.threads)]
        self.threads = [Thread(self, number, client, start) for number, (client, start) in enumerate(starts)]
        self.contract = bench.contract.initial(scenario.units, len(starts))
        self.strict = bench.strict.initial(scenario.units, len(starts)) if bench.strict else 0
        self.schedule: list[Choice] = []
        #: The same schedule with every shared access a step.
        self.finest: list[Choice] = []

    def _constructed(self, units: int) -> Any:
        try:
            return PATIENCE.asked(self.bench.target.construct(units))
        except UnsupportedTarget:
            raise
        except RecursionError:
            raise UnsupportedTarget(TOO_DEEP) from None
        except (Exception, SystemExit) as error:
            self.unusable = f"setting up a group with {units} units raised {type(error).__name__}: {error}"
            return None

    def follow(self, schedule: Iterable[Choice]) -> None:
        """Let the threads that start at once come to their first access; then make these steps. Raises Violation."""
        if self.unusable:
            raise Violation(self.unusable)
        for thread in self.threads:
            if thread.started:
                self._resume(thread, "run")
        self._at_rest()
        for choice in schedule:
            self.step(choice)

    def body(self, fiber: Fiber) -> None:
        """What a thread does: the calls of its client, each reported as it is entered and left."""
        thread: Any = fiber
        calls = self.bench.scenario.clients[thread.client].calls
        for call in calls:
            thread.invoked = False
            thread.enter_call(A_WHILE if call.timed else 0.0)
            try:
                result = self._perform(call)
            except (Violation, UnsupportedTarget):
                if thread.ended:
                    return
                raise
            if thread.ended:
                return
            if not thread.invoked:
                thread.events.append(call)
            thread.events.append(result)
            thread.calls += 1
            thread.results += (result,)
            thread.interrupted = False
        thread.invoked = True
        thread.finished = True

    def _perform(self, call: Call) -> Result:
        """Make the call on the real code, and name its result in the contract's terms."""
        try:
            answer = self.bench.target.perform(self.instance, call)
        except Delivered:
            return Result.INTERRUPTED
        except (KeyboardInterrupt, GreenletExit):
            raise
        except RecursionError:
            raise UnsupportedTarget(TOO_DEEP) from None
        except BaseException as error:
            if call.delta is not None:
                return Result.REJECTED
            raise Violation(f"{call} raised {type(error).__name__}: {error}") from None
        if call.delta is not None:
            return Result.NONE
        return Result.FALSE if answer is False else Result.TRUE

    # Stepping

    def choices(self) -> list[Choice]:
        """Every way to go on, in the order of the threads."""
        return [Choice(thread.number, how) for thread in self.threads for how in self._ways(thread)]

    def _ways(self, thread: Thread) -> list[str]:
        if thread.finished or not (thread.started or self._may_start(thread)):
            return []
        lock = thread.operation.lock
        if lock is None:
            return ["run", "expire"] if thread.operation.timed else ["run"]
        if not lock.taken:
            return ["run"]
        ways = ["expire"] if thread.operation.timed else []
        may_come = thread.operation.parks and self._call(thread).interrupted and not thread.interrupted
        return [*ways, "interrupt"] if may_come else ways

    def _call(self, thread: Thread) -> Call:
        return self.bench.scenario.clients[thread.client].calls[thread.calls]

    def _may_start(self, thread: Thread) -> bool:
        if thread.started:
            return True
        start = thread.start_when
        if isinstance(start, After):
            clients = self.bench.scenario.clients
            starters = (other for other in self.threads if clients[other.client].name == start.client)
            return any(other.calls >= start.calls for other in starters)
        if isinstance(start, Turn):
            come = start.has_come((other.start_when, other.started) for other in self.threads)
            if come is not None:
                return come
        others = [other for other in self.threads if other.started]
        if start is When.RETURNED:
            return all(other.finished for other in others)
        due = [other for other in self.threads if not other.started and isinstance(other.start_when, After)]
        return not any("run" in self._ways(other) for other in others) and not any(map(self._may_start, due))

    def step(self, choice: Choice) -> None:
        """Let one thread make one step. Raises Violation if what it did has no explanation."""
        thread = self.threads[choice.thread]
        self._catch_up(thread)
        self.schedule.append(choice)
        self.finest.append(choice)
        first = 1 if thread.started else 0
        if not thread.started:
            thread.started = True
        elif not thread.invoked:
            thread.invoked = True
            self._explain([self._call(thread)], thread)
        thread.interrupted = thread.interrupted or choice.how == "interrupt"
        try:
            self._resume(thread, choice.how)
        finally:
            self.finest += [Choice(choice.thread)] * (thread.accesses - first)
            thread.accesses = 0
        self._at_rest()

    def _catch_up(self, thread: Thread) -> None:
        """What a thread did before its first point are steps of its own, where every access is a step."""
        self.finest += [Choice(thread.number)] * thread.accesses
        thread.accesses = 0

    def position(self, thread: Thread) -> tuple[str, int] | None:
        """File and line of the code under test at which a suspended thread stands."""
        frame = thread.gr_frame
        while frame is not None and frame.f_code.co_filename not in self.bench.target.files:
            frame = frame.f_back
        return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)

    def _resume(self, thread: Thread, how: str) -> None:
        """Switch to the thread and take in what it did."""
        thread.switch(*(() if not thread else (how,)))
        if thread.failure is not None:
            raise thread.failure
        thread.has_moved()
        if self.bench.strict is not None:
            observed = self._look(self.bench.target.observe)
            self.strict = self.bench.strict.stepped(self.strict, thread.number, observed)
            if not self.strict:
                raise Violation(f"no step of strict explains what {self.name(thread)} did to the word")
        self._explain(thread.events, thread)
        thread.events = []

    def _look(self, question: Callable[[Any], R]) -> R:
        """Ask the target about the group, which may be so broken that it cannot be looked at."""
        try:
            return question(self.instance)
        except Exception as error:
            raise Violation(f"the group cannot be looked at: {type(error).__name__}: {error}") from None

    def _explain(self, events: list[Call | Result], thread: Thread) -> None:
        """Tell both monitors that calls were entered and left."""
        for event in events:
            for name, monitor in (("contract", self.bench.contract), ("strict", self.bench.strict)):
                if monitor is None:
                    continue
                before: int = getattr(self, name)
                if isinstance(event, Result):
                    after = monitor.respond(before, thread.number, event)
                else:
                    after = monitor.invoke(before, thread.number, event)
                setattr(self, name, after)
                if not after:
                    if not isinstance(event, Result):
                        raise Violation(f"{event} cannot be entered")
                    who = f"{self.name(thread)} got {event.name}"
                    raise Violation(f"{who}, which no run of {monitor.protocol.name} allows")

    def name(self, thread: Thread) -> str:
        """What the thread is called."""
        return self.bench.scenario.thread_names[thread.number]

    def _at_rest(self) -> None:
        """Between steps: the target's own invariant, and, if nobody can run, whether that is legitimate."""
        broken = self._look(self.bench.target.broken)
        if broken:
            raise Violation(broken)
        active = self._active()
        for thread in active:
            if "run" in self._ways(thread):
                return
        self._enter(active)
        asleep = tuple(thread.number for thread in active if "expire" in self._ways(thread))
        blocked = tuple(thread.number for thread in active if thread.number not in asleep)
        self.contract = self.bench.contract.quiescent(self.contract, blocked, asleep)
        if self.bench.strict is not None and self.contract:
            self.strict = self.bench.strict.quiescent(self.strict, (*blocked, *asleep))
        if not self.contract or (self.bench.strict is not None and not self.strict):
            names = [self.name(self.threads[number]) for number in (*blocked, *asleep)]
            raise Violation(f"nobody can run, and {are(names)} blocked without a reason")

    def key(self, outcomes: bool = False, apart: bool = False) -> Hashable:
        """The state, up to permutations of threads not told `apart`: equal keys, equal futures, or `outcomes` even."""
        return key_of(self, outcomes, apart)

    def goes_on_wrongly(self) -> bool:
        """Whether it is wrong that the calls under way go on for ever: then they must be as good as blocked."""
        active = self._active()
        self._enter(active)
        return not self.bench.contract.quiescent(self.contract, tuple(thread.number for thread in active))

    def _enter(self, threads: list[Thread]) -> None:
        """Whoever is at the first access of a call, and stays there, is in it."""
        for thread in threads:
            if not thread.invoked:
                thread.invoked = True
                self._catch_up(thread)
                self._explain([self._call(thread)], thread)

    def _active(self) -> list[Thread]:
        return [thread for thread in self.threads if thread.started and not thread.finished]

    def __enter__(self) -> Self:
        """The run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every thread where it stands; what its `finally` blocks do then has no effect on anything."""
        for thread in self.threads:
            thread.ended = True
        for thread in self.threads:
            if thread:
                thread.throw()
