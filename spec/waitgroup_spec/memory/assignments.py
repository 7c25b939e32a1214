"""Every assignment of orderings to the sites of a program: which pass, which are minimal, and a sanity check."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import product
from math import prod

from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Model, Ordering, Program
from waitgroup_spec.memory.search import explore

#: The orderings that C, C++ and Rust allow.
LOADS = (RELAXED, ACQUIRE)
STORES = (RELAXED, RELEASE)
UPDATES = (RELAXED, ACQUIRE, RELEASE, ACQ_REL)

RELAXED_ONLY = (RELAXED,)

#: Which orderings each site may have.
Choices = Mapping[str, tuple[Ordering, ...]]
#: One ordering for each site, in the order of the choices.
Assignment = tuple[Ordering, ...]


def assignments(choices: Choices) -> Iterator[Assignment]:
    """Every assignment, the weakest first."""
    return product(*choices.values())


def count(choices: Choices) -> int:
    """How many assignments there are."""
    return prod(len(orderings) for orderings in choices.values())


def passing(
    programs: Iterable[tuple[Program, str]],
    choices: Choices,
    model: Model = Model.CPP20,
    report: Callable[[str], None] = lambda _said: None,
) -> frozenset[Assignment]:
    """The assignments under which no program has a flaw. Each further program only sees those that are left.

    A program comes with what is told of it while it is tried.
    """
    left = list(assignments(choices))
    for program, name in programs:
        passed = []
        for number, assignment in enumerate(left):
            report(f"{name}: {number:,} of {len(left):,} assignments")
            orderings = dict(zip(choices, assignment, strict=True))
            if explore(program, orderings, model, symmetry=True).flaw is None:
                passed.append(assignment)
        left = passed
    return frozenset(left)


def stronger(one: Assignment, other: Assignment) -> bool:
    """Whether `one` is at least as strong as `other` at every site."""
    return all(weak in strong for strong, weak in zip(one, other, strict=True))


def minima(passed: Collection[Assignment]) -> frozenset[Assignment]:
    """Those that are stronger than no other one."""
    return frozenset(one for one in passed if not any(one != other and stronger(one, other) for other in passed))


def breaches(passed: Collection[Assignment], choices: Choices) -> list[tuple[Assignment, Assignment]]:
    """Where strengthening breaks what passed: there must be none, or the model is wrong."""
    failed = [assignment for assignment in assignments(choices) if assignment not in passed]
    return [(weak, strong) for weak in passed for strong in failed if stronger(strong, weak)]
