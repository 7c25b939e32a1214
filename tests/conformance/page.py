"""The page of results, `docs/conformance.md`, from what was played."""

import shlex
from collections.abc import Iterable, Iterator
from itertools import groupby

from tests.conformance.subjects import Implementation

from waitgroup_proofs.conformance.conductor import Played, Verdict
from waitgroup_proofs.conformance.kit import Report, failures

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
    return "\n".join([HEAD, *table(rows), "", *(line for row in rows for line in details(row))]).rstrip() + "\n"


def table(rows: list[Row]) -> Iterator[str]:
    """A row for each implementation."""
    yield "| implementation | language | version | " + " | ".join(Verdict) + " |"
    yield "|---|---|---|" + "---|" * len(Verdict)
    for implementation, report, told in rows:
        cells = [implementation.name, implementation.language]
        if report is None:
            yield f"| {' | '.join(cells)} | not played: {told} |" + " |" * len(Verdict)
            continue
        counts = [sum(report.counts(family)[verdict] for family in report.played) for verdict in Verdict]
        yield f"| {' | '.join([*cells, report.hello.version])} | " + " | ".join(str(n or "") for n in counts) + " |"


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


def between(text: str, mark: str, lines: Iterable[str], by: str = "make conformance") -> str:
    """The text with other lines between its two marks. Raises ValueError if they are not there."""
    before, begun, rest = text.partition(f"<!-- {mark}: written by {by} -->\n")
    _, ended, after = rest.partition(f"<!-- end of {mark} -->")
    if not begun or not ended:
        raise ValueError(f"the page has no place for {mark}")
    return "".join([before, begun, *(f"{line}\n" for line in lines), ended, after])
