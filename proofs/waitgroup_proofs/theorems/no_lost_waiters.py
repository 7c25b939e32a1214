"""No waiter is lost: where nothing can step any more, a parked waiter waits for work that is outstanding.

Established: when no thread can take a step, every call still in progress is a parked, registered waiter, and no permit
is left; if there is such a waiter, the counter is positive by units that no call owns, so that it waits for calls which
have not been made yet; if the counter is zero, nobody is parked, and the word and the semaphore are as new. Assumed:
the invariant (`inductive`), of which CONSERVE says that no waiter and no permit is lost on the way.

"Nothing can step" is the protocol's own word for it, `Protocol.enabled`, asked of one thread at each place; what it
says of one it says of all, by the lemmas about no thread, one thread, and sums.
"""

from collections.abc import Callable

from waitgroup_proofs.lift import formula, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.census import NOBODY, Caller, Census, contribution, plus
from waitgroup_proofs.theorems.steps import (
    CALLERS,
    NOTHING,
    SHARED,
    Without,
    in_every_state,
    local_clauses,
    name_of,
)
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go
from waitgroup_spec.word import ZERO

SENTENCE = "Where nothing can step, whoever is parked waits for outstanding work; at counter zero nobody is parked."

ONE, OTHER = symbol(Census, "one"), symbol(Census, "other")


def stuck(shared: go.Shared, census: Census) -> bool:
    """The threads are all parked, for want of a permit, or outside any call."""
    return census == NOBODY._replace(parked=census.parked) and (census.parked == 0 or shared.permits <= 0)


def stuck_one(protocol: Protocol, caller: Caller, without: Without) -> Obligation:
    """One thread."""

    def conclusion() -> bool:
        return bool(protocol.enabled(SHARED, caller.thread)) or stuck(SHARED, contribution(SHARED, caller))

    return Obligation(
        f"lost.stuck.{name_of(caller)}",
        "A thread that cannot step is parked with no permit left, or outside any call.",
        lambda: Formulas(local_clauses(caller, without), formula(conclusion)),
    )


def accounted_for(shared: go.Shared, census: Census) -> bool:
    """The parked waiters are the registered ones, and no permit is left."""
    return census.parked == shared.word.waiters and shared.permits == 0


def waits_for_work(shared: go.Shared, census: Census) -> bool:
    """Whoever is parked waits for units that no call owns."""
    return census.parked == 0 or (shared.word.counter > 0 and census.claimed == 0)


def as_new(shared: go.Shared, census: Census) -> bool:
    """At counter zero nobody is in a call, and nothing is left behind."""
    return shared.word.counter != 0 or (census == NOBODY and shared.word == ZERO and shared.permits == 0)


def when_stuck(conclusion: Callable[[go.Shared, Census], bool]) -> Callable[[go.Shared, Census], bool]:
    """The same for states in which nothing can step."""
    return lambda shared, census: not stuck(shared, census) or conclusion(shared, census)


def obligations(protocol: Protocol = go.go, without: Without = NOTHING) -> list[Obligation]:
    """What it means that nothing can step; and what is true then."""
    return [
        Obligation("lost.stuck.nobody", "No threads are stuck.", lambda: Formulas([], formula(stuck, SHARED, NOBODY))),
        *(stuck_one(protocol, caller, without) for caller in CALLERS),
        Obligation(
            "lost.stuck.sum",
            "If two groups of threads are stuck, both together are.",
            lambda: Formulas(
                [formula(stuck, SHARED, ONE), formula(stuck, SHARED, OTHER)], formula(stuck, SHARED, plus(ONE, OTHER))
            ),
        ),
        in_every_state(
            "lost.accounted-for",
            "Where nothing can step, the parked waiters are the registered ones, and no permit is left.",
            when_stuck(accounted_for),
            without,
        ),
        in_every_state(
            "lost.outstanding",
            "Where nothing can step and someone is parked, work is outstanding that no call owns.",
            when_stuck(waits_for_work),
            without,
        ),
        in_every_state(
            "lost.as-new",
            "Where nothing can step and the counter is zero, nobody is parked, no permit is left, the word is zero.",
            when_stuck(as_new),
            without,
        ),
    ]
