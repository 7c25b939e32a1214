"""Runs that never end: wrong where a fair scheduler could keep them up and the contract has no explanation for it."""

from pathlib import Path

import pytest
from tests.proofs.scheduler.targets import Program, Written

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.endless import ENDLESS
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import Foreign, Named
from waitgroup_proofs.scheduler.replay import followed
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import SCENARIOS

#: A wait that looks again and again; {pause}: what it does in between.
POLLING = """
import threading, time

class Group:
    def __init__(self):
        self.lock = threading.Lock()
        self.counter = 0

    def add(self, delta):
        with self.lock:
            if self.counter + delta < 0:
                raise ValueError("negative counter")
            self.counter += delta

    def done(self):
        self.add(-1)

    def wait(self, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        while self.counter:
            if end is not None and time.monotonic() >= end:
                return False
            {pause}
        return True
"""

PAUSES = {"sleep": "time.sleep(0.001)", "nothing": "pass"}


def judged(name: str, pause: str, workers: int = 1, waiters: int = 1) -> Search:
    """What the search says of it."""
    return search(Written(POLLING.format(pause=pause)), SCENARIOS[name](workers, waiters))


@pytest.mark.parametrize("pause", PAUSES.values(), ids=PAUSES)
@pytest.mark.parametrize("name", ["pre-added", "add-done", "nested", "mixed", "surplus", "zero-delta"])
def test_a_wait_that_polls_holds_where_the_counter_stays_at_zero(name: str, pause: str) -> None:
    assert "holds" == judged(name, pause).verdict


@pytest.mark.parametrize("pause", PAUSES.values(), ids=PAUSES)
def test_a_wait_that_polls_may_go_on_for_ever_where_a_unit_stays_open(pause: str) -> None:
    found = judged("reuse-open", pause)
    assert ("holds", True) == (found.verdict, found.exhausted)


def test_a_thread_that_never_blocks_may_keep_one_from_starting_that_is_to_start_when_all_are_blocked() -> None:
    with pytest.raises(UnsupportedTarget, match="without blocking, so that worker never starts"):
        judged("reuse-parked", PAUSES["nothing"])


def test_a_wait_that_polls_and_sleeps_misses_a_zero_that_does_not_last() -> None:
    violation = judged("reuse-parked", PAUSES["sleep"]).violation
    assert violation is not None
    assert ENDLESS == violation.sentence


#: Two threads that give way to each other: as long as both do, neither gets on.
POLITE = """
from _thread import allocate_lock

class Group:
    def __init__(self):
        self.a = allocate_lock()
        self.b = allocate_lock()

    def both(self, first, second):
        while True:
            first.acquire()
            if second.acquire(False):
                second.release()
                first.release()
                return
            first.release()

    def one(self):
        self.both(self.a, self.b)

    def two(self):
        self.both(self.b, self.a)
"""


@pytest.mark.parametrize("reduced", [True, False])
def test_a_livelock_is_found(reduced: bool) -> None:
    assert ENDLESS == Program(POLITE, ["one"], ["two"]).searched(reduced).violation


@pytest.mark.parametrize("reduced", [True, False])
def test_a_run_that_only_an_unfair_scheduler_keeps_up_is_no_livelock(reduced: bool) -> None:
    assert Program(POLITE, ["one"], ["one"]).searched(reduced).violation is None
    one_sided = POLITE.replace("self.both(self.b, self.a)", "pass\n        with self.b: pass")
    assert Program(one_sided, ["one"], ["two"]).searched(reduced).violation is None


#: A wait that holds the lock while it is awake: who calls done() finds it taken again and again, and free in between.
AWAKE_WITH_THE_LOCK = """
import threading

class Group:
    def __init__(self):
        self.condition = threading.Condition()
        self.counter = 0

    def add(self, delta):
        with self.condition:
            if self.counter + delta < 0:
                raise ValueError("negative counter")
            self.counter += delta

    def done(self):
        self.add(-1)

    def wait(self):
        with self.condition:
            while self.counter:
                self.condition.wait(0.01)
"""


@pytest.mark.parametrize("name", ["pre-added", "nested", "reuse-open"])
def test_who_finds_a_lock_free_again_and_again_gets_it_at_last(name: str) -> None:
    found = search(Written(AWAKE_WITH_THE_LOCK), SCENARIOS[name](1, 1))
    assert ("holds", True) == (found.verdict, found.exhausted)


def test_a_replay_that_ends_where_it_has_been_is_no_violation_if_that_may_go_on(tmp_path: Path) -> None:
    (tmp_path / "target.py").write_text(POLLING.format(pause=PAUSES["sleep"]), encoding="utf-8")
    target = Foreign(Named(f"{tmp_path / 'target.py'}:Group"))
    bench = Bench(target, SCENARIOS["pre-added"](1, 1), ContractMonitor(), None, None)
    round_and_round = tuple(Choice(1, how) for how in ("run", "expire", "run", "expire"))
    replayed = followed(target, bench, round_and_round)
    assert (4, None) == (len(replayed.steps), replayed.violation)
