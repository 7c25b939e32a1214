"""Bytecode boundaries: where Python runs a signal handler or raises an asynchronous exception in a thread.

The boundaries of a step are counted by tracing the opcodes of the frames of the code under test, in the one step that
needs it. Number 0 is the point itself, just before the access that the thread makes next; 1 is the first boundary that
the step comes to. Hooks, and whatever else is not in the files under test, have none: they stand for one bytecode.

The code that runs is the instrumented one. Each bytecode of the source that has an effect on anything shared is one
call of a hook there, in the same place among `try` and `with` blocks, and the boundaries on both sides of it are
boundaries here too; a `with` statement enters and leaves its manager by the same bytecodes. So between any two effects
there is a boundary here where there is one in the source. Those that instrumenting adds lie between bytecodes that
touch locals only. One of them can matter, to an exception: that after the last effect of a `try` block, still in the
block. CPython 3.10 has it in plain code too, 3.11 does not. The tests hold the two sets of outcomes against each other.

A handler that comes between two accesses finds the same state wherever it comes: a frame's locals are its own. So one
boundary stands for all that lie between two accesses, those with equal `Boundary`. Exceptions need every one, because
what catches them depends on where they come.

CPython looks for signals at some of these boundaries only, and which ones differs between its versions. What is found
here is wrong by the language; a given interpreter may never come to that boundary.
"""

import re
import sys
from opcode import opname
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from waitgroup_proofs.scheduler.fiber import Operation
from waitgroup_proofs.scheduler.primitives import Delivered
from waitgroup_proofs.scheduler.scenario_thread import Thread
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.scenarios import DONE

if TYPE_CHECKING:
    from waitgroup_proofs.scheduler.interrupts import InterruptedRun

HANDLER = "handler"
EXCEPTION = "exception"

#: Bytecodes whose operands are all named by locals: what the hooks have answered is kept there before they come.
ALL_NAMED = {"CALL", "BEFORE_WITH", "FOR_ITER"}
RETURNS = {"RETURN_VALUE", "RETURN_CONST"}


def _nothing(_frame: FrameType, _event: str, _argument: object) -> None:
    """Traces nothing."""


class Injection(NamedTuple):
    """What comes, a handler or an exception, and at which boundary of the step."""

    kind: str
    boundary: int


class Interrupted(NamedTuple):
    """A step, and what comes in it, if anything does."""

    base: str
    injection: Injection | None


def interrupted(how: str) -> Interrupted:
    """What a choice says: `run`, `handler@17`, `expire+exception@3`; `start+exception@2` is before the first access."""
    found = re.fullmatch(r"(?:(expire|interrupt|start)\+)?(handler|exception)@(\d+)", how)
    if found is None:
        return Interrupted(how, None)
    return Interrupted(found[1] or "run", Injection(found[2], int(found[3])))


def said(base: str, injection: Injection) -> str:
    """The inverse of `interrupted`."""
    return f"{'' if base == 'run' else base + '+'}{injection.kind}@{injection.boundary}"


def finest(thread: int, base: str, kind: str, came_at: tuple[int, int], accesses: int) -> list[Choice]:
    """A step in which something comes, with each of its accesses a step of its own."""
    before, boundary = came_at
    # There, the first access of a thread is a point as well.
    first = "run" if base == "start" and before else base
    steps = [first, *["run"] * (before - 1)]
    steps[-1] = said(steps[-1], Injection(kind, boundary))
    return [*(Choice(thread, how) for how in steps), *[Choice(thread)] * (accesses - before)]


class Boundary(NamedTuple):
    """How many accesses the step had made, and how many calls the thread had completed.

    Equal for boundaries at which a handler finds the same state.
    """

    accesses: int
    calls: int


class Handled(NamedTuple):
    """Something that the handler's call reports, not that of the thread beneath it."""

    event: Call | Result


class InterruptedThread(Thread):
    """A thread that something can come on top of."""

    def __init__(self, run: "InterruptedRun", number: int, client: int, start: Any) -> None:
        """Not running yet."""
        super().__init__(run, number, client, start)
        self.run_of = run
        #: What is to come in the step under way.
        self.due: Injection | None = None
        #: The boundaries of the step, if they are to be counted.
        self.met: list[Boundary] | None = None
        #: How many accesses the step had made when it came, and how many boundaries it had met since the last one.
        self.came_at = (0, 0)
        #: File and line at which it came.
        self.place: tuple[str, int] | None = None
        #: Whether the handler is on top now, and whether values of the frame beneath may be in no local.
        self.handling_signal = False
        self.hidden = False
        self._passed = 0
        self._since = (0, 0)
        self._previous: Any = None
        self._tracing = False

    def point(self, operation: Operation) -> str:
        """As any point. What comes at boundary 0 comes here; after a handler, the thread is where it was."""
        how = super().point(operation)
        if self.due is None or self.due.boundary or self.ended:
            return how
        self.came_at = (0, 0)
        self.committed, self.transaction = False, 0
        self._inject()
        return self.point(operation)

    def _inject(self) -> None:
        """It comes now."""
        assert self.due is not None
        kind, self.due = self.due.kind, None
        if kind == EXCEPTION:
            raise Delivered
        self.handling_signal = True
        below, self.inside_c = self.inside_c, False
        self.events.append(Handled(DONE))  # type: ignore[arg-type]
        result = self.run_of.handled()  # other threads may step in the meantime, and the events be taken in
        self.events.append(Handled(result))  # type: ignore[arg-type]
        self.inside_c = below
        self.handling_signal = self.hidden = False

    # Tracing

    def _hand_over(self) -> str:
        self.stop_tracing()
        how = super()._hand_over()
        self.start_tracing()
        return how

    def start_tracing(self) -> None:
        """A step begins: watch its bytecodes, if anything is to come between them."""
        self._passed, self._since = 0, (0, 0)
        if self.ended or not (self.met is not None or (self.due is not None and self.due.boundary)):
            return
        self._previous, self._tracing = sys.gettrace(), True
        frame: FrameType | None = sys._getframe()
        assert frame is not None
        # From Python 3.12 on, no opcode is traced unless a frame asks for it before, and `f_trace` stands first.
        frame.f_trace, frame.f_trace_opcodes = _nothing, True
        while frame is not None:
            self._watch(frame)
            frame = frame.f_back
        sys.settrace(self._entered)

    def stop_tracing(self) -> None:
        """The step is over, or what was to come has come."""
        if self._tracing:
            sys.settrace(self._previous)
            self._tracing = False

    def _watch(self, frame: FrameType) -> bool:
        if frame.f_code.co_filename not in self.surroundings.files:
            return False
        frame.f_trace = self._traced
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return True

    def _entered(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._traced if self._watch(frame) else None

    def _traced(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "opcode" and self._tracing:
            self._boundary(frame)
        return self._traced

    def _boundary(self, frame: FrameType) -> None:
        """The thread is between two bytecodes."""
        self._passed += 1
        accesses, since = self._since
        self._since = (self.accesses, since + 1 if accesses == self.accesses else 1)
        if self.met is not None:
            self.met.append(Boundary(self.accesses, self.calls))
        if self.due is not None and self.due.boundary == self._passed:
            self.came_at, self.place = self._since, (frame.f_code.co_filename, frame.f_lineno)
            if self.due.kind == HANDLER:
                self.hidden = not self._all_named(frame)
                self.stop_tracing()
            self._inject()

    def _all_named(self, frame: FrameType) -> bool:
        """Whether every value on the frame's evaluation stack can be told from its locals and position."""
        following = opname[frame.f_code.co_code[frame.f_lasti]]
        outer = frame.f_back
        while outer is not None and outer.f_code.co_filename not in self.surroundings.files:
            outer = outer.f_back
        return following in ALL_NAMED or (following in RETURNS and outer is None)
