"""Which scenarios `waitgroup check` searches, at which sizes, in which order, and what that says together."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import Any, NamedTuple

from waitgroup_proofs.commands.working import Working
from waitgroup_proofs.evidence import worst
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import Foreign
from waitgroup_proofs.scheduler.interrupts import asked_of, program
from waitgroup_proofs.scheduler.search import Search
from waitgroup_proofs.scheduler.split import Workers, split
from waitgroup_proofs.scheduler.strategies import COMPLETE, STRATEGIES, Strategy
from waitgroup_spec.scenarios import Size, by

#: The sizes that are tried one after the other if none are given.
GROWTH: tuple[Size, ...] = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 2), (2, 3), (3, 3), (4, 3), (3, 4), (4, 4))
#: The size that must be exhausted for a verdict if none are given.
ENOUGH: Size = (2, 2)


class Row(NamedTuple):
    """What came of one scenario at one size. `why`: why it says nothing, if it does not."""

    name: str
    sizes: Size
    verdict: str
    search: Search | None = None
    why: str = ""

    @property
    def as_json(self) -> dict[str, Any]:
        """The row as the design has it."""
        found = self.search
        return {
            "name": self.name,
            "workers": self.sizes[0],
            "waiters": self.sizes[1],
            "verdict": self.verdict,
            "exhausted": bool(found and found.exhausted),
            "runs": found.runs if found else 0,
            "states": found.states if found else 0,
            "why": self.why,
        }


class Engine(NamedTuple):
    """How each scenario is searched. `ends`: it ends by itself when everything has been seen."""

    search: Strategy
    ends: bool

    @staticmethod
    def called(strategy: str, workers: Workers | None = None) -> "Engine":
        """The strategy of this name, by workers if there are any."""
        chosen: Callable[..., Search] = partial(split, workers=workers) if workers else STRATEGIES[strategy]
        return Engine(chosen, strategy in COMPLETE)


def searched(
    target: Foreign, names: list[str], sizes: tuple[Size, ...], working: Working, engine: Engine
) -> Iterator[Row]:
    """Every scenario at every size, smallest first, up to a size at which one is violated, or until the time is used.

    What is violated is looked for with fewer threads, too: that is easier to read.
    """
    inapplicable = {name: why for name in names if (why := target.missing(asked_of(program(name, *ENOUGH))))}
    yield from (Row(name, sizes[0], "not applicable", why=why) for name, why in inapplicable.items())
    cases = [(size, name) for size in sizes for name in names if name not in inapplicable]
    for _, rows in groupby(one_by_one(target, cases, working, engine), key=lambda row: row.sizes):
        violated = []
        for row in rows:
            yield row
            if row.verdict == "violated":
                violated.append(row)
        for row in violated:
            yield from smaller(target, row, working, engine)
        if violated:
            return


def smaller(target: Foreign, violated: Row, working: Working, engine: Engine) -> Iterator[Row]:
    """The same violation with fewer threads, if there is one and time is left."""
    workers, waiters = violated.sizes
    sizes = {(w, v) for w in range(1, workers + 1) for v in range(1, waiters + 1)} - {violated.sizes}
    cases = [(size, violated.name) for size in sorted(sizes, key=sum)]
    found = (row for row in one_by_one(target, cases, working, engine) if row.verdict == "violated")
    yield from islice(found, 1)


def one_by_one(target: Foreign, cases: list[tuple[Size, str]], working: Working, engine: Engine) -> Iterator[Row]:
    """Each scenario at its size, as long as there is time. What has no end of its own gets a share of that."""
    for number, (sizes, name) in enumerate(cases):
        if working.left > 0:
            share = 1 if engine.ends else len(cases) - number
            yield one(target, name, sizes, working, engine, working.left / share)


def one(target: Foreign, name: str, sizes: Size, working: Working, engine: Engine, seconds: float) -> Row:
    """One scenario at one size."""
    try:
        tell = working.on(f"{name} {by(sizes)}")
        found = engine.search(target, program(name, *sizes), seconds=seconds, progress=tell)
    except UnsupportedTarget as reason:
        return Row(name, sizes, "inconclusive", why=str(reason))
    why = found.why or "the time is used"
    return Row(name, sizes, found.verdict, found, "" if found.verdict != "inconclusive" else why)


def verdict_of(rows: list[Row], names: set[str], sizes: tuple[Size, ...]) -> str:
    """`violated` if any row is; `holds` if every applicable scenario was exhausted at the size that is asked for."""
    if any(row.verdict == "violated" for row in rows):
        return "violated"
    applicable = names - {row.name for row in rows if row.verdict == "not applicable"}
    exhausted = {row.name for row in rows if row.sizes == asked(sizes) and row.verdict == "holds"}
    return worst("holds" if name in exhausted else "inconclusive" for name in applicable)


def asked(sizes: tuple[Size, ...]) -> Size:
    """The size that the verdict is about."""
    return sizes[0] if len(sizes) == 1 else ENOUGH


def sentence_of(verdict: str, sizes: tuple[Size, ...]) -> str:
    """The verdict of a search that has found nothing wrong."""
    size = by(asked(sizes))
    if verdict == "holds":
        return f"Every interleaving of the scenarios below, at {size}, conforms to the contract, where they apply."
    return f"Nothing wrong was found, but not every scenario below that applies was exhausted at {size}."


def summed_up(rows: list[Row]) -> tuple[str, str, str, str]:
    """Of one scenario: the largest sizes that were exhausted, its states and runs there, and what lies beyond."""
    held = [row for row in rows if row.search is not None and row.verdict == "holds"]
    last = held[-1].search if held else None
    states, runs = (f"{last.states:,}", f"{last.runs:,}") if last else ("", "")
    others = [row for row in rows if row.verdict != "holds"]
    beyond = f"{others[-1].verdict} at {by(others[-1].sizes)}: {others[-1].why}" if others else ""
    if others and others[-1].verdict == "not applicable":
        beyond = f"not applicable: {others[-1].why}"
    return by(held[-1].sizes) if held else "", states, runs, beyond.removesuffix(": ")
