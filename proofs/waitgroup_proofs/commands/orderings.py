"""`waitgroup orderings PROTOCOL`: the weakest memory orderings of its sites, or whether these ones are enough."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.names import Name
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.report.orderings import claim, minimum_table, run_table
from waitgroup_proofs.report.tables import coloured
from waitgroup_spec.memory.hazards import HAZARDS
from waitgroup_spec.memory.ordering import Model, Ordering, Program
from waitgroup_spec.memory.programs import PROGRAMS
from waitgroup_spec.memory.requirements import requirements
from waitgroup_spec.memory.search import Exploration, explore
from waitgroup_spec.memory.subjects import SUBJECTS, Subject
from waitgroup_spec.scenarios import by

SIZE = click.IntRange(min=1, max=9)
RULES = {"c++20": Model.CPP20, "rust": Model.CPP20, "c++11": Model.CPP11, "c17": Model.CPP11}
ORDERINGS = {str(ordering): ordering for ordering in Ordering.__members__.values()}
#: Two hundred times as many as Go's algorithm has at 3 x 3.
MAX_STATES = 2_000_000


@click.command()
@click.argument("protocol", type=Name("protocol", [*SUBJECTS, *HAZARDS]), metavar="PROTOCOL")
@click.option(
    "--assign",
    "assigned",
    multiple=True,
    metavar="SITE=ORDER",
    help="Ask whether these orderings are enough; other sites have the strongest they may have. Give it repeatedly.",
)
@click.option(
    "--rules",
    type=Name("language", RULES),
    metavar="NAME",
    default="c++20",
    help=f"Whose release sequences: {', '.join(RULES)}; c++20 if you do not say.",
)
@click.option(
    "--workers", type=SIZE, metavar="N", help="With --assign: this many workers, not each size of the search."
)
@click.option("--waiters", type=SIZE, metavar="N", help="With --assign: this many waiters.")
@click.option(
    "--program",
    type=Name("program", PROGRAMS),
    metavar="NAME",
    default="pre-added",
    help=f"With --assign: {', '.join(PROGRAMS)}; pre-added if you do not say.",
)
@json_option
def orderings(
    protocol: str,
    assigned: tuple[str, ...],
    rules: str,
    workers: int | None,
    waiters: int | None,
    program: str,
    json_file: str | None,
) -> int:
    """Find the weakest memory orderings of a protocol's atomic steps.

    Without --assign all assignments are searched, under RC11 without load buffering: every minimum, and what each
    weakening of it breaks. With it: ok, or the shortest bad execution, with the step whose value each read took and
    what the thread knows afterwards.

    PROTOCOL is go, strict_cas, latch or zig; or a mistake that no ordering repairs: notify-after-zero,
    event-in-the-object, field-after-posting, two-words.

    Examples:

    \b
      waitgroup orderings latch
      waitgroup orderings go  # about a minute
      waitgroup orderings go --assign reset=relaxed  # exits 1
      waitgroup orderings two-words  # exits 1
    """
    model = RULES[rules]
    asked = bool(assigned or workers or waiters or program != "pre-added")
    if protocol in HAZARDS:
        if asked or rules != "c++20":
            raise click.UsageError(f"{protocol} has no sites: it goes wrong whatever the orderings and rules are")
        hazard = HAZARDS[protocol]
        about = f"{hazard.sentence}\n{hazard.instead}\nUnder sequential consistency already:\n"
        return judged([(protocol, hazard.program)], {}, Model.SEQUENTIAL, json_file, about)
    subject = SUBJECTS[protocol]
    if not asked:
        return searched(subject, model, json_file)
    if (workers is None) != (waiters is None):
        raise click.UsageError("give --workers and --waiters together")
    sizes = subject.searched if workers is None or waiters is None else ((workers, waiters),)
    try:
        texts = [(f"{program} at {by(size)}", PROGRAMS[program](subject, size)) for size in sizes]
    except ValueError as error:
        raise click.UsageError(f"{protocol} cannot run {program}: {error}") from None
    return judged(texts, strongest(subject) | parsed(subject, assigned), model, json_file)


def strongest(subject: Subject) -> dict[str, Ordering]:
    """The strongest ordering that each site may have."""
    return {site: choices[-1] for site, choices in subject.choices.items()}


def parsed(subject: Subject, assigned: tuple[str, ...]) -> dict[str, Ordering]:
    """The orderings of the sites that are named. Raises UsageError for what is no site, or no ordering of it."""
    chosen: dict[str, Ordering] = {}
    for text in assigned:
        site, equals, name = text.partition("=")
        if not equals or site not in subject.choices:
            raise click.UsageError(f"--assign {text}: give SITE=ORDER with a site of {', '.join(subject.choices)}")
        allowed = [str(ordering) for ordering in subject.choices[site]]
        if name not in allowed:
            raise click.UsageError(f"--assign {text}: {site} may be {', '.join(allowed)}")
        if site in chosen:
            raise click.UsageError(f"--assign {text}: {site} has an ordering already")
        chosen[site] = ORDERINGS[name]
    return chosen


def as_json(chosen: Mapping[str, Ordering]) -> dict[str, str]:
    """The assignment by names."""
    return {site: str(ordering) for site, ordering in chosen.items()}


def judged(
    texts: list[tuple[str, Program]],
    chosen: Mapping[str, Ordering],
    model: Model,
    json_file: str | None,
    about: str = "",
) -> int:
    """Whether the orderings are enough in each of these programs; draws a shortest run to the first flaw."""
    states = 0
    result: dict[str, Any] = {"orderings": as_json(chosen), "rules": model.value}
    for name, text in texts:
        try:
            found = looked(name, text, chosen, model)
        except RuntimeError as error:
            said = f"{coloured('inconclusive')}: {name}: {error}"
            result |= {"verdict": "inconclusive", "program": name}
            return finish("inconclusive", json_file, result, partial(say, said))
        states += found.states
        if found.flaw is not None:
            result |= {"verdict": "violated", "program": name} | found.flaw._asdict()
            return finish("violated", json_file, result, partial(draw, about, name, text, chosen, found, model))
    names = ", ".join(name for name, _ in texts)
    result |= {"verdict": "holds", "programs": [name for name, _ in texts], "states": states}
    said = f"{coloured('holds')}: no flaw in {names} ({states:,} states up to symmetry)"
    return finish("holds", json_file, result, partial(say, said))


def say(said: str, out: Console) -> None:
    """One line."""
    out.print(said, highlight=False)


def looked(name: str, text: Program, chosen: Mapping[str, Ordering], model: Model) -> Exploration:
    """The search, with its progress shown."""
    with Counting(None, name) as working:
        return explore(
            text,
            chosen,
            model,
            MAX_STATES,
            symmetry=True,
            progress=lambda states: working.say(f"{name}: {states:,} of at most {MAX_STATES:,} states"),
        )


def draw(
    about: str,
    name: str,
    text: Program,
    chosen: Mapping[str, Ordering],
    found: Exploration,
    model: Model,
    out: Console,
) -> None:
    """The run to the flaw, after what there is to say of it."""
    assert found.flaw is not None
    if about:
        out.print(about, highlight=False)
    out.print(f"{coloured('violated')}: {found.flaw.what}, {name}, {len(found.flaw.steps)} steps", highlight=False)
    out.print(run_table(text, chosen, found.choices, model))


def searched(subject: Subject, model: Model, json_file: str | None) -> int:
    """All minima, and what each weakening breaks."""
    with Counting(None, "searching") as working:
        found = requirements(subject, model, working.say)

    def show(out: Console) -> None:
        out.print(
            f"{subject.protocol.name}: {found.passed:,} of {found.assignments:,} assignments pass", highlight=False
        )
        for number, minimum in enumerate(found.minima, 1):
            out.print(f"\nminimum {number} of {len(found.minima)}", minimum_table(minimum), sep="\n", highlight=False)
        shown = "" if found.verdict == "holds" else "these are not shown to be "
        out.print(f"\n{coloured(found.verdict)}: {shown}{claim(found)}.", highlight=False)
        if found.breaches:
            out.print(f"strengthening breaks what passed, {found.breaches:,} times: the model is wrong")
        for name, size, flaw in found.failures:
            out.print(f"a minimum fails in {name} at {by(size)}: {flaw.what}")

    result = {
        "verdict": found.verdict,
        "protocol": subject.protocol.name,
        "rules": model.value,
        "claim": claim(found),
        "assignments": found.assignments,
        "passed": found.passed,
        "minima": [as_json(minimum.orderings) for minimum in found.minima],
        "weakenings": [
            [
                {
                    "site": one.site,
                    "ordering": str(one.ordering),
                    "workers": one.size[0],
                    "waiters": one.size[1],
                    "flaw": one.flaw.what,
                    "steps": list(one.flaw.steps),
                }
                for one in minimum.weakenings
            ]
            for minimum in found.minima
        ],
        "breaches": found.breaches,
        "failures": [
            {"program": name, "workers": size[0], "waiters": size[1], "flaw": flaw.what}
            for name, size, flaw in found.failures
        ],
    }
    return finish(found.verdict, json_file, result, show)
