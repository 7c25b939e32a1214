"""`make conformance`: install what is missing, build the drivers, play the kit on each, and write the page of results.

    python -m tests.conformance [NAME ...]

Exit code 0: ours passed everything, and Go everything but the known findings. 1: it was otherwise. 3: some could not be
played, because a toolchain is missing; those are named, and the others are played.
"""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from rich.console import Console
from tests.conformance.debian import installed
from tests.conformance.go_stress import PROGRAMS, rows, stressed
from tests.conformance.page import page
from tests.conformance.subjects import IMPLEMENTATIONS, INTO, TOOLCHAIN, Implementation, Step, go_program

from waitgroup_proofs.conformance.conductor import Verdict
from waitgroup_proofs.conformance.driver import DriverFault
from waitgroup_proofs.conformance.history import read
from waitgroup_proofs.conformance.kit import Asked, Report, chosen, conduct
from waitgroup_proofs.conformance.linearisation import Bound
from waitgroup_proofs.conformance.verdicts import explained
from waitgroup_proofs.report.markdown import replaced, table

PAGE = Path("docs/conformance.md")
FINDINGS = Path("docs/findings.md")
#: Seconds for which each program is stressed on real Go.
STRESS = 5
#: Seconds that a step of building may take.
LONGEST = 900
ASKED = Asked(tries=3, patience=1.0, grace=10.0)

#: How many are played at once: most of the time is spent waiting for what must not happen.
TOGETHER = 4
BUILDING = Lock()

out = Console(soft_wrap=True)


class Result(NamedTuple):
    """What came of one: a report, or in words why there is none."""

    implementation: Implementation
    report: Report | None
    told: str
    seconds: float

    @property
    def wrong(self) -> bool:
        """Whether it is otherwise than it must be."""
        if self.report is None:
            return False
        verdicts = {one.verdict for cases in self.report.played.values() for one in cases}
        allowed = {Verdict.PASSED, Verdict.NOT_APPLICABLE}
        if self.implementation.known:
            allowed |= {Verdict.ACCEPTABLE, Verdict.FINDING}
        return (self.implementation.ours or self.implementation.known) and not verdicts <= allowed


def made(step: Step) -> str:
    """Make what the step makes, with its packages if they are missing; in words, why it cannot be."""
    if step.makes.exists():
        return ""
    if shutil.which(step.command[0], path=step.settings.get("PATH")) is None and (why := installed(step.packages)):
        return why
    step.makes.parent.mkdir(parents=True, exist_ok=True)
    try:
        ran = subprocess.run(
            step.command,
            cwd=step.folder,
            env=os.environ | step.settings,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{step.command[0]}: {error}"
    if ran.returncode == 0 and step.makes.exists():
        return ""
    complaint = (ran.stderr or ran.stdout).strip().splitlines()
    return f"{step.command[0]} failed: {complaint[-1] if complaint else f'exit code {ran.returncode}'}"


def played(implementation: Implementation) -> Result:
    """Build it, while nobody else builds, and play the kit."""
    begun = time.monotonic()
    with BUILDING:
        why = next(filter(None, map(made, implementation.steps)), "")
    if why:
        return Result(implementation, None, why, time.monotonic() - begun)
    try:
        report = conduct(implementation.command, chosen(()), ASKED)
    except DriverFault as fault:
        return Result(implementation, None, str(fault), time.monotonic() - begun)
    return Result(implementation, report, "", time.monotonic() - begun)


def main(names: list[str]) -> int:
    """Play those that are named, or all; only then the page is written."""
    known = {implementation.name for implementation in IMPLEMENTATIONS}
    if unknown := [name for name in names if name not in known]:
        print(f"conformance: there is no {unknown[0]!r}: name some of {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    INTO.mkdir(parents=True, exist_ok=True)
    asked = [implementation for implementation in IMPLEMENTATIONS if not names or implementation.name in names]
    results = []
    with ThreadPoolExecutor(TOGETHER) as pool:
        for result in pool.map(played, asked):
            results.append(result)
            out.print(line(result), markup=False)
    wrong = [f"{result.implementation.name} is not as it must be" for result in results if result.wrong]
    missing = [result.implementation.name for result in results if result.report is None]
    if not names:
        PAGE.write_text(page([(r.implementation, r.report, r.told) for r in results]), encoding="utf-8")
        unpredicted = stress_of_go()
        wrong += [*(unpredicted or []), *histories()]
        missing += ["the stress of Go"] if unpredicted is None else []
    for sentence in wrong:
        out.print(f"conformance: {sentence}", markup=False)
    return 1 if wrong else 3 if missing else 0


def stress_of_go() -> list[str] | None:
    """Stress real Go and write what came of it; what the model does not predict, or None if it cannot be built."""
    steps = (*TOOLCHAIN, go_program("stress"))
    if any(why := made(step) for step in steps):
        out.print(f"Go: NOT stressed: {why}", markup=False)
        return None
    outcomes: list[tuple[str, ...]] = []
    unpredicted = []
    for scenario in PROGRAMS:
        one = stressed(steps[-1].makes, scenario, STRESS)
        outcomes += rows(one)
        unpredicted += [f"Go showed in {scenario} what its model does not: {outcome}" for outcome in one.unpredicted]
        out.print(
            f"Go: stress of {scenario}: {one.tries:,} tries, {len(one.seen)} of {len(one.predicted)} outcomes seen",
            markup=False,
        )
    seen = table(("program", "tries", "seen", "outcome"), outcomes)
    written = replaced(FINDINGS.read_text(encoding="utf-8"), "stress", seen, by="make conformance")
    FINDINGS.write_text(written, encoding="utf-8")
    return unpredicted


def histories() -> list[str]:
    """Record free runs of our class, and of real Go if its recorder can be built; what is not explained."""
    recordings: dict[str, tuple[str, ...]] = {
        "Python: waitgroup": (sys.executable, "-m", "tests.conformance.stress", "3", "{file}", "1")
    }
    steps = (*TOOLCHAIN, go_program("record"))
    if not any(made(step) for step in steps):
        recordings["Go: sync.WaitGroup"] = (str(steps[-1].makes), "-waiters", "3", "8", "1400", "5", "1")
    wrong = []
    for name, command in recordings.items():
        file = INTO / "history.ndjson"
        ran = subprocess.run(
            [part.format(file=file) for part in command], capture_output=True, timeout=LONGEST, check=True
        )
        if ran.stdout:
            file.write_bytes(ran.stdout)
        with file.open("rb") as lines:
            recorded = read(lines)
        found = explained(recorded, Bound())
        out.print(f"{name}: a recorded run of {len(recorded.operations):,} calls: {found.verdict}", markup=False)
        wrong += [] if found.verdict == "holds" else [f"{name}: the contract does not explain what was recorded"]
    return wrong


def line(result: Result) -> str:
    """What came of one, in a line."""
    said = f"{result.implementation.language}: {result.implementation.name}"
    if result.report is None:
        return f"{said}: NOT played: {result.told}"
    counts = [
        (verdict, sum(result.report.counts(family)[verdict] for family in result.report.played)) for verdict in Verdict
    ]
    told = ", ".join(f"{number} {verdict}" for verdict, number in counts if number)
    return f"{said} {result.report.hello.version}: {told}, in {result.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
