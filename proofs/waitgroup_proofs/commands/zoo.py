"""`waitgroup zoo [NAME]`: WaitGroup algorithms, right and wrong, and what the engines find in each."""

import re
from typing import Any

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.names import Name
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.evidence import worst
from waitgroup_proofs.report.tables import columns, run_table
from waitgroup_proofs.report.zoo import LEGEND, zoo_table
from waitgroup_proofs.zoo import Row, row, said_of
from waitgroup_spec.scenarios import by
from waitgroup_spec.zoo import EXHIBITS, Level

#: What is said where an algorithm differs.
PANICS = "it panics, in a program not all of whose runs keep the rules"

#: Where a page has a new paragraph, or a new item in a list; its other lines are filled.
PART = re.compile(r"\n(?=\n|  \d)")

BY_NAME = {one.protocol.name: one for one in EXHIBITS}


@click.command()
@click.argument("name", type=Name("algorithm", BY_NAME), required=False, metavar="NAME")
@json_option
def zoo(name: str | None, json_file: str | None) -> int:
    """Show WaitGroup algorithms, right and wrong, and what breaks them.

    Without NAME all are listed, with what comes of each in every program; with it, the algorithm's page and its
    shortest counterexamples.

    Exit code for NAME: 1 if some program breaks the algorithm, 0 if none does. For the list, 0: each algorithm does
    exactly what its page says, right or wrong; 1: some do not.

    Examples:

    \b
      waitgroup zoo  # about 15 s
      waitgroup zoo strict
      waitgroup zoo polling  # exits 1
    """
    asked = EXHIBITS if name is None else [BY_NAME[name]]
    rows = []
    with Counting(len(asked)) as working:
        for one in asked:
            working.next(one.protocol.name)
            rows.append(row(one))
    if name is not None:
        return show_one(rows[0], json_file)
    verdict = worst(one.verdict for one in rows)

    def show(out: Console) -> None:
        listed = columns("algorithm", "broken first in", "what it is")
        for one in rows:
            listed.add_row(one.name, program_of(one.exhibit.level), one.exhibit.protocol.sentence)
        out.print(listed, "", zoo_table(said_of(rows)), "", LEGEND, sep="\n")
        for one in rows:
            if one.verdict != "holds":
                out.print(f"{one.name}: not as its page says")

    return finish(verdict, json_file, {"verdict": verdict, "zoo": [as_json(one) for one in rows]}, show)


def show_one(one: Row, json_file: str | None) -> int:
    """The page of an algorithm, and a shortest run for each program that breaks it or in which it panics."""
    verdicts = {found.verdict for found in one.cells.values()}
    verdict = next((worse for worse in ("violated", "inconclusive") if worse in verdicts), "holds")

    def show(out: Console) -> None:
        for part in PART.split(f"{one.name}: {one.exhibit.page}\n\n"):
            out.print("\n" * part.startswith("\n") + " ".join(part.split()), markup=False)
        out.print(zoo_table(said_of([one])))
        for name, found in one.cells.items():
            if found.run is not None:
                sentence = found.failure.value if found.failure else PANICS
                out.print(f"\n{name} at {by((found.workers, found.waiters))}: {sentence}", markup=False)
                out.print(run_table(found.run.system, found.run.violation))

    return finish(verdict, json_file, {"verdict": verdict, **as_json(one)}, show)


def program_of(level: Level) -> str:
    """The level's program, if the algorithm breaks there."""
    return f"{level.scenario} {by((level.workers, level.waiters))}" if level.goal else "none"


def as_json(one: Row) -> dict[str, Any]:
    """An algorithm and what comes of it, for the command line's JSON object."""
    level = one.exhibit.level
    par = one.cells[level.scenario].steps if level.goal else None
    return {
        "name": one.name,
        "sentence": one.exhibit.protocol.sentence,
        "level": {**level._asdict(), "goal": level.goal.value if level.goal else None, "par": par},
        "programs": {
            name: {
                "verdict": found.verdict,
                "failure": found.failure.name.lower() if found.failure else None,
                "steps": found.steps or None,
                "workers": found.workers or None,
                "waiters": found.waiters or None,
            }
            for name, found in one.cells.items()
        },
    }
