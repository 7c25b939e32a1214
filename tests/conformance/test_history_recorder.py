"""The recorder writes what threads do, and the histories of real runs of our WaitGroup hold."""

import json
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.conformance.histories import Record, answer, call, history
from tests.conformance.stress import stress

from waitgroup import NegativeCounterError, WaitGroup
from waitgroup_proofs.conformance.history import History, Kind, read
from waitgroup_proofs.conformance.linearisation import Bound
from waitgroup_proofs.conformance.recorder import Recording
from waitgroup_proofs.conformance.verdicts import explained


def told(recording: Recording) -> list[tuple[Any, ...]]:
    """The lines after the first, without their times."""
    records = [json.loads(line) for line in recording.lines()][1:]
    return [tuple(value for key, value in record.items() if key != "at") for record in records]


def recorded(recording: Recording) -> History:
    return read(line.encode() for line in recording.lines())


def test_every_call_is_recorded_with_what_it_gave() -> None:
    recording = Recording(WaitGroup())
    recording.add(1)
    assert recording.wait(0) is False
    recording.done()
    assert recording.wait() is True
    with pytest.raises(NegativeCounterError):
        recording.done()
    recording.add(1)
    with pytest.raises(OverflowError):
        recording.add(2**31 - 1)
    me = threading.current_thread().name
    assert told(recording) == [
        (me, "call", "add", 1),
        (me, "return", "returned"),
        (me, "call", "wait", 0),
        (me, "return", "expired"),
        (me, "call", "done"),
        (me, "return", "returned"),
        (me, "call", "wait"),
        (me, "return", "returned"),
        (me, "call", "done"),
        (me, "return", "raised negative"),
        (me, "call", "add", 1),
        (me, "return", "returned"),
        (me, "call", "add", 2**31 - 1),
        (me, "return", "raised overflow"),
    ]
    assert explained(recorded(recording), Bound()).verdict == "holds"


class Other:
    """A group whose methods have other names, and whose wait returns nothing, or is interrupted."""

    def more(self, delta: int) -> None: ...

    def less(self) -> None: ...

    def join(self, timeout: float | None = None) -> None:
        if timeout is not None:
            raise KeyboardInterrupt


def test_a_group_may_call_its_methods_otherwise_and_have_units_already() -> None:
    recording = Recording(Other(), add="more", done="less", wait="join", units=2)
    recording.add(1)
    with pytest.raises(KeyboardInterrupt):
        recording.wait(5.0)
    recording.wait()
    found = recorded(recording)
    assert (found.name, found.version, found.units) == ("Other", "", 2)
    assert [operation.word for operation in found.operations] == ["returned", "raised", "returned"]
    violation = explained(found, Bound()).violation
    assert violation is not None
    assert violation.events[-1].line == 7


def test_threads_of_one_name_are_told_apart() -> None:
    recording = Recording(WaitGroup())
    threads = [threading.Thread(target=recording.add, args=(1,), name="same") for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {operation.thread for operation in recorded(recording).operations} == {"same", "same #2"}


def test_times_increase_even_if_the_clock_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = (number // 4 for number in range(1_000_000))
    monkeypatch.setattr("waitgroup_proofs.conformance.recorder.monotonic_ns", lambda: next(ticks))
    recording = Recording(WaitGroup())
    for _ in range(5):
        recording.add(1)
    assert len(recorded(recording).operations) == 5


def test_a_blocked_wait_is_written_as_open_and_is_legitimate_when_all_is_quiet(tmp_path: Path) -> None:
    recording = Recording(WaitGroup())
    recording.add(1)
    waiter = threading.Thread(target=recording.wait, daemon=True)
    waiter.start()
    limit = time.monotonic() + 20
    while not recording.group.statistics().waiters and time.monotonic() < limit:
        time.sleep(0.001)
    recording.quiet()
    recording.write(tmp_path / "run.ndjson")
    recording.group.done()
    waiter.join(20)
    assert not waiter.is_alive()
    with (tmp_path / "run.ndjson").open("rb") as lines:
        found = read(lines)
    assert [operation.word for operation in found.operations] == ["returned", ""]
    assert explained(found, Bound()).verdict == "holds"


def test_a_history_written_while_threads_go_on_holds() -> None:
    recording = Recording(WaitGroup())

    over = threading.Event()

    def work() -> None:
        for _ in range(10_000):
            recording.add(1)
            recording.wait(0)
            recording.done()
            if over.wait(0.0002):
                return

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    written: list[list[bytes]] = []
    for _ in range(20):
        written.append([line.encode() for line in recording.lines()])
        time.sleep(0.002)
    over.set()
    for thread in threads:
        thread.join()
    assert len(written[-1]) > len(written[0])
    assert {explained(read(lines), Bound()).verdict for lines in written} == {"holds"}


def test_a_short_stress_of_our_wait_group_holds() -> None:
    recording = stress(0.2, seed=1)
    assert not recording.is_quiet
    found = recorded(recording)
    assert len({operation.thread for operation in found.operations}) >= 8
    assert {operation.word for operation in found.operations} >= {"returned", "expired", "raised negative"}
    assert explained(found, Bound()).verdict == "holds"


@pytest.mark.slow
def test_10_000_operations_of_8_threads_are_decided_in_under_5_seconds() -> None:
    found = recorded(stress(5.0, seed=2))
    calls = [event for event in found.events if event.kind is Kind.CALL]
    # The first ones, up to the end of the last that was asked for: those that go on then are open, as in any prefix.
    end = found.events.index(calls[10_000])
    prefix = found._replace(events=found.events[:end])
    assert len({found.operations[event.operation].thread for event in prefix.events}) >= 8
    begun = time.perf_counter()
    assert explained(prefix, Bound()).verdict == "holds"
    assert time.perf_counter() - begun < 5


@pytest.mark.slow
def test_10_000_operations_of_8_threads_that_never_rest_are_decided_in_under_5_seconds() -> None:
    for deltas in ((1, -1), (1, 2, 4, 8, 16, -1, -2, -4, -8, -16), tuple(n * n for n in range(-30, 31))):
        found = always_open(Random(1), threads=8, operations=10_000, deltas=deltas)
        begun = time.perf_counter()
        assert explained(found, Bound()).verdict == "holds"
        assert time.perf_counter() - begun < 5


def always_open(random: Random, threads: int, operations: int, deltas: tuple[int, ...]) -> History:
    """A history that holds, in which every thread is in a call all the time, and takes effect at a random moment."""
    counter = 0
    records: list[Record] = []
    pending: dict[str, Record] = {}
    results: dict[str, str] = {}

    def begin(thread: str) -> None:
        timed = random.random() < 0.25
        more = {"timeout": 0} if timed else {"delta": random.choice(deltas)}
        pending[thread] = call(thread, "wait" if timed else "add", **more)
        records.append(pending[thread])

    def take_effect(thread: str) -> None:
        nonlocal counter
        if thread in results:
            return
        if "timeout" in pending[thread]:
            results[thread] = "expired" if counter else "returned"
        elif counter + pending[thread]["delta"] < 0:
            results[thread] = "raised negative"
        else:
            counter += pending[thread]["delta"]
            results[thread] = "returned"

    names = [f"t{number}" for number in range(threads)]
    for name in names:
        begin(name)
    for _ in range(operations):
        for name in random.sample(names, random.randrange(1, threads)):
            take_effect(name)
        name = random.choice(names)
        take_effect(name)
        records.append(answer(name, results.pop(name)))
        begin(name)
    return history(*records)
