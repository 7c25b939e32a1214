"""What the proofs know of `strict`: `census` counts its threads, `invariant` says what is true, under every use."""

from typing import Any

from waitgroup_proofs.lift import symbol
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, Entry
from waitgroup_proofs.theorems.strict.census import NOBODY, Census, contribution, moved, reclassified, shape
from waitgroup_proofs.theorems.strict.invariant import AT_REST, GLOBAL, LOCAL, rank, stuck
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place

#: Whether a wait has a timeout, and whether an exception may reach it.
KINDS = ((False, False), (True, False), (False, True), (True, True))


def standing(name: str, place: Place, **fixed: Any) -> Caller[strict.Thread]:
    """A thread at a place, of which nothing else is known but what is fixed."""
    return Caller(symbol(strict.Thread, name, place=place, **{"timed": False, "interrupted": False} | fixed))


def callers(name: str) -> tuple[Caller[strict.Thread], ...]:
    """Every thread: each place, for a wait each kind, and for one that gives up each reason that its kind allows."""
    adds = [standing(name, place) for place in (Place.ADD_APPLY, Place.ADD_READ, Place.ADD_CROSS)]
    waits = [
        standing(name, place, timed=timed, interrupted=interrupted)
        for place in (Place.WAIT_READ, Place.WAIT_JOIN, Place.WAIT_PARKED)
        for timed, interrupted in KINDS
    ]
    giving_up = [
        standing(name, Place.WAIT_CANCEL, timed=timed, interrupted=interrupted, reason=reason)
        for timed, interrupted in KINDS
        for reason, allowed in ((Result.FALSE, timed), (Result.INTERRUPTED, interrupted))
        if allowed
    ]
    answers = [result for result in Result if result not in (Result.PENDING, Result.PANICKED)]
    outside = [standing(name, Place.RETURNED, result=result) for result in answers]
    return (*outside, *adds, *waits, *giving_up)


def entries(protocol: Protocol) -> tuple[Entry, ...]:
    """An add of an unknown delta, and a wait of each kind."""
    waits = (Call(timed=timed, interrupted=interrupted) for timed, interrupted in KINDS)
    calls = (Call(delta=integer("call.delta")), *waits)
    return tuple(Entry(call, Caller(protocol.begin(call))) for call in calls)


STRICT = Abstraction(
    protocol=strict.strict,
    shared=symbol(strict.Shared, "shared"),
    rest=symbol(Census, "rest"),
    rest_after=symbol(Census, "rest_after"),
    everyone=symbol(Census, "everyone"),
    nobody=NOBODY,
    callers=callers("thread"),
    others=callers("other"),
    entries=entries,
    contribution=contribution,
    moved=moved,
    shape=shape,
    reclassified=reclassified,
    local=LOCAL,
    clauses=GLOBAL,
    rules=(),
    rank=rank,
    stuck=stuck,
    at_rest=AT_REST,
)
