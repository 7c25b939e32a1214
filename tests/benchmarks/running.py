"""Runs the jobs in rounds, each round once through all of them, so that a disturbance hits no single one.

Of several rounds the fastest counts. A job that takes longer than SLOW is not repeated: its row has one round.
"""

import subprocess
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.child import Measured, heard
from tests.benchmarks.jobs import Job

SLOW = 8.0
LONGEST = 180.0


class Row(NamedTuple):
    """A job and what came of it. `seconds`: of the exploration; `whole`: of the process, from its start to its end."""

    job: Job
    verdict: str
    runs: int = 0
    states: int = 0
    seconds: float = 0.0
    whole: float = 0.0
    told: str = ""
    rounds: int = 0

    @property
    def per_second(self) -> float:
        """Runs in a second."""
        return self.runs / self.seconds if self.seconds else 0.0

    @property
    def wrong(self) -> str:
        """What is not as expected; empty if everything is."""
        if self.verdict == "failed":
            return f"failed: {self.told}"
        if self.job.expected and self.verdict != self.job.expected:
            return f"{self.verdict}, not {self.job.expected}"
        return ""


def once(job: Job) -> Row:
    """One round of a job."""
    begun = time.perf_counter()
    try:
        done = subprocess.run(job.command, capture_output=True, text=True, check=False, timeout=LONGEST)
        whole = time.perf_counter() - begun
        found: Measured = heard(done.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Row(job, "failed", told=str(error))
    except (ValueError, TypeError, IndexError):
        lines = done.stderr.strip().splitlines()
        return Row(job, "failed", told=lines[-1] if lines else f"exit code {done.returncode}, and not a word")
    return Row(job, found.verdict, found.runs, found.states, found.seconds, whole, found.violation, 1)


def better(one: Row, other: Row) -> Row:
    """Of two rounds of a job: the faster one, or the one that failed; the whole process's time is a minimum too."""
    if "failed" in (one.verdict, other.verdict):
        return one if one.verdict == "failed" else other
    if one.verdict != other.verdict and one.job.expected:
        return one if one.verdict != one.job.expected else other
    if one.job.section == "complete runs":
        best = max(one, other, key=lambda row: row.per_second)
    else:
        best = min(one, other, key=lambda row: row.seconds)
    return best._replace(whole=min(one.whole, other.whole), rounds=one.rounds + other.rounds)


def missed(job: Job, rows: dict[Job, Row]) -> bool:
    """Whether this tool was asked for a verdict in this configuration, and did not find the bug."""
    verdict = ("verdict", job.what, job.tool, job.configuration)
    return any(row.verdict != "found" for other, row in rows.items() if other[:4] == verdict)


def run(jobs: list[Job], rounds: int, progress: Callable[[str], None]) -> list[Row]:
    """All jobs, in so many rounds."""
    rows: dict[Job, Row] = {}
    for number in range(rounds):
        for job in jobs:
            known = rows.get(job)
            if not job.command:
                rows[job] = Row(job, "not measured", told=job.why)
                continue
            if job.section == "complete runs" and missed(job, rows):
                rows[job] = Row(job, "not measured", told="it does not find the bug")
                continue
            if known and known.whole > SLOW:
                continue
            progress(f"round {number + 1} of {rounds}: {job.what}, {job.tool} {job.configuration}")
            rows[job] = better(known, once(job)) if known else once(job)
    return [rows[job] for job in jobs]
