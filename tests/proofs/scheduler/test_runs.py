"""One run: who may go on and how, what stopping a run leaves behind, and targets that do not behave."""

import signal
from collections.abc import Callable
from textwrap import dedent
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.proofs.scheduler.designs import LOCK_PER_WAITER
from tests.proofs.scheduler.targets import Program, Written, results, wrong

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.endless import ENDLESS
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.endless import PASSERS
from waitgroup_spec.scenarios import INTERRUPTED_WAIT, SCENARIOS, WAIT, Client, Scenario, add


def bench(target: Written, scenario: Scenario) -> Bench:
    """Every access a step."""
    return Bench(target, scenario, ContractMonitor(), None, None)


def visited(target: Written, scenario: Scenario, visit: Callable[[Run], None]) -> None:
    """Follow every schedule, and `visit` each state that is met."""
    todo: list[tuple[Choice, ...]] = [()]
    while todo:
        with Run(bench(target, scenario)) as run:
            run.follow(todo.pop())
            visit(run)
            todo += [(*run.schedule, choice) for choice in run.choices()]


TIMED = """
    from _thread import allocate_lock

    class Group:
        def __init__(self):
            self._lock = allocate_lock()
            self._lock.acquire()

        def try_for(self): return self._lock.acquire(timeout={timeout})
        def try_once(self): return self._lock.acquire({blocking})
        def open(self): self._lock.release()
"""


@pytest.mark.parametrize("timeout", [0.1, 1000])
def test_a_timed_acquire_may_expire_whenever_it_finds_the_lock_taken(timeout: float) -> None:
    source = TIMED.format(timeout=timeout, blocking="False")
    assert [] == wrong(results((True, None), (False, None)), source, ["try_for"], ["open"])


@pytest.mark.parametrize("blocking", ["False", "blocking=False", "timeout=0", "True, 0"])
def test_an_acquire_that_does_not_block_answers_at_once_and_never_expires(blocking: str) -> None:
    program = Program(TIMED.format(timeout=1, blocking=blocking), ["try_once"], ["open"])
    offered = set[str]()
    visited(program, program.scenario, lambda run: offered.update(choice.how for choice in run.choices()))
    assert ({"run"}, results((True, None), (False, None))) == (offered, {o.results for o in program.found})


def test_an_interrupt_is_offered_only_where_the_thread_is_parked_on_a_lock_of_its_own() -> None:
    offered = set[tuple[int, str]]()

    def visit(run: Run) -> None:
        for choice in run.choices():
            position = run.position(run.threads[choice.thread])
            if choice.how != "run" and position is not None:
                offered.add((choice.thread, LOCK_PER_WAITER.splitlines()[position[1] - 1].strip()))

    waiter = Client("waiter", (INTERRUPTED_WAIT,))
    visited(Written(LOCK_PER_WAITER), Scenario("one", "", 1, (waiter, Client("other", (WAIT,)))), visit)
    assert {(0, "granted = mine.acquire(timeout=timeout)")} == offered


STOPPED = """
    from _thread import allocate_lock

    class Group:
        def __init__(self):
            self._n = 0
            self._lock = allocate_lock()

        def go(self):
            try:
                with self._lock:
                    self._n += 1
            finally:
                self._lock.acquire()
                self._n += 1
                self._lock.release()

        def stay(self):
            while True:
                try:
                    self._n += 1
                except BaseException:
                    pass
                else:
                    break

        def fail(self):
            try:
                self._n += 1
            finally:
                raise ValueError
"""


def test_stopping_a_run_anywhere_adds_no_step_no_choice_and_no_event() -> None:
    program = Program(STOPPED, ["go"], ["stay"], ["fail"])
    todo: list[tuple[Choice, ...]] = [()]
    runs = 0
    while todo and runs < 500:
        runs += 1
        run = Run(bench(program, program.scenario))
        with run:
            run.follow(todo.pop(runs % len(todo)))
            choices = run.choices()
            before = (tuple(run.schedule), tuple(run.finest), run.contract, [t.calls for t in run.threads])
        assert before == (tuple(run.schedule), tuple(run.finest), run.contract, [t.calls for t in run.threads])
        assert [[], [], []] == [thread.events for thread in run.threads]
        assert [False, False, False] == [bool(thread) for thread in run.threads]
        todo += [(*run.schedule, choice) for choice in choices]
    assert 500 == runs


def test_finally_blocks_that_take_locks_change_nothing_about_a_search() -> None:
    program = Program(STOPPED, ["go"], ["go"])
    found, every = program.searched(reduced=False), program.enumerated()
    assert every is not None
    assert (found.outcomes, found.violation) == (every.outcomes, every.violation)


def judged(source: str, reduced: bool = True) -> Search:
    return search(Written(source), SCENARIOS["pre-added"](1, 1), reduced=reduced)


WAITGROUP = """
    class Group:
        def __init__(self):
            self.n = 0
        def add(self, delta):
            if self.n + delta < 0: raise ValueError
            self.n += delta
        def done(self): self.add(-1)
        def wait(self): {wait}
"""


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        ("raise KeyError('nothing')", "wait() raised KeyError: 'nothing'"),
        ("return self.m", "wait() raised AttributeError: 'Group' object has no attribute 'm'"),
        ("return True", "waiter got TRUE, which no run of contract allows"),
        ("return self.n == 0", "waiter got FALSE, which no run of contract allows"),
        ("\n            while True: self.n", ENDLESS),
    ],
)
@pytest.mark.parametrize("reduced", [True, False])
def test_a_wait_that_does_the_wrong_thing_is_a_violation(wait: str, sentence: str, reduced: bool) -> None:
    found = judged(WAITGROUP.format(wait=wait), reduced=reduced).violation
    assert found is not None
    assert sentence == found.sentence


def test_a_group_that_cannot_be_set_up_is_a_violation() -> None:
    found = judged(WAITGROUP.format(wait="return True").replace("self.n = 0", "self.m = 0")).violation
    assert found is not None
    setup = "setting up a group with 1 units raised AttributeError: 'Group' object has no attribute 'n'"
    assert (setup, ()) == (found.sentence, found.schedule)


def test_a_group_that_cannot_be_looked_at_is_a_violation() -> None:
    class Blind(Written):
        def broken(self, instance: object) -> str | None:
            raise IndexError("gone")

    found = search(Blind(WAITGROUP.format(wait="self.n")), SCENARIOS["pre-added"](1, 1)).violation
    assert found is not None
    assert ("the group cannot be looked at: IndexError: gone", ()) == (found.sentence, found.schedule)


BLOCKED_AT_ONCE = """
    from _thread import allocate_lock

    class Group:
        def __init__(self):
            self.lock = allocate_lock()
        def add(self, delta): self.lock.acquire()
        def done(self): pass
        def wait(self, timeout=None):
            {wait}
"""


@pytest.mark.parametrize("reduced", [True, False])
def test_a_thread_that_is_blocked_at_its_first_access_is_blocked_in_its_call(reduced: bool) -> None:
    source = BLOCKED_AT_ONCE.format(wait="return True")
    found = search(
        Written(source), Scenario("two adds", "", 1, (Client("adder", (add(1),)),)), reduced=reduced
    ).violation
    assert found is not None
    assert "nobody can run, and adder is blocked without a reason" == found.sentence


@pytest.mark.parametrize("reduced", [True, False])
def test_a_wait_that_is_blocked_at_its_first_access_is_registered(reduced: bool) -> None:
    source = BLOCKED_AT_ONCE.format(wait="self.lock.acquire()")
    found = search(Written(source), Scenario("a unit", "", 1, (Client("waiter", (WAIT,)),)), reduced=reduced)
    assert "holds" == found.verdict


def test_a_target_that_exits_does_not_end_the_search() -> None:
    found = judged(WAITGROUP.format(wait="raise SystemExit(3)")).violation
    assert found is not None
    assert (True, ()) == (found.sentence.startswith("wait() raised SystemExit"), found.schedule)


@pytest.mark.parametrize("call", ["wait", "add"])
def test_ctrl_c_while_code_under_test_runs_stops_the_search_and_is_no_result(call: str) -> None:
    class Pressed(Written):
        def broken(self, _instance: object) -> str | None:
            return None

    source = dedent(WAITGROUP.format(wait="self.n; press()")).replace("self.n += delta", "self.n += delta; press()")
    target = Pressed(f"def press(): pass\n{source}")
    scenario = Scenario("one", "", 0, (Client("thread", (WAIT,) if call == "wait" else (add(1),)),))
    target.module.__dict__["press"] = lambda: signal.raise_signal(signal.SIGINT)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # some shells have it ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            search(target, scenario)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_violation_at_the_start_needs_no_step() -> None:
    with Run(bench(Written(WAITGROUP.format(wait="raise KeyError")), SCENARIOS["pre-added"](1, 1))) as run:
        with pytest.raises(Violation):
            run.follow(())
        assert [] == run.schedule


def test_a_client_that_repeats_its_calls_for_ever_cannot_be_run() -> None:
    with pytest.raises(ValueError, match="cannot run a client that repeats"):
        Run(cast(Any, SimpleNamespace(scenario=PASSERS)))
