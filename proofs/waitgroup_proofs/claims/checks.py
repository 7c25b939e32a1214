"""The checks behind the claims: each runs one engine and says what it found."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from waitgroup_proofs.claims import Evidence, Report
from waitgroup_proofs.claims.findings import Finding, of_exploration, of_refinement, of_search, shown
from waitgroup_proofs.mutants import Mutant, StaleMutant, mutated_module
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.obligations import Discharged, Obligation, discharge
from waitgroup_proofs.refinement import refine
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.replay import production
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_spec.explorer import explore
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import MODEL_FAMILIES, SCENARIOS, Builder

Sizes = tuple[int, int]
#: The tests behind a claim take a few seconds; so long may they take on a busy machine.
TEST_SECONDS = 60
Check = Callable[[Report], Evidence]


def worst(verdicts: Iterable[str]) -> str:
    """`violated` if any is, else `holds` if all do, and there are any; anything else is `inconclusive`."""
    found = set(verdicts)
    if "violated" in found:
        return "violated"
    return "holds" if found == {"holds"} else "inconclusive"


def explored(protocol: str, builders: Iterable[tuple[Builder, Sizes]]) -> Check:
    """The properties of a protocol hold in every state; the figures are the states up to symmetry."""

    def check(report: Report) -> Evidence:
        figures: dict[str, int] = {}
        findings: list[Finding] = []
        verdicts = []
        for build, sizes in builders:
            scenario = build(*sizes)
            report(f"{scenario.name} {sizes[0]} x {sizes[1]}")
            found = explore(PROTOCOLS[protocol], scenario, properties_of(PROTOCOLS[protocol], scenario), symmetry=True)
            figures[f"{scenario.name} {sizes[0]},{sizes[1]}"] = found.states
            verdicts.append(found.verdict)
            findings += of_exploration(found)
        return Evidence(worst(verdicts), figures, shown(findings))

    return check


def refined(protocol: str, builders: Iterable[tuple[Builder, Sizes]]) -> Check:
    """Every run of a protocol has an explanation in the contract; the figures are pairs of state and explanation."""

    def check(report: Report) -> Evidence:
        figures: dict[str, int] = {}
        findings: list[Finding] = []
        for build, sizes in builders:
            scenario = build(*sizes)
            report(f"{scenario.name} {sizes[0]} x {sizes[1]}")
            found = refine(PROTOCOLS[protocol], scenario)
            figures[f"{scenario.name} {sizes[0]},{sizes[1]}"] = found.states
            findings += of_refinement(found)
        return Evidence("violated" if findings else "holds", figures, shown(findings))

    return check


def counted(cells: Iterable[tuple[str, Sizes]]) -> Check:
    """The numbers of states, transitions, states up to symmetry and steps of the families of the oracle."""

    def check(report: Report) -> Evidence:
        figures: dict[str, Any] = {}
        for family, sizes in cells:
            name = f"{family} {sizes[0]},{sizes[1]}"
            report(name)
            scenario = MODEL_FAMILIES[family](*sizes)
            whole, folded = (explore(PROTOCOLS["go"], scenario, symmetry=symmetry) for symmetry in (False, True))
            if folded.states_without_symmetry != whole.states:
                unfolded = (
                    f"{folded.states_without_symmetry} by the orbits of {folded.states}, {whole.states} by search"
                )
                return Evidence("violated", figures, f"{name}: {unfolded}")
            figures[name] = (whole.states, whole.transitions, folded.states, whole.depth)
        return Evidence("holds", figures)

    return check


def outcomes(protocol: Protocol, sizes: Sizes) -> Check:
    """The exact set of outcomes of each scenario that the protocol has the calls for."""

    def check(report: Report) -> Evidence:
        figures: dict[str, Any] = {}
        for name, build in SCENARIOS.items():
            report(name)
            try:
                figures[name] = " | ".join(sorted(explore(protocol, build(*sizes), symmetry=True).outcomes))
            except ValueError:
                continue
        return Evidence("holds", figures)

    return check


def foundations(theorem: str) -> list[str]:
    """The theorem and all that it rests on, each once."""
    needed = [theorem]
    for name in needed:
        needed += [other for other in THEOREMS[name].assumes if other not in needed]
    return needed


@cache
def discharged(theorem: str) -> list[tuple[Obligation, Discharged]]:
    """Every obligation of one theorem, with the solver's answer. Several claims may rest on it: it is asked once."""
    return [(obligation, discharge(obligation)) for obligation in THEOREMS[theorem].obligations()]


def proved(theorem: str) -> Check:
    """Every obligation of the theorem, and of the theorems that it rests on, is discharged."""

    def check(report: Report) -> Evidence:
        answers: list[tuple[Obligation, Discharged]] = []
        for name in foundations(theorem):
            report(THEOREMS[name].sentence)
            answers += discharged(name)
        failed = [
            f"{answer.verdict}: {obligation.id}: {obligation.sentence}\n    {answer.model or 'no model'}"
            for obligation, answer in answers
            if answer.verdict != "holds"
        ]
        verdict = worst(answer.verdict for _, answer in answers)
        return Evidence(verdict, {"obligations": len(answers)}, "\n".join(failed))

    return check


def scheduled(scenarios: Iterable[str], sizes: Sizes) -> Check:
    """Every interleaving of the shipped source conforms to the contract, each step being one of strict's."""

    def check(report: Report) -> Evidence:
        target, _ = production()
        figures: dict[str, int] = {}
        findings: list[Finding] = []
        verdicts = []
        for name in scenarios:
            report(name)
            try:
                found = search(target, SCENARIOS[name](*sizes), strict_monitor())
            except UnsupportedTarget as reason:
                return Evidence("inconclusive", figures, f"{name}: {reason}")
            figures[name] = found.states
            verdicts.append(found.verdict)
            findings += of_search(found, "", sizes)
        return Evidence(worst(verdicts), figures, shown(findings))

    return check


def production_mutant_refused(mutant: Mutant, shortest: bool = False) -> Search:
    """The search that must end in a violation; `shortest` looks for a schedule to show."""
    target, _ = production(mutant.name)
    return search(target, SCENARIOS[mutant.killed_by](2, 2), strict_monitor(), shortest=shortest)


def protocol_mutant_refused(mutant: Mutant) -> tuple[str, int | None, str]:
    """The verdict on a mutant, the length of a shortest run that refuses it, and that run.

    By a property of the protocol, or, if all of them hold, because a run has no explanation in the contract.
    """
    name = mutant.module.rpartition(".")[2]
    protocol: Protocol = getattr(mutated_module(mutant), name)
    scenario = SCENARIOS[mutant.killed_by](2, 2)
    found = explore(protocol, scenario, properties_of(protocol, scenario), symmetry=True, max_states=20_000)
    if found.verdict != "holds":
        lengths = [len(v.path) - 1 for v in found.verdicts if v.verdict == "violated" and v.path]
        return found.verdict, min(lengths, default=None), shown(of_exploration(found))
    refinement = refine(protocol, scenario)
    if refinement.violation:
        return "violated", len(refinement.violation) - 1, shown(of_refinement(refinement))
    return "holds", None, ""


def mutants_refused(mutants: tuple[Mutant, ...], verdict: Callable[[Mutant], str]) -> Check:
    """Every mutant is refused by the engine that is to refuse it."""

    def check(report: Report) -> Evidence:
        survivors = []
        for mutant in mutants:
            report(mutant.name)
            try:
                if verdict(mutant) != "violated":
                    survivors.append(f"{mutant.name} survives {mutant.killed_by}: {mutant.sentence}")
            except StaleMutant as stale:
                survivors.append(str(stale))
        return Evidence(
            "violated" if survivors else "holds", {"refused": len(mutants) - len(survivors)}, "\n".join(survivors)
        )

    return check


production_mutants_refused = mutants_refused(PRODUCTION, lambda mutant: production_mutant_refused(mutant).verdict)
protocol_mutants_refused = mutants_refused(PROTOCOL, lambda mutant: protocol_mutant_refused(mutant)[0])


def confirmed(report: Report) -> Evidence:
    """CrossHair confirms every contract over all paths. Its exit code says less than that, so its words are counted."""
    report("CrossHair")
    return crosshair(os.environ)


def crosshair(environment: Mapping[str, str]) -> Evidence:
    """What CrossHair says of the contracts, for the packages that `environment` makes importable."""
    limits = ["--per_condition_timeout=30", "--per_path_timeout=30"]
    command = [sys.executable, "-m", "crosshair", "check", "--report_all", *limits, "waitgroup_proofs.contracts"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=dict(environment))
    said = (finished.stdout + finished.stderr).splitlines()
    figures = {"confirmed": sum(line.endswith("info: Confirmed over all paths.") for line in said)}
    others = [Path(line).name for line in said if not line.endswith("info: Confirmed over all paths.")]
    if not others:
        return Evidence("holds" if figures["confirmed"] else "inconclusive", figures)
    refuted = any(": error: " in line for line in others)
    return Evidence("violated" if refuted else "inconclusive", figures, "\n".join(others))


def assumed(_report: Report) -> Evidence:
    """Nothing is checked: the claim is what the others rest on."""
    return Evidence("holds", {}, "assumed, not checked")


def tested(*files: str) -> Check:
    """The named files of the test suite pass, on real threads. Without the tests beside it, inconclusive."""

    def check(report: Report) -> Evidence:
        root = Path(__file__).parents[3]
        paths = [root / "tests" / file for file in files]
        missing = [path.name for path in paths if not path.exists()]
        if missing:
            return Evidence("inconclusive", {}, f"the tests are not beside this installation: {', '.join(missing)}")
        report(", ".join(path.stem for path in paths))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", *map(str, paths)]
        try:
            finished = subprocess.run(
                command, cwd=root, capture_output=True, text=True, check=False, timeout=TEST_SECONDS
            )
        except subprocess.TimeoutExpired:
            return Evidence("inconclusive", {}, f"the tests did not finish in {TEST_SECONDS} seconds")
        if finished.returncode == 0:
            return Evidence("holds", {})
        return Evidence("violated", {}, finished.stdout[-4000:] + finished.stderr[-1000:])

    return check
