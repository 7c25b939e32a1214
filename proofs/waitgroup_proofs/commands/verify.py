"""`waitgroup verify`: reruns the claims ledger."""

import os
import time
from collections.abc import Iterable

import click
from rich.console import Console
from rich.table import Table

from waitgroup_proofs.claims import Checked, Claim, Kind
from waitgroup_proofs.claims.ledger import GROUPS, LEDGER
from waitgroup_proofs.claims.workers import checked
from waitgroup_proofs.commands import finish, html_option, json_option
from waitgroup_proofs.commands.names import Names
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.evidence import worst
from waitgroup_proofs.mutants.matrix import LEGEND, matrix_table
from waitgroup_proofs.report.tables import coloured, columns


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def selected(only: tuple[list[str], ...], full: bool) -> list[Claim]:
    """The claims asked for. One that is named is run whether it is slow or not; of a group, the slow ones if `full`."""
    names = [name for several in only for name in several]
    known = {claim.id for claim in LEDGER}
    grouped = {claim.id for name in names if name in GROUPS for claim in GROUPS[name]} if names else known
    return [claim for claim in LEDGER if claim.id in names or (claim.id in grouped and (full or not claim.full))]


@click.command()
@click.option("--full", is_flag=True, help="Also the claims that are too slow for every day.")
@click.option(
    "--only",
    multiple=True,
    type=Names("claim", [*GROUPS, *sorted(claim.id for claim in LEDGER)]),
    metavar="ID,...",
    help="Only these claims, or groups of them; may be repeated, or given with commas.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    default=processors(),
    show_default="the processors there are",
    help="How many processes check claims at the same time.",
)
@html_option
@json_option
def verify(full: bool, only: tuple[list[str], ...], jobs: int, html_file: str | None, json_file: str | None) -> int:
    """Rerun the claims of the ledger: those for every day, or all of them.

    Anything that fails or cannot be decided shows in the exit code. `waitgroup claims` lists what is claimed.

    Examples:

    \b
      waitgroup verify  # about a minute
      waitgroup verify --only proofs,go-misuse  # about 20 s
      waitgroup verify --only packing --html verify.html
    """
    claims = selected(only, full)
    found: dict[str, Checked] = {}
    begun = time.perf_counter()
    with Counting(len(claims)) as working:
        for one in checked(claims, jobs, working.say):
            found[one.claim.id] = one
            working.done()
    left = 0 if full or only else sum(claim.full for claim in LEDGER)
    return told([found[claim.id] for claim in claims], time.perf_counter() - begun, left, json_file, html_file)


def told(checked: list[Checked], seconds: float, left: int, json_file: str | None, html_file: str | None) -> int:
    """Show what came of the claims, and how many were left alone; returns the exit code."""
    verdict = worst(one.verdict for one in checked)
    shown = [one for one in checked if one.claim.kind is not Kind.ASSUMED]
    holding = sum(one.verdict == "holds" for one in shown)
    assumptions = len(checked) - len(shown)
    rest = f"{assumptions} assumption{'' if assumptions == 1 else 's'}"
    held = f"{holding} of {len(shown)} claims hold, on {rest}, in {seconds:.0f} s"

    def show(out: Console) -> None:
        out.print(claims_table(checked))
        for one in checked:
            if one.verdict != "holds":
                out.print(f"\n{coloured(one.verdict)} {one.claim.id}: {one.claim.sentence}")
                out.print(one.detail, markup=False)
            if one.claim.id == "kill-matrix" and one.figures:
                out.print("", matrix_table(one.figures), LEGEND, sep="\n")
        out.print(f"\n{held}: {coloured(verdict)}")
        if left:
            out.print(f"{left} claims take longer and were not looked at: waitgroup verify --full")

    def page() -> str:
        from waitgroup_proofs.pages.verify import ledger_page

        return ledger_page(checked, verdict, held)

    result = {
        "verdict": verdict,
        "seconds": round(seconds, 3),
        "claims": [
            {
                "id": one.claim.id,
                "kind": one.claim.kind.value,
                "statement": one.claim.sentence,
                "bound": one.claim.bound,
                "verdict": one.verdict,
                "seconds": round(one.seconds, 3),
                "figures": dict(one.figures),
                "detail": one.detail,
            }
            for one in checked
        ],
    }
    return finish(verdict, json_file, result, show, html_file, page)


def claims_table(checked: Iterable[Checked]) -> Table:
    """One row a claim."""
    table = columns("claim", "kind", "bound", "verdict", "seconds")
    for one in checked:
        verdict = "assumed" if one.claim.kind is Kind.ASSUMED else coloured(one.verdict)
        table.add_row(one.claim.id, one.claim.kind.value, one.claim.bound, verdict, f"{one.seconds:.2f}")
    return table
