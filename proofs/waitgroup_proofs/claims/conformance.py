"""What is claimed of the kit for other implementations: its vectors, what it says of ours, and that it can say no."""

import sys
from pathlib import Path

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.claims.tested import passing
from waitgroup_proofs.conformance.conductor import Verdict
from waitgroup_proofs.conformance.driver import DriverFault
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.kit import Asked, chosen, conduct, failures
from waitgroup_proofs.conformance.vectors import differing
from waitgroup_proofs.evidence import Evidence, Report, worst
from waitgroup_proofs.report.findings import Finding, of_search, shown
from waitgroup_proofs.scheduler.production import Production, strict_monitor
from waitgroup_proofs.scheduler.search import search

#: Cases with so many waiters at once that following every interleaving takes minutes, or more.
TOO_MANY = ("wakes-5", "wakes-8", "many-expire")
ROOT = Path(__file__).parents[3]
DRIVER = (sys.executable, "-m", "tests.conformance.drivers.python.driver", "waitgroup")


def same_vectors(report: Report) -> Evidence:
    """The vectors that lie there are those that exploring the contract gives now, byte for byte."""
    report("the outcomes of every case")
    folder = ROOT / "tests" / "vectors"
    if not folder.is_dir():
        return Evidence("inconclusive", {}, "the vectors are not beside this installation")
    wrong = differing(folder)
    figures = {family: len(cases) for family, cases in FAMILIES.items()}
    return Evidence("violated" if wrong else "holds", figures, f"make vectors: {', '.join(wrong)}" if wrong else "")


def ours_conforms(report: Report) -> Evidence:
    """Every case passes on the class."""
    if not (ROOT / "tests" / "conformance").is_dir():
        return Evidence("inconclusive", {}, "the drivers are not beside this installation")
    try:
        found = conduct(DRIVER, chosen(()), Asked(5, 1.0, 10.0), report)
    except DriverFault as fault:
        return Evidence("inconclusive", {}, str(fault))
    passed = {family: found.counts(family)[Verdict.PASSED] for family in found.played}
    wrong = [f"{family}/{one.case.name}: {one.told}" for family, one in failures(found)]
    verdict = found.verdict if passed == {family: len(cases) for family, cases in FAMILIES.items()} else "violated"
    return Evidence(verdict, passed, "\n".join(wrong))


def every_interleaving(report: Report) -> Evidence:
    """Every run of the cases on the shipped source is explained by the contract, each step being one of strict's."""
    strict, target = strict_monitor(), Production()
    states: dict[str, int] = {}
    findings: list[Finding] = []
    verdicts = []
    for family, cases in FAMILIES.items():
        states[family] = 0
        for case in cases:
            if case.name not in TOO_MANY:
                report(f"{family}/{case.name}")
                found = search(target, case.scenario, strict)
                states[family] += found.states
                verdicts.append(found.verdict)
                findings += of_search(found, "", (0, 0))
    return Evidence(worst(verdicts), states, shown(findings))


CONFORMANCE = (
    Claim(
        "vectors",
        "The test vectors say all that may come of each case in the contract and in Go, and are as generated.",
        Kind.EXHAUSTIVE,
        "every run of each case; the same bytes again",
        same_vectors,
    ),
    Claim(
        "kit-on-ours",
        "The class passes every case of the kit, through a driver in another process.",
        Kind.TESTED,
        "real threads; a race is tried five times",
        ours_conforms,
        full=True,
    ),
    Claim(
        "kit-in-every-interleaving",
        "The shipped source does in every case of the kit what the contract allows, whoever is scheduled when.",
        Kind.EXHAUSTIVE,
        "all cases but three with many waiters at once",
        every_interleaving,
        full=True,
    ),
    Claim(
        "kit-can-fail",
        "For each mistake that a flag of the kit names, a class that makes it fails, and bad drivers never pass.",
        Kind.TESTED,
        "one class a flag",
        passing("conformance/test_broken.py", "conformance/test_drivers.py"),
        full=True,
    ),
    Claim(
        "histories",
        "A recorded history is explained by the contract, or the shortest beginning that is not is shown.",
        Kind.TESTED,
        "random histories against a search of all interleavings, up to four threads",
        passing(*(f"conformance/test_history_{what}.py" for what in ("search", "command", "recorder"))),
        full=True,
    ),
)
