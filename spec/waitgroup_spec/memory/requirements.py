"""What each site of a protocol needs: all minima among its assignments, and what each weakening of one breaks.

The claim is as wide as the search and no wider: minimal under RC11 without load buffering, exhaustive over the
assignments in the program `pre-added` at the sizes of `Subject.searched`. In the other programs only the minima are
looked at, and at the sizes `beyond` only the minima and their weakenings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from waitgroup_spec.memory.assignments import Choices, breaches, count, minima, passing
from waitgroup_spec.memory.ordering import ACQUIRE, RELEASE, Model, Ordering
from waitgroup_spec.memory.programs import PROGRAMS, pre_added
from waitgroup_spec.memory.search import Exploration, Flaw, explore
from waitgroup_spec.memory.subjects import Subject
from waitgroup_spec.scenarios import Size, by

#: Told what is being looked at.
Report = Callable[[str], None]


class Weakening(NamedTuple):
    """One site of a minimum, one step weaker: the smallest size at which that goes wrong, and a shortest way there."""

    site: str
    ordering: Ordering
    size: Size
    flaw: Flaw
    choices: tuple[int, ...]


class Minimum(NamedTuple):
    """An assignment that passes, and none weaker does."""

    orderings: dict[str, Ordering]
    weakenings: tuple[Weakening, ...]


class Requirements(NamedTuple):
    """The answer for one protocol: how many assignments there are and how many pass, and the minima.

    `breaches`: how often a stronger assignment fails where a weaker one passes. `failures`: programs, by name and size,
    in which a minimum goes wrong. Both must be empty; if they are not, the model or the claim is wrong.
    """

    subject: Subject
    assignments: int
    passed: int
    minima: tuple[Minimum, ...]
    breaches: int
    failures: tuple[tuple[str, Size, Flaw], ...]

    @property
    def verdict(self) -> str:
        """`holds` if there is a minimum, and nothing speaks against it."""
        return "holds" if self.minima and not self.breaches and not self.failures else "violated"


def quiet(_said: str) -> None:
    """Tells nobody."""


def requirements(subject: Subject, model: Model = Model.CPP20, report: Report = quiet) -> Requirements:
    """Search all assignments, then the minima's weakenings and the other programs."""
    passed = passing(
        [(pre_added(subject, size), by(size)) for size in subject.searched],
        subject.choices,
        model,
        report,
    )
    found, failures = [], []
    for assignment in sorted(minima(passed), key=str):
        orderings = dict(zip(subject.choices, assignment, strict=True))
        report("the weakenings of a minimum")
        found.append(Minimum(orderings, tuple(weakenings(subject, orderings, model))))
        for name, size in elsewhere(subject):
            report(f"a minimum in {name} {by(size)}")
            flaw = explore(PROGRAMS[name](subject, size), orderings, model, symmetry=True).flaw
            failures += [(name, size, flaw)] if flaw else []
    return Requirements(
        subject,
        count(subject.choices),
        len(passed),
        tuple(found),
        len(breaches(passed, subject.choices)),
        tuple(failures),
    )


def elsewhere(subject: Subject) -> Iterator[tuple[str, Size]]:
    """The other programs that the protocol has the calls for."""
    for name in PROGRAMS:
        if name != "pre-added" and (subject.adds or name not in ("nested", "started")):
            yield from ((name, size) for size in subject.searched)


def one_step_weaker(orderings: Mapping[str, Ordering], choices: Choices) -> Iterator[tuple[str, Ordering]]:
    """Each site without one of the two things that its ordering does."""
    for site, ordering in orderings.items():
        for part in (ACQUIRE, RELEASE):
            weaker = ordering & ~part
            if weaker != ordering and weaker in choices[site]:
                yield site, weaker


def weakenings(subject: Subject, orderings: Mapping[str, Ordering], model: Model = Model.CPP20) -> Iterator[Weakening]:
    """What each weakening of a minimum breaks. Raises AssertionError if one breaks nothing: then it is no minimum."""
    for site, weaker in one_step_weaker(orderings, subject.choices):
        for size in subject.searched:
            found = explore(pre_added(subject, size), {**orderings, site: weaker}, model)
            if found.flaw:
                yield Weakening(site, weaker, size, found.flaw, found.choices)
                break
        else:
            raise AssertionError(f"{site} may be {weaker}: this is no minimum")


def beyond(
    subject: Subject, orderings: Mapping[str, Ordering], sizes: Iterable[Size]
) -> Iterator[tuple[Size, Exploration, list[str]]]:
    """At each size, the search under a minimum, and the sites that could be weaker there: none, if it is one."""
    for size in sizes:
        text = pre_added(subject, size)
        weak = [
            f"{site}={weaker}"
            for site, weaker in one_step_weaker(orderings, subject.choices)
            if explore(text, {**orderings, site: weaker}, symmetry=True).flaw is None
        ]
        yield size, explore(text, orderings, symmetry=True), weak
