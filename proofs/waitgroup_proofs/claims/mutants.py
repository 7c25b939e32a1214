"""What is claimed of the engines: that they refuse whatever was broken on purpose."""

from collections.abc import Callable

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.evidence import Check, Evidence, Report
from waitgroup_proofs.mutants import Mutant, StaleMutant
from waitgroup_proofs.mutants.engines import ENGINES, matrix_as_said, refusal
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import BROKEN, PROTOCOL
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.replay import production
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_spec.scenarios import SCENARIOS


def production_mutant_refused(mutant: Mutant, shortest: bool = False) -> Search:
    """The search that must end in a violation; `shortest` looks for a schedule to show."""
    target, _ = production(mutant.name)
    return search(target, SCENARIOS[mutant.killed_by](2, 2), strict_monitor(), shortest=shortest)


def mutants_refused(mutants: tuple[Mutant, ...], verdict: Callable[[Mutant], str]) -> Check:
    """Every mutant is refused by the engine that is to refuse it."""

    def check(report: Report) -> Evidence:
        survivors, undecided = [], []
        for mutant in mutants:
            report(mutant.name)
            try:
                found = verdict(mutant)
            except StaleMutant as stale:
                survivors.append(str(stale))
                continue
            if found == "holds":
                survivors.append(f"{mutant.name} survives {mutant.killed_by or mutant.engine}: {mutant.sentence}")
            elif found != "violated":
                undecided.append(f"{mutant.name}: nothing was decided: {mutant.sentence}")
        left = [*survivors, *undecided]
        told = "violated" if survivors else "inconclusive" if undecided else "holds"
        return Evidence(told, {"refused": len(mutants) - len(left)}, "\n".join(left))

    return check


MUTANTS = (
    Claim(
        "protocol-mutants",
        "Each broken mutant of the two protocols is refused by the engine that is named for it.",
        Kind.TESTED,
        f"{len(BROKEN)} mutants at 2 x 2; five by the proof alone, for any number of threads",
        mutants_refused(BROKEN, lambda mutant: refusal(mutant)[1].verdict),
    ),
    Claim(
        "kill-matrix",
        "Every mutant is refused first by the engine that is named for it, and those argued to be equivalent by none.",
        Kind.TESTED,
        f"{len(PROTOCOL)} mutants, {len(ENGINES)} engines, at 2 x 2; the proof engine for any number of threads",
        matrix_as_said,
        full=True,
    ),
    Claim(
        "production-mutants",
        "The scheduler refuses every mutant of the shipped source.",
        Kind.TESTED,
        f"{len(PRODUCTION)} mutants at 2 x 2",
        mutants_refused(PRODUCTION, lambda mutant: production_mutant_refused(mutant).verdict),
    ),
)
