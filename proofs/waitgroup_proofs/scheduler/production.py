"""The production WaitGroup as a target of the scheduler: its shipped source, instrumented, and what its word says.

The word and the parked locks are looked at from outside after every step: that is how each step is tied to one of
`strict`'s, and how the representation invariant is checked wherever no critical section is under way.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from waitgroup_proofs.monitor import StrictMonitor
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.target import A_WHILE, told
from waitgroup_spec.protocol import Call
from waitgroup_spec.protocols import strict

PACKAGE = "waitgroup"
MODULES = ("waitgroup.errors", "waitgroup.word", "waitgroup.group")


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

    def __init__(self, sources: dict[str, tuple[Path, str]] | None = None) -> None:
        """`sources` are the shipped ones unless a mutant is under test."""
        self.sources = sources = shipped_sources() if sources is None else sources
        self.lines = {str(path): text.splitlines() for path, text in sources.values()}
        loader = Loader(sources)
        self.group_module = loader.load("waitgroup.group")
        self.word_module = loader.load("waitgroup.word")
        self.lasting = loader.lasting()
        #: The fields of each word that was observed.
        self.observed: dict[int, tuple[int, int]] = {}
        self.packages, self.files = loader.packages, loader.files

    def __reduce__(self) -> tuple[type["Production"], tuple[dict[str, tuple[Path, str]]]]:
        """In another process it is made of the same texts."""
        return Production, (self.sources,)

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
        word = group._word
        fields = self.observed.get(word)
        if fields is None:
            fields = self.observed[word] = self.word_module.counter_of(word), self.word_module.waiters_of(word)
        return fields

    def line(self, position: tuple[str, int] | None) -> tuple[str, str]:
        """A position as `file:line` and the text that stands there."""
        return told(self.lines, position)

    def broken(self, group: Any) -> str | None:
        """Outside critical sections, the word counts exactly the parked locks, and only while work is outstanding."""
        if group._mutex.taken:
            return None
        counter, waiters = self.observe(group)
        if waiters != len(group._parked):
            return f"the word counts {waiters} waiters, and {len(group._parked)} are parked"
        if waiters and not counter:
            return f"{waiters} waiters are registered while nothing is outstanding"
        return None


def strict_monitor() -> StrictMonitor:
    """A monitor that holds each step to `strict`, by the word's two fields."""
    return StrictMonitor(strict.strict, seen=lambda shared: (shared.counter, shared.waiters))
