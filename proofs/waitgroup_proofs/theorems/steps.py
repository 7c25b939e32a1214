"""The steps of a protocol, lifted: one thread of which nothing is known but its place, beside a census of the others.

`outcomes` runs each action of the protocol on an unknown shared state and a thread with unknown locals, and groups the
paths by where they leave the thread. `invocations` does the same for a thread outside any call that enters one. Every
theorem about the protocol is a statement about these; none contains a step of its own.

What an obligation about a step assumes: the conditions of the path taken; the local clauses of the thread; the global
clauses of the shared state and the census of everyone, which is this thread's contribution and that of the others; and
of the others what `lemmas` proves of any threads. It can be told to do `without` some clauses or rules, by their ids,
which is how `necessity` shows that they are needed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.lift import Path, formula, paths, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.census import Caller, Census, License, contribution, moved, plus, reclassified, shape
from waitgroup_proofs.theorems.invariant import GLOBAL, LOCAL
from waitgroup_proofs.theorems.legal_use import RULES
from waitgroup_spec.protocol import Action, Call, Protocol
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place

#: The unknown state: the shared part, and the census of the threads that do not take the step.
SHARED = symbol(go.Shared, "shared")
REST = symbol(Census, "rest")
#: The census of the same threads after the step: `reclassified` leaves no other choice.
REST_AFTER = REST._replace(fresh=integer("rest_after.fresh"), stale=integer("rest_after.stale"))

#: The census of all threads, where nobody takes a step.
EVERYONE = symbol(Census, "everyone")

#: The ids of clauses and rules that an obligation does without.
Without = frozenset[str]
NOTHING: Without = frozenset()


def spoken(name: str) -> str:
    """An enum's name as a part of an id."""
    return name.lower().replace("_", "-")


def name_of(caller: Caller) -> str:
    """Where a caller stands, or what its Add is licensed by."""
    return spoken(caller.thread.place.name if caller.license is License.NONE else caller.license.name)


#: Every thread that has not panicked: each place, for a pending Add each license, and nothing known of the locals.
CALLERS = tuple(
    Caller(symbol(go.Thread, "thread", place=place), license_)
    for place in Place
    if place is not Place.PANICKED
    for license_ in License
    if (license_ is not License.NONE) == (place is Place.ADD_APPLY)
)


class Step(NamedTuple):
    """What a path of an action leads to: the shared state, the thread, and the census of everyone before and after."""

    shared: go.Shared
    caller: Caller
    before: Census
    after: Census


@dataclass(frozen=True, eq=False)
class Outcome:
    """The paths of an action that leave the thread at one place: one of the things that can happen."""

    id: str
    action: Action
    caller: Caller
    paths: tuple[Path[Step], ...]

    @property
    def end(self) -> Caller:
        """The thread after the step; what is known of it alike on every path is its place."""
        return self.paths[0].result.caller

    @property
    def panics(self) -> bool:
        """Whether the program dies here."""
        return self.end.thread.place == Place.PANICKED


def taken(action: Action, caller: Caller) -> Step | None:
    """The step, or None where the guard is false. This is the function that is lifted."""
    if not action.guard(SHARED, caller.thread):
        return None
    shared, thread = action.effect(SHARED, caller.thread)
    end = moved(caller, thread)
    return Step(shared, end, plus(contribution(SHARED, caller), REST), plus(contribution(shared, end), REST_AFTER))


def outcome_id(action: Action, caller: Caller, step: Step) -> str:
    """The action, the license if there is one, and the place or the panic that the step ends in."""
    place = step.caller.thread.place
    end = step.shared.panic.name if place == Place.PANICKED else place.name
    who = "" if caller.license is License.NONE else f"{name_of(caller)}."
    return f"{action.name}.{who}{spoken(end)}"


@cache
def outcomes(protocol: Protocol) -> tuple[Outcome, ...]:
    """Every outcome of every action, in the order of the text."""
    found: dict[str, Outcome] = {}
    for action in protocol.actions.values():
        for caller in (caller for caller in CALLERS if caller.thread.place == action.place):
            for conditions, step in paths(taken, action, caller):
                if step is not None:
                    id = outcome_id(action, caller, step)
                    known = found.get(id, Outcome(id, action, caller, ()))
                    found[id] = replace(known, paths=(*known.paths, Path(conditions, step)))
    return tuple(found.values())


@dataclass(frozen=True, eq=False)
class Invocation:
    """A thread outside any call has entered one; `after` is the census of everyone then."""

    id: str
    caller: Caller
    after: Census


@cache
def invocations(protocol: Protocol) -> tuple[Invocation, ...]:
    """Wait, and Add with each license and an unknown delta."""
    found = []
    for license_ in License:
        call = Call() if license_ is License.NONE else Call(delta=integer("call.delta"))
        caller = Caller(protocol.begin(call), license_)
        id = "wait" if license_ is License.NONE else f"add.{name_of(caller)}"
        found.append(Invocation(id, caller, plus(contribution(SHARED, caller), REST)))
    return tuple(found)


def local_clauses(caller: Caller, without: Without = NOTHING) -> list[Any]:
    """The local clauses of a thread, as Z3 Booleans."""
    clauses = [clause for clause in LOCAL if clause.concerns(caller) and clause.id not in without]
    return [formula(clause.holds, caller) for clause in clauses]


def global_clauses(shared: go.Shared, census: Census, without: Without = NOTHING) -> list[Any]:
    """The global clauses, as Z3 Booleans."""
    return [formula(clause.holds, shared, census) for clause in GLOBAL if clause.id not in without]


@cache
def assumed(outcome: Outcome, without: Without) -> tuple[list[Any], list[Any]]:
    """What is true whenever the outcome happens; and, for each of its paths, what is true when that one is taken."""
    always = [*local_clauses(outcome.caller, without), formula(shape, REST), formula(shape, REST_AFTER)]
    each = []
    for conditions, step in outcome.paths:
        others = formula(reclassified, SHARED, step.shared, REST, REST_AFTER)
        each.append(z3.And(*conditions, others, *global_clauses(SHARED, step.before, without)))
    return always, each


def about(
    outcome: Outcome,
    id: str,
    sentence: str,
    conclusion: Callable[[Step], bool],
    without: Without = NOTHING,
) -> Obligation:
    """The obligation that `conclusion` is true of every step with this outcome."""

    def build() -> Formulas:
        always, each = assumed(outcome, without)
        ways = zip(each, outcome.paths, strict=True)
        return Formulas(always, z3.And([z3.Implies(before, formula(conclusion, path.result)) for before, path in ways]))

    return Obligation(id, sentence, build)


def in_every_state(
    id: str, sentence: str, conclusion: Callable[[go.Shared, Census], bool], without: Without = NOTHING
) -> Obligation:
    """The obligation that `conclusion` follows from the invariant, in one state."""
    return Obligation(
        id,
        sentence,
        lambda: Formulas(
            [formula(shape, EVERYONE), *global_clauses(SHARED, EVERYONE, without)],
            formula(conclusion, SHARED, EVERYONE),
        ),
    )


def in_some_state(id: str, sentence: str, conclusion: Callable[[go.Shared, Census], bool]) -> Obligation:
    """The obligation that `conclusion` and the invariant can be true together."""
    return replace(in_every_state(id, sentence, conclusion), expected="satisfiable")


def happens(outcome: Outcome, id: str, sentence: str) -> Obligation:
    """The obligation that a state with the invariant has a step with this outcome."""

    def build() -> Formulas:
        always, each = assumed(outcome, NOTHING)
        return Formulas(always, z3.Or(each))

    return Obligation(id, sentence, build, "satisfiable")


def legal_entry(invocation: Invocation, without: Without = NOTHING) -> list[Any]:
    """What is true when a call begins: the invariant, and the rules of legal use."""
    rules = [rule for rule in RULES if rule.id not in without]
    legal = [formula(rule.holds, SHARED, REST, invocation.caller) for rule in rules]
    return [formula(shape, REST), *global_clauses(SHARED, REST, without), *legal]
