"""A result as a page: the schedule to step through, or what a search has covered."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from waitgroup_proofs.pages.html import rendered
from waitgroup_proofs.pages.runs import program_in_words
from waitgroup_proofs.report.schedule import access, folded, shown_threads, with_word
from waitgroup_proofs.report.states import colour
from waitgroup_proofs.scheduler.interrupts import program
from waitgroup_proofs.scheduler.replay import Position, Replay, Step, Token
from waitgroup_spec.scenarios import by

COVERED = (
    "Every interleaving of the shared accesses of the code under test, sequentially consistent. Accesses that no other "
    "thread can tell apart from their neighbours share a step. States that are equal, or differ only by which of "
    "several identical threads is which, were looked at once."
)


class Result(NamedTuple):
    """What a page is about: a verdict on a target, in a sentence, and what speaks for it.

    `scenarios` are the rows of the table that `waitgroup check` shows.
    """

    verdict: str
    target: str
    sentence: str
    token: Token | None = None
    replayed: Replay | None = None
    scenarios: Sequence[Sequence[str]] = ()


def page(result: Result) -> str:
    """The page. Equal results give equal pages."""
    return rendered(
        "schedule",
        verdict=result.verdict,
        target=result.target,
        sentence=result.sentence,
        about=about(result.token) if result.token else [],
        command=f"waitgroup replay '{result.token}'" if result.token else "",
        scenarios=result.scenarios,
        covered=COVERED,
        **(schedule_of(result.replayed) if result.replayed and result.replayed.steps else {"rows": []}),
    )


def about(token: Token) -> list[str]:
    """Which program was run."""
    said = program(token.scenario, token.workers, token.waiters)
    return [f"{said.name}, {by((token.workers, token.waiters))}: {said.sentence}", program_in_words(said)]


def schedule_of(replayed: Replay) -> dict[str, Any]:
    """What the template needs for the schedule: the rows and the source, and the steps as data for the script."""
    return {
        "rows": list(folded(replayed.steps)),
        "columns": shown_threads(replayed),
        "has_word": with_word(replayed),
        "access": access,
        "sources": [(Path(file).name, lines) for file, lines in replayed.sources.items()],
        "data": data_of(replayed),
    }


def data_of(replayed: Replay) -> dict[str, Any]:
    """The schedule as data; a position is the number of the file and that of the line."""
    names, columns = list(replayed.sources), shown_threads(replayed)

    def place(position: Position) -> tuple[int, int] | None:
        return (names.index(position[0]), position[1]) if position and position[0] in names else None

    return {
        "threads": replayed.threads,
        "colours": [colour(columns.index(n) if n in columns else 0) for n in range(len(replayed.threads))],
        "steps": [
            {
                "says": said(step),
                "word": None if step.counter is None else (step.counter, step.waiters),
                "position": place(step.position),
                "positions": [place(position) for position in step.positions],
                "ways": step.ways,
                "explanations": [(one.counter, *one.threads) for one in step.explanations],
            }
            for step in replayed.steps
        ],
    }


def said(step: Step) -> str:
    """A step as a line of text."""
    return ", ".join(part for part in (f"{step.thread} in {step.call}", access(step), step.place) if part)
