"""The contract means its two clauses: safety, and that no released waiter is lost.

Established, of the contract's own actions and any number of threads: the counter stays in 0 .. 2^31 - 1; an add is
refused exactly if it would leave that range, and changes nothing. *Safety*: a wait returns True only if the counter is
zero now, or has been since it was registered, for a generation only ends in a step that leaves the counter at zero; it
returns False only while the counter is positive, and before it is released. *No lost waiter*: a released wait can
return, and stays able to, whatever others do; a registered wait that is not released waits for outstanding work.

Without this, a contract that allowed too much would let every protocol refine it. Assumed: nothing.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import z3

from waitgroup_proofs.lift import Path, conjunction, formula, paths, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.inductive import UNITS, in_range
from waitgroup_spec import contract
from waitgroup_spec.contract import Place, Shared, Thread
from waitgroup_spec.protocol import Action, Protocol, Result
from waitgroup_spec.word import COUNTER_MAX

SHARED = symbol(Shared, "shared")
#: Whether a wait has a timeout, and whether an exception may reach it.
KINDS = ((False, False), (True, False), (False, True), (True, True))


def threads(name: str) -> tuple[Thread, ...]:
    """A thread in a call, at each place, of which nothing else is known."""
    add = Thread(Place.ADD_INVOKED, delta=integer(f"{name}.delta"))
    waits = [
        Thread(place, timed=timed, interrupted=interrupted, generation=integer(f"{name}.generation"))
        for place in (Place.WAIT_INVOKED, Place.WAIT_REGISTERED)
        for timed, interrupted in KINDS
    ]
    return (add, *waits)


def holds(shared: Shared) -> bool:
    """What is true of every state: the counter is in range."""
    return 0 <= shared.counter <= COUNTER_MAX


def holds_of(shared: Shared, thread: Thread) -> bool:
    """What is true of every thread: a registered wait that is not released waits for outstanding work."""
    if thread.place != Place.WAIT_REGISTERED:
        return True
    return thread.generation < shared.generation or (thread.generation == shared.generation and shared.counter > 0)


class Step(NamedTuple):
    """An action that a thread takes, and the ways in which it can."""

    id: str
    action: Action
    thread: Thread
    ways: tuple[Path[tuple[Shared, Thread]], ...]


def steps(protocol: Protocol) -> Iterator[Step]:
    """Every action, taken by every kind of thread that stands at its place."""

    def taken(action: Action, thread: Thread) -> tuple[Shared, Thread] | None:
        after: tuple[Shared, Thread] = action.effect(SHARED, thread)
        return after if action.guard(SHARED, thread) else None

    for action in protocol.actions.values():
        for thread in (thread for thread in threads("mine") if thread.place == action.place):
            flags = [name for name in ("timed", "interrupted") if getattr(thread, name)]
            ways = tuple(Path(way.conditions, way.result) for way in paths(taken, action, thread) if way.result)
            if ways:
                yield Step(".".join([action.name, *flags]), action, thread, ways)


def about(step: Step, what: str, sentence: str, conclusion: Callable[[Shared, Thread], bool]) -> Obligation:
    """The obligation that `conclusion` is true of what the step leads to."""

    def build() -> Formulas:
        before = [formula(holds, SHARED), formula(holds_of, SHARED, step.thread)]
        each = [
            z3.Implies(conjunction(conditions), formula(conclusion, shared, thread))
            for conditions, (shared, thread) in step.ways
        ]
        return Formulas(before, conjunction(each))

    return Obligation(f"contract.{what}.{step.id}", sentence, build)


# The clauses


def keeps(shared: Shared, thread: Thread) -> bool:
    """What is true of every state and thread is true again."""
    return holds(shared) and holds_of(shared, thread)


def ends_at_zero(shared: Shared, _thread: Thread) -> bool:
    """A generation ends only in a step that leaves the counter at zero."""
    return shared.generation == SHARED.generation or (shared.generation > SHARED.generation and shared.counter == 0)


def answers(step: Step) -> Callable[[Shared, Thread], bool]:
    """Why a call answers as it does."""
    call = step.thread

    def conclusion(shared: Shared, thread: Thread) -> bool:
        out_of_range = not 0 <= SHARED.counter + call.delta <= COUNTER_MAX
        if thread.result is Result.TRUE:
            return SHARED.counter == 0 or (call.place is Place.WAIT_REGISTERED and call.generation < SHARED.generation)
        if thread.result is Result.FALSE:
            return call.timed and SHARED.counter > 0 and call.generation == SHARED.generation
        if thread.result is Result.INTERRUPTED:
            return call.interrupted and shared == SHARED
        if thread.result is Result.REJECTED:
            return out_of_range and shared == SHARED
        if thread.result is Result.NONE:
            return not out_of_range and shared.counter == SHARED.counter + call.delta
        return shared == SHARED

    return conclusion


def beside(step: Step, other: Thread) -> Obligation:
    """Another thread, while one steps: what is true of it stays so, and if it is released it can still return."""

    def still(shared: Shared, _thread: Thread) -> bool:
        if not holds_of(SHARED, other):
            return True
        if other.place is Place.WAIT_REGISTERED and contract.released(SHARED, other):
            return holds_of(shared, other) and bool(contract.released(shared, other))
        return holds_of(shared, other)

    id = f"{other.place.name.lower().replace('_', '-')}.{step.id}"
    flags = [name for name in ("timed", "interrupted") if getattr(other, name)]
    sentence = "A bystander that is released stays so, and one that is not waits for outstanding work."
    return about(step._replace(id=".".join([id, "beside", *flags])), "others", sentence, still)


def returns(protocol: Protocol, thread: Thread) -> Obligation:
    """A released wait can return True."""

    def can() -> bool:
        if not contract.released(SHARED, thread):
            return True
        ends = [action.effect(SHARED, thread)[1] for action in protocol.enabled(SHARED, thread)]
        return any(end.result is Result.TRUE for end in ends)

    flags = [name for name in ("timed", "interrupted") if getattr(thread, name)]
    return Obligation(
        ".".join(["contract.returns", *flags]),
        "A released wait can return True.",
        lambda: Formulas([formula(holds, SHARED), formula(holds_of, SHARED, thread)], formula(can)),
    )


def obligations(protocol: Protocol = contract.contract) -> list[Obligation]:
    """The start, every step, every bystander, and the waits that are released."""
    taken = list(steps(protocol))
    registered = [thread for thread in threads("mine") if thread.place is Place.WAIT_REGISTERED]
    return [
        Obligation(
            "contract.start",
            "A new group is in range.",
            lambda: Formulas([formula(in_range, UNITS)], formula(holds, protocol.initial(UNITS))),
        ),
        *(about(step, "keeps", "The counter stays in range, waits wait for something.", keeps) for step in taken),
        *(about(step, "zero", "A generation ends with the counter at zero.", ends_at_zero) for step in taken),
        *(about(step, "answers", "A call answers so only for a reason.", answers(step)) for step in taken),
        *(beside(step, other) for step in taken for other in threads("theirs")),
        *(returns(protocol, thread) for thread in registered),
    ]
