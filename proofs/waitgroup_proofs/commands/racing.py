"""`waitgroup check --races`: the accesses of a class that nothing orders, each pair once.

A race is information: it never changes the verdict.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from rich.console import Console

from waitgroup_proofs.commands.working import Working
from waitgroup_proofs.report.tables import columns
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import Foreign, Named
from waitgroup_proofs.scheduler.happens_before import Access, Race
from waitgroup_proofs.scheduler.races import Races, races
from waitgroup_proofs.scheduler.replay import Token
from waitgroup_spec.scenarios import SCENARIOS, Size, by

KINDS = {False: "field", True: "items"}
#: What is said below the table.
ATOMIC = "Operations of containers are whole in CPython; what is made of several of them is not."


class Pair(NamedTuple):
    """A race, and the token of a run that ends with the later of its accesses."""

    race: Race
    token: Token


class Raced(NamedTuple):
    """What was seen of each scenario, and the races of all of them. `refused`: the scenarios that could not be run."""

    target: Foreign
    sizes: Size
    seen: tuple[Races, ...]
    refused: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def complete(self) -> bool:
        """Whether there are no other races in these scenarios at these sizes."""
        return not self.refused and all(one.complete for one in self.seen)

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "complete": self.complete,
            "workers": self.sizes[0],
            "waiters": self.sizes[1],
            "scenarios": [{"name": one.scenario.name, "runs": one.runs, "complete": one.complete} for one in self.seen],
            "refused": [*self.refused],
            "found": [
                {
                    "kind": KINDS[pair.race.items],
                    "name": pair.race.name,
                    "accesses": [self.access(one) for one in (pair.race.first, pair.race.second)],
                    "replay": str(pair.token),
                }
                for pair in self.pairs
            ],
        }

    def access(self, access: Access) -> dict[str, str]:
        """One side of a race in words."""
        place, line = self.target.line((access.file, access.line))
        return {"access": "store" if access.storing else "load", "place": place, "line": line}

    def show(self, out: Console) -> None:
        """For people."""
        sizes = by(self.sizes)
        runs = sum(one.runs for one in self.seen)
        what = f"{len(self.pairs)} {'race' if len(self.pairs) == 1 else 'races'} at {sizes}"
        sure = "there are no others" if self.complete else "other runs may show more"
        out.print(f"\n{what}, seen in {runs:,} runs: {sure}. A race is no violation.", markup=False)
        table = columns("unordered", "", "place", "line", "replay")
        for pair in self.pairs:
            name = f"{pair.race.name}, its items" if pair.race.items else pair.race.name
            for access, token in ((pair.race.first, ""), (pair.race.second, str(pair.token))):
                told = self.access(access)
                table.add_row(name, told["access"], told["place"], told["line"], token)
                name = ""
        if self.pairs:
            out.print(table, soft_wrap=True)
        if any(pair.race.items for pair in self.pairs):
            out.print(ATOMIC, markup=False)


def raced(target: Foreign, named: Named, names: Iterable[str], sizes: Size, budget: float) -> Raced:
    """Look for races in these scenarios, as far as they apply, for so many seconds."""
    applicable = [program for name in names if not target.missing(program := SCENARIOS[name](*sizes))]
    seen: list[Races] = []
    refused: list[str] = []
    with Working(budget) as working:
        for number, program in enumerate(applicable):
            working.on(f"races of {program.name}")
            try:
                seen.append(races(target, program, seconds=max(working.left, 0) / (len(applicable) - number)))
            except UnsupportedTarget:
                refused.append(program.name)
    shortest: dict[Race, Pair] = {}
    for one in seen:
        for race, schedule in one.races.items():
            if race not in shortest or len(schedule) < len(shortest[race].token.schedule):
                token = Token("", one.scenario.name, *sizes, target.digest, schedule, str(named))
                shortest[race] = Pair(race, token)
    return Raced(target, sizes, tuple(seen), tuple(refused), tuple(pair for _, pair in sorted(shortest.items())))
