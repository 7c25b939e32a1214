"""Whether a history holds; if not, its shortest bad prefix."""

from collections.abc import Sequence
from typing import NamedTuple

from waitgroup_proofs.conformance.history import Event, History, Kind, Operation
from waitgroup_proofs.conformance.linearisation import Bound, Search, UndecidedError


class Violation(NamedTuple):
    """The first event that nothing explains. Before it the counter was one of `counters`, and `open` had not returned.

    `events` are those of the group up to it. There are no `counters` if there was no time to find them.
    """

    group: str
    events: tuple[Event, ...]
    open: tuple[int, ...]
    counters: tuple[int, ...]


class Found(NamedTuple):
    """holds, violated with the first violation, or inconclusive with the reason."""

    verdict: str
    violation: Violation | None = None
    reason: str = ""


def explained(history: History, bound: Bound) -> Found:
    """Whether the history holds; the first violation is that of the earliest event."""
    undecided = ""
    violations = []
    for group in sorted({"", *(operation.group for operation in history.operations)}):
        mine = [
            event
            for event in history.events
            if event.kind is Kind.QUIET or history.operations[event.operation].group == group
        ]
        try:
            violation = first_bad(group, history.units, history.operations, mine, bound)
        except UndecidedError as error:
            undecided = str(error)
            continue
        if violation is not None:
            violations.append(violation)
    if violations:
        return Found("violated", min(violations, key=lambda one: history.events.index(one.events[-1])))
    return Found("inconclusive", reason=undecided) if undecided else Found("holds")


def first_bad(
    group: str, units: int, operations: Sequence[Operation], events: Sequence[Event], bound: Bound
) -> Violation | None:
    """The first event that nothing explains, whatever comes after it; None if there is none. Raises UndecidedError."""
    bound.keep(1)
    search = Search(units, operations, events, bound)
    cut = 0
    for number in range(len(events)):
        if not search.open:  # what came before is explained, and only the counter is left of it
            cut = number
            ((units, _),) = search.configurations
        if not search.step(number):
            break
    else:
        return None
    # What comes later was used: that is what was open here, up to its return, or else to the last quiet moment.
    last = max([number, *search.quiets[-1:]])
    involved = [*search.open, events[number].operation]
    least, most = number, max(number, *[search.ends.get(operation, last) for operation in involved])
    since = events[cut:]
    try:
        while least < most:
            middle = (least + most) // 2
            if explains(units, operations, since[: middle + 1 - cut], bound):
                least = middle + 1
            else:
                most = middle
    except UndecidedError:
        pass  # a violation, but perhaps not at the first event
    before = Search(units, operations, since[: most - cut], bound)
    counters: set[int] = set()
    try:
        for position in range(most - cut):
            before.step(position)
        counters = {counter for counter, _ in before.reachable()}
    except UndecidedError:
        pass  # they are not told
    called = {event.operation: None for event in since[: most - cut] if event.kind is Kind.CALL}
    returned = {event.operation for event in since[: most - cut] if event.kind is Kind.RETURN}
    still = tuple(operation for operation in called if operation not in returned)
    return Violation(group, tuple(events[: most + 1]), still, tuple(sorted(counters)))


def explains(units: int, operations: Sequence[Operation], events: Sequence[Event], bound: Bound) -> bool:
    """Whether there is an explanation of these events, from a moment at which no call is open."""
    search = Search(units, operations, events, bound)
    return all(search.step(number) for number in range(len(events)))
