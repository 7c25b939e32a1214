"""What tests of the command line share: running it in this process, and the files that its examples name."""

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from tests.conformance.histories import answer, call, lines
from tests.proofs.scheduler.designs import NAIVE

from waitgroup_proofs import cli
from waitgroup_proofs.report.markdown import begin, end

REPOSITORY = Path(__file__).parent.parent

LATCH = """
import threading

class Latch:
    def __init__(self, count):
        self.count = count
        self.condition = threading.Condition()

    def done(self):
        with self.condition:
            if self.count == 0:
                raise ValueError("open already")
            self.count -= 1
            if self.count == 0:
                self.condition.notify_all()

    def wait(self):
        with self.condition:
            while self.count:
                self.condition.wait()
"""

DRIVER = f"""#!/bin/sh
PYTHONPATH="{REPOSITORY}:$PYTHONPATH" exec "{sys.executable}" -m tests.conformance.drivers.python.driver waitgroup
"""

HISTORY = (call("a", "add", delta=1), answer("a"), call("a", "done"), answer("a"), call("w", "wait"), answer("w"))


class Ran(NamedTuple):
    """The exit code, the standard output, and the standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The output, which is one JSON object."""
        found: dict[str, Any] = json.loads(self.out)
        assert isinstance(found, dict)
        return found


#: `run(argument, ...)`, for fixtures that make ready what is run.
Run = Callable[..., Ran]


class Output(io.StringIO):
    """What is written, as if to a terminal or not."""

    def __init__(self, terminal: bool = False) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def waitgroup(*arguments: object, terminal: bool = False) -> Ran:
    """Run `waitgroup ARGUMENTS`; `terminal`: the standard output looks like one."""
    out, err = Output(terminal), Output()
    with (
        patch.object(sys, "argv", ["waitgroup", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = cli.main()
    return Ran(code, out.getvalue(), err.getvalue())


def files(folder: Path) -> None:
    """Make what the examples name."""
    (folder / "group.py").write_text(NAIVE, encoding="utf-8")
    (folder / "latch.py").write_text(LATCH, encoding="utf-8")
    (folder / "run.ndjson").write_bytes(b"".join(line + b"\n" for line in lines(*HISTORY)))
    (folder / "README.md").write_text(f"{begin('claims')}\n{end('claims')}\n", encoding="utf-8")
    (folder / "driver").write_text(DRIVER, encoding="utf-8")
    (folder / "driver").chmod(0o755)
    (folder / "vectors").mkdir()
