"""The page of results, `docs/conformance.md`, from what was played."""

import shlex
from collections.abc import Iterable, Iterator
from itertools import groupby

from tests.conformance.subjects import Implementation

from waitgroup_proofs.conformance.conductor import Played, Verdict
from waitgroup_proofs.conformance.kit import Report, failures
from waitgroup_proofs.report.markdown import table

Row = tuple[Implementation, Report | None, str]

HEAD = """# What the kit says of other implementations

`make conformance` writes this page: it installs what is missing, builds the drivers, and plays the cases of
`tests/vectors/` on each. A case is a bounded program, and what may come of it is computed by exploring the contract;
races were tried three times each, so a race that seldom shows can have been missed.

*Passed*: nothing was seen that the contract does not allow. *Acceptable*: a misuse ended as it can in Go. *Finding*: Go
does what its model does, and the contract does not allow it (see [findings](findings.md)). *Failed*: something else was
seen; that is no judgement of a program that never uses the group in this way. *Not applicable*: the implementation has
no such call, or leaves open what it does.
"""


def page(rows: list[Row]) -> str:
    """All of it."""
    counted = table(("implementation", "language", "version", *Verdict), map(played, rows))
    return "\n".join([HEAD, counted, "", *(line for row in rows for line in details(row))]).rstrip() + "\n"


def played(row: Row) -> tuple[str, ...]:
    """A row for an implementation: how many cases had each verdict."""
    implementation, report, told = row
    cells = (implementation.name, implementation.language)
    if report is None:
        return (*cells, f"not played: {told}", *("" for _ in Verdict))
    counts = (sum(report.counts(family)[verdict] for family in report.played) for verdict in Verdict)
    return (*cells, report.hello.version, *(str(number or "") for number in counts))


def details(row: Row) -> Iterator[str]:
    """What did not pass, and the command that shows it again."""
    implementation, report, _ = row
    wrong = list(failures(report)) if report else []
    if not wrong:
        return
    yield f"## {implementation.name} ({implementation.language})"
    yield ""
    yield "```console"
    yield f"waitgroup conform -- {shlex.join(shown(implementation.command))}"
    yield "```"
    yield ""
    for verdict, some in groupby(sorted(wrong, key=order), key=lambda one: one[1].verdict):
        yield from told(verdict, some)
    yield ""


def shown(command: Iterable[str]) -> list[str]:
    """The command without the place of this machine's interpreter."""
    first, *others = command
    return [".venv/bin/python" if first.startswith("/") else first, *others]


def order(one: tuple[str, Played]) -> tuple[str, str, str]:
    """By verdict, then by finding and family."""
    family, played = one
    return played.verdict, played.case.finding, family


def told(verdict: Verdict, some: Iterable[tuple[str, Played]]) -> Iterator[str]:
    """The cases with one verdict."""
    for family, played in some:
        mark = f" {played.case.finding}" if verdict is Verdict.FINDING else ""
        yield f"* {verdict}{mark}: `--only {family}/{played.case.name}`: {played.told}"
