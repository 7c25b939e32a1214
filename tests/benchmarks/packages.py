"""What `waitgroup check` says of whole commands: the two famous bugs, and other people's packages, and what it must.

Each is run as a user runs it. Where a violation is expected, its token is replayed as well.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.jobs import FILE

BLOCKED = "nobody can run, and waiter is blocked without a reason"
ZERO_CONNECT = "zeroconnect.utils.waitgroup:WaitGroup"
LATCH = ("latchkit:CountDownLatch", "--construct", "CountDownLatch(units)", "--map", "done=count_down")


class Command(NamedTuple):
    """Arguments of `waitgroup check`, and what must come of them. `told`: in the sentence, or in the reason."""

    package: str
    arguments: tuple[str, ...]
    exit: int
    verdict: str
    scenario: str
    told: str = ""


def at(workers: int, waiters: int) -> tuple[str, ...]:
    """These sizes and no others."""
    return "--workers", str(workers), "--waiters", str(waiters)


COMMANDS = (
    Command("lost update", (f"{FILE}:Unlocked",), 1, "violated", "zero-delta"),
    Command(
        "lost update",
        (f"{FILE}:Unlocked", "--scenario", "pre-added", *at(2, 1)),
        1,
        "violated",
        "pre-added",
        BLOCKED,
    ),
    Command("generation bug", (f"{FILE}:Naive",), 1, "violated", "reuse-parked", BLOCKED),
    Command("pygo-routines 0.1.0", ("pyroutine:WaitGroup",), 1, "violated", "reuse-parked", BLOCKED),
    Command(
        "pygo-routines 0.1.0",
        ("pyroutine:WaitGroup", "--scenario", "surplus", *at(2, 2)),
        1,
        "violated",
        "surplus",
    ),
    Command("pygo-routines 0.1.0", ("pyroutine:WaitGroup", "--scenario", "pre-added", *at(2, 2)), 0, "holds", ""),
    Command(
        "zeroconnect 1.0.1",
        (ZERO_CONNECT, "--scenario", "reuse-parked", *at(2, 2)),
        1,
        "violated",
        "reuse-parked",
        BLOCKED,
    ),
    Command("zeroconnect 1.0.1", (ZERO_CONNECT, "--scenario", "surplus", *at(2, 2)), 1, "violated", "surplus"),
    Command("zeroconnect 1.0.1", (ZERO_CONNECT, "--scenario", "cancel", *at(2, 2)), 1, "violated", "cancel"),
    Command("zeroconnect 1.0.1", (ZERO_CONNECT, "--scenario", "mixed", *at(2, 2)), 1, "violated", "mixed", BLOCKED),
    Command("zeroconnect 1.0.1", (ZERO_CONNECT, "--scenario", "pre-added", *at(2, 2)), 0, "holds", ""),
    Command("latchkit 1.0.0", (*LATCH, "--scenario", "pre-added", *at(3, 3)), 0, "holds", ""),
    Command("latchkit 1.0.0", (*LATCH, "--scenario", "surplus", *at(2, 2)), 1, "violated", "surplus"),
    Command("pygoroutine 0.1.11", ("pygoroutine.app:WaitGroup",), 3, "inconclusive", "", "asyncio"),
    Command("pygoic 0.1.2", ("pygoic.sync:WaitGroup",), 3, "inconclusive", "", "asyncio.new_event_loop"),
)


class Checked(NamedTuple):
    """What came of a command. `wrong`: what is not as expected; `replayed`: the exit code of the replay."""

    command: Command
    exit: int
    verdict: str
    told: str
    seconds: float
    replayed: int | None
    states: int
    wrong: str


def waitgroup(arguments: tuple[str, ...], packages: Path) -> tuple[int, dict[str, Any], str, float]:
    """Exit code, result, what was said beside it, and the time of the whole command."""
    program = str(Path(sys.executable).with_name("waitgroup"))
    environment = {**os.environ, "PYTHONPATH": str(packages), "PYTHONWARNINGS": "ignore"}
    begun = time.perf_counter()
    done = subprocess.run(
        [program, *arguments, "--json", "-"], capture_output=True, text=True, env=environment, check=False, timeout=300
    )
    seconds = time.perf_counter() - begun
    try:
        result = json.loads(done.stdout)
    except ValueError:
        result = {}
    return done.returncode, result, done.stderr.strip(), seconds


def checked(command: Command, packages: Path) -> Checked:
    """Run it, and replay its token, if there is one."""
    code, result, said, seconds = waitgroup(("check", *command.arguments), packages)
    rows = result.get("scenarios", [])
    told = result.get("violation") or next((row["why"] for row in rows if row["verdict"] == "inconclusive"), "")
    if not result:
        told = said.splitlines()[-1] if said else "it said nothing"
    replayed = None
    if result.get("replay"):
        replayed, again, _, _ = waitgroup(("replay", result["replay"]), packages)
        if again.get("violation") != told:
            replayed = -1
    verdict = result.get("verdict", "failed")
    where = next((row["name"] for row in rows if row["verdict"] == "violated"), "")
    states = sum(row["states"] for row in rows if row["verdict"] != "inconclusive")
    wrong = difference(command, code, verdict, where, told, replayed)
    return Checked(command, code, verdict, told, seconds, replayed, states, wrong)


def difference(command: Command, code: int, verdict: str, where: str, told: str, replayed: int | None) -> str:
    """What is not as expected; empty if everything is."""
    pairs = {
        "exit code": (command.exit, code),
        "verdict": (command.verdict, verdict),
        "scenario": (command.scenario, where),
        "replay's exit code": (1 if command.verdict == "violated" else None, replayed),
    }
    found = [f"{name} {is_}, not {must}" for name, (must, is_) in pairs.items() if must != is_]
    if verdict == "failed" or command.told not in told:
        found.append(f"it says {told!r}")
    return "; ".join(found)
