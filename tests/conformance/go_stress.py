"""Real Go beside its model: what came of programs in a bounded stress, and what the model says can come of them.

Both are sets of outcomes. What real Go shows must be in the set that exploring the model gives; what it does not show
in so many tries is said to be so.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from waitgroup_proofs.conformance.cases import Case
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.outcomes import Outcome, of_go
from waitgroup_proofs.go_findings.rows import STARTED_IN_TIME, TAKES_TOO_MUCH, ZERO_DELTA
from waitgroup_spec.scenarios import Scenario, add

CASES: dict[str, Case] = {case.name: case for cases in FAMILIES.values() for case in cases}
SPINNING = ZERO_DELTA._replace(
    clients=tuple(
        client._replace(calls=(add(0),) * 8) if client.name == "extra" else client for client in ZERO_DELTA.clients
    )
)
#: The programs of each stress, by what its outcomes begin with, if it has several.
PROGRAMS: dict[str, dict[str, Scenario]] = {
    "misuse-2": {"": CASES["an-add-from-zero-beside-a-wait"].scenario},
    "misuse-3": {"": CASES["a-next-round-beside-a-wait"].scenario},
    "f1": {"": STARTED_IN_TIME},
    "f2": {"": ZERO_DELTA},
    "f2-spinning": {"": SPINNING},
    "f3": {"": TAKES_TOO_MUCH},
    "overflow": {f"{name}: ": case.scenario for name, case in CASES.items() if case.finding == "F4"},
    "truncation": {f"{name}: ": case.scenario for name, case in CASES.items() if case.finding == "F5"},
}


class Stressed(NamedTuple):
    """What came of a stress: the tries, and how often each outcome was seen; and the outcomes that are predicted."""

    scenario: str
    tries: int
    seconds: float
    seen: dict[str, int]
    predicted: frozenset[str]

    @property
    def unpredicted(self) -> list[str]:
        """What was seen although the model says that it cannot be."""
        return sorted(self.seen.keys() - self.predicted)


def stressed(program: Path, scenario: str, seconds: int) -> Stressed:
    """Stress Go. Raises CalledProcessError, and TimeoutExpired if it takes much longer than it should."""
    command = (str(program), scenario, str(seconds))
    ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    said = json.loads(ran.stdout)
    seen: dict[str, int] = said["outcomes"]
    worded = any("word: " in one for one in seen)
    return Stressed(scenario, said["tries"], said["seconds"], seen, predicted(scenario, worded))


def predicted(scenario: str, worded: bool) -> frozenset[str]:
    """Every outcome of the model, in the words of the stress."""
    programs = PROGRAMS[scenario].items()
    return frozenset(start + told(outcome, worded) for start, program in programs for outcome in of_go(program) or ())


def told(outcome: Outcome, worded: bool) -> str:
    """An outcome as the stress tells it."""
    threads = [f"{name}: {' '.join(words)}" for name, words in outcome.results]
    return "; ".join([*threads, f"word: 0x{outcome.word:016x}"] if worded else threads)


def rows(one: Stressed) -> Iterator[tuple[str, ...]]:
    """For the page: each outcome with how often it was seen, the most frequent first."""
    for outcome in sorted(one.predicted | one.seen.keys(), key=lambda outcome: (-one.seen.get(outcome, 0), outcome)):
        mark = "" if outcome in one.predicted else " **not predicted**"
        yield one.scenario, f"{one.tries:,}", f"{one.seen.get(outcome, 0):,}", outcome + mark
