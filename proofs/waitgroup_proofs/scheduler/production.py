"""The production WaitGroup as a target of the scheduler: its shipped source, instrumented, and what its word says.

The word and the parked locks are looked at from outside after every step: that is how each step is tied to one of
`strict`'s, and how the representation invariant is checked between any two steps.
"""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from waitgroup_proofs.monitor import StrictMonitor
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.target import A_WHILE, told
from waitgroup_spec.protocol import Call
from waitgroup_spec.protocols import strict

NAMES = ("errors", "locked", "bells", "parking", "tickets", "core", "forks", "tasks", "group")
MODULES = tuple(f"waitgroup.{name}" for name in NAMES)


def shipped_sources() -> dict[str, tuple[Path, str]]:
    """File and text of each module of the installed package, as they ship."""
    sources = {}
    for name in MODULES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise UnsupportedTarget(f"the source of {name} cannot be found")
        path = Path(spec.origin)
        sources[name] = (path, path.read_text(encoding="utf-8"))
    return sources


class Production:
    """The package's WaitGroup, loaded once; each run constructs a fresh group."""

    def __init__(self, sources: dict[str, tuple[Path, str]] | None = None, locked: bool = False) -> None:
        """`sources` are the shipped ones unless a mutant is under test. `locked`: as where there is no global lock."""
        self.sources = sources = shipped_sources() if sources is None else sources
        self.lines = {str(path): text.splitlines() for path, text in sources.values()}
        loader = Loader(sources)
        self.group_module = loader.load("waitgroup.group")
        self.core_module = loader.load("waitgroup.core")
        self.locked = locked
        vars(self.core_module)["LOCKED"] = locked
        self.lasting = loader.lasting()
        #: The fields of each word that was observed.
        self.observed: dict[timedelta, tuple[int, int]] = {}
        self.packages, self.files = loader.packages, loader.files

    def __reduce__(self) -> tuple[type["Production"], tuple[dict[str, tuple[Path, str]], bool]]:
        """In another process it is made of the same texts."""
        return Production, (self.sources, self.locked)

    def construct(self, units: int) -> Any:
        """A group with `units` outstanding."""
        group = self.group_module.WaitGroup()
        group.add(units)
        return group

    def perform(self, group: Any, call: Call) -> object:
        """Make `call` on the group."""
        if call.delta is None:
            return group.wait(A_WHILE if call.timed else None)
        return group.done() if call.delta == -1 else group.add(call.delta)

    def observe(self, group: Any) -> tuple[int, int]:
        """The word's fields at this moment."""
        word = group._state[0]
        fields = self.observed.get(word)
        if fields is None:
            fields = self.observed[word] = self.core_module.fields_of(word)
        return fields

    def line(self, position: tuple[str, int] | None) -> tuple[str, str]:
        """A position as `file:line` and the text that stands there."""
        return told(self.lines, position)

    def broken(self, group: Any) -> str | None:
        """Between two steps, the word counts exactly the parked locks, and only while work is outstanding."""
        counter, waiters = self.observe(group)
        parked = len(group._state[1])
        if waiters != parked:
            return f"the word counts {waiters} waiters, and {parked} are parked"
        if waiters and not counter:
            return f"{waiters} waiters are registered while nothing is outstanding"
        return None


def strict_monitor() -> StrictMonitor:
    """A monitor that holds each step to `strict`, by the word's two fields."""
    return StrictMonitor(strict.strict, seen=lambda shared: (shared.counter, shared.waiters))
