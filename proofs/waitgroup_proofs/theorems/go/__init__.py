"""What the proofs know of `go`: `census` counts its threads, `invariant` says what is true, under `legal_use`."""

from waitgroup_proofs.lift import symbol
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, Entry
from waitgroup_proofs.theorems.go.census import NOBODY, Census, License, contribution, moved, reclassified, shape
from waitgroup_proofs.theorems.go.invariant import AT_REST, GLOBAL, LOCAL, rank, stuck
from waitgroup_proofs.theorems.go.legal_use import RULES
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place


def callers(name: str) -> tuple[Caller[go.Thread], ...]:
    """Every thread that has not panicked: each place, a pending Add with each license, nothing known of the locals."""
    standing = [
        Caller(symbol(go.Thread, name, place=place), license_)
        for place in Place
        if place not in (Place.RETURNED, Place.PANICKED)
        for license_ in (License if place is Place.ADD_APPLY else (None,))
    ]
    outside = [
        Caller(symbol(go.Thread, name, place=Place.RETURNED, result=result)) for result in (Result.NONE, Result.TRUE)
    ]
    return (*outside, *standing)


def entries(protocol: Protocol) -> tuple[Entry, ...]:
    """Wait, and Add with each license and an unknown delta."""
    wait, add = Call(), Call(delta=integer("call.delta"))
    adds = (Entry(add, Caller(protocol.begin(add), license_)) for license_ in License)
    return (Entry(wait, Caller(protocol.begin(wait))), *adds)


GO = Abstraction(
    protocol=go.go,
    shared=symbol(go.Shared, "shared"),
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
    rules=RULES,
    rank=rank,
    stuck=stuck,
    at_rest=AT_REST,
)
