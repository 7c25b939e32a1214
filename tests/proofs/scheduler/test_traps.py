"""The traps of running real code under a scheduler, where no other test holds them: see the table in docs/trusted.md.

Some are negative controls: they take away what keeps a trap shut, and show what it would cost.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.proofs.scheduler.designs import GENERATIONS
from tests.proofs.scheduler.interrupted import ONE_CALL, Latch, violations
from tests.proofs.scheduler.targets import Program, Written, results

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler import loader
from waitgroup_proofs.scheduler.expressions import Expressions
from waitgroup_proofs.scheduler.interrupts import program
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.protocol import Result
from waitgroup_spec.scenarios import DONE, SCENARIOS, Client, Scenario, add

REPOSITORY = Path(__file__).parents[3]
BOTH_WAYS = pytest.mark.parametrize("reduced", [True, False], ids=["reduced", "unreduced"])

PAIR = """
    class Group:
        def __init__(self):
            self._x = 0
            self._y = 0

        def read(self):
            return (self._x, self._y)

        def write(self):
            self._x = 1
            self._y = 1
"""


@BOTH_WAYS
def test_without_the_locals_that_keep_each_value_some_of_the_four_outcomes_are_lost(
    reduced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 4 == len(Program(PAIR, ["read"], ["write"]).searched(reduced).results)
    monkeypatch.setattr(loader, "compiled", loader.compiled.__wrapped__)  # what is kept was made with them
    monkeypatch.setattr(Expressions, "_kept", lambda _self, node: node)
    assert 3 >= len(Program(PAIR, ["read"], ["write"]).searched(reduced).results)


CAUGHT = """
    from _thread import allocate_lock

    class Group:
        def __init__(self):
            self.n = 0
            self.lock = allocate_lock()
        def add(self, delta):
            try:
                with self.lock:
                    self.n += delta
            finally:
                with self.lock:
                    self.n += 0
        def done(self): self.add(-1)
        def wait(self):
            while self.n > 0: pass
"""


@pytest.mark.parametrize("source", [CAUGHT, GENERATIONS], ids=["finally", "generations"])
@BOTH_WAYS
def test_every_choice_that_a_search_makes_is_one_that_there_is(
    source: str, reduced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, made = Run.step, list[bool]()

    def watched(run: Run, choice: Choice) -> None:
        made.append(choice in run.choices())
        step(run, choice)

    monkeypatch.setattr(Run, "step", watched)
    assert "holds" == search(Written(source), SCENARIOS["pre-added"](2, 1), reduced=reduced).verdict
    assert {True} == set(made)


RAISING = """
    class Group:
        def __init__(self):
            self.n = 0
        def add(self, delta):
            if self.n + delta < 0:
                raise OverflowError
            self.n += delta
        def done(self): self.add(-1)
        def wait(self): pass
"""


def test_after_a_call_that_raises_all_others_are_made_before_anything_is_said_of_the_end() -> None:
    clients = (Client("one", (DONE, add(2))), Client("other", (add(10), add(20))))
    bench = Bench(Written(RAISING), Scenario("two", "", 0, clients), ContractMonitor(), None, None)
    with Run(bench) as run:
        run.follow(())
        while choices := run.choices():
            run.step(choices[0])
        ends = [(thread.finished, thread.results) for thread in run.threads]
        assert [(True, (Result.REJECTED, Result.NONE)), (True, (Result.NONE, Result.NONE))] == ends
        assert 32 == run.instance.n


REENTRANT = ONE_CALL
for once, with_a_lock in (
    ("import allocate_lock", "import RLock, allocate_lock"),
    ("        self._parked = []", "        self._lock = RLock()\n        self._parked = []"),
    ("        any(", "        self._lock.acquire()\n        any("),
    ("(self._units,)))))", "(self._units,)))))\n        self._lock.release()"),
):
    REENTRANT = REENTRANT.replace(once, with_a_lock)


@BOTH_WAYS
def test_a_handler_finds_a_reentrant_lock_as_it_is_before_or_after_an_operation_and_never_between(
    reduced: bool,
) -> None:
    assert {} == violations(Latch(REENTRANT), program("pre-added+handler", 1, 0), reduced)


FIRST_STEP = """
from tests.proofs.scheduler.interrupted import ONE_CALL, Latch, monitor_of, program, run_of
from waitgroup_proofs.scheduler.target import Bench

scenario = program("pre-added+exception", 1, 1)
with run_of(Bench(Latch(ONE_CALL), scenario, monitor_of(scenario), None, None)) as run:
    run.follow(())
    print(sorted({choice.thread for choice in run.choices() if choice.how.startswith("start+")}))
"""


def test_the_first_step_that_a_process_traces_has_boundaries() -> None:
    process = subprocess.run(
        [sys.executable, "-c", FIRST_STEP], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert ("[0, 1]\n", "") == (process.stdout, process.stderr)


#: The fields that are left, with their values.
Fields = tuple[tuple[str, str], ...]


def switched_after_calls(increment: str) -> tuple[set[Fields], set[Fields]]:
    """The outcomes of two threads that count: switched anywhere, and only where CPython with its GIL does it."""
    source = f"""
        def same(value): return value

        class Group:
            def __init__(self):
                self.n = 0
            def go(self):
                {increment}
            def total(self):
                return self.n
    """
    ends = []
    for only_after_calls in (False, True):
        counting = Program(source, ["go", "total"], ["go", "total"])
        search(counting, counting.scenario, shortest=False, reduced=False, only_after_calls=only_after_calls)
        ends.append({outcome.fields for outcome in counting.found})
    return ends[0], ends[1]


ONE, TWO = (("n", "1"),), (("n", "2"),)


@pytest.mark.parametrize(
    ("increment", "with_a_gil"),
    [
        ("self.n += 1", {TWO}),
        ("self.n = self.n + 1", {TWO}),
        ("self.n = same(self.n) + 1", {ONE, TWO}),
        ("self.n += same(1)", {ONE, TWO}),
        ("n = self.n\n                for _ in (1,): self.n = n + 1", {ONE, TWO}),
    ],
)
def test_an_update_is_lost_by_the_language_and_with_a_gil_only_across_a_call_or_a_round(
    increment: str, with_a_gil: set[Fields]
) -> None:
    assert ({ONE, TWO}, with_a_gil) == switched_after_calls(increment)


PIPELINE = """
    from _thread import allocate_lock
    from operator import methodcaller

    release = {release}

    class Group:
        def __init__(self):
            self.first, self.second = allocate_lock(), allocate_lock()
            self.first.acquire()
            self.second.acquire()
        def open(self):
            any(map(release, (self.first, self.second)))
        def look(self):
            first = self.first.acquire(False)
            return first, self.second.acquire(False)
"""


@BOTH_WAYS
@pytest.mark.parametrize(
    ("release", "apart"),
    [("methodcaller('release')", False), ("lambda lock: lock.release()", True)],
    ids=["C that calls C", "C that calls Python"],
)
def test_locks_that_c_releases_from_c_are_free_all_at_once(release: str, apart: bool, reduced: bool) -> None:
    found = Program(PIPELINE.format(release=release), ["open"], ["look"]).searched(reduced)
    whole = results((None, (False, False)), (None, (True, True)), (None, (False, True)))
    assert whole | (results((None, (True, False))) if apart else set()) == found.results


def test_the_tests_that_the_table_of_traps_names_are_there() -> None:
    table = (REPOSITORY / "docs/trusted.md").read_text(encoding="utf-8").partition("## Traps")[2]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    named = [re.findall(r"`(\w+\.py)::(\w+)`", row) for row in rows]
    texts = {path.name: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")}
    assert 8 == sum(bool(tests) for tests in named)
    assert [] == [name for tests in named for file, name in tests if f"def {name}(" not in texts[file]]
