"""Records what the threads of a free run call and what that gives, as a history for `waitgroup history`.

    recording = Recording(WaitGroup())
    ...  # any threads: recording.add(1), recording.done(), recording.wait(timeout)
    recording.write("run.ndjson")

Each thread writes for itself, so recording orders nothing among threads that the group does not.
"""

import json
import threading
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import monotonic_ns
from typing import Any

from waitgroup_proofs.conformance.history import VERSION


class Log:
    """The events of one thread, of times that increase from one call to the next."""

    def __init__(self, thread: str) -> None:
        """Nothing recorded yet."""
        self.thread = thread
        self.events: list[dict[str, Any]] = []
        self.last = -1

    def call(self, **what: Any) -> None:
        """A call begins, later than the last one ended, also if the clock is coarse."""
        while (at := monotonic_ns()) <= self.last:
            pass
        self.events.append({"at": at, "thread": self.thread, "event": "call", **what})

    def answer(self, at: int, result: str) -> None:
        """It ended at this time."""
        self.last = at
        self.events.append({"at": at, "thread": self.thread, "event": "return", "result": result})


class Recording:
    """A group with `add`, `done` and `wait`, each of which is recorded and does what the group's own does.

    One thread makes one call at a time: what a signal handler or a finalizer calls inside another call is not for it.
    """

    def __init__(self, group: Any, *, add: str = "add", done: str = "done", wait: str = "wait", units: int = 0) -> None:
        """`add`, `done` and `wait` are what the group calls them; it has so many units already."""
        self.group = group
        self.units = units
        self.is_quiet = False
        self._add: Callable[[int], object] = getattr(group, add)
        self._done: Callable[[], object] = getattr(group, done)
        self._wait: Callable[..., object] = getattr(group, wait)
        self._mine = threading.local()
        self._logs: dict[str, Log] = {}
        self._lock = threading.Lock()

    def add(self, delta: int) -> object:
        """`group.add(delta)`. Raises what that raises."""
        return self._made(lambda: self._add(delta), call="add", delta=delta)

    def done(self) -> object:
        """`group.done()`. Raises what that raises."""
        return self._made(self._done, call="done")

    def wait(self, timeout: float | None = None) -> object:
        """`group.wait()`, or `group.wait(timeout)`: only False says that it has expired. Raises what that raises."""
        if timeout is None:
            return self._made(self._wait, call="wait")
        return self._made(lambda: self._wait(timeout), call="wait", timeout=timeout)

    def _made(self, function: Callable[[], object], **what: Any) -> object:
        log = self._log()
        log.call(**what)
        try:
            value = function()
        except BaseException as error:
            log.answer(monotonic_ns(), "raised" if what["call"] == "wait" else reason(error))
            raise
        log.answer(monotonic_ns(), "expired" if what["call"] == "wait" and value is False else "returned")
        return value

    def _log(self) -> Log:
        log: Log | None = getattr(self._mine, "log", None)
        if log is None:
            name = threading.current_thread().name
            with self._lock:
                taken = sum(other == name or other.startswith(f"{name} #") for other in self._logs)
                log = Log(f"{name} #{taken + 1}" if taken else name)
                self._logs[log.thread] = log
            self._mine.log = log
        return log

    def quiet(self) -> None:
        """Say that nothing will change any more: every call that is still open is blocked."""
        self.is_quiet = True

    def lines(self) -> Iterable[str]:
        """The history up to now. Threads may go on meanwhile: what they do from now on is not in it."""
        now = monotonic_ns()
        with self._lock:
            logs = list(self._logs.values())
        # A call that is not in its log by now has its effect later than `now`, and so has what that allows to return.
        events = [event for log in logs for event in list(log.events) if event["at"] <= now]
        events.sort(key=lambda event: (event["at"], event["event"] == "return"))
        kind = type(self.group)
        yield json.dumps(
            {"history": VERSION, "name": kind.__qualname__, "version": version_of(kind), "units": self.units}
        )
        yield from map(json.dumps, events)
        if self.is_quiet:
            yield json.dumps({"event": "quiet"})

    def write(self, file: str | Path) -> None:
        """Write it to a file. Raises OSError if that cannot be done."""
        Path(file).write_text("".join(f"{line}\n" for line in self.lines()), encoding="utf-8")


def reason(error: BaseException) -> str:
    """The word for an add that has raised."""
    said = f"{type(error).__name__} {error}".lower()
    if "negative" in said:
        return "raised negative"
    return "raised overflow" if "overflow" in said else "raised"


def version_of(kind: type) -> str:
    """The version of the package that a class comes from, if it is one that is installed."""
    try:
        return version(kind.__module__.partition(".")[0])
    except PackageNotFoundError:
        return ""
