"""`waitgroup mutant [NAME]`: lists the mutants, or runs one and shows what refuses it."""

import click
from rich.console import Console

from waitgroup_proofs.claims.checks import (
    production_mutant_refused,
    protocol_mutant_refused,
)
from waitgroup_proofs.claims.findings import of_search, shown
from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.mutants import Mutant
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.report.tables import columns

ENGINES = {mutant.name: "scheduler" for mutant in PRODUCTION} | {mutant.name: "explorer" for mutant in PROTOCOL}
MUTANTS = {mutant.name: mutant for mutant in (*PRODUCTION, *PROTOCOL)}


@click.command()
@click.argument("name", type=click.Choice(list(MUTANTS)), required=False, metavar="NAME")
@json_option
def mutant(name: str | None, json_file: str | None) -> int:
    """List the mutants, or break the source as NAME says and show which engine refuses it, and where.

    Exit code 1: the mutant is refused, which is as it should be. 0: it survives.
    """
    if name is None:
        table = columns("mutant", "refused by", "in", "what is broken")
        for one in MUTANTS.values():
            table.add_row(one.name, ENGINES[one.name], one.killed_by, one.sentence)
        listed = [{"name": m.name, "killed_by": ENGINES[m.name], "sentence": m.sentence} for m in MUTANTS.values()]
        return finish("holds", json_file, {"mutants": listed}, lambda out: out.print(table))
    verdict, steps, shown = refused(MUTANTS[name])

    def show(out: Console) -> None:
        out.print(f"{name}: {MUTANTS[name].sentence}\n\n{shown or 'No engine refuses it.'}", markup=False)

    result = {"name": name, "killed_by": ENGINES[name] if verdict == "violated" else None, "steps": steps}
    return finish(verdict, json_file, result, show)


def refused(mutant: Mutant) -> tuple[str, int | None, str]:
    """The verdict of the mutant's engine, the length of the run that shows it, and that run."""
    if ENGINES[mutant.name] == "explorer":
        return protocol_mutant_refused(mutant)
    search = production_mutant_refused(mutant, shortest=True)
    steps = len(search.violation.schedule) if search.violation else None
    return search.verdict, steps, shown(of_search(search, mutant.name, (2, 2)))
