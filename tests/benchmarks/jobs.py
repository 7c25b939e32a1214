"""What is measured: a process for each row, with the verdict that is expected of this project's rows.

Other tools' verdicts are what they are; that a process fails is never as expected.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import programs, with_frontrun, with_interleave_test, with_ploom
from tests.benchmarks.child import BUGS, PROGRAMS

from waitgroup_proofs.scheduler.strategies import STRATEGIES

OURS = "waitgroup"

#: The engines that a program can be given to, where it is not all of them.
ENGINES = {"two threads": ("exhaustive", "pct", "pos", "preemptions")}

#: Other tools that need a newer interpreter than the project does.
NEWER = {"interleave-test": "Python 3.12", "ploom": "Python 3.13"}


class Job(NamedTuple):
    """One row. `command` is empty where it cannot be measured here, and `why` says why."""

    section: str
    what: str
    tool: str
    configuration: str
    command: tuple[str, ...]
    expected: str = ""
    why: str = ""


class Places(NamedTuple):
    """Where the other tools are installed: for the project's Python, and for a newer one, if there is one."""

    peers: Path
    newer: Path

    @property
    def packages(self) -> Path:
        """Where the packages are that the project's Python can import."""
        return next(iter(sorted(self.peers.glob("lib/python*/site-packages"))), self.peers / "nothing")

    def has(self, place: Path) -> bool:
        """Whether there is an interpreter."""
        return os.access(place / "bin" / "python", os.X_OK)


def module(name: str) -> tuple[str, ...]:
    """How a module of the benchmark is run."""
    return "-m", f"tests.benchmarks.{name}"


def ours(*arguments: str) -> tuple[str, ...]:
    """This project's scheduler, in a process."""
    return sys.executable, *module("with_scheduler"), *arguments


def exhaustions() -> Iterator[Job]:
    """Production, and three right designs: exhausted, nothing wrong found."""
    for name, scenarios, sizes in (
        ("production", "pre-added", "3x2"),
        ("production", "pre-added", "3x3"),
        ("production", "all", "2x2"),
        ("Generations", "all", "2x2"),
        ("Events", "all", "2x2"),
        ("LockPerWaiter", "all", "2x2"),
    ):
        what = f"{name}: {scenarios} {sizes.replace('x', ' x ')}"
        yield Job("exhausted", what, OURS, "exhaustive", ours("exhaust", name, scenarios, sizes), "holds")
        if sizes == "3x3":
            split = ours("exhaust", name, scenarios, sizes, "2")
            yield Job("exhausted", what, OURS, "two processes", split, "holds")
        if scenarios != "all":
            yield Job("complete runs", what, OURS, "", ours("rate", name, scenarios, sizes))


def comparisons(places: Places) -> Iterator[Job]:
    """The same programs under every tool, each in every configuration worth having."""
    for program in PROGRAMS:
        what = f"{program}: {BUGS[program]}"
        for engine in ENGINES.get(program, tuple(STRATEGIES)):
            yield Job("verdict", what, OURS, engine, ours("verdict", program, engine), "found")
        yield Job("complete runs", what, OURS, "", ours("rate", program, ""))
        for section, word in (("verdict", "verdict"), ("complete runs", "rate")):
            for tool, configuration, command in others(places, program):
                yield Job(section, what, tool, configuration, (*command, word, program, configuration))
        for tool, needs in NEWER.items():
            if not places.has(places.newer):
                why = f"needs {needs}: not measured here"
                yield from (Job(section, what, tool, "", (), why=why) for section in ("verdict", "complete runs"))


def others(places: Places, program: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The other tools: name, configuration, and the command that takes what it is asked for."""
    bin = places.peers / "bin"
    for configuration in with_frontrun.CONFIGURATIONS:
        if configuration == "dpor" and program != "two threads":
            continue  # without its virtual clock it can only say, as by default, that it was left waiting
        yield "frontrun", configuration, (str(bin / "frontrun"), str(bin / "python"), *module("with_frontrun"))
    if places.has(places.newer):
        python = str(places.newer / "bin" / "python")
        for configuration in with_interleave_test.CONFIGURATIONS:
            yield "interleave-test", configuration, (python, *module("with_interleave_test"))
        for configuration in with_ploom.CONFIGURATIONS:
            yield "ploom", configuration, (python, *module("with_ploom"))


def jobs(places: Places) -> list[Job]:
    """All of them."""
    return [*exhaustions(), *comparisons(places)]


#: Where the programs are, as a user would name them.
FILE = os.path.relpath(programs.__file__)
