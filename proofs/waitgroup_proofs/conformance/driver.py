"""A driver: another process that makes calls on a WaitGroup in any language, asked over its standard input and output.

The protocol is `docs/driver-protocol.md`. Whatever a driver does, it can neither block who asks, nor fill the memory,
nor outlive him: a thread of its own reads the answers, lines and standard error are bounded, its process group ends.
"""

import json
import os
import select
import signal
import subprocess
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any, Final, NamedTuple

#: Bytes of the longest answer, and characters of standard error that are kept.
LONGEST: Final = 1 << 20
KEPT: Final = 4_096
#: Answers that may wait to be read: one is asked for at a time.
WAITING: Final = 8
PROTOCOL: Final = 1

CALLS: Final = ("add", "done", "wait", "timed wait", "go")
OBSERVED: Final = ("counter", "waiters", "word")
#: The bounds of an implementation that names none.
COUNTER_MAX: Final = 2**31 - 1
WIDEST: Final = 2**63


class DriverFault(Exception):
    """The driver has not answered as it should; the text says what it did, in one line."""


class LacksError(Exception):
    """The implementation has no such call, or has it only in part; the text says why, in one line."""


class Hello(NamedTuple):
    """What a driver says of itself. `largest`: the largest counter; `widest`: the delta that is furthest from zero."""

    name: str
    version: str
    calls: frozenset[str]
    observes: frozenset[str]
    largest: int
    widest: int


class Driver:
    """A running driver, to be ended. One thread may ask it."""

    def __init__(self, command: Sequence[str], grace: float) -> None:
        """Start it; `grace` is how many seconds an answer may take. Raises DriverFault."""
        self.grace = grace
        try:
            self.process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise DriverFault(f"{command[0]} cannot be started: {reason}") from None
        self.answers: Queue[bytes] = Queue(WAITING)
        self.errors: deque[str] = deque(maxlen=KEPT)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()
        Thread(target=self._listen, args=(self.process.stderr,), daemon=True).start()

    def _read(self, stdout: IO[bytes]) -> None:
        """Hand on each line. One that is too long is handed on cut, and is the last."""
        with suppress(OSError, ValueError), stdout:
            while line := stdout.readline(LONGEST + 1):
                self.answers.put(line)
                if len(line) > LONGEST:
                    return
        self.answers.put(b"")

    def _listen(self, stderr: IO[bytes]) -> None:
        """Keep the end of what it complains about."""
        with suppress(OSError, ValueError), stderr:
            while piece := stderr.read1(KEPT):  # type: ignore[attr-defined]
                self.errors.extend(piece.decode(errors="replace"))

    def end(self) -> None:
        """End it, with all that it has started and that has not left its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        # Who reads the pipes that it wrote to closes them: a process that has left the group may keep them open.
        if self.process.stdin is not None:
            self.process.stdin.close()

    def ask(self, **request: object) -> dict[str, Any]:
        """Its answer. Raises DriverFault if none comes in time, or one that is none, and LacksError."""
        what = request["do"]
        assert self.process.stdin is not None
        if not self.answers.empty():
            spoke = self.answers.get()
            raise DriverFault(f"it spoke before it was asked to {what}" if spoke else self._ended(f"before {what}"))
        try:
            self._write(json.dumps(request).encode() + b"\n")
        except (OSError, ValueError):
            raise DriverFault(self._ended(f"before {what}")) from None
        try:
            line = self.answers.get(timeout=self.grace)
        except Empty:
            raise DriverFault(f"no answer to {what} within {self.grace:g} s{self._complaint()}") from None
        if not line:
            raise DriverFault(self._ended(f"instead of an answer to {what}"))
        if len(line) > LONGEST:
            raise DriverFault(f"an answer to {what} of more than {LONGEST} bytes")
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            text = line[:60].decode(errors="replace").strip()
            raise DriverFault(f"the answer to {what} is no JSON object: {text!r}")
        if "lacks" in answer:
            raise LacksError(one_line(answer["lacks"]))
        if "error" in answer:
            raise DriverFault(f"it cannot {what}: {one_line(answer['error'])}")
        return answer

    def _write(self, line: bytes) -> None:
        """Write a line, for as long as an answer may take. Raises OSError, and DriverFault if it reads nothing."""
        assert self.process.stdin is not None
        descriptor, end = self.process.stdin.fileno(), time.monotonic() + self.grace
        os.set_blocking(descriptor, False)
        while line:
            if not select.select([], [descriptor], [], max(0.0, end - time.monotonic()))[1]:
                raise DriverFault(f"it has not read its input for {self.grace:g} s")
            line = line[os.write(descriptor, line) :]

    def hello(self) -> Hello:
        """What it says of itself. Raises DriverFault."""
        try:
            answer = self.ask(do="hello", protocol=PROTOCOL)
        except LacksError as lack:
            raise DriverFault(f"it lacks what makes a driver: {lack}") from None
        name, version, calls = answer.get("name"), answer.get("version"), answer.get("calls", [])
        observes, bounds = (
            answer.get("observes", []),
            (answer.get("largest", COUNTER_MAX), answer.get("widest", WIDEST)),
        )
        if not isinstance(name, str) or not isinstance(version, str):
            raise DriverFault("the answer to hello has no name or no version")
        if not known(calls, CALLS) or not {"done", "wait"} <= set(calls):
            raise DriverFault(
                f"calls in the answer to hello must be some of {', '.join(CALLS)}, done and wait among them"
            )
        if not known(observes, OBSERVED):
            raise DriverFault(f"observes in the answer to hello must be some of {', '.join(OBSERVED)}")
        if any(isinstance(bound, bool) or not isinstance(bound, int) or bound < 1 for bound in bounds):
            raise DriverFault("largest and widest in the answer to hello must be positive integers")
        return Hello(one_line(name), one_line(version), frozenset(calls), frozenset(observes), *bounds)

    def _ended(self, when: str) -> str:
        try:
            code = self.process.wait(timeout=self.grace)
        except subprocess.TimeoutExpired:
            return f"it closed its output {when}{self._complaint()}"
        return f"it ended with code {code} {when}{self._complaint()}"

    def _complaint(self) -> str:
        lines = "".join(self.errors).strip().splitlines()
        return f": {one_line(lines[-1])}" if lines else ""


def known(words: object, among: tuple[str, ...]) -> bool:
    """Whether it is a list of some of these words."""
    return isinstance(words, list) and all(isinstance(word, str) and word in among for word in words)


def one_line(text: object) -> str:
    """A text of others, fit to be printed: short, and without control characters."""
    words = "".join(letter if letter.isprintable() else " " for letter in str(text)[:400]).split()
    return " ".join(words)[:200]
