"""What is claimed of the protocols, as models: every state and every run of small programs."""

from collections.abc import Iterable
from typing import Any

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.evidence import Check, Evidence, Report, worst
from waitgroup_proofs.go_findings import FINDINGS, GoFinding
from waitgroup_proofs.go_findings import shown as found_again
from waitgroup_proofs.races.clocks import ATOMICS, PROMISE, Rule
from waitgroup_proofs.races.programs import CASES
from waitgroup_proofs.races.search import early_returns, surprises, verdicts
from waitgroup_proofs.refinement import refine
from waitgroup_proofs.report.findings import Finding, of_exploration, of_refinement, shown
from waitgroup_spec.endless import FAIRNESS, answer
from waitgroup_spec.explorer import cycles, explore
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import PROTOCOLS
from waitgroup_spec.scenarios import MODEL_FAMILIES, SCENARIOS, Builder, Size, by

LEGAL = ("pre-added", "nested", "mixed")

UP_TO_TWO = ((1, 1), (2, 1), (1, 2), (2, 2))


def explored(protocol: str, builders: Iterable[tuple[Builder, Size]]) -> Check:
    """The properties of a protocol hold in every state; the figures are the states up to symmetry."""

    def check(report: Report) -> Evidence:
        figures: dict[str, int] = {}
        findings: list[Finding] = []
        verdicts = []
        for build, size in builders:
            scenario = build(*size)
            report(f"{scenario.name} {by(size)}")
            found = explore(PROTOCOLS[protocol], scenario, properties_of(PROTOCOLS[protocol], scenario), symmetry=True)
            figures[f"{scenario.name} {size[0]},{size[1]}"] = found.states
            verdicts.append(found.verdict)
            findings += of_exploration(found)
        return Evidence(worst(verdicts), figures, shown(findings))

    return check


def refined(protocol: str, builders: Iterable[tuple[Builder, Size]]) -> Check:
    """Every run of a protocol has an explanation in the contract; the figures are pairs of state and explanation."""

    def check(report: Report) -> Evidence:
        figures: dict[str, int] = {}
        findings: list[Finding] = []
        for build, size in builders:
            scenario = build(*size)
            report(f"{scenario.name} {by(size)}")
            found = refine(PROTOCOLS[protocol], scenario)
            figures[f"{scenario.name} {size[0]},{size[1]}"] = found.states
            findings += of_refinement(found)
        return Evidence("violated" if findings else "holds", figures, shown(findings))

    return check


def counted(cells: Iterable[tuple[str, Size]]) -> Check:
    """The numbers of states, transitions, states up to symmetry and steps of the families of the oracle."""

    def check(report: Report) -> Evidence:
        figures: dict[str, Any] = {}
        for family, size in cells:
            name = f"{family} {size[0]},{size[1]}"
            report(name)
            scenario = MODEL_FAMILIES[family](*size)
            whole, folded = (explore(PROTOCOLS["go"], scenario, symmetry=symmetry) for symmetry in (False, True))
            if folded.states_without_symmetry != whole.states:
                unfolded = (
                    f"{folded.states_without_symmetry} by the orbits of {folded.states}, {whole.states} by search"
                )
                return Evidence("violated", figures, f"{name}: {unfolded}")
            figures[name] = (whole.states, whole.transitions, folded.states, whole.depth)
        return Evidence("holds", figures)

    return check


def outcomes(protocol: Protocol, size: Size) -> Check:
    """The exact set of outcomes of each scenario that the protocol has the calls for."""

    def check(report: Report) -> Evidence:
        figures: dict[str, Any] = {}
        for name, build in SCENARIOS.items():
            report(name)
            try:
                figures[name] = " | ".join(sorted(explore(protocol, build(*size), symmetry=True).outcomes))
            except ValueError:
                continue
        return Evidence("holds", figures)

    return check


def fair(report: Report) -> Evidence:
    """The answer to each question about fairness; of a counterexample, the steps before its round and those of it."""
    figures: dict[str, Any] = {}
    wrong = []
    for question in FAIRNESS:
        report(question.name)
        found = answer(question)
        figures[question.name] = tuple(found)
        if found.verdict != question.expected:
            wrong.append(f"{question.name} is {found.verdict}: {question.sentence}")
    return Evidence("violated" if wrong else "holds", figures, "\n".join(wrong))


def acyclic(report: Report) -> Evidence:
    """No run of a bounded program comes back to a state: what a rank implies, seen without one."""
    figures: dict[str, Any] = {}
    for name, scenarios in (("go", LEGAL), ("strict", tuple(SCENARIOS))):
        report(name)
        found = [cycles(PROTOCOLS[name], SCENARIOS[one](*size)) for one in scenarios for size in UP_TO_TWO]
        figures[name] = (sum(one.states for one in found), sum(one.on_a_cycle for one in found))
    on_a_cycle = [name for name, (_, round_trips) in figures.items() if round_trips]
    return Evidence("violated" if on_a_cycle else "holds", figures, ", ".join(on_a_cycle))


def raced(rule: Rule) -> Check:
    """Which of the seventeen programs of Go's race detector tests race, by one reading of what orders events."""

    def check(_report: Report) -> Evidence:
        found = verdicts(rule)
        wrong = surprises(found, rule)
        return Evidence(
            "violated" if wrong else "holds", {name: str(one) for name, one in found.items()}, "\n".join(wrong)
        )

    return check


def ordered(report: Report) -> Evidence:
    """In the legal ones, a Wait returns only after every done() applied so far. The figures are states."""
    figures: dict[str, int] = {}
    early = []
    for case in CASES:
        if case.legal:
            report(case.name)
            found = early_returns(case)
            figures[case.name] = found.states
            early += [f"{case.name}: {', '.join(found.run)}"] if found.step else []
    return Evidence("violated" if early else "holds", figures, "\n".join(early))


def shown_in_go(finding: GoFinding) -> Check:
    """The runs that show what is wrong with Go are found again."""
    return lambda _report: found_again(finding)


MODELS = (
    Claim(
        "state-counts",
        "The explorer finds the same numbers of states, transitions and steps as Spin, TLC and Murphi.",
        Kind.EXHAUSTIVE,
        "legal to 3 x 3, reuse to 2 x 2",
        counted(
            [("legal", size) for size in ((1, 1), (2, 1), (2, 2), (3, 2), (3, 3))]
            + [("reuse", size) for size in ((1, 1), (2, 2))]
        ),
    ),
    Claim(
        "go-legal-use",
        "In legal programs, every run of Go's protocol ends with all calls returned, the word zero and no permit left.",
        Kind.EXHAUSTIVE,
        "pre-added, nested, mixed at 4 x 4",
        explored("go", [(SCENARIOS[name], (4, 4)) for name in LEGAL]),
    ),
    Claim(
        "go-misuse",
        "Each scenario ends, in Go's protocol, in exactly the outcomes that are pinned for it, misuse included.",
        Kind.EXHAUSTIVE,
        "10 scenarios at 2 x 2",
        outcomes(PROTOCOLS["go"], (2, 2)),
    ),
    Claim(
        "strict-every-use",
        "In every scenario, strict's word counts its waiters, and whoever is blocked waits for outstanding work.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 3 x 3",
        explored("strict", [(build, (3, 3)) for build in SCENARIOS.values()]),
    ),
    Claim(
        "go-conforms",
        "In legal programs, every run of Go's protocol has an explanation in the contract.",
        Kind.EXHAUSTIVE,
        "pre-added, nested, mixed at 3 x 3",
        refined("go", [(SCENARIOS[name], (3, 3)) for name in LEGAL]),
    ),
    Claim(
        "strict-conforms",
        "In every scenario, every run of strict has an explanation in the contract.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 3 x 2",
        refined("strict", [(build, (3, 2)) for build in SCENARIOS.values()]),
    ),
    Claim(
        "strict-conforms-beyond",
        "The same with a third waiter.",
        Kind.EXHAUSTIVE,
        "13 scenarios at 3 x 3",
        refined("strict", [(build, (3, 3)) for build in SCENARIOS.values()]),
        full=True,
    ),
    Claim(
        "bounded-programs-end",
        "No run can come back to a state: what the ranks imply, found by another engine.",
        Kind.EXHAUSTIVE,
        "3 legal scenarios of go, 13 of strict, up to 2 x 2",
        acyclic,
    ),
    Claim(
        "fairness",
        "Beside threads that wait for ever, progress needs a fair scheduler, and a semaphore that withholds no permit.",
        Kind.EXHAUSTIVE,
        "6 programs, 5 of them endless; that they are enough, in one of them",
        fair,
    ),
    Claim(
        "races",
        "Of the seventeen programs of Go's race detector tests, exactly the six race that must, as Done promises.",
        Kind.EXHAUSTIVE,
        "every interleaving at Go's own sizes",
        raced(PROMISE),
    ),
    Claim(
        "races-between-atomics",
        "By the order of the atomic operations alone two of the six races are hidden, and none is added.",
        Kind.EXHAUSTIVE,
        "every interleaving; RaceWaitGroupReuse with two generations of two workers",
        raced(ATOMICS),
        full=True,
    ),
    Claim(
        "order-of-events",
        "In the legal ones every done() applied happens before each later return of a Wait: vector clocks say so too.",
        Kind.EXHAUSTIVE,
        "every interleaving of eleven programs at Go's own sizes",
        ordered,
    ),
    *(
        Claim(
            finding.id,
            finding.sentence,
            Kind.EXHAUSTIVE,
            "shortest runs, bit for bit; every run of strict in the same programs",
            shown_in_go(finding),
        )
        for finding in FINDINGS
    ),
)
