"""What `waitgroup verify` has found, as a page: claims, counterexamples, state graphs, kill matrix, growth."""

from collections.abc import Sequence
from itertools import groupby

from waitgroup_proofs.claims import Checked, Kind
from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.mutants.engines import ENGINES
from waitgroup_proofs.mutants.matrix import LEGEND, cells_of
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.pages.curves import chart
from waitgroup_proofs.pages.graphs import pictured
from waitgroup_proofs.pages.html import rendered
from waitgroup_proofs.pages.runs import run_as_data
from waitgroup_proofs.play.campaign import GO_ITSELF, campaign
from waitgroup_proofs.play.levels import solved
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import SCENARIOS

#: The mutants, beside Go itself, that the page shows a run of.
MUTANTS = ("go-wakes-one", "strict-believes-the-counter")
#: Workers and waiters of the state graphs.
PICTURED = ((1, 1), (2, 1))


def ledger_page(checked: Sequence[Checked], verdict: str, held: str) -> str:
    """The page. `held` says in words how many claims hold."""
    ordered = sorted(checked, key=lambda one: list(Kind).index(one.claim.kind))
    shown = [level for level in campaign() if level.chapter == GO_ITSELF]
    shown += [level for level in campaign() if level.name in MUTANTS]
    matrix, matrix_from = matrix_of(checked)
    mutants = {mutant.name: mutant for mutant in PROTOCOL}
    return rendered(
        "verify",
        ("shared",),
        verdict=verdict,
        held=held,
        groups=[(kind.value, list(ones)) for kind, ones in groupby(ordered, key=lambda one: one.claim.kind)],
        assumed=Kind.ASSUMED.value,
        data={"runs": [run_as_data(solved(level)) for level in shown]},
        pictures=[pictured(one, SCENARIOS["pre-added"](*size)) for one in PROTOCOLS.values() for size in PICTURED],
        engines=list(ENGINES),
        matrix=[(name, mutants[name].sentence, cells_of(said, "{}*")) for name, said in matrix.items()],
        matrix_from=matrix_from,
        legend=LEGEND,
        chart=chart(),
    )


def matrix_of(checked: Sequence[Checked]) -> tuple[dict[str, str], str]:
    """The kill matrix, and where it is from: this run, if it was asked for, or the pinned figures."""
    for one in checked:
        if one.claim.id == "kill-matrix" and one.figures:
            return dict(one.figures), "Every mutant of the two protocols, and what each engine has just said of it."
    pinned = "These are the pinned figures; waitgroup verify --only kill-matrix finds them again."
    return dict(FIGURES["kill-matrix"]), f"Every mutant of the two protocols, and what each engine says of it. {pinned}"
