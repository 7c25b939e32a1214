"""`waitgroup prove`: discharges the proof obligations, theorem by theorem, or writes them for another solver."""

import time
from pathlib import Path

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.names import Name
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.evidence import worst
from waitgroup_proofs.obligations import SOLVERS, Obligation, SolverMissing, discharge, second_solver, smt_lib
from waitgroup_proofs.report.tables import coloured, columns
from waitgroup_proofs.theorems import ABSTRACTIONS, THEOREMS


@click.command()
@click.argument("protocol", type=Name("protocol", ABSTRACTIONS), required=False, metavar="[PROTOCOL]")
@click.option("--solver", type=Name("solver", SOLVERS), default="z3", help="Who is asked; z3 if you do not say.")
@click.option(
    "--smt2",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also write each obligation to DIR, as a file of SMT-LIB 2 that says which answer is expected.",
)
@json_option
def prove(protocol: str | None, solver: str, directory: Path | None, json_file: str | None) -> int:
    """Prove the theorems about a protocol for any number of threads.

    Every obligation about PROTOCOL, go or strict, is discharged; without it, those about both, and about the word.

    Examples:

    \b
      waitgroup prove strict  # about 10 s
      waitgroup prove --solver cvc5  # about two minutes
      waitgroup prove go --smt2 obligations  # about 10 s
    """
    theorems = [theorem for theorem in THEOREMS.values() if protocol in (None, theorem.subject)]
    found = [(theorem, theorem.obligations()) for theorem in theorems]
    if directory is not None:
        written(directory, [obligation for _, obligations in found for obligation in obligations])
    begun = time.perf_counter()
    rows, failures, answers = [], [], []
    if solver == "cvc5" and (why := missing(solver)):
        result = {"verdict": "inconclusive", "solver": solver, "obligations": [], "seconds": 0.0}
        return finish("inconclusive", json_file, result, lambda out: out.print(why, markup=False))
    with Counting(sum(len(obligations) for _, obligations in found)) as working:
        for theorem, obligations in found:
            started = time.perf_counter()
            discharged = []
            for obligation in obligations:
                working.next(theorem.id)
                discharged.append((obligation, discharge(obligation, solver)))
            answers += [answer for _, answer in discharged]
            verdict = worst(answer.verdict for _, answer in discharged)
            rows.append((theorem.id, str(len(discharged)), coloured(verdict), f"{time.perf_counter() - started:.2f}"))
            failures += [(obligation, answer) for obligation, answer in discharged if answer.verdict != "holds"]
    verdict = worst(answer.verdict for answer in answers)
    seconds = round(time.perf_counter() - begun, 3)

    def show(out: Console) -> None:
        table = columns("theorem", "obligations", "verdict", "seconds")
        for row in rows:
            table.add_row(*row)
        out.print(table)
        for obligation, answer in failures:
            out.print(f"\n{answer.verdict}: {obligation.id}: {obligation.sentence}\n    {answer.model}", markup=False)
        out.print(f"\n{len(answers)} obligations in {seconds} s with {solver}: {coloured(verdict)}")

    listed = [{"id": a.id, "verdict": a.verdict, "seconds": round(a.seconds, 4), "model": a.model} for a in answers]
    result = {"verdict": verdict, "solver": solver, "obligations": listed, "seconds": seconds}
    return finish(verdict, json_file, result, show)


def missing(solver: str) -> str:
    """Why a solver cannot be asked; empty if it can."""
    try:
        second_solver()
    except SolverMissing as why:
        return f"{solver} decides nothing here: {why}"
    return ""


def written(directory: Path, obligations: list[Obligation]) -> None:
    """Write one file for each obligation. Files that are there already are not touched: the directory must be empty."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise click.UsageError(f"{directory} is not empty: name a new directory for the obligations")
        for obligation in obligations:
            (directory / f"{obligation.id}.smt2").write_text(smt_lib(obligation), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write the obligations to {directory}: {error.strerror}") from None
