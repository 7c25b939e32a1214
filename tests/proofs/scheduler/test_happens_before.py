"""What orders accesses: nothing that is published through it is a race, and without it the race would be reported."""

import pytest
from tests.proofs.scheduler.raced import FIRST_LINE, Told, seen, told
from tests.proofs.scheduler.targets import Program
from tests.proofs.scheduler.test_standard_library import group

from waitgroup_proofs.races.clocks import Clock
from waitgroup_proofs.scheduler.dpor import unreduced
from waitgroup_proofs.scheduler.happens_before import HappensBefore, Order
from waitgroup_proofs.scheduler.races import Races, Watched, races
from waitgroup_proofs.scheduler.run import Run
from waitgroup_spec.scenarios import After, Client, Scenario, Turn, When, add


def published(setup: str, tell: str, learn: str) -> str:
    """One thread stores a field and then does `tell`; another one does `learn` and then loads it."""
    return group(f"{setup}; self.n = 0", tell=f"self.n = 1\n{tell}", learn=f"{learn}\nreturn self.n")


def counted(setup: str, *entered: str) -> str:
    """A counter in the critical section that these lines enter."""
    body = "\n".join([*entered, "    self.n += 1"])
    return group(f"{setup}; self.n = 0", tell=body, learn=body)


#: With each source, what orders its two threads. A Queue orders them twice, with its lock and with its deque.
ORDERED: dict[str, tuple[str, tuple[str, ...]]] = {
    "a lock": (counted("self.l = threading.Lock()", "with self.l:"), ("acquired",)),
    "a reentrant lock": (
        counted("self.l = threading.RLock()", "with self.l:", "    with self.l:", "        pass"),
        ("acquired",),
    ),
    "a lock that another thread releases": (
        published("self.l = threading.Lock(); self.l.acquire()", "self.l.release()", "self.l.acquire()"),
        ("acquired",),
    ),
    "a condition": (
        group(
            "self.c = threading.Condition(); self.n = 0",
            tell="with self.c:\n    self.n = 1\n    self.c.notify()",
            learn="with self.c:\n    self.c.wait_for(lambda: self.n)\nreturn self.n",
        ),
        ("acquired",),
    ),
    "an event": (published("self.e = threading.Event()", "self.e.set()", "self.e.wait()"), ("acquired",)),
    "a simple queue": (published("self.q = queue.SimpleQueue()", "self.q.put(0)", "self.q.get()"), ("received",)),
    "a queue": (published("self.q = queue.Queue()", "self.q.put(0)", "self.q.get()"), ("acquired", "exchanged")),
    "a deque": (
        published(
            "from collections import deque; self.d = deque()", "self.d.append(0)", "if not self.d:\n    return None"
        ),
        ("exchanged",),
    ),
}


def raced_fields(found: Told) -> set[str]:
    """The names of the group's fields that race."""
    return {name for name, _, _ in found if name.startswith("Group.")}


@pytest.mark.parametrize(("source", "_edges"), ORDERED.values(), ids=ORDERED)
def test_what_is_published_through_something_that_orders_is_no_race(source: str, _edges: tuple[str, ...]) -> None:
    assert set() == raced_fields(seen(source, ["tell"], ["learn"]))


@pytest.mark.parametrize(("source", "edges"), ORDERED.values(), ids=ORDERED)
def test_without_what_orders_it_a_publication_is_reported_as_a_race(
    source: str, edges: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for edge in edges:
        monkeypatch.setattr(HappensBefore, edge, lambda *_: None)
    assert {"Group.n"} == raced_fields(seen(source, ["tell"], ["learn"]))


def test_what_the_construction_put_into_a_queue_tells_nothing_of_other_threads() -> None:
    source = group(
        "self.q = queue.SimpleQueue(); self.q.put(0); self.n = 0",
        tell="self.n = 1\nself.q.put(1)",
        learn="if self.q.get() == 0:\n    return self.n",
    )
    assert {("Group.n", f"store {FIRST_LINE}", f"load {FIRST_LINE + 4}")} == seen(source, ["tell"], ["learn"])


STARTS: dict[str, When | Turn | After] = {
    "started": After("first", 1),
    "after the others have returned": When.RETURNED,
    "when nobody can go on": When.QUIESCENT,
    "in the next turn": Turn(1),
}


def begun(start: When | Turn | After, source: str, *first: str) -> Races:
    """One thread that makes these calls, and another one that starts so and makes the last of the source's calls."""
    program = Program(source, ["go"], ["late"])
    calls = tuple(add(1 + program.methods.index(name)) for name in first)
    late = Client("late", (add(1 + program.methods.index("late")),), start=start)
    return races(program, Scenario("program", "", 0, (Client("first", calls), late)))


COUNTER = group("self.n = 0", go="self.n += 1", late="self.n += 1")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_what_was_done_before_a_thread_starts_does_not_race_with_it(start: When | Turn | After) -> None:
    found = begun(start, COUNTER, "go")
    assert (set(), True) == (told(found), found.complete)


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_start_that_orders_nothing_would_be_reported(
    start: When | Turn | After, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HappensBefore, "learn", lambda *_: None)
    assert {"Group.n"} == {name for name, _, _ in told(begun(start, COUNTER, "go"))}


def test_what_the_starter_does_after_the_call_that_starts_a_thread_races_with_it() -> None:
    found = begun(After("first", 1), COUNTER, "go", "go")
    assert 3 == len(told(found)), "the load and the store of each line with the other's store, and both stores"


AFTERWARDS = group(
    "self.l = threading.Lock(); self.n = 0",
    tell="with self.l:\n    pass\nself.n = 1",
    learn="with self.l:\n    return self.n",
)


def one_after_the_other(source: str, *threads: list[str]) -> int:
    """How many races one run shows in which each thread ends before the next one goes on."""
    program = Program(source, *threads)
    watched = Watched(program, program.scenario)
    with Run(unreduced(watched, program.scenario, None)) as run:
        run.follow(())
        while choices := run.choices():
            run.step(choices[0])
    return len(watched.races)


def test_what_is_done_after_a_release_is_not_known_to_who_acquires() -> None:
    assert {("Group.n", f"store {FIRST_LINE + 2}", f"load {FIRST_LINE + 5}")} == seen(AFTERWARDS, ["tell"], ["learn"])
    assert 1 == one_after_the_other(AFTERWARDS, ["tell"], ["learn"])


def test_with_clocks_that_do_not_tick_it_would_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_a_tick(order: Order, thread: int) -> Clock:
        return order.clocks[thread]

    monkeypatch.setattr(Order, "tell", without_a_tick)
    assert 0 == one_after_the_other(AFTERWARDS, ["tell"], ["learn"])


def test_a_lock_that_was_not_got_orders_nothing() -> None:
    source = group(
        "self.l = threading.Lock(); self.n = 0",
        tell="with self.l:\n    self.n = 1",
        learn="if self.l.acquire(False):\n    self.l.release()\nelse:\n    return self.n",
    )
    assert {("Group.n", f"store {FIRST_LINE + 1}", f"load {FIRST_LINE + 6}")} == seen(source, ["tell"], ["learn"])
