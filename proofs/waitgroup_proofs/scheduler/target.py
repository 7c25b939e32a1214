"""What a search needs to know of the code under test, and what all its runs share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from typing import Protocol as Structural

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.scheduler.reduction import Knowledge
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import Scenario

#: The timeout, in seconds, of the scenarios' timed waits; the clock is the scheduler's.
A_WHILE = 1.0


class Target(Structural):
    """What a search needs to know of the code under test."""

    #: Instances of classes from these packages are the code under test.
    packages: frozenset[str]
    #: The files whose functions are instrumented.
    files: frozenset[str]
    #: What outlives a run and can change, by id: threads must not use it.
    lasting: frozenset[int]

    def construct(self, units: int) -> Any: ...
    def perform(self, instance: Any, call: Call) -> object: ...
    def observe(self, instance: Any) -> tuple[int, int] | None: ...
    def broken(self, instance: Any) -> str | None: ...


def told(lines: Mapping[str, list[str]], position: tuple[str, int] | None) -> tuple[str, str]:
    """A position as `file:line` and the text that stands there; `lines` are those of each file."""
    if position is None:
        return "", ""
    file, number = position
    return f"{Path(file).name}:{number}", lines[file][number - 1].strip()


class Bench(NamedTuple):
    """What all runs of a search share.

    `strict` is None where the target claims only the contract; `knowledge` where every access is to be a step.
    `only_after_calls`: threads are switched only where CPython with its GIL does it.
    """

    target: Target
    scenario: Scenario
    contract: ContractMonitor
    strict: StrictMonitor | None
    knowledge: Knowledge | None
    only_after_calls: bool = False
