"""The shortest bad prefix of a history as text: its last events, a column for each thread, and what was possible."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from waitgroup_proofs.conformance.history import Event, History, Kind, Operation
from waitgroup_proofs.conformance.verdicts import Violation
from waitgroup_proofs.report.schedule import VIOLATED, clean
from waitgroup_proofs.report.tables import columns

#: So many events, threads and counters are drawn.
MOST_EVENTS, MOST_THREADS, MOST_COUNTERS = 20, 12, 20


def sentence(history: History, violation: Violation) -> str:
    """What nothing explains."""
    event = violation.events[-1]
    within = f" of group {clean(violation.group)}" if violation.group else ""
    if event.kind is Kind.QUIET:
        blocked = ", ".join(named(history.operations[operation]) for operation in violation.open)
        return f"line {event.line}: nothing explains that all is quiet while these calls{within} are open: {blocked}"
    operation = history.operations[event.operation]
    return f"line {event.line}: nothing explains that {named(operation)}{within} {past(operation.word)}"


def named(operation: Operation) -> str:
    """A call and whose it is."""
    return f"{operation.call} by {clean(operation.thread)}"


def past(word: str) -> str:
    """What a call did: "returned", "expired", or "raised" with the reason."""
    verb, _, reason = word.partition(" ")
    return f"{verb} ({reason})" if reason else verb


def drawn(history: History, violation: Violation) -> Iterator[Table | Text]:
    """The last events up to the one that nothing explains, what was open then, and what the counter may have been."""
    shown = violation.events[-MOST_EVENTS:]
    at_last = shown[-1].operation
    involved = [*violation.open, *(event.operation for event in shown if event.kind is not Kind.QUIET)]
    # The thread that is wrong is the first to have a column.
    order = sorted(dict.fromkeys(involved), key=lambda operation: operation != at_last)
    threads = list(dict.fromkeys(history.operations[operation].thread for operation in order))[:MOST_THREADS]
    threads.sort()
    if len(violation.events) > len(shown):
        yield Text(f"The last {len(shown)} of {len(violation.events):,} events:", "dim")
    table = columns("line", "at")
    for thread in threads:
        table.add_column(Text(clean(thread)), overflow="fold")
    for event in shown:
        # A quiet moment is everybody's; it is written in the first column.
        column = 0 if event.kind is Kind.QUIET else position(threads, history.operations[event.operation].thread)
        cells = [Text(said(history, event) if number == column else "") for number in range(len(threads))]
        style = VIOLATED if event is shown[-1] else ""
        table.add_row(str(event.line), f"{event.at - shown[0].at:+,}", *cells, style=style)
    yield table
    called = {event.operation: event.line for event in violation.events if event.kind is Kind.CALL}
    still = [f"{named(history.operations[one])} (line {called[one]})" for one in violation.open]
    yield Text(f"\nOpen before: {'; '.join(still[:MOST_THREADS])}{more(len(still) - MOST_THREADS)}.")
    counters = [str(counter) for counter in violation.counters[:MOST_COUNTERS]]
    rest = more(len(violation.counters) - MOST_COUNTERS)
    yield Text(f"The counter could be: {', '.join(counters) or 'not found in time'}{rest}.")


def position(threads: list[str], thread: str) -> int:
    """The column of a thread; -1 if there is no room for it."""
    return threads.index(thread) if thread in threads else -1


def more(number: int) -> str:
    """What is not shown, counted."""
    return f" and {number} more" if number > 0 else ""


def said(history: History, event: Event) -> str:
    """An event in words."""
    if event.kind is Kind.QUIET:
        return "all is quiet"
    operation = history.operations[event.operation]
    return str(operation.call) if event.kind is Kind.CALL else f"{operation.call} {past(operation.word)}"
