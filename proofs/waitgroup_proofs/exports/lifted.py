"""A protocol, lifted for printing: for each action its guard, and its effect as cases that exclude each other.

The state is flattened into leaves: the integers, enums and truth values inside the named tuples `shared` and `thread`.
Each leaf is an unknown integer that has the leaf's path for its name, such as `shared.word.counter`; an enum is its
number, a truth value is 0 or 1. The thread stands at the action's place, in a call that has not ended. A case lists the
conditions under which the effect takes this path, and the leaves that it changes, with their new values.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, IntEnum
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import Bounded, whole
from waitgroup_proofs.exports.identity import questions
from waitgroup_proofs.exports.leaves import Leaf, Unknown, is_open, leaves, unknown, values
from waitgroup_proofs.exports.sequences import TOO_LONG, Sequence
from waitgroup_proofs.lift import decision, runs
from waitgroup_proofs.terms import Condition, Term
from waitgroup_spec.protocol import Action, Call, Protocol, Result

#: The kinds of call that a client can make, by name; `add` stands for every delta.
CALLS = {
    "add": Call(delta=1),
    "wait": Call(),
    "wait_timed": Call(timed=True),
    "wait_interrupted": Call(interrupted=True),
}


class Case(NamedTuple):
    """One thing that an effect can do: the Z3 Boolean that says when, and the leaves it changes, to Z3 integers."""

    condition: Any
    changes: dict[Leaf, Any]


class LiftedAction(NamedTuple):
    """An action: its place, when a thread that stands there may take it, and the cases of its effect."""

    action: Action
    place: Any
    guard: Any
    cases: tuple[Case, ...]


class Lifted:
    """A protocol: what its states are made of, its actions, and the Z3 Boolean that says when it is halted."""

    def __init__(self, protocol: Protocol, make: Unknown) -> None:
        """Runs the protocol's functions on unknown values. Raises Untranslatable."""
        self.protocol = protocol
        self.kinds = {"shared": type(protocol.initial(0)), "thread": thread_of(protocol)}
        self.shared, self.thread = (unknown(kind, make, name) for name, kind in self.kinds.items())
        found = {"shared": self.shared, "thread": self.thread}
        self.parts = {name: dict(leaves(found[name], kind, name)) for name, kind in self.kinds.items()}
        #: The kind of each unknown, by its term's number.
        self.known = {term.serial: leaf.kind for part in self.parts.values() for leaf, term in part.items()}
        #: The enums, by the leaves' names.
        self.kinds_of: dict[str, type[Enum]] = {
            leaf.name: leaf.kind for part in self.parts.values() for leaf in part if issubclass(leaf.kind, Enum)
        }
        #: What each enum is called in an export.
        self.labels: dict[type[Enum], str] = {}
        self.label(Result)
        for kind in self.kinds_of.values():
            if not is_open(kind):
                self.label(kind)
        self.actions: list[LiftedAction] = []
        with self.about("halted"):
            self.inspect(protocol.halted)
            self.halted = self.formula(lambda: bool(protocol.halted(self.shared)))
        for action in protocol.actions.values():
            with self.about(action.name):
                self.actions.append(self.action(action))

    @contextmanager
    def about(self, what: str) -> Iterator[None]:
        """Say of which part of the protocol it is that something cannot be translated."""
        try:
            yield
        except (TypeError, AttributeError, RuntimeError, IndexError, Untranslatable) as error:
            raise Untranslatable(f"{self.protocol.name}, {what}: {error}") from error

    def numbers(self, step: Any) -> dict[Leaf, Any]:
        """What an effect gives, leaf by leaf. This runs in the lifted function: to decide a condition is to fork."""
        shared, thread = step
        return self.part("shared", shared) | self.part("thread", thread)

    def part(self, name: str, value: Any) -> dict[Leaf, Any]:
        """A shared state or a thread, leaf by leaf, in Z3's terms."""
        if type(value) is not self.kinds[name]:
            raise Untranslatable(f"{name} is {value!r}, and no {self.kinds[name].__name__}")
        return {leaf: self.number(leaf, found) for leaf, found in leaves(value, self.kinds[name], name)}

    def number(self, leaf: Leaf, value: Any) -> Any:
        """The value of a leaf in Z3's terms. What is no integer must be a member, or an unknown of the same kind."""
        if isinstance(value, Condition):
            value = bool(value)
        if isinstance(value, Term) and (leaf.kind is int or self.known.get(value.serial) is leaf.kind):
            return whole(value) if isinstance(value, Bounded) else value.expression
        if is_open(leaf.kind) and isinstance(value, IntEnum):
            return self.constant(type(value), value)
        if isinstance(value, int) and (leaf.kind is int or int(value) in values(leaf.kind)):
            return self.constant(leaf.kind, value)
        raise Untranslatable(f"{leaf.name} becomes {value!r}, which is no {leaf.kind.__name__}")

    def label(self, kind: type[Enum]) -> str:
        """What an enum is called: by its name, or together with its module's if that is taken."""
        if kind not in self.labels:
            choices = (kind.__name__, f"{kind.__module__.rpartition('.')[2]}_{kind.__name__}")
            free = [choice for choice in choices if choice not in self.labels.values()]
            if not free:
                raise Untranslatable(f"two enums are called {choices[1]}")
            self.labels[kind] = free[0]
        return self.labels[kind]

    @property
    def enums(self) -> dict[str, dict[str, int]]:
        """The enums whose members occur in the text: what they are called, with the numbers of their members."""
        return {label: {member.name: int(member.value) for member in kind} for kind, label in self.labels.items()}

    def constant(self, kind: type, value: int) -> Any:
        """A known number in Z3's terms; the member of an enum is a constant that has its name."""
        if issubclass(kind, Enum):
            return z3.Int(f"{self.label(kind)}.{kind(value).name}")
        return z3.IntVal(int(value))

    def named(self, expression: Any) -> Any:
        """What was decided, with members by name where it compares the leaf of an enum with a number."""
        if isinstance(expression, bool):
            return z3.BoolVal(expression)
        pairs, pending = [], [expression]
        while pending:
            part = pending.pop()
            pending += part.children()
            if z3.is_eq(part):
                for leaf, value in (part.children(), reversed(part.children())):
                    kind = self.kinds_of.get(str(leaf))
                    if kind and not is_open(kind) and z3.is_int_value(value) and value.as_long() in values(kind):
                        pairs.append((part, leaf == self.constant(kind, value.as_long())))
        return z3.substitute(expression, *pairs)

    def formula(self, predicate: Callable[[], bool]) -> Any:
        """The Z3 Boolean that is true exactly where `predicate` is."""
        return self.named(decision(runs(predicate), 0))

    def action(self, action: Action) -> LiftedAction:
        """One action of a thread that stands at its place, in a call that has not ended."""
        self.inspect(action.guard)
        self.inspect(action.effect)
        thread = self.thread._replace(place=action.place, result=Result.PENDING)
        before = self.numbers((self.shared, thread))
        found = runs(lambda: self.after(action, thread))
        changes = [{leaf: one[leaf] for leaf in one if not one[leaf].eq(before[leaf])} for _, one in found]
        cases = []
        for number, change in enumerate(changes):
            alike = [same(change, other) for other in changes]
            if alike.index(True) == number:
                ways = [(answers, wanted) for (answers, _), wanted in zip(found, alike, strict=True)]
                cases.append(Case(self.named(decision(ways, 0)), change))
        guard = self.formula(lambda: self.enabled(action, thread))
        place = next(value for leaf, value in before.items() if leaf.path == ("thread", "place"))
        return LiftedAction(action, place, guard, tuple(case for case in cases if possible(guard, case.condition)))

    def enabled(self, action: Action, thread: Any) -> bool:
        """Whether the guard is true, or looks outside a tuple: then the step is one that goes out of bounds."""
        try:
            return bool(action.guard(self.shared, thread))
        except IndexError:
            return True

    def after(self, action: Action, thread: Any) -> dict[Leaf, Any]:
        """What an effect gives where its guard is true; where one of them looks outside a tuple, what is out of bounds.

        Only a protocol with tuples can do so; in others the guard need not be asked again.
        """
        before = self.numbers((self.shared, thread))
        lengths = [leaf for leaf in before if leaf.path[-1:] == Sequence._fields[:1]]
        try:
            if lengths and not action.guard(self.shared, thread):
                return before
            return self.numbers(action.effect(self.shared, thread))
        except IndexError:
            if not lengths:
                raise
            return before | {lengths[0]: z3.IntVal(TOO_LONG)}

    def inspect(self, function: Callable[..., Any]) -> None:
        """Refuse a function that asks what unknown values cannot answer."""
        if asked := questions(function):
            raise Untranslatable(f"it asks for identity or type, where an unknown value gives no answer: {asked[0]}")


def thread_of(protocol: Protocol) -> type:
    """What the protocol's threads are."""
    for call in CALLS.values():
        try:
            return type(protocol.begin(call))
        except ValueError:  # a call that this protocol does not know
            continue
    raise Untranslatable(f"{protocol.name} knows no call")


def possible(*conditions: Any) -> bool:
    """Whether Z3 does not refute that all of these can be true together."""
    solver = z3.SimpleSolver()
    solver.add(*conditions)
    return bool(solver.check() != z3.unsat)


def same(one: dict[Leaf, Any], other: dict[Leaf, Any]) -> bool:
    """Whether these are the same changes."""
    return one.keys() == other.keys() and all(one[leaf].eq(other[leaf]) for leaf in one)
