"""What a search needs to know of the code under test, and what all its runs share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from typing import Protocol as Structural

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.scheduler.reduction import Knowledge
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import Scenario


class Target(Structural):
    """What a search needs to know of the code under test."""

    #: Instances of classes from this package are the code under test.
    package: str
    #: The files whose functions are instrumented.
    files: frozenset[str]
    #: Containers that outlive a run, by id: threads must not use them.
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
    """

    target: Target
    scenario: Scenario
    contract: ContractMonitor
    strict: StrictMonitor | None
    knowledge: Knowledge | None
