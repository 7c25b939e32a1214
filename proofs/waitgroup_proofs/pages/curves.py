"""How states grow in number with the threads, and the obligations of the proofs do not: curves on a log scale."""

from itertools import pairwise
from math import log10
from typing import NamedTuple

from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_spec.explorer import explore
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS

#: So many workers, and as many waiters.
SIZES = (1, 2, 3, 4, 5)
#: Of the picture and of the room around the curves in it.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 380, 96, 190, 16, 44
DECADES = 7
#: The least distance between two names.
ROOM = 17


class Curve(NamedTuple):
    """A name, the figure at each size, and the points that show them."""

    name: str
    figures: tuple[int, ...]

    @property
    def points(self) -> list[tuple[float, float]]:
        """Where each figure is."""
        return [(across(size), up(figure)) for size, figure in zip(SIZES, self.figures, strict=True)]

    @property
    def line(self) -> str:
        """The points of a polyline."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


def across(size: int) -> float:
    """Where a size stands."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (size - SIZES[0]) / (SIZES[-1] - SIZES[0])


def up(figure: float) -> float:
    """Where a figure stands."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * log10(figure) / DECADES


def curves() -> list[Curve]:
    """The states of the usual program, all of them and up to symmetry; and the obligations of all theorems.

    All states are counted by the orbits of those that the search with symmetry keeps.
    """
    found = []
    for protocol in PROTOCOLS.values():
        counts = [explore(protocol, SCENARIOS["pre-added"](size, size), symmetry=True) for size in SIZES]
        found.append(Curve(f"{protocol.name}, all states", tuple(one.states_without_symmetry for one in counts)))
        found.append(Curve(f"{protocol.name}, up to symmetry", tuple(one.states for one in counts)))
    obligations = int(FIGURES["two-solvers"]["obligations"])
    return [*found, Curve("proof obligations", (obligations,) * len(SIZES))]


def labels(ends: list[float]) -> list[float]:
    """Where the names of the curves stand: beside their ends, but not on top of each other."""
    placed = list(ends)
    for above, below in pairwise(sorted(range(len(ends)), key=ends.__getitem__)):
        placed[below] = max(placed[below], placed[above] + ROOM)
    return placed


def chart() -> dict[str, object]:
    """What the template draws."""
    drawn = curves()
    return {
        "curves": drawn,
        "labels": labels([curve.points[-1][1] for curve in drawn]),
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
        "columns": [(across(size), 2 * size) for size in SIZES],
        "rows": [(up(10**power), f"{10**power:,}") for power in range(DECADES + 1)],
    }
