"""`waitgroup prove`: discharges the proof obligations, theorem by theorem."""

import time

import click
from rich.console import Console

from waitgroup_proofs.claims.checks import worst
from waitgroup_proofs.commands import finish, json_option, messages
from waitgroup_proofs.obligations import discharge
from waitgroup_proofs.report.tables import coloured, columns
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_spec.protocols import PROTOCOLS

#: The protocols that theorems are about.
PROVED_PROTOCOLS = ("go",)


@click.command()
@click.argument("protocol", type=click.Choice(list(PROTOCOLS)), default="go", metavar="PROTOCOL")
@json_option
def prove(protocol: str, json_file: str | None) -> int:
    """Discharge every obligation about PROTOCOL with Z3, for any number of threads."""
    if protocol not in PROVED_PROTOCOLS:
        raise click.UsageError(f"no theorem is about {protocol} yet; those there are are about {PROVED_PROTOCOLS[0]}")
    begun = time.perf_counter()
    rows, failures, answers = [], [], []
    for theorem in THEOREMS.values():
        started = time.perf_counter()
        with messages.status(theorem.sentence):
            found = [(obligation, discharge(obligation)) for obligation in theorem.obligations()]
        answers += [answer for _, answer in found]
        verdict = worst(answer.verdict for _, answer in found)
        rows.append((theorem.id, str(len(found)), coloured(verdict), f"{time.perf_counter() - started:.2f}"))
        failures += [(obligation, answer) for obligation, answer in found if answer.verdict != "holds"]
    verdict = worst(answer.verdict for answer in answers)
    seconds = round(time.perf_counter() - begun, 3)

    def show(out: Console) -> None:
        table = columns("theorem", "obligations", "verdict", "seconds")
        for row in rows:
            table.add_row(*row)
        out.print(table)
        for obligation, answer in failures:
            out.print(f"\n{answer.verdict}: {obligation.id}: {obligation.sentence}\n    {answer.model}", markup=False)
        out.print(f"\n{len(answers)} obligations in {seconds} s: {coloured(verdict)}")

    obligations = [{"id": a.id, "verdict": a.verdict, "seconds": round(a.seconds, 4)} for a in answers]
    return finish(verdict, json_file, {"verdict": verdict, "obligations": obligations, "seconds": seconds}, show)
