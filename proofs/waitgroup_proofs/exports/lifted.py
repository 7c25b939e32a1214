"""A protocol, lifted for printing: for each action its guard, and its effect as cases that exclude each other.

The state is flattened into leaves: the integers, enums and truth values inside the named tuples `shared` and `thread`.
Each leaf is an unknown integer that has the leaf's path for its name, such as `shared.word.counter`; an enum is its
number, a truth value is 0 or 1. The thread stands at the action's place, in a call that has not ended. A case lists the
conditions under which the effect takes this path, and the leaves that it changes, with their new values.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, IntEnum
from operator import attrgetter
from typing import Any, NamedTuple, cast, get_type_hints

import z3

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import LIMIT, Bounded, whole
from waitgroup_proofs.exports.identity import questions
from waitgroup_proofs.lift import decision, formula, runs
from waitgroup_proofs.terms import Condition, Term
from waitgroup_spec.protocol import Action, Call, Protocol, Result

#: Makes the unknown integer of a name, between two bounds; whether it uses them is its affair.
Unknown = Callable[[str, int, int], Any]

#: The kinds of call that a client can make, by name; `add` stands for every delta.
CALLS = {
    "add": Call(delta=1),
    "wait": Call(),
    "wait_timed": Call(timed=True),
    "wait_interrupted": Call(interrupted=True),
}


class Leaf(NamedTuple):
    """One number of the state, by its path: `shared` or `thread`, then field by field."""

    path: tuple[str, ...]
    kind: type

    @property
    def name(self) -> str:
        """The path as it is written."""
        return ".".join(self.path)

    @property
    def bounds(self) -> tuple[int, int]:
        """What the number lies between."""
        if self.kind is int or is_open(self.kind):
            return -LIMIT, LIMIT
        return min(values(self.kind)), max(values(self.kind))

    def of(self, value: Any) -> Any:
        """This leaf of a shared state or a thread."""
        return attrgetter(".".join(self.path[1:]))(value)


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


def is_open(kind: type) -> bool:
    """Whether this is an enum without members of its own, of which enums with members are made."""
    return issubclass(kind, Enum) and not list(kind)


def values(kind: type) -> list[int]:
    """The numbers that truth values or the members of an enum are."""
    return [0, 1] if kind is bool else [int(member.value) for member in cast(type[Enum], kind)]


def leaves(kind: type, *path: str) -> Iterator[Leaf]:
    """The leaves of a named tuple. Raises Untranslatable if it has a field of which no number can be made."""
    for field, hint in fields(kind, path):
        if isinstance(hint, type) and hasattr(hint, "_fields"):
            yield from leaves(hint, *path, field)
        elif hint in (int, bool) or (isinstance(hint, type) and issubclass(hint, IntEnum)):
            yield Leaf((*path, field), hint)
        else:
            raise Untranslatable(f"{'.'.join(path)}.{field} is a {hint}, which is no number and no named tuple")


def fields(kind: type, path: tuple[str, ...]) -> Iterable[tuple[str, Any]]:
    """The fields of a named tuple, with their types."""
    if not hasattr(kind, "_fields"):
        raise Untranslatable(f"{'.'.join(path)} is a {kind.__name__} and no named tuple")
    return get_type_hints(kind).items()


def records(lifted: "Lifted") -> dict[type, list[tuple[str, Any]]]:
    """The named tuples that a state is made of, the innermost first, with their fields."""
    found: dict[type, list[tuple[str, Any]]] = {}

    def visit(kind: type) -> None:
        inside = list(fields(kind, (kind.__name__,)))
        for _, hint in inside:
            if hasattr(hint, "_fields"):
                visit(hint)
        found.setdefault(kind, inside)

    for kind in lifted.kinds.values():
        visit(kind)
    if len({kind.__name__ for kind in found}) < len(found):
        raise Untranslatable(f"two types have one name: {', '.join(kind.__name__ for kind in found)}")
    return found


def unknown(kind: type, make: Unknown, *path: str) -> Any:
    """A named tuple whose leaves are all unknown."""
    found = {}
    for field, hint in fields(kind, path):
        inner = (*path, field)
        nested = hasattr(hint, "_fields")
        found[field] = unknown(hint, make, *inner) if nested else make(".".join(inner), *Leaf(inner, hint).bounds)
    return kind(**found)


class Lifted:
    """A protocol: what its states are made of, its actions, and the Z3 Boolean that says when it is halted."""

    def __init__(self, protocol: Protocol, make: Unknown) -> None:
        """Runs the protocol's functions on unknown values. Raises Untranslatable."""
        self.protocol = protocol
        self.kinds = {"shared": type(protocol.initial(0)), "thread": thread_of(protocol)}
        self.parts = {name: list(leaves(kind, name)) for name, kind in self.kinds.items()}
        self.shared, self.thread = (unknown(kind, make, name) for name, kind in self.kinds.items())
        #: The kind of each unknown, by its term's number.
        self.known = {leaf.of(self.shared).serial: leaf.kind for leaf in self.parts["shared"]}
        self.known |= {leaf.of(self.thread).serial: leaf.kind for leaf in self.parts["thread"]}
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
        self.halted = self.formula(protocol.halted, self.shared)
        self.actions = [self.action(action) for action in protocol.actions.values()]

    def numbers(self, step: Any) -> dict[Leaf, Any]:
        """What an effect gives, leaf by leaf. This runs in the lifted function: to decide a condition is to fork."""
        shared, thread = step
        return self.part("shared", shared) | self.part("thread", thread)

    def part(self, name: str, value: Any) -> dict[Leaf, Any]:
        """A shared state or a thread, leaf by leaf, in Z3's terms."""
        if type(value) is not self.kinds[name]:
            raise Untranslatable(f"{name} is {value!r}, and no {self.kinds[name].__name__}")
        return {leaf: self.number(leaf, leaf.of(value)) for leaf in self.parts[name]}

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
        """The formula, with members by name where it compares the leaf of an enum with a number."""
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

    def formula(self, predicate: Callable[..., Any], *arguments: Any) -> Any:
        """The Z3 Boolean that is true exactly where `predicate` is."""
        self.inspect(predicate)
        return self.named(formula(decided, predicate, *arguments))

    def action(self, action: Action) -> LiftedAction:
        """One action."""
        try:
            return self.at_its_place(action)
        except (TypeError, AttributeError, RuntimeError, Untranslatable) as error:
            raise Untranslatable(f"{self.protocol.name}, {action.name}: {error}") from error

    def at_its_place(self, action: Action) -> LiftedAction:
        """One action of a thread that stands at its place, in a call that has not ended."""
        self.inspect(action.effect)
        thread = self.thread._replace(place=action.place, result=Result.PENDING)
        before = self.numbers((self.shared, thread))
        found = runs(lambda: self.numbers(action.effect(self.shared, thread)))
        changes = [{leaf: one[leaf] for leaf in one if not one[leaf].eq(before[leaf])} for _, one in found]
        cases = []
        for number, change in enumerate(changes):
            alike = [same(change, other) for other in changes]
            if alike.index(True) == number:
                ways = [(answers, wanted) for (answers, _), wanted in zip(found, alike, strict=True)]
                when = decision(ways, 0)
                cases.append(Case(z3.BoolVal(True) if when is True else self.named(when), change))
        place = next(value for leaf, value in before.items() if leaf.path == ("thread", "place"))
        return LiftedAction(action, place, self.formula(action.guard, self.shared, thread), tuple(cases))

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


def decided(predicate: Callable[..., Any], *arguments: Any) -> bool:
    """The predicate's answer as a bool: a truth value of the state is 0 or 1 here."""
    return bool(predicate(*arguments))


def same(one: dict[Leaf, Any], other: dict[Leaf, Any]) -> bool:
    """Whether these are the same changes."""
    return one.keys() == other.keys() and all(one[leaf].eq(other[leaf]) for leaf in one)
