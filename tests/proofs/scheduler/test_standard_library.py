"""What the standard library waits with, under control: each primitive does what its documentation says, and no more.

RLock and SimpleQueue are ours; Condition, Event, Semaphore, Barrier and Queue are the library's own text, instrumented.
"""

import pytest
from tests.proofs.scheduler.targets import Program, results

BOTH_WAYS = pytest.mark.parametrize("reduced", [True, False], ids=["reduced", "unreduced"])
BLOCKED = "nobody can run, and {} is blocked without a reason"


def group(setup: str, **methods: str) -> str:
    """A class `Group` with one line of set-up and methods of the given bodies."""
    lines = ["import queue, threading, time", "class Group:", f"    def __init__(self):\n        {setup}"]
    for name, body in methods.items():
        lines += [f"    def {name}(self):", *(f"        {line}" for line in body.splitlines())]
    return "\n".join(lines)


@BOTH_WAYS
def test_a_reentrant_lock_is_taken_again_by_its_holder_and_by_nobody_else_until_the_last_release(reduced: bool) -> None:
    body = "with self._l:\n    with self._l:\n        self._n += 1\n    self._n += 1\n    return self._n"
    source = group(
        "self._l = threading.RLock(); self._n = 0",
        go=body,
        try_="if self._l.acquire(False):\n    self._l.release()\n    return True\nreturn False",
    )
    assert {("2",), ("4",)} == {
        thread for one in Program(source, ["go"], ["go"]).searched(reduced).results for thread in one
    }
    assert results((2, True), (2, False)) == Program(source, ["go"], ["try_"]).searched(reduced).results | results(
        (2, True)
    )


@BOTH_WAYS
def test_a_reentrant_lock_that_is_not_held_cannot_be_released(reduced: bool) -> None:
    source = group("self._l = threading.RLock()", take="self._l.acquire()", give="self._l.release()")
    found = Program(source, ["take"], ["give"]).searched(reduced)
    assert results((None, "RuntimeError")) == found.results


@BOTH_WAYS
def test_a_condition_wakes_who_waits_and_a_wait_that_comes_later_is_not_woken(reduced: bool) -> None:
    setup = "self._c = threading.Condition()"
    methods = {"wait": "with self._c:\n    self._c.wait()", "wake": "with self._c:\n    self._c.notify()"}
    found = Program(group(setup, **methods), ["wait"], ["wake"]).searched(reduced)
    assert BLOCKED.format("thread 0") == found.violation


@BOTH_WAYS
@pytest.mark.parametrize("lock", ["threading.Lock()", "threading.RLock()", ""])
def test_a_condition_that_is_asked_again_loses_nobody(lock: str, reduced: bool) -> None:
    setup = f"self._c = threading.Condition({lock}); self._n = 0"
    wait = "with self._c:\n    self._c.wait_for(lambda: self._n > 0)\n    return self._n"
    wake = "with self._c:\n    self._n = 1\n    self._c.notify_all()"
    found = Program(group(setup, wait=wait, wake=wake), ["wait"], ["wait"], ["wake"]).searched(reduced)
    assert (None, results((1, 1, None))) == (found.violation, found.results)


@BOTH_WAYS
def test_a_condition_must_be_held_to_be_waited_for_or_notified(reduced: bool) -> None:
    source = group("self._c = threading.Condition()", wait="self._c.wait()", wake="self._c.notify()")
    assert results(("RuntimeError", "RuntimeError")) == Program(source, ["wait"], ["wake"]).searched(reduced).results


@BOTH_WAYS
def test_an_event_stays_set_for_those_who_come_later(reduced: bool) -> None:
    source = group("self._e = threading.Event()", wait="return self._e.wait()", set="self._e.set()")
    found = Program(source, ["wait"], ["wait"], ["set"]).searched(reduced)
    assert (None, results((True, True, None))) == (found.violation, found.results)


@BOTH_WAYS
def test_a_timed_wait_for_an_event_may_expire_and_says_so(reduced: bool) -> None:
    source = group("self._e = threading.Event()", wait="return self._e.wait(5)", set="self._e.set()")
    assert results((True, None), (False, None)) == Program(source, ["wait"], ["set"]).searched(reduced).results


@BOTH_WAYS
def test_a_semaphore_lets_as_many_in_as_it_has_units(reduced: bool) -> None:
    source = group(
        "self._s = threading.BoundedSemaphore(1)",
        take="return self._s.acquire(blocking=False)",
        give="self._s.release()",
    )
    assert results((True, False), (False, True)) == Program(source, ["take"], ["take"]).searched(reduced).results
    assert results(("ValueError",)) == Program(source, ["give"]).searched(reduced).results


@BOTH_WAYS
def test_a_barrier_opens_when_all_have_come_and_a_missing_one_is_waited_for(reduced: bool) -> None:
    source = group("self._b = threading.Barrier(2)", go="return self._b.wait()")
    assert results((0, 1), (1, 0)) == Program(source, ["go"], ["go"]).searched(reduced).results
    assert BLOCKED.format("thread 0") == Program(source, ["go"]).searched(reduced).violation


@BOTH_WAYS
@pytest.mark.parametrize("kind", ["SimpleQueue", "Queue", "LifoQueue", "PriorityQueue"])
def test_what_is_put_in_a_queue_is_got_once(kind: str, reduced: bool) -> None:
    source = group(f"self._q = queue.{kind}()", put="self._q.put(7)", get="return self._q.get()")
    assert results((7, None)) == Program(source, ["get"], ["put"]).searched(reduced).results
    assert Program(source, ["get"], ["get"], ["put"]).searched(reduced).violation in (
        BLOCKED.format("thread 0"),
        BLOCKED.format("thread 1"),
    )


@BOTH_WAYS
@pytest.mark.parametrize("kind", ["SimpleQueue", "Queue"])
def test_a_timed_get_may_expire(kind: str, reduced: bool) -> None:
    source = group(f"self._q = queue.{kind}()", put="self._q.put(7)", get="return self._q.get(timeout=1)")
    assert results((7, None), ("Empty", None)) == Program(source, ["get"], ["put"]).searched(reduced).results


@BOTH_WAYS
def test_time_passes_where_it_is_waited_for_and_nowhere_else(reduced: bool) -> None:
    source = group(
        "self._n = 0",
        go="begun = time.monotonic()\ntime.sleep(2)\nreturn time.monotonic() - begun",
        look="begun = time.monotonic()\nself._n += 1\nreturn time.monotonic() - begun",
    )
    assert results((2.0, 0.0), (2.0, 2.0)) == Program(source, ["go"], ["look"]).searched(reduced).results


@BOTH_WAYS
def test_a_deadline_that_is_counted_down_to_is_come_to(reduced: bool) -> None:
    body = (
        "end = time.monotonic() + 1\nn = 0\nwhile time.monotonic() < end:\n    time.sleep(0.25)\n    n += 1\nreturn n"
    )
    assert results((4,)) == Program(group("self._n = 0", go=body), ["go"]).searched(reduced).results


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("threading.Thread(target=print).start()", "threading.Thread"),
        ("threading.local()", "threading.local"),
        ("time.monotonic_ns()", "time.monotonic_ns"),
        ("queue.some", None),
    ],
)
def test_what_has_no_stand_in_is_refused_by_its_name_when_it_is_used(line: str, named: str | None) -> None:
    program = Program(group("self._n = 0", go=f"return {line}"), ["go"])
    if named is None:
        assert None is program.searched(reduced=True).violation
        return
    with pytest.raises(Exception, match=f"^{named} is not under the scheduler's control$"):
        program.searched(reduced=True)
