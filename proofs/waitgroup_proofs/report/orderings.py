"""What the memory model found, drawn: the table of a protocol's sites, and runs with what each thread knows."""

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from waitgroup_proofs.report.tables import columns
from waitgroup_spec.memory.ordering import Model, Ordering, Program
from waitgroup_spec.memory.requirements import Minimum, Requirements
from waitgroup_spec.memory.trace import moments
from waitgroup_spec.scenarios import by

#: The steps of a run: number, thread, what it did, the step whose value it read, what it knows afterwards.
Row = tuple[str, str, str, str, str]
COLUMNS = ("step", "thread", "what it does", "reads from", "knows afterwards")


def run_rows(
    program: Program, orderings: Mapping[str, Ordering], choices: Sequence[int], model: Model = Model.CPP20
) -> Iterator[Row]:
    """A row for each step of the run in which these successors were taken."""
    for number, moment in enumerate(moments(program, orderings, choices, model), 1):
        source = "" if moment.from_step is None else f"step {moment.from_step}" if moment.from_step else "the start"
        old = "" if moment.newest or moment.from_step is None else ", not the newest"
        yield str(number), moment.thread, moment.said, source + old, "; ".join(moment.knows)


def run_table(
    program: Program, orderings: Mapping[str, Ordering], choices: Sequence[int], model: Model = Model.CPP20
) -> Table:
    """The same as a table for the terminal."""
    table = columns(*COLUMNS)
    for row in run_rows(program, orderings, choices, model):
        table.add_row(*row)
    return table


def site_rows(minimum: Minimum) -> Iterator[tuple[str, str, str]]:
    """For each site, what it needs, and what goes wrong one step weaker."""
    for site, ordering in minimum.orderings.items():
        weaker = [
            f"{one.ordering}: {one.flaw.what} in {len(one.flaw.steps)} steps at {by(one.size)}"
            for one in minimum.weakenings
            if one.site == site
        ]
        yield site, str(ordering), "; ".join(weaker)


def minimum_table(minimum: Minimum) -> Table:
    """A row for each site."""
    table = columns("site", "needs", "one step weaker")
    for row in site_rows(minimum):
        table.add_row(*row)
    return table


def claim(found: Requirements) -> str:
    """What was shown, as wide as the search and no wider."""
    workers, waiters = (max(size[place] for size in found.subject.searched) for place in (0, 1))
    return (
        f"minimal under RC11 without load buffering, exhaustive over {found.assignments:,} assignments "
        f"up to {workers} workers and {waiters} {'waiter' if waiters == 1 else 'waiters'}"
    )
