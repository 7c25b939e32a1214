"""Whether every bytecode boundary is met: the same code plain and instrumented, some boundaries and all of them."""

import sys
from collections.abc import Hashable
from itertools import count
from textwrap import dedent
from types import FrameType
from typing import Any

import greenlet
import pytest
from tests.proofs.scheduler.interrupted import ALONE, NUMBER, ONE_CALL, Latch, violations, walked
from tests.proofs.scheduler.targets import FILE

from waitgroup_proofs.scheduler.boundaries import InterruptedThread
from waitgroup_proofs.scheduler.interrupts import InterruptedRun, monitor_of, program, run_of
from waitgroup_proofs.scheduler.primitives import Delivered
from waitgroup_proofs.scheduler.production import Production
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import DONE, Client, Scenario, add

# Whether every boundary is met: the same code, plain and instrumented, on one thread.

#: Where the last bytecode of a `try` block has an effect, the instrumented code has a boundary after the effect that is
#: still in the block. CPython 3.11 has none there, earlier versions do.
MORE = {("exception", ALONE["a swallowed exception"]): {("returned", ("n", "122"))}}


def state_of(group: Any, result: str) -> tuple[Any, ...]:
    """What is left: the group's fields, and how the call ended."""
    values = sorted(vars(group).items())
    return result, *((name, v.locked() if hasattr(v, "locked") else repr(v)) for name, v in values)


def plainly(source: str, kind: str) -> set[tuple[Any, ...]]:
    """Every end of done() of the source as it is, with something at each of its boundaries."""
    names: dict[str, Any] = {}
    exec(compile(dedent(source), FILE, "exec"), names)
    ends = set()
    for place in count(1):
        end, met = plain_end(names["Group"](2), kind, place)
        ends.add(end)
        if met < place:
            return ends
    raise AssertionError


def plain_end(group: Any, kind: str, place: int) -> tuple[tuple[Any, ...], int]:
    """How one done() ends with something at one boundary, and how many boundaries it had."""
    met, result, before = 0, "returned", sys.gettrace()

    def traced(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal met
        if frame.f_code.co_filename != FILE:
            return None
        frame.f_trace_opcodes = True
        met += event == "opcode"
        if event == "opcode" and met == place:
            if kind == "exception":
                raise Delivered
            group.done()
        return traced

    sys.settrace(traced)
    try:
        group.done()
    except Delivered:
        result = "left"
    except ValueError:
        result = "refused"
    finally:
        sys.settrace(before)
    return state_of(group, result), met


class Ending(Latch):
    """Keeps every end of done()."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.ends = set[tuple[Any, ...]]()

    def perform(self, instance: Any, call: Any) -> object:
        thread = greenlet.getcurrent()
        if not isinstance(thread, InterruptedThread) or thread.handling_signal:
            return instance.done()
        result = "returned"
        try:
            return instance.done()
        except Delivered:
            result = "left"
            raise
        except ValueError:
            result = "refused"
            raise
        finally:
            if not thread.ended:
                thread.ended = True
                self.ends.add(state_of(instance, result))
                thread.ended = False


#: With a handler, the plain code of those that have a lock would wait for ever.
COMPARED = [(name, kind) for name in ALONE for kind in ("handler", "exception") if kind[0] == "e" or "lock" not in name]


@pytest.mark.parametrize(
    ("name", "kind"),
    [pytest.param(*one, marks=[pytest.mark.slow] if one == ("nested", "handler") else []) for one in COMPARED],
)
def test_the_instrumented_code_ends_in_the_same_ways_as_the_plain_one(name: str, kind: str) -> None:
    source = ALONE[name]
    alone = Scenario(f"alone+{kind}", "", 2, (Client("worker", (DONE,)),))
    target = Ending(source)
    bench = Bench(target, alone, monitor_of(alone), None, None)
    assert [] != list(walked(bench))
    assert plainly(source, kind) | MORE.get((kind, source), set()) == target.ends


def finals(source: str, clients: tuple[Client, ...], reduced: bool) -> set[tuple[Any, ...]]:
    """What is left of the group once every thread has finished, or nobody can run."""
    target = Latch(source)
    scenario = Scenario("some+handler", "", 3, clients)
    bench = Bench(target, scenario, monitor_of(scenario), None, Knowledge() if reduced else None)
    while True:
        try:
            return {
                state_of(run.instance, wrong.partition(";")[0])
                for run, wrong in walked(bench)
                if wrong or all(thread.finished for thread in run.threads)
            }
        except Learnt:
            continue


@pytest.mark.parametrize("name", ["only a number", "a swallowed exception", "a lock by hand"])
def test_one_boundary_for_each_state_is_enough_for_a_handler_while_threads_switch(name: str) -> None:
    two = (Client("worker", (DONE,), 2),)
    some, every = (finals(ALONE[name], two, reduced) for reduced in (True, False))
    assert every == some


@pytest.mark.parametrize("source", [pytest.param(ONE_CALL, marks=pytest.mark.slow), NUMBER])
def test_one_boundary_for_each_state_finds_what_all_of_them_find(source: str) -> None:
    scenario = program("pre-added+handler", 1, 1)
    some, every = (violations(Latch(source), scenario, reduced) for reduced in (True, False))
    assert {sentence.partition(" at ")[0] for sentence in every} == {one.partition(" at ")[0] for one in some}


# What is kept of a thread beneath.

READS = """
class Group:
    def __init__(self, units):
        self.n = units
        self.seen = 0

    def done(self):
        self.n = self.n - 1
        return self.seen

    def add(self, delta):
        self.seen = self.n
"""
READER_AND_WORKER = Scenario("some+handler", "", 2, (Client("reader", (add(1),)), Client("worker", (DONE,))))


def beneath_a_handler(bench: Bench, worker_first: bool) -> Hashable:
    """The key of a state in which a handler stands between the load of `n` and what becomes of it."""
    worker = [Choice(1)] * 2
    with run_of(bench) as run:
        run.follow([*(worker if worker_first else []), Choice(0, "handler@1"), *([] if worker_first else worker)])
        return run.key()


@pytest.mark.parametrize("looked_at", [True, False])
def test_what_hides_on_the_evaluation_stack_beneath_a_handler_tells_states_apart(
    looked_at: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(Latch(READS), READER_AND_WORKER, monitor_of(READER_AND_WORKER), None, None)
    if not looked_at:
        monkeypatch.setattr(InterruptedThread, "_all_named", lambda *_: True)
    assert looked_at == (beneath_a_handler(bench, True) != beneath_a_handler(bench, False))


def test_boundaries_are_counted_in_one_thread_while_others_run_and_the_tracer_before_comes_back() -> None:
    scenario = program("pre-added+exception", 2, 1)
    bench = Bench(Production(), scenario, monitor_of(scenario), None, None)
    before = sys.gettrace()
    counts = set[tuple[int, ...]]()
    for between in ([], [Choice(1)], [Choice(1), Choice(2)], [Choice(2)] * 3):
        with run_of(bench) as run:
            assert isinstance(run, InterruptedRun)
            run.follow([Choice(0), *between, Choice(0), *between[:1]])
            counts.add(tuple(len(run._boundaries(0, base)) for base in ("run", "start")))
    assert 1 == len(counts)
    assert before is sys.gettrace()


def test_the_tracer_of_a_debugger_comes_back_after_an_exception_and_after_a_handler() -> None:
    def debugger(_frame: FrameType, _event: str, _argument: object) -> None:
        return None

    before = sys.gettrace()
    for kind in ("handler", "exception"):
        scenario = program(f"pre-added+{kind}", 1, 1)
        sys.settrace(debugger)
        try:
            with run_of(Bench(Latch(ONE_CALL), scenario, monitor_of(scenario), None, None)) as run:
                run.follow([Choice(0, f"{kind}@3")])
                assert debugger is sys.gettrace()
            assert debugger is sys.gettrace()
        finally:
            sys.settrace(before)


def test_before_its_first_access_an_exception_leaves_a_call_without_effect() -> None:
    scenario = program("pre-added+exception", 1, 1)
    with run_of(Bench(Latch(ONE_CALL), scenario, monitor_of(scenario), None, None)) as run:
        run.follow([])
        starts = [choice for choice in run.choices() if choice.how.startswith("start+")]
    assert {0, 1} == {choice.thread for choice in starts}
    for choice in starts:
        with run_of(Bench(Latch(ONE_CALL), scenario, monitor_of(scenario), None, None)) as run:
            run.follow([choice])
            assert (True, 1) == (run.threads[choice.thread].finished, len(run.instance._units))
