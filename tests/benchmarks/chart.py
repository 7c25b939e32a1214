"""A chart of horizontal bars in panels, as one SVG file that needs nothing else."""

from statistics import median
from typing import NamedTuple
from xml.etree import ElementTree

WIDTH, ROW, HEAD, MARGIN, COLUMNS = 470, 18, 46, 16, 2
NAMES, LABELS = 130, 92

#: A bar is cut off at this value, or at twice the panel's middle one; its label says how long it is.
LONGEST = 3.0

#: Of production, of the others, of what stands for 1, of text, and behind it.
OURS, OTHER, ONE, INK, PAPER = "#1f6feb", "#b4bac2", "#d1242f", "#1f2328", "#ffffff"


class Mark(NamedTuple):
    """One bar. `value` is None where there is nothing to draw, and the label says why."""

    name: str
    value: float | None
    label: str
    ours: bool


class Panel(NamedTuple):
    """Bars with a title; `one` is what the value 1 stands for."""

    title: str
    one: str
    marks: list[Mark]

    @property
    def height(self) -> int:
        """In pixels."""
        return HEAD + ROW * len(self.marks) + MARGIN


def text(parent: ElementTree.Element, x: float, y: float, words: str, **attributes: str) -> None:
    """Words at a place, readable also on a line."""
    places = {"x": f"{x:g}", "y": f"{y:g}", "fill": INK, "stroke": PAPER, "stroke-width": "3", "paint-order": "stroke"}
    ElementTree.SubElement(parent, "text", places | attributes).text = words


def box(parent: ElementTree.Element, place: tuple[float, float, float, float], colour: str) -> ElementTree.Element:
    """A filled rectangle at x and y, so wide and so high."""
    names = zip(("x", "y", "width", "height"), (f"{number:.4g}" for number in place), strict=True)
    return ElementTree.SubElement(parent, "rect", dict(names) | {"fill": colour})


def draw(parent: ElementTree.Element, panel: Panel) -> None:
    """A panel, from the origin of `parent`."""
    text(parent, 0, 14, panel.title, **{"font-weight": "bold"})
    text(parent, 0, 30, f"1 = {panel.one}", **{"font-size": "11"})
    whole = WIDTH - NAMES - LABELS - MARGIN
    values = [mark.value for mark in panel.marks if mark.value is not None] or [1.0]
    longest = min(max(1.0, *values), max(LONGEST, 2 * median(values)))
    one = NAMES + whole / longest
    line = {"x1": f"{one:g}", "x2": f"{one:g}", "y1": f"{HEAD - 8}", "y2": f"{panel.height - MARGIN}"}
    ElementTree.SubElement(parent, "line", line, **{"stroke": ONE, "stroke-dasharray": "3 3"})
    for number, mark in enumerate(panel.marks):
        top = HEAD - 6 + ROW * number
        text(parent, NAMES - 8, top + 12, mark.name, **{"text-anchor": "end"})
        end: float = NAMES
        if mark.value is not None:
            long = min(mark.value, longest) / longest * whole
            bar = box(parent, (NAMES, top + 2, long, ROW - 5), OURS if mark.ours else OTHER)
            ElementTree.SubElement(bar, "title").text = f"{mark.name}: {mark.label}"
            end += long
            if mark.value > longest:
                box(parent, (end - 9, top, 3, ROW - 1), PAPER)
        text(parent, end + 5, top + 12, mark.label, **{"font-size": "11"})


def svg(title: str, panels: list[Panel]) -> str:
    """The whole file."""
    rows = [panels[start : start + COLUMNS] for start in range(0, len(panels), COLUMNS)]
    heights = [max(panel.height for panel in row) for row in rows]
    size = {"width": str(MARGIN + COLUMNS * (WIDTH + MARGIN)), "height": str(3 * MARGIN + sum(heights))}
    root = ElementTree.Element(
        "svg", size, **{"xmlns": "http://www.w3.org/2000/svg", "font-family": "sans-serif", "font-size": "12"}
    )
    ElementTree.SubElement(root, "title").text = title
    box(root, (0, 0, float(size["width"]), float(size["height"])), PAPER)
    text(root, MARGIN, 22, title, **{"font-size": "15", "font-weight": "bold"})
    top = 2.5 * MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, panel in enumerate(row):
            place = f"translate({MARGIN + column * (WIDTH + MARGIN)} {top:g})"
            draw(ElementTree.SubElement(root, "g", transform=place), panel)
        top += height
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"
