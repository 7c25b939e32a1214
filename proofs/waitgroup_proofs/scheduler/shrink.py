"""Simpler counterexamples: the same violation with fewer switches between threads, and never in more steps.

What is hard to follow in a schedule is where a call is stopped although it could go on. So a few changes are tried,
one after the other, each on the real code: leave a thread out, leave steps out, let a thread go on where it was
stopped, let it come later. A change stays if the same violation shows and the schedule is simpler. Nothing is random,
and the number of runs is bounded, so that the same schedule always becomes the same one.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from waitgroup_proofs.scheduler.boundaries import interrupted
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import run_of
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Schedule, Violation
from waitgroup_proofs.scheduler.search import Found
from waitgroup_proofs.scheduler.target import Bench

#: So many changes are tried.
MOST_RUNS = 400
#: So many steps may be missing at the end: what a blocked thread does before it comes to where it is blocked.
MOST_MISSING = 20


class Cost(NamedTuple):
    """How hard a schedule is to follow: how many calls are stopped although they could go on, parts, and steps.

    A part is what one thread does without another in between.
    """

    preemptions: int
    parts: int
    steps: int


class Tried(NamedTuple):
    """A schedule that shows a violation."""

    sentence: str
    schedule: Schedule
    cost: Cost


def shrunk(bench: Bench, found: Found, most_runs: int = MOST_RUNS) -> Found:
    """The same violation, or the same of other threads, by a simpler schedule: every shared access a step, as `bench`.

    A violation that no single step shows, such as a run that never ends, is left as it is.
    """
    kind = about_somebody(bench, found.sentence)
    whole = len(found.finest)
    best = followed(bench, found.finest, whole) or followed(bench, found.finest, whole + MOST_MISSING)
    if best is None or about_somebody(bench, best.sentence) != kind:
        return found
    known = {found.finest}
    simpler: Tried | None = best
    while simpler is not None:
        best, simpler = simpler, None
        for schedule in changed(best.schedule):
            if len(known) > most_runs:
                break
            if schedule in known:
                continue
            known.add(schedule)
            tried = followed(bench, schedule, best.cost.steps)
            if tried is not None and tried.cost < best.cost and about_somebody(bench, tried.sentence) == kind:
                simpler = tried
                break
    return Found(best.sentence, best.schedule, best.schedule)


def about_somebody(bench: Bench, sentence: str) -> str:
    """The sentence without saying which threads it is about, or how many."""
    names = "|".join(map(re.escape, sorted(bench.scenario.thread_names, key=len, reverse=True)))
    return re.sub(rf"\b({names})( and ({names}))*( (is|are))?\b", "somebody", sentence)


def followed(bench: Bench, schedule: Schedule, most_steps: int) -> Tried | None:
    """Follow a schedule as far as it goes, then let threads go on one after the other; None if nothing is wrong.

    A step that cannot be made is left out.
    """
    preemptions = 0
    with run_of(bench) as run:
        try:
            run.follow(())
            for choice in followable(run, schedule, most_steps):
                preemptions += preempting(run, choice)
                run.step(choice)
        except Violation as violation:
            made = tuple(run.schedule)
            parts = sum(1 for _ in groupby(choice.thread for choice in made))
            return Tried(str(violation), made, Cost(preemptions, parts, len(made)))
        except UnsupportedTarget:  # where the search did not come to
            return None
    return None


def preempting(run: Run, choice: Choice) -> bool:
    """Whether the step stops another thread, in the middle of a call, that could go on."""
    last = run.schedule[-1] if run.schedule else choice
    return last.thread != choice.thread and run.threads[last.thread].invoked and possible(run, Choice(last.thread))


def possible(run: Run, choice: Choice) -> bool:
    """Whether the step can be made. Where an interrupt can come is costly to find out, so it is asked only for one."""
    return choice in (run.choices() if interrupted(choice.how).injection else Run.choices(run))


def followable(run: Run, schedule: Schedule, most_steps: int) -> Iterator[Choice]:
    """The steps of the schedule that can be made when they are due, and then those of whoever can go on."""
    for choice, several in groupby(schedule):
        for _ in several:
            if not possible(run, choice) or len(run.schedule) >= most_steps:
                break
            yield choice
    while len(run.schedule) < most_steps:
        ready = [choice for choice in Run.choices(run) if choice.how == "run"]
        if not ready:
            return
        last = run.schedule[-1].thread if run.schedule else 0
        yield Choice(last) if Choice(last) in ready else ready[0]


def changed(schedule: Schedule) -> Iterator[Schedule]:
    """Schedules that may be simpler, the greatest changes first."""
    for thread in sorted({choice.thread for choice in schedule}):
        yield tuple(choice for choice in schedule if choice.thread != thread)
    parts = [tuple(part) for _, part in groupby(schedule, key=lambda choice: choice.thread)]
    for number, part in enumerate(parts):
        before, after = joined(parts[:number]), joined(parts[number + 1 :])
        yield before + part  # whoever can goes on to the end
        yield from (before + part[:count] + after for count in range(len(part)))
        yield before + part + (Choice(part[0].thread),) * len(schedule) + after
        later = [n for n in range(number + 1, len(parts)) if parts[n][0].thread == part[0].thread]
        if later:
            yield from moved(before, part, joined(parts[number + 1 : later[0]]), parts[later[0]], parts[later[0] + 1 :])


def moved(
    before: Schedule, part: Schedule, between: Schedule, next_part: Schedule, rest: list[Schedule]
) -> Iterator[Schedule]:
    """The two parts of one thread with less of the thread behind, or before, what stands between them."""
    after = joined(rest)
    for count in range(len(next_part), 0, -1):
        yield before + part + next_part[:count] + between + next_part[count:] + after
    for count in range(len(part)):
        yield before + part[:count] + between + part[count:] + next_part + after


def joined(parts: list[Schedule]) -> Schedule:
    """One schedule of several."""
    return tuple(choice for part in parts for choice in part)
