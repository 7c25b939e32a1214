"""What is claimed of memory orderings: what each atomic operation needs, as far as was searched and no further."""

from collections.abc import Iterable
from typing import Any

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.claims.tested import passing as tests_pass
from waitgroup_proofs.evidence import Check, Evidence, Report
from waitgroup_spec.memory.hazards import HAZARDS
from waitgroup_spec.memory.minima import MINIMA
from waitgroup_spec.memory.ordering import Model
from waitgroup_spec.memory.programs import pre_added
from waitgroup_spec.memory.requirements import beyond, requirements, weakenings
from waitgroup_spec.memory.search import explore
from waitgroup_spec.memory.subjects import SUBJECTS
from waitgroup_spec.scenarios import Size, by


def searched(names: Iterable[str]) -> Check:
    """All assignments have just the pinned minima; these hold, and each weakening fails, at the sizes beyond.

    The figures are, of each protocol, how many assignments there are and how many pass.
    """

    def check(report: Report) -> Evidence:
        figures: dict[str, Any] = {}
        wrong = []
        for name in names:
            found = requirements(SUBJECTS[name], report=report)
            figures[name] = (found.assignments, found.passed)
            pinned = [orderings for subject, orderings in MINIMA.values() if subject is SUBJECTS[name]]
            if found.verdict != "holds" or [minimum.orderings for minimum in found.minima] != pinned:
                wrong.append(f"{name}: other minima than those pinned, or one that fails elsewhere")
            for orderings in pinned:
                wrong += unlike(name, orderings, SUBJECTS[name].beyond, report)
        return Evidence("violated" if wrong else "holds", figures, "\n".join(wrong))

    return check


def unlike(name: str, orderings: Any, sizes: Iterable[Size], report: Report) -> list[str]:
    """Where a minimum fails, or one of its weakenings does not."""
    wrong = []
    for size, found, weak in beyond(SUBJECTS[name], orderings, sizes):
        report(f"{name} at {by(size)}")
        wrong += [f"{name} at {by(size)}: {found.flaw.what}"] if found.flaw else []
        wrong += [f"{name} at {by(size)}: {one} is enough" for one in weak]
    return wrong


def minimal(report: Report) -> Evidence:
    """Each pinned minimum passes at every size of the search, and each weakening of it fails at one of them.

    The figures are, of each minimum, the states at each size, and the steps to the flaw of each weakening.
    """
    figures: dict[str, Any] = {}
    wrong = []
    for name, (subject, orderings) in MINIMA.items():
        report(name)
        found = [explore(pre_added(subject, size), orderings, symmetry=True) for size in subject.searched]
        wrong += [f"{name}: {one.flaw.what}" for one in found if one.flaw]
        figures[name] = (
            tuple(one.states for one in found),
            {f"{one.site}={one.ordering}": len(one.flaw.steps) for one in weakenings(subject, orderings)},
        )
    return Evidence("violated" if wrong else "holds", figures, "\n".join(wrong))


def beyond_repair(_report: Report) -> Evidence:
    """Each hazard goes wrong under sequential consistency. The figures are the steps to it."""
    flaws = {name: explore(hazard.program, model=Model.SEQUENTIAL).flaw for name, hazard in HAZARDS.items()}
    figures = {name: len(flaw.steps) for name, flaw in flaws.items() if flaw}
    fine = [name for name, flaw in flaws.items() if not flaw]
    return Evidence("violated" if fine else "holds", figures, ", ".join(fine))


ORDERINGS = (
    Claim(
        "orderings",
        "Each minimum of memory orderings of go, strict_cas, latch and zig suffices, and no weakening of it does.",
        Kind.EXHAUSTIVE,
        "six minima under RC11 without load buffering, at the sizes of the search",
        minimal,
    ),
    Claim(
        "orderings-of-go",
        "Go's algorithm has two minima: the last Done is acq_rel, or it releases and the load after it acquires.",
        Kind.EXHAUSTIVE,
        "minimal under RC11 without load buffering, exhaustive over 4,096 assignments up to 2 workers and 2 waiters; "
        "the minima hold and every weakening fails at (3,2) and (2,3)",
        searched(["go"]),
        full=True,
    ),
    Claim(
        "orderings-of-others",
        "A compare-and-swap that resets too has one minimum, a latch has one, and Zig's has two: of 1,024, 8, 4,096.",
        Kind.EXHAUSTIVE,
        "the same, of zig with one waiter; the minima hold and every weakening fails with one thread more",
        searched(["strict_cas", "latch", "zig"]),
        full=True,
    ),
    Claim(
        "no-ordering-repairs",
        "Four mistakes go wrong whatever the orderings: three free the group while it is in use, one strands a waiter.",
        Kind.EXHAUSTIVE,
        "one worker and one waiter, under sequential consistency",
        beyond_repair,
    ),
    Claim(
        "memory-model",
        "The memory model allows what litmus tests and an independent axiomatic checker allow, and no more.",
        Kind.TESTED,
        "55 litmus tests, 1,000 random programs, all outcomes; examples in C11, C++20 and Rust as they are written",
        tests_pass(
            *(f"spec/memory/test_{name}.py" for name in ("litmus", "updates", "axiomatic", "snippets")),
            marked="not slow",
        ),
        full=True,
    ),
)
