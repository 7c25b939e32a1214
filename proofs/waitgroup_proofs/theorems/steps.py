"""The steps of a protocol, lifted: one thread of which nothing is known but its place, beside a census of the others.

`outcomes` runs each action of the protocol on an unknown shared state and a thread with unknown locals, and groups the
paths by how they leave the thread. `invocations` does the same for a thread outside any call that enters one. Every
theorem about a protocol is a statement about these; none contains a step of its own.

What an obligation about a step assumes: the conditions of the path taken; the local clauses of the thread; the global
clauses of the shared state and the census of everyone, which is this thread's contribution and that of the others; and
of the others what `lemmas` proves of any threads. A statement about one *other* thread takes that one out of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.lift import Path, conjunction, formula, paths
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, identical, name_of, plus, spoken, tags
from waitgroup_spec.protocol import Action, Call, Result


class Step(NamedTuple):
    """What a path of an action leads to: the shared state, the thread, and the census of everyone before and after."""

    was: Any  # the shared state before
    shared: Any
    caller: Caller[Any]
    before: Any
    after: Any


@dataclass(frozen=True, eq=False)
class Outcome:
    """The paths of an action that leave the thread in one manner, `ending`: one of the things that can happen."""

    abstraction: Abstraction
    action: Action
    caller: Caller[Any]
    ending: str
    paths: tuple[Path[Step], ...]

    @property
    def id(self) -> str:
        """The action, what sets the caller apart, and the ending."""
        return ".".join([self.action.name, *tags(self.caller), self.ending])

    @property
    def end(self) -> Caller[Any]:
        """The thread after the step; what is known of it alike on every path is its place."""
        return self.paths[0].result.caller

    @property
    def panics(self) -> bool:
        """Whether the program dies here."""
        return self.end.thread.result is Result.PANICKED

    @property
    def changes_shared(self) -> bool:
        """Whether any path does anything to the shared state."""
        return not all(identical(path.result.shared, self.abstraction.shared) for path in self.paths)

    @property
    def answer(self) -> Result:
        """What the call answers, if this ends it; else PENDING."""
        result: Result = self.end.thread.result
        return result


def ending(shared: Any, thread: Any) -> str:
    """How a step leaves the thread: at a place, with a panic, or with an answer."""
    if thread.result is Result.PENDING:
        return spoken(thread.place.name)
    if thread.result is Result.PANICKED:
        return spoken(shared.panic.name)
    return f"returned-{spoken(thread.result.name)}"


def taken(abstraction: Abstraction, action: Action, caller: Caller[Any]) -> Step | None:
    """The step, or None where the guard is false. This is the function that is lifted."""
    if not action.guard(abstraction.shared, caller.thread):
        return None
    shared, thread = action.effect(abstraction.shared, caller.thread)
    end = abstraction.moved(caller, thread)
    before = plus(abstraction.contribution(abstraction.shared, caller), abstraction.rest)
    after = plus(abstraction.contribution(shared, end), abstraction.rest_after)
    return Step(abstraction.shared, shared, end, before, after)


@cache
def outcomes(abstraction: Abstraction) -> tuple[Outcome, ...]:
    """Every outcome of every action, in the order of the text."""
    found: dict[str, Outcome] = {}
    for action in abstraction.protocol.actions.values():
        for caller in (caller for caller in abstraction.callers if caller.thread.place == action.place):
            for conditions, step in paths(taken, abstraction, action, caller):
                if step is not None:
                    end = ending(step.shared, step.caller.thread)
                    one = Outcome(abstraction, action, caller, end, (Path(conditions, step),))
                    known = found.get(one.id)
                    found[one.id] = one if known is None else replace(known, paths=(*known.paths, *one.paths))
    return tuple(found.values())


@dataclass(frozen=True, eq=False)
class Invocation:
    """A thread outside any call has entered one."""

    id: str
    call: Call
    caller: Caller[Any]


@cache
def invocations(abstraction: Abstraction) -> tuple[Invocation, ...]:
    """Every kind of call, with unknown arguments."""
    found = []
    for call, caller in abstraction.entries(abstraction.protocol):
        what = "wait" if call.delta is None else "add"
        found.append(Invocation(".".join([what, *tags(caller)]), call, caller))
    return tuple(found)


# What is assumed


def local_clauses(abstraction: Abstraction, caller: Caller[Any]) -> list[Any]:
    """The local clauses of a thread, as Z3 Booleans."""
    clauses = [clause for clause in abstraction.local if clause.concerns(caller)]
    # A clause that is not said to look at the shared state is not shown it.
    return [formula(clause.holds, abstraction.shared if clause.looks_at_shared else None, caller) for clause in clauses]


def global_clauses(abstraction: Abstraction, census: Any) -> list[Any]:
    """The global clauses, as Z3 Booleans."""
    return [formula(clause.holds, abstraction.shared, census) for clause in abstraction.clauses]


@cache
def assumed(outcome: Outcome) -> tuple[list[Any], list[Any]]:
    """What is true whenever the outcome happens; and, for each of its paths, what is true when that one is taken."""
    of = outcome.abstraction
    shapes = [formula(of.shape, of.rest), formula(of.shape, of.rest_after)]
    each = []
    for conditions, step in outcome.paths:
        others = formula(of.reclassified, of.shared, step.shared, of.rest, of.rest_after)
        each.append(conjunction([*conditions, others, *global_clauses(of, step.before)]))
    return [*local_clauses(of, outcome.caller), *shapes], each


def legal_entry(abstraction: Abstraction, invocation: Invocation) -> list[Any]:
    """What is true when a call begins: the invariant, and the rules of legal use."""
    rest = abstraction.rest
    legal = [formula(rule.holds, abstraction.shared, rest, invocation.caller) for rule in abstraction.rules]
    return [formula(abstraction.shape, rest), *global_clauses(abstraction, rest), *legal]


def in_company(
    holds: Callable[[Any, Any], bool],
    of: Callable[[Any, Caller[Any]], Any],
    shared: Any,
    other: Caller[Any],
    census: Any,
) -> bool:
    """A global clause, of the census and one other thread that it leaves out; `of` gives a thread's contribution."""
    return holds(shared, plus(census, of(shared, other)))


def with_other(of: Abstraction, other: Caller[Any], census: Any) -> list[Any]:
    """The global clauses, as Z3 Booleans, where `census` is that of everyone but one other thread."""
    return [formula(in_company, clause.holds, of.contribution, of.shared, other, census) for clause in of.clauses]


# Obligations


def about(outcome: Outcome, id: str, sentence: str, conclusion: Callable[[Step], bool]) -> Obligation:
    """The obligation that `conclusion` is true of every step with this outcome."""

    def build() -> Formulas:
        always, each = assumed(outcome)
        ways = zip(each, outcome.paths, strict=True)
        return Formulas(
            always, conjunction(z3.Implies(before, formula(conclusion, path.result)) for before, path in ways)
        )

    return Obligation(f"{outcome.abstraction.name}.{id}", sentence, build)


def about_other(
    outcome: Outcome, other: Caller[Any], id: str, sentence: str, conclusion: Callable[[Step], bool]
) -> Obligation:
    """The obligation that `conclusion` is true of every step with this outcome that is taken beside `other`."""
    of = outcome.abstraction

    def build() -> Formulas:
        always = [*local_clauses(of, outcome.caller), *local_clauses(of, other), formula(of.shape, of.rest)]
        each = []
        for conditions, step in outcome.paths:
            clauses = with_other(of, other, step.before)
            each.append(z3.Implies(conjunction([*conditions, *clauses]), formula(conclusion, step)))
        return Formulas(always, conjunction(each))

    return Obligation(f"{of.name}.{id}.{name_of(other)}", sentence, build)


def in_every_state(
    abstraction: Abstraction, id: str, sentence: str, conclusion: Callable[[Any, Any], bool]
) -> Obligation:
    """The obligation that `conclusion` follows from the invariant, in one state."""
    shared, everyone = abstraction.shared, abstraction.everyone
    return Obligation(
        f"{abstraction.name}.{id}",
        sentence,
        lambda: Formulas(
            [formula(abstraction.shape, everyone), *global_clauses(abstraction, everyone)],
            formula(conclusion, shared, everyone),
        ),
    )


def in_some_state(
    abstraction: Abstraction, id: str, sentence: str, conclusion: Callable[[Any, Any], bool]
) -> Obligation:
    """The obligation that `conclusion` and the invariant can be true together."""
    return replace(in_every_state(abstraction, id, sentence, conclusion), expected="satisfiable")


def happens(outcome: Outcome, id: str, sentence: str) -> Obligation:
    """The obligation that a state with the invariant has a step with this outcome."""

    def build() -> Formulas:
        always, each = assumed(outcome)
        return Formulas(always, z3.Or(each))

    return Obligation(f"{outcome.abstraction.name}.{id}", sentence, build, "satisfiable")
