"""What speaks against a claim: a headline, and the run that shows it, ready to be read."""

from collections.abc import Sequence
from typing import NamedTuple

from waitgroup_proofs.refinement import Refinement
from waitgroup_proofs.report.schedule import drawn
from waitgroup_proofs.report.tables import WIDTH, as_text, run_table
from waitgroup_proofs.scheduler.replay import Replay, Token, prepared, replay
from waitgroup_proofs.scheduler.search import Search
from waitgroup_proofs.scheduler.shrink import shrunk
from waitgroup_spec.explorer import Exploration
from waitgroup_spec.scenarios import Size

#: So many further findings are named; a break in one place shows in many.
MOST_NAMED = 8


class Counterexample(NamedTuple):
    """What is wrong with real code, the token that shows it, and what happens when that is followed."""

    sentence: str
    token: Token
    replayed: Replay


class Finding(NamedTuple):
    """One thing that does not hold; `run` is empty where there is none to show."""

    headline: str
    run: str = ""


def of_exploration(found: Exploration) -> list[Finding]:
    """The properties that do not hold, each with a shortest run that shows it."""
    return [
        Finding(
            f"{verdict.verdict} in {found.system.scenario.name}: {verdict.property.sentence}",
            as_text(run_table(found.system, verdict.path)) if verdict.path else "",
        )
        for verdict in found.verdicts
        if verdict.verdict != "holds"
    ]


def of_refinement(found: Refinement) -> list[Finding]:
    """A shortest run that the contract has no explanation for."""
    if not found.violation:
        return []
    headline = f"{found.system.scenario.name}: a run that the contract does not explain"
    return [Finding(headline, as_text(run_table(found.system, found.violation)))]


def counterexample(found: Search, mutant: str, size: Size, foreign: str = "") -> Counterexample:
    """The violation that a search has found, made simpler, as a token and as what it replays.

    `foreign` names somebody else's class; it is empty for production and its mutants.
    """
    assert found.violation is not None
    token = Token(mutant, found.scenario.name, *size, "", (), foreign)
    _, digest, bench = prepared(token)
    simplest = shrunk(bench, found.violation)
    token = token._replace(digest=digest, schedule=simplest.finest)
    return Counterexample(simplest.sentence, token, replay(token))


def of_search(found: Search, mutant: str, size: Size, width: int = WIDTH) -> list[Finding]:
    """The violation, the schedule step by step, and the token that replays it."""
    name = found.scenario.name
    if found.violation is None:
        cut = f"{name}: cut short after {found.runs:,} runs and {found.states:,} states"
        return [] if found.exhausted else [Finding(cut)]
    shows = counterexample(found, mutant, size)
    return [Finding(f"{name}: {shows.sentence}", f"{drawn(shows.replayed, width).plain}\n\n{again(shows.token)}")]


def again(token: Token) -> str:
    """The command that replays a token."""
    return f"waitgroup replay '{token}'"


def shown(findings: Sequence[Finding]) -> str:
    """The finding with the shortest run in full, and the headlines of the others."""
    if not findings:
        return ""
    first = min(findings, key=lambda finding: (not finding.run, finding.run.count("\n")))
    others = [finding.headline for finding in findings if finding is not first]
    more = [f"and {len(others) - MOST_NAMED} more"] if len(others) > MOST_NAMED else []
    return "\n".join([first.headline, first.run, *others[:MOST_NAMED], *more])
