"""The zoo as tables: what comes of each algorithm in each program, and the run that shows what is wrong with it."""

from collections.abc import Mapping

from rich.table import Table

from waitgroup_proofs.report.markdown import table
from waitgroup_proofs.report.tables import columns, leaves, steps_of
from waitgroup_proofs.zoo import Cell, at
from waitgroup_spec.zoo import EXHIBITS, PROGRAMS, ZOO, Exhibit

#: What the cells mean.
LEGEND = (
    "A number is the length of a shortest run that shows it, at the first of the sizes 1 × 1, 1 × 2, 2 × 1, 2 × 2 "
    "(workers × waiters) that does. early: a wait returns though work is outstanding; stranded: a waiter stays blocked "
    "though its work is done; panic: in a program that keeps Go's rules; refused: a call that there is enough for; "
    "negative: a done() too many is taken; differs: it panics, in a program not all of whose runs keep the rules, and "
    "does nothing else wrong; n/a: it knows no such call, which is no pass."
)


def read(word: str) -> str:
    """The cell of a pinned word: what is wrong and in how many steps."""
    what, *figures = word.split(":")
    return " ".join(["n/a" if what == "-" else what, *figures[:1]])


def zoo_table(said: Mapping[str, str]) -> Table:
    """For the terminal: in how many programs an algorithm is right, how many it cannot run, and what goes wrong."""
    shown = columns("algorithm", "ok", "n/a", "what goes wrong, and in how many steps")
    for name, words in said.items():
        cells = dict(zip(PROGRAMS, map(read, words.split()), strict=True))
        counts = [str(list(cells.values()).count(word)) for word in ("ok", "n/a")]
        wrong = [f"{program}: {cell}" for program, cell in cells.items() if cell not in ("ok", "n/a")]
        shown.add_row(name, *counts, ", ".join(wrong))
    return shown


def zoo_markdown(said: Mapping[str, str]) -> str:
    """The matrix in Markdown; each name leads to the algorithm's page below."""
    rows = []
    for name, words in said.items():
        cells = [read(word) for word in words.split()]
        rows.append((f"[`{name}`](#{name})", *(cell if cell in ("ok", "n/a") else f"**{cell}**" for cell in cells)))
    return f"{table(('algorithm', *PROGRAMS), rows)}\n\n{LEGEND}"


def shortest(exhibit: Exhibit) -> Cell:
    """What comes of the algorithm in the program of its level."""
    level, size = exhibit.level, (exhibit.level.workers, exhibit.level.waiters)
    return at(ZOO[exhibit.protocol.name], PROGRAMS[level.scenario](*size), size)


def pages_markdown() -> str:
    """For each algorithm: what its page says, and a shortest run that shows what is wrong with it, if anything is."""
    parts = []
    for exhibit in EXHIBITS:
        protocol, level = exhibit.protocol, exhibit.level
        parts.append(f"### {protocol.name}\n\n{exhibit.page}")
        program = f"`{level.scenario}` at {level.workers} × {level.waiters}"
        found = shortest(exhibit)
        if found.run is None or level.goal is None:
            parts.append(f"No program breaks it: try {program}.")
            continue
        start = state_of(found.run.system.view(found.run.violation[0])[0])
        rows = [("", "", "start", start)]
        for number, (thread, action, _, shared) in enumerate(steps_of(found.run.system, found.run.violation), 1):
            rows.append((str(number), thread, f"`{action.name}`", state_of(shared)))
        run = table(("step", "thread", "action", "afterwards"), rows)
        parts.append(f"Broken in {found.steps} steps, {program}: {level.goal.value}.\n\n{run}")
    return "\n\n".join(parts)


def state_of(shared: object) -> str:
    """The shared state in a line."""
    return ", ".join(f"{name} {value}" for name, value in leaves(shared))
