"""No waiter is lost: where nothing can step any more, whoever is parked waits for work that is outstanding.

Established: when no thread can take a step, every call still in progress is a parked, registered waiter, and (Go) no
permit is left; if there is such a waiter, the counter is positive, and in Go by units that no call owns, so that it
waits for calls which have not been made yet; if the counter is zero, nobody is parked, and the group is as new.
Assumed: the invariant (`inductive`).

"Nothing can step" is the protocol's own word for it, `Protocol.enabled`, asked of one thread at each place; what it
says of one it says of all, by the obligations about no thread, one thread, and sums.
"""

from collections.abc import Callable
from typing import Any

from waitgroup_proofs.lift import formula, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, name_of, plus
from waitgroup_proofs.theorems.steps import in_every_state, local_clauses


def stuck_one(of: Abstraction, caller: Caller[Any]) -> Obligation:
    """One thread."""

    def conclusion() -> bool:
        can_step = bool(of.protocol.enabled(of.shared, caller.thread))
        return can_step or of.stuck(of.shared, of.contribution(of.shared, caller))

    return Obligation(
        f"{of.name}.lost.stuck.{name_of(caller)}",
        "A thread that cannot step is parked, with nothing there to wake it, or outside any call.",
        lambda: Formulas(local_clauses(of, caller), formula(conclusion)),
    )


def when_stuck(of: Abstraction, conclusion: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """The same for states in which nothing can step."""
    return lambda shared, census: not of.stuck(shared, census) or conclusion(shared, census)


def obligations(of: Abstraction) -> list[Obligation]:
    """What it means that nothing can step; and what is true then."""
    one, other = (symbol(type(of.nobody), name) for name in ("one", "other"))
    return [
        Obligation(
            f"{of.name}.lost.stuck.nobody",
            "No threads are stuck.",
            lambda: Formulas([], formula(of.stuck, of.shared, of.nobody)),
        ),
        *(stuck_one(of, caller) for caller in of.callers),
        Obligation(
            f"{of.name}.lost.stuck.sum",
            "If two groups of threads are stuck, both together are.",
            lambda: Formulas(
                [formula(of.stuck, of.shared, one), formula(of.stuck, of.shared, other)],
                formula(of.stuck, of.shared, plus(one, other)),
            ),
        ),
        *(
            in_every_state(
                of, f"lost.{claim.id.lower().replace('_', '-')}", claim.sentence, when_stuck(of, claim.holds)
            )
            for claim in of.at_rest
        ),
    ]
