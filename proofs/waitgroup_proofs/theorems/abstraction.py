"""The counter abstraction: what the proofs are told of a protocol, so that any number of threads become a few numbers.

A protocol's state is a shared part and any number of threads. The *census* of a state is the sum of the `contribution`
of each thread: numbers of threads by what they do next, and totals over them. Two facts make it a sound view of the
state, and both are obligations (`lemmas`):

* **Shape.** What is true of every single contribution, true of zero, and true of a sum whenever it is true of both
  parts, is true of every census, by induction on the number of threads.
* **Others.** When one thread steps, the contribution of any other changes only because it looks at the shared state.
  `reclassified` says what that can do to the census of all the others, and is shown in the same manner: for one other
  thread, for none, for sums.

So a step of any state of any number of threads is a step of one thread beside a census of the others, and nothing has
been assumed about the others but what is proved.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar

from waitgroup_proofs.terms import Term
from waitgroup_spec.protocol import Call, Protocol, Result

T = TypeVar("T")


class Caller(NamedTuple, Generic[T]):
    """A thread of the protocol. `license`: by which rule of legal use its call is legal, if the protocol has rules."""

    thread: T
    license: Enum | None = None


class Entry(NamedTuple):
    """A call, and the thread that has just entered it."""

    call: Call
    caller: Caller[Any]


class LocalClause(NamedTuple):
    """A statement about each thread that stands at one of `places`: about its own locals, or beside the shared state.

    No step of another thread can break one that does not look at the shared state; of the others, it is proved.
    """

    id: str
    sentence: str
    holds: Callable[[Any, Caller[Any]], bool]
    places: tuple[int, ...]
    looks_at_shared: bool = False

    def concerns(self, caller: Caller[Any]) -> bool:
        """Whether it says anything about this thread."""
        return caller.thread.place in self.places


class Clause(NamedTuple):
    """A statement about the shared state and the census of all threads."""

    id: str
    sentence: str
    holds: Callable[[Any, Any], bool]


class Rule(NamedTuple):
    """A rule of legal use, and what it demands of a call that begins."""

    id: str
    sentence: str
    holds: Callable[[Any, Any, Caller[Any]], bool]


def sentence_of(predicate: Callable[..., object]) -> str:
    """Its docstring, in one line."""
    return " ".join((predicate.__doc__ or "").split())


def clause(predicate: Callable[[Any, Any], bool]) -> Clause:
    """The clause that a predicate states: its name in capitals, its docstring, itself."""
    return Clause(predicate.__name__.upper(), sentence_of(predicate), predicate)


@dataclass(frozen=True, eq=False)
class Abstraction:
    """A protocol, how its threads are counted, its invariant, and its rank.

    Unknowns: `shared`, the shared state; `rest` and `rest_after`, the census of the threads that do not take a step,
    before and after it; `everyone`, that of all threads. `callers`: a thread at each place, of which nothing else is
    known; every thread is one of them. `others`: the same, with unknowns of their own. `entries`: every kind of
    call, as it is entered. `nobody`: the census of no threads. `stuck(shared, census)`: no thread can step. `at_rest`:
    what is claimed of the states where that is so.
    """

    protocol: Protocol
    shared: Any
    rest: Any
    rest_after: Any
    everyone: Any
    nobody: Any
    callers: tuple[Caller[Any], ...]
    others: tuple[Caller[Any], ...]
    entries: Callable[[Protocol], tuple[Entry, ...]]
    contribution: Callable[[Any, Caller[Any]], Any]
    moved: Callable[[Caller[Any], Any], Caller[Any]]
    shape: Callable[[Any], bool]
    reclassified: Callable[[Any, Any, Any, Any], bool]
    local: tuple[LocalClause, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    rank: Callable[[Any], tuple[int, ...]]
    stuck: Callable[[Any, Any], bool]
    at_rest: tuple[Clause, ...]

    @property
    def name(self) -> str:
        """The protocol's name, with which the ids of all obligations about it begin."""
        return self.protocol.name

    def of(self, protocol: Protocol) -> "Abstraction":
        """The same view of another text of the protocol, a mutant for example."""
        return replace(self, protocol=protocol)

    def without(self, *ids: str) -> "Abstraction":
        """The same with some clauses or rules left out."""
        return replace(
            self,
            local=tuple(clause for clause in self.local if clause.id not in ids),
            clauses=tuple(clause for clause in self.clauses if clause.id not in ids),
            rules=tuple(rule for rule in self.rules if rule.id not in ids),
        )

    @property
    def parts(self) -> tuple[str, ...]:
        """The ids of all clauses and rules."""
        return (
            *(clause.id for clause in self.local),
            *(clause.id for clause in self.clauses),
            *(rule.id for rule in self.rules),
        )

    def census_of(self, shared: Any, callers: tuple[Caller[Any], ...]) -> Any:
        """The census of a whole state: for tests, which know all the threads."""
        total = self.nobody
        for caller in callers:
            total = plus(total, self.contribution(shared, caller))
        return total

    def known(self, caller: Caller[Any]) -> bool:
        """Whether the caller is one of `callers`: whatever is fixed there is so here."""
        return any(matches(kind, caller) for kind in self.callers)


def plus(one: Any, other: Any) -> Any:
    """The census of both together."""
    return type(one)(*(mine + theirs for mine, theirs in zip(one, other, strict=True)))


def matches(kind: Caller[Any], caller: Caller[Any]) -> bool:
    """Whether a caller agrees with a kind in everything that the kind fixes."""
    fields = zip(kind.thread, caller.thread, strict=True)
    return kind.license is caller.license and all(agrees(fixed, value) for fixed, value in fields)


def agrees(fixed: object, value: object) -> bool:
    """Whether a value is as a kind fixes it; an unknown fixes nothing."""
    if isinstance(fixed, Term):
        return True
    if isinstance(fixed, tuple) and isinstance(value, tuple):
        return all(agrees(one, other) for one, other in zip(fixed, value, strict=True))
    return not isinstance(value, Term) and fixed == value


def identical(one: Any, other: Any) -> bool:
    """Whether two values are the same to the letter: the same objects, field by field in named tuples."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(identical(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    return one is other


# Names


def spoken(name: str) -> str:
    """An enum's name as a part of an id."""
    return name.lower().replace("_", "-")


def tags(caller: Caller[Any]) -> Iterator[str]:
    """What sets a caller apart from others at the same place: its license, what is true of it, what it will answer."""
    if caller.license is not None:
        yield spoken(caller.license.name)
    for name, value in caller.thread._asdict().items():
        if value is True:
            yield name
        elif isinstance(value, Result) and value is not Result.PENDING:
            yield spoken(value.name)


def name_of(caller: Caller[Any]) -> str:
    """Where a caller stands, or what its call is licensed by."""
    place = [] if caller.license is not None else [spoken(caller.thread.place.name)]
    return ".".join([*place, *tags(caller)])
