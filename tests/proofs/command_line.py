"""What tests of the command line share: running it in this process, and the files that its examples name."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conformance.histories import answer, call, lines
from tests.proofs.scheduler.designs import NAIVE

from waitgroup_proofs import cli
from waitgroup_proofs.claims.markdown import begin, end

REPOSITORY = Path(__file__).parent.parent.parent

#: `run(argument, ...)`: exit code, standard output, standard error.
Run = Callable[..., tuple[int, str, str]]

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


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process."""

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["waitgroup", *arguments])
        code = cli.main()
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def files(folder: Path) -> None:
    """Make what the examples name."""
    (folder / "group.py").write_text(NAIVE, encoding="utf-8")
    (folder / "latch.py").write_text(LATCH, encoding="utf-8")
    (folder / "run.ndjson").write_bytes(b"".join(line + b"\n" for line in lines(*HISTORY)))
    (folder / "README.md").write_text(f"{begin('claims')}\n{end('claims')}\n", encoding="utf-8")
    (folder / "driver").write_text(DRIVER, encoding="utf-8")
    (folder / "driver").chmod(0o755)
    (folder / "vectors").mkdir()
