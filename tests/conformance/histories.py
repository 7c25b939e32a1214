"""Histories for the tests: random runs of the contract as lines, and what every interleaving says of them."""

import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from waitgroup_proofs.conformance.history import Event, History, Kind, read
from waitgroup_spec import contract
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.word import COUNTER_MAX

HEADER = {"history": 1, "name": "test", "version": "1", "units": 0}
Record = dict[str, Any]


def history(*records: Record, units: int = 0) -> History:
    """The history with these lines after the first; a line without a time is a unit of time after the last one."""
    return read(lines(*records, units=units))


def lines(*records: Record, units: int = 0) -> list[bytes]:
    """The same as it stands in the file."""
    timed = ({"at": number, **record} for number, record in enumerate(records))
    return [json.dumps(record).encode() for record in (HEADER | {"units": units}, *timed)]


def call(thread: str, name: str, **more: Any) -> Record:
    """A thread calls."""
    return {"thread": thread, "event": "call", "call": name, **more}


def answer(thread: str, result: str = "returned", **more: Any) -> Record:
    """A thread returns."""
    return {"thread": thread, "event": "return", "result": result, **more}


QUIET: Record = {"event": "quiet"}
DELTAS = (-3, -2, -1, -1, 0, 1, 1, 2, 3, COUNTER_MAX)


def random_call(random: Random) -> tuple[Record, Call]:
    """Some call: as a line, and for the contract."""
    if random.random() < 0.5:
        delta = random.choice(DELTAS)
        return ({"call": "done"}, Call(-1)) if delta == -1 else ({"call": "add", "delta": delta}, Call(delta))
    timed = random.random() < 0.4
    interrupted = random.random() < 0.2
    return {"call": "wait"} | ({"timeout": 1} if timed else {}), Call(timed=timed, interrupted=interrupted)


def run(random: Random, threads: int, steps: int) -> list[Record]:
    """The lines of a random run of the contract."""
    shared = contract.initial(0)
    states: list[Any] = [None] * threads
    records: list[Record] = []
    for _ in range(steps):
        number = random.randrange(threads)
        thread, state = f"t{number}", states[number]
        open_calls = [other for other in states if other is not None]
        stuck = all(
            other.place is contract.Place.WAIT_REGISTERED and not contract.released(shared, other)
            for other in open_calls
        )
        if stuck and random.random() < 0.2:
            records.append(QUIET)
        if state is None:
            line, called = random_call(random)
            records.append({"thread": thread, "event": "call", **line})
            states[number] = contract.begin(called)
        elif state.result is not Result.PENDING:
            records.append(answer(thread, word(state)))
            states[number] = None
        elif enabled := contract.contract.enabled(shared, state):
            # The delta is kept for the word: the contract forgets what was called.
            shared, moved = random.choice(enabled).effect(shared, state)
            states[number] = moved._replace(delta=state.delta)
    return records


def word(state: Any) -> str:
    """How a run calls a result."""
    if state.result is Result.REJECTED:
        return "raised negative" if state.delta < 0 else "raised overflow"
    return {Result.FALSE: "expired", Result.INTERRUPTED: "raised"}.get(state.result, "returned")


def mutated(random: Random, records: Sequence[Record]) -> list[Record]:
    """The lines with one thing changed: another result, two lines exchanged, a quiet moment, the rest left out."""
    found = list(records)
    if not found:
        return found
    place = random.randrange(len(found))
    match random.randrange(6):
        case 0 | 1:
            results = [number for number, record in enumerate(found) if "result" in record]
            if results:
                place = random.choice(results)
                words = ["returned", "expired", "raised", "raised negative", "raised overflow", "raised misuse"]
                found[place] = found[place] | {"result": random.choice(words)}
        case 2 | 3:
            after = found[place + 1] if place + 1 < len(found) else QUIET
            if found[place].get("thread") != after.get("thread") and "thread" in after:
                found[place : place + 2] = [after, found[place]]
        case _:
            found.insert(place, QUIET)
    if random.random() < 0.3:
        del found[random.randrange(len(found)) :]
    return [*found, QUIET] if random.random() < 0.4 else found


# What every interleaving of the contract's steps says.

State = tuple[Any, tuple[tuple[int, Any], ...]]


def first_bad_line(recorded: History) -> int | None:
    """The line of the first event that no interleaving explains, each group by itself; None if there is none."""
    groups = {operation.group for operation in recorded.operations} | {""}
    bad = [line for group in groups if (line := first_bad_of(recorded, group)) is not None]
    position = {event.line: number for number, event in enumerate(recorded.events)}
    return min(bad, key=position.__getitem__, default=None)


def first_bad_of(recorded: History, group: str) -> int | None:
    states: set[State] = {(contract.initial(recorded.units), ())}
    for event in recorded.events:
        if event.kind is Kind.QUIET or recorded.operations[event.operation].group == group:
            states = set(after(recorded, closed(states), event))
            if not states:
                return event.line
    return None


def closed(states: Iterable[State]) -> list[State]:
    """Whatever steps of whatever calls make of the states."""
    found = list(states)
    seen = set(found)
    for shared, threads in found:
        for number, (operation, thread) in enumerate(threads):
            for action in contract.contract.enabled(shared, thread):
                changed, moved = action.effect(shared, thread)
                following = (changed, (*threads[:number], (operation, moved), *threads[number + 1 :]))
                if following not in seen:
                    seen.add(following)
                    found.append(following)
    return found


def after(recorded: History, states: Iterable[State], event: Event) -> Iterable[State]:
    """The states in which the event can be, after it."""
    for shared, threads in states:
        if event.kind is Kind.QUIET:
            places = [(thread.place, contract.released(shared, thread)) for _, thread in threads]
            if all(place == (contract.Place.WAIT_REGISTERED, False) for place in places):
                yield shared, threads
            continue
        operation = recorded.operations[event.operation]
        if event.kind is Kind.CALL:
            # Whether a wait will be interrupted is not known; one that is not need not be.
            thread = contract.begin(operation.call._replace(interrupted=operation.call.delta is None))
            yield shared, (*threads, (event.operation, thread))
            continue
        thread = dict(threads)[event.operation]
        words = {word(thread._replace(delta=operation.call.delta or 0))}
        if operation.word == "raised" and thread.result is Result.REJECTED:
            words.add("raised")
        if thread.result is not Result.PENDING and operation.word in words:
            yield shared, tuple(one for one in threads if one[0] != event.operation)
