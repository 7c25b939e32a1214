"""RC11 as its axioms say it: brute force over all executions of a small program without jumps.

Independent of the model by views: it shares the text of the programs and nothing else. An execution is a choice of the
write that each read reads from, and of an order of the writes to each location. It is consistent if

  1. program order and reads-from have no cycle (no load buffering),
  2. happens-before, followed by extended coherence order or by nothing, never leads back (coherence),
  3. a read-modify-write comes right behind the write that it reads (atomicity).
"""

from collections.abc import Iterator, Mapping
from itertools import permutations, product
from typing import Any, NamedTuple

from waitgroup_spec.memory.language import Fence, Instruction, Load, Store, Touch, Update, evaluated
from waitgroup_spec.memory.ordering import NOTHING, RELAXED, Model, Ordering

Relation = set[tuple[int, int]]
Threads = Mapping[str, list[Instruction]]
Outcome = tuple[tuple[str, Any], ...]

#: The thread of the first writes.
NOBODY = ""


class Event(NamedTuple):
    """One instruction as executed. `writes` is a guess for one that may fail."""

    thread: str
    instruction: Instruction
    location: str
    reads: bool
    writes: bool
    ordering: Ordering


class Outcomes(NamedTuple):
    """What all consistent executions amount to."""

    values: frozenset[Outcome]
    race: bool


def outcomes(locations: Mapping[str, Any], threads: Threads, model: Model = Model.CPP20) -> Outcomes:
    """Every consistent execution's registers and last values, and whether any has a race."""
    values, race = set(), False
    for events in guesses(locations, threads):
        program_order = {
            (i, j)
            for j, later in enumerate(events)
            for i, earlier in enumerate(events[:j])
            if earlier.thread == later.thread or (earlier.thread == NOBODY and later.thread != NOBODY)
        }
        for sources in reads_from(events):
            order = closed(program_order | {(source, read) for read, source in sources.items()})
            if any(i == j for i, j in order):
                continue
            executed = execute(locations, events, sources, order)
            if executed is None:
                continue
            registers, written = executed
            before = happens_before(events, program_order, sources, model)
            for coherence in coherences(locations, events):
                if consistent(events, before, sources, coherence):
                    last = {name: written[order_[-1]] for name, order_ in coherence.items()}
                    values.add(tuple(sorted({**registers, **last}.items())))
                    race = race or racy(events, before)
    return Outcomes(frozenset(values), race)


def guesses(locations: Mapping[str, Any], threads: Threads) -> Iterator[list[Event]]:
    """The events of the program, for each guess which compare-and-swaps succeed."""
    first = [
        Event(NOBODY, Store(name, value, RELAXED), name, False, True, RELAXED) for name, value in locations.items()
    ]
    alternatives = [list(events_of(name, step)) for name, steps in threads.items() for step in steps]
    for events in product(*alternatives):
        yield [*first, *events]


def events_of(thread: str, instruction: Instruction) -> Iterator[Event]:
    """What an instruction may be when it is executed."""
    match instruction:
        case Load(_, location, Ordering() as ordering):
            yield Event(thread, instruction, location, True, False, ordering)
        case Store(location, _, Ordering() as ordering):
            yield Event(thread, instruction, location, False, True, ordering)
        case Update(_, location, _, Ordering() as ordering, failure):
            yield Event(thread, instruction, location, True, True, ordering)
            if isinstance(failure, Ordering):
                yield Event(thread, instruction, location, True, False, failure)
        case Fence(Ordering() as ordering):
            yield Event(thread, instruction, "", False, False, ordering)
        case Touch(_, _):
            yield Event(thread, instruction, "", False, False, RELAXED)
        case _:
            raise ValueError(f"the axioms are checked for straight lines without {instruction}")


def reads_from(events: list[Event]) -> Iterator[dict[int, int]]:
    """Each choice of the write that each read reads from."""
    reads = [i for i, event in enumerate(events) if event.reads]
    writes = [
        [j for j, event in enumerate(events) if event.writes and event.location == events[i].location and j != i]
        for i in reads
    ]
    for chosen in product(*writes):
        yield dict(zip(reads, chosen, strict=True))


def coherences(locations: Mapping[str, Any], events: list[Event]) -> Iterator[dict[str, list[int]]]:
    """Each choice of an order of the writes to each location, the first one being first."""
    orders = []
    for name in locations:
        first, *writes = [i for i, event in enumerate(events) if event.writes and event.location == name]
        orders.append([[first, *rest] for rest in permutations(writes)])
    for chosen in product(*orders):
        yield dict(zip(locations, chosen, strict=True))


def closed(relation: Relation) -> Relation:
    """The transitive closure."""
    later: dict[int, set[int]] = {}
    for i, j in relation:
        later.setdefault(i, set()).add(j)
    for middle, out in later.items():
        for reached in later.values():
            if middle in reached:
                reached |= out
    return {(i, j) for i, reached in later.items() for j in reached}


def execute(
    locations: Mapping[str, Any], events: list[Event], sources: dict[int, int], order: Relation
) -> tuple[dict[str, Any], dict[int, Any]] | None:
    """The registers in the end and the value of each write; None if a guess was wrong."""
    registers: dict[str, dict[str, Any]] = {event.thread: {} for event in events}
    written: dict[int, Any] = {}
    for i in sorted(range(len(events)), key=lambda i: (sum(1 for _, after in order if after == i), i)):
        event, own = events[i], registers[events[i].thread]
        match event.instruction:
            case Load(into, _, _):
                own[into] = written[sources[i]]
            case Store(_, value, _):
                written[i] = evaluated(value, own)
            case Update(into, _, change, _, _):
                value = change(written[sources[i]], own)
                if (value is not NOTHING) != event.writes:
                    return None
                own[into] = written[sources[i]]
                if event.writes:
                    written[i] = value
    return {name: value for own in registers.values() for name, value in own.items()}, written


def happens_before(events: list[Event], program_order: Relation, sources: dict[int, int], model: Model) -> Relation:
    """Program order and synchronizes-with, closed."""
    readers = [(source, read) for read, source in sources.items()]
    fences = [i for i, event in enumerate(events) if isinstance(event.instruction, Fence)]
    synchronizes = set()
    for head, event in enumerate(events):
        if not event.writes:
            continue
        releasing = {head} if event.ordering.releases else set()
        releasing |= {i for i in fences if events[i].ordering.releases and (i, head) in program_order}
        sequence = {head}
        if model is Model.CPP11 and event.thread != NOBODY:
            later = {j for i, j in program_order if i == head}
            sequence |= {j for j in later if events[j].writes and events[j].location == event.location}
        while more := {j for i, j in readers if i in sequence and events[j].writes} - sequence:
            sequence |= more
        for read in (j for i, j in readers if i in sequence):
            acquiring = {read} if events[read].ordering.acquires else set()
            acquiring |= {j for j in fences if events[j].ordering.acquires and (read, j) in program_order}
            synchronizes |= set(product(releasing, acquiring))
    return closed(program_order | synchronizes)


def consistent(events: list[Event], before: Relation, sources: dict[int, int], coherence: dict[str, list[int]]) -> bool:
    """Coherence and atomicity."""
    place = {write: number for writes in coherence.values() for number, write in enumerate(writes)}
    for read, source in sources.items():
        if events[read].writes and place[read] != place[source] + 1:
            return False
    modification = {(i, j) for writes in coherence.values() for n, i in enumerate(writes) for j in writes[n + 1 :]}
    reads_before = {(read, j) for read, source in sources.items() for i, j in modification if i == source and j != read}
    extended = closed(modification | reads_before | {(source, read) for read, source in sources.items()})
    return not any(i == j or (j, i) in extended for i, j in before)


def racy(events: list[Event], before: Relation) -> bool:
    """Whether two touches of a payload by two threads, one of them a write, are not ordered."""
    touches = [(i, event.thread, event.instruction) for i, event in enumerate(events)]
    return any(
        set(one.payloads) & set(other.payloads)
        and (one.writes or other.writes)
        and thread != another
        and (i, j) not in before
        and (j, i) not in before
        for i, thread, one in touches
        if isinstance(one, Touch)
        for j, another, other in touches
        if isinstance(other, Touch)
    )
