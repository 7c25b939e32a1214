"""What is claimed of the shipped source: every interleaving up to a bound, and every step of it for all inputs."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.evidence import Check, Evidence, Report, worst
from waitgroup_proofs.report.findings import Finding, of_search, shown
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import program, with_interrupts
from waitgroup_proofs.scheduler.production import Production, strict_monitor
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.scenarios import SCENARIOS, Size

#: The scenarios that every run of `make verify` exhausts on the real code; the others belong to `--full`.
DAILY = ("pre-added", "add-done", "reuse", "reuse-parked", "surplus", "zero-delta", "timeout-race", "cancel")


def scheduled(
    scenarios: Iterable[str],
    size: Size,
    locked: bool = False,
    tied: bool = True,
) -> Check:
    """Every interleaving of the shipped source conforms to the contract, each step, if `tied`, being one of strict's.

    `locked`: with a lock around each step, as where there is no global lock.
    """
    strict = strict_monitor() if tied else None

    def check(report: Report) -> Evidence:
        target = Production(locked=locked)
        figures: dict[str, int] = {}
        findings: list[Finding] = []
        verdicts = []
        for name in scenarios:
            report(name)
            try:
                found = search(target, program(name, *size), strict)
            except UnsupportedTarget as reason:
                return Evidence("inconclusive", figures, f"{name}: {reason}")
            figures[name] = found.states
            verdicts.append(found.verdict)
            findings += of_search(found, "", size)
        return Evidence(worst(verdicts), figures, shown(findings))

    return check


def confirmed(report: Report) -> Evidence:
    """CrossHair confirms every contract over all paths. Its exit code says less than that, so its words are counted."""
    report("CrossHair")
    return crosshair(os.environ)


def crosshair(environment: Mapping[str, str]) -> Evidence:
    """What CrossHair says of the contracts, for the packages that `environment` makes importable."""
    limits = ["--per_condition_timeout=30", "--per_path_timeout=30"]
    command = [sys.executable, "-m", "crosshair", "check", "--report_all", *limits, "waitgroup_proofs.contracts"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=dict(environment))
    said = (finished.stdout + finished.stderr).splitlines()
    figures = {"confirmed": sum(line.endswith("info: Confirmed over all paths.") for line in said)}
    others = [Path(line).name for line in said if not line.endswith("info: Confirmed over all paths.")]
    if not others:
        return Evidence("holds" if figures["confirmed"] else "inconclusive", figures)
    refuted = any(": error: " in line for line in others)
    return Evidence("violated" if refuted else "inconclusive", figures, "\n".join(others))


REAL_CODE = (
    Claim(
        "production-conforms",
        "Every interleaving of the shipped add, done, wait conforms to the contract; each step is one of strict's.",
        Kind.EXHAUSTIVE,
        f"{', '.join(DAILY)} at 2 x 2",
        scheduled(DAILY, (2, 2)),
    ),
    Claim(
        "production-conforms-everywhere",
        "The same in every scenario of the contract.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 2 x 2",
        scheduled(SCENARIOS, (2, 2)),
        full=True,
    ),
    Claim(
        "production-conforms-beyond",
        "The same with a third worker and a third waiter.",
        Kind.EXHAUSTIVE,
        "pre-added, reuse-parked, timeout-race at 3 x 3",
        scheduled(("pre-added", "reuse-parked", "timeout-race"), (3, 3)),
        full=True,
    ),
    Claim(
        "production-conforms-locked",
        "The same with a lock around each step, the path of builds without a global lock.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 2 x 1; CPython with its global lock runs it",
        scheduled(SCENARIOS, (2, 1), locked=True),
        full=True,
    ),
    Claim(
        "interrupts-on-production",
        "A handler's done(), or an exception, before any bytecode of any call of the shipped class breaks nothing.",
        Kind.EXHAUSTIVE,
        "each of 13 scenarios at 1 x 1 with either, once in a run, every placement and interleaving",
        scheduled([name for name in with_interrupts(list(SCENARIOS)) if "+" in name], (1, 1), tied=False),
        full=True,
    ),
    Claim(
        "transitions-are-actions",
        "What each step of the shipped class adds to its word is the action of strict: same guard, same word.",
        Kind.PROVED,
        "every word within the bounds, every delta (CrossHair); the cell keeps its bounds",
        confirmed,
    ),
)
