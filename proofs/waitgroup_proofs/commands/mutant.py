"""`waitgroup mutant [NAME]`: lists the mutants, or shows what refuses one; with `--matrix`, every engine on all."""

import click
from rich.console import Console

from waitgroup_proofs.claims.mutants import production_mutant_refused
from waitgroup_proofs.commands import Output, finish, json_option
from waitgroup_proofs.commands.names import Name
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.mutants import Mutant
from waitgroup_proofs.mutants.engines import kill_matrix, refusal, said_of, verdict_of
from waitgroup_proofs.mutants.matrix import LEGEND, matrix_table
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.report.findings import of_search, shown
from waitgroup_proofs.report.tables import columns

MUTANTS = {mutant.name: mutant for mutant in (*PRODUCTION, *PROTOCOL)}


@click.command()
@click.argument("name", type=Name("mutant", MUTANTS), required=False, metavar="NAME")
@click.option("--matrix", is_flag=True, help="Ask every engine about every mutant of the two protocols.")
@json_option
def mutant(name: str | None, matrix: bool, json_file: str | None) -> int:
    """Break the source on purpose, and see which engine refuses it.

    Without NAME the mutants are listed. With it, one passage of the source is replaced, in memory, and the run that
    refuses it is shown.

    Exit code for NAME, 1: the mutant is refused, which is as it should be; 0: it survives. With --matrix, 0: every
    mutant of the protocols is refused first by the engine that is named for it, and those that should survive do; 1:
    some are not.

    Examples:

    \b
      waitgroup mutant
      waitgroup mutant no-wakeup  # exits 1
      waitgroup mutant --matrix  # about a minute
    """
    if matrix and name is not None:
        raise click.UsageError("--matrix is about every mutant: give no NAME")
    if matrix:
        return show_matrix(json_file)
    if name is None:
        return show_list(json_file)
    verdict, steps, detail = refused(MUTANTS[name])

    def show(out: Console) -> None:
        out.print(f"{name}: {MUTANTS[name].sentence}\n", markup=False)
        out.print(detail or "No engine refuses it.", markup=False, soft_wrap=True)

    killed_by = MUTANTS[name].engine if verdict == "violated" else None
    return finish(verdict, json_file, {"verdict": verdict, "name": name, "killed_by": killed_by, "steps": steps}, show)


def show_list(json_file: str | None) -> int:
    """The mutants, each with the engine that refuses it."""
    table = columns("mutant", "refused by", "in", "what is broken")
    for one in MUTANTS.values():
        table.add_row(one.name, one.engine or "none", one.killed_by, one.sentence)
    listed = [{"name": m.name, "killed_by": m.engine or None, "sentence": m.sentence} for m in MUTANTS.values()]
    return finish("holds", json_file, {"verdict": "holds", "mutants": listed}, lambda out: out.print(table))


def show_matrix(json_file: str | None) -> int:
    """Every mutant of the protocols and what every engine says of it."""
    with Counting(len(PROTOCOL)) as working:
        rows = kill_matrix(working.next)
    said = [
        {
            "name": row.mutant.name,
            "verdict": row.verdict,
            "engines": {
                name: {"verdict": judgement.verdict, "steps": judgement.steps, "where": judgement.where}
                for name, judgement in row.judgements.items()
            },
        }
        for row in rows
    ]
    verdict = verdict_of(rows)

    def show(out: Console) -> None:
        out.print(matrix_table(said_of(rows)), LEGEND, sep="\n")
        for row in rows:
            if row.verdict != "holds":
                out.print(f"{row.mutant.name}: {row.verdict}")

    return finish(verdict, json_file, {"verdict": verdict, "matrix": said}, show)


def refused(mutant: Mutant) -> tuple[str, int | None, str]:
    """The verdict of the mutant's engine, the length of the run that shows it, and that run; or why it survives."""
    if mutant in PRODUCTION:
        search = production_mutant_refused(mutant, shortest=True)
        steps = len(search.violation.schedule) if search.violation else None
        return search.verdict, steps, shown(of_search(search, mutant.name, (2, 2), Output().width))
    engine, judgement = refusal(mutant)
    if judgement.verdict == "violated":
        return judgement.verdict, judgement.steps, f"refused by {engine}\n{judgement.detail}"
    return judgement.verdict, None, judgement.detail or mutant.survives
