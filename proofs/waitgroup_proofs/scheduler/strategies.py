"""The engines by name: two that can exhaust a scenario, and three that only look for a violation."""

from collections.abc import Callable
from math import inf
from typing import Protocol

from waitgroup_proofs.monitor import StrictMonitor
from waitgroup_proofs.scheduler.dpor import dpor
from waitgroup_proofs.scheduler.sampling import pct, pos, preemptions
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.target import Target
from waitgroup_spec.scenarios import Scenario


class Strategy(Protocol):
    """An engine. A search that takes more than `max_runs` or `seconds` is cut short and not exhausted."""

    def __call__(
        self,
        target: Target,
        scenario: Scenario,
        strict: StrictMonitor | None = None,
        max_runs: int = 1_000_000,
        seconds: float = inf,
        progress: Callable[[int, int], None] = ...,
    ) -> Search: ...


STRATEGIES: dict[str, Strategy] = {
    "exhaustive": search,
    "dpor": dpor,
    "pct": pct,
    "pos": pos,
    "preemptions": preemptions,
}

#: Those that end by themselves when everything has been seen; the others use all the time that they are given.
COMPLETE = frozenset({"exhaustive", "dpor"})
