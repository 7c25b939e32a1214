"""The races of small programs, by the lines of their source."""

from tests.proofs.scheduler.targets import Program

from waitgroup_proofs.scheduler.happens_before import Access
from waitgroup_proofs.scheduler.races import Races, races

#: What is found: the name, and each access as `load LINE` or `store LINE`.
Told = set[tuple[str, str, str]]

#: Where the body of the first method of a `group` begins.
FIRST_LINE = 6


def told(found: Races) -> Told:
    """The races by their lines."""
    return {(race.name, side(race.first), side(race.second)) for race in found.races}


def side(access: Access) -> str:
    """One side of a race."""
    return f"{'store' if access.storing else 'load'} {access.line}"


def seen(source: str, *threads: list[str]) -> Told:
    """All races of a small program; every class of its runs was followed."""
    program = Program(source, *threads)
    found = races(program, program.scenario)
    assert found.complete
    return told(found)
