"""Companions: a second run beside the protocol's, related to it step by step, for any number of threads.

A companion has a shared part and a part for each thread, and takes a step whenever the protocol does. What relates the
two is a relation of the shared parts, and one of each thread and its companion beside them. It is kept by induction:
true at the start, after every invocation, and after every step, both for the thread that took it and for any other one.
As the relation of one thread looks at no other thread, nothing more is needed for any number of them.

The contract is such a companion, which is refinement (`contract_refinement`); so are the clocks of a run, which is
happens-before (`happens_before`). A step that the companion cannot follow is a failed obligation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.lift import conjunction, formula, paths
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, identical, spoken
from waitgroup_proofs.theorems.inductive import UNITS, in_range
from waitgroup_proofs.theorems.steps import (
    Invocation,
    Outcome,
    Step,
    assumed,
    invocations,
    legal_entry,
    local_clauses,
    outcomes,
    with_other,
)
from waitgroup_spec.protocol import Call


@dataclass(frozen=True, eq=False)
class Companion:
    """What accompanies a protocol's run.

    `shared`, and `part(caller, name)` for a thread, are unknown; `starts(units)` is the shared part of a new group.
    `begins(shared, call)`: shared part and the thread's part after an invocation. `follows(outcome, step, shared,
    part)`: both after a step, or None if the companion cannot take it. `notices(outcome, step, shared, other, part)`:
    what the step makes of another thread's part; `shared` is that after the step. `agrees(protocol's shared, shared)`
    and `related(protocol's shared, caller, shared, part)` are the relation; `apart(part, part)`: that of two threads,
    which must be symmetric.
    """

    id: str
    shared: Any
    part: Callable[[Caller[Any], str], Any]
    starts: Callable[[int], Any]
    begins: Callable[[Any, Call], tuple[Any, Any]]
    follows: Callable[[Outcome, Step, Any, Any], tuple[Any, Any] | None]
    agrees: Callable[[Any, Any], bool]
    related: Callable[[Any, Caller[Any], Any, Any], bool]
    notices: Callable[[Outcome, Step, Any, Caller[Any], Any], Any] = lambda _outcome, _step, _shared, _other, part: part
    apart: Callable[[Any, Any], bool] = lambda _part, _other: True


class Move(NamedTuple):
    """A path of an outcome, and one way in which the companion follows it: `after` is (shared, part), or None."""

    path: int
    conditions: tuple[Any, ...]
    step: Step
    after: tuple[Any, Any] | None


@cache
def moves(companion: Companion, outcome: Outcome) -> tuple[Move, ...]:
    """Every path, with every way of following it."""
    part = companion.part(outcome.caller, "mine")
    return tuple(
        Move(number, (*conditions, *more), step, after)
        for number, (conditions, step) in enumerate(outcome.paths)
        for more, after in paths(companion.follows, outcome, step, companion.shared, part)
    )


def quiet(companion: Companion, outcome: Outcome) -> bool:
    """Whether the step leaves both shared parts as they are, to the letter: then it concerns no other thread."""
    return all(
        move.after is not None and not outcome.changes_shared and identical(move.after[0], companion.shared)
        for move in moves(companion, outcome)
    )


def assumptions(companion: Companion, of: Abstraction, caller: Caller[Any], name: str) -> list[Any]:
    """What is true of a thread and of its companion, beside the shared parts."""
    related = formula(companion.related, of.shared, caller, companion.shared, companion.part(caller, name))
    return [*local_clauses(of, caller), related]


def starting(companion: Companion, of: Abstraction) -> Obligation:
    """A new group."""
    return Obligation(
        f"{of.name}.{companion.id}.start",
        "At the start the shared parts agree.",
        lambda: Formulas(
            [formula(in_range, UNITS)],
            formula(companion.agrees, of.protocol.initial(UNITS), companion.starts(UNITS)),
        ),
    )


def entering(companion: Companion, of: Abstraction, invocation: Invocation) -> Obligation:
    """An invocation: of the thread that enters, and of any other one."""

    def build() -> Formulas:
        kept = []
        for conditions, (shared, part) in paths(companion.begins, companion.shared, invocation.call):
            entered = formula(companion.related, of.shared, invocation.caller, shared, part)
            conclusions = [formula(companion.agrees, of.shared, shared), entered]
            for other in of.others:
                theirs = companion.part(other, "theirs")
                before = conjunction(assumptions(companion, of, other, "theirs"))
                after = formula(companion.related, of.shared, other, shared, theirs)
                conclusions.append(z3.Implies(before, z3.And(after, formula(companion.apart, part, theirs))))
            kept.append(z3.Implies(conjunction(conditions), conjunction(conclusions)))
        agree = formula(companion.agrees, of.shared, companion.shared)
        return Formulas([*legal_entry(of, invocation), agree], conjunction(kept))

    return Obligation(f"{of.name}.{companion.id}.{invocation.id}", f"{invocation.id} keeps the relation.", build)


def stepping(companion: Companion, outcome: Outcome) -> Obligation:
    """A step: the companion can follow it, and the thread that took it is still related."""
    of = outcome.abstraction

    def build() -> Formulas:
        always, each = assumed(outcome)
        kept = []
        for path, conditions, step, after in moves(companion, outcome):
            conclusion = z3.BoolVal(False)
            if after is not None:
                agree = formula(companion.agrees, step.shared, after[0])
                conclusion = z3.And(agree, formula(companion.related, step.shared, step.caller, *after))
            kept.append(z3.Implies(conjunction([each[path], *conditions]), conclusion))
        agree = formula(companion.agrees, of.shared, companion.shared)
        mine = assumptions(companion, of, outcome.caller, "mine")
        return Formulas([*always, agree, *mine], conjunction(kept))

    sentence = f"{outcome.action.name} is followed, and keeps the thread related."
    return Obligation(f"{of.name}.{companion.id}.{outcome.id}", sentence, build)


def standing_by(companion: Companion, outcome: Outcome, id: str, others: tuple[Caller[Any], ...]) -> Obligation:
    """A step: any other thread, which stands at one of these places, is still related."""
    of = outcome.abstraction

    def beside(other: Caller[Any]) -> Any:
        theirs, third = companion.part(other, "theirs"), companion.part(other, "third")
        kept = []
        for _, conditions, step, after in moves(companion, outcome):
            if after is None:  # then `stepping` fails
                continue
            shared, part = after

            def still(step: Step = step, shared: Any = shared, part: Any = part) -> bool:
                noticed = companion.notices(outcome, step, shared, other, theirs)
                if not companion.related(step.shared, other, shared, noticed) or not companion.apart(part, noticed):
                    return False
                # Nor does it come closer to any third thread.
                return companion.apart(noticed, third) or not companion.apart(theirs, third)

            before = conjunction([*conditions, *with_other(of, other, step.before)])
            kept.append(z3.Implies(before, formula(still)))
        apart = formula(companion.apart, companion.part(outcome.caller, "mine"), theirs)
        return z3.Implies(conjunction([*assumptions(companion, of, other, "theirs"), apart]), conjunction(kept))

    def build() -> Formulas:
        agree = formula(companion.agrees, of.shared, companion.shared)
        mine = assumptions(companion, of, outcome.caller, "mine")
        return Formulas([formula(of.shape, of.rest), agree, *mine], conjunction(beside(other) for other in others))

    sentence = f"{outcome.action.name} keeps every other thread related."
    return Obligation(f"{of.name}.{companion.id}.{outcome.id}.beside.{id}", sentence, build)


def accompanied(companion: Companion, of: Abstraction, outside: tuple[str, ...] = ()) -> list[Obligation]:
    """Start, invocations, steps; for the thread that steps, and for any other. Not of the outcomes `outside`."""
    taken = [outcome for outcome in outcomes(of) if not outcome.panics and outcome.id not in outside]
    places = [
        (spoken(place.name), tuple(callers))
        for place, callers in groupby(of.others, key=lambda caller: caller.thread.place)
    ]
    return [
        starting(companion, of),
        *(entering(companion, of, invocation) for invocation in invocations(of)),
        *(stepping(companion, outcome) for outcome in taken),
        *(
            standing_by(companion, outcome, id, others)
            for outcome in taken
            if not quiet(companion, outcome)
            for id, others in places
        ),
    ]
