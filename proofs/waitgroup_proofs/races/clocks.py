"""Vector clocks, and the two readings of what a WaitGroup orders.

A goroutine's clock says what happened before: its component g is n if the first n events of goroutine g did. Events are
accesses to variables, and steps that take units away. Goroutines learn from each other where a clock is passed on.

`PROMISE` is what the documentation promises and the race detector is told: whoever takes units away tells the group
what it knows, and a returning Wait learns it. Adding units orders nothing. The seventeen programs need each of its
three edges and both of its accesses. (Go tells the group just before the units are taken, and Wait learns just after
its last load; here each is one step. Telling later and learning earlier order less, so no race is missed.)

`ATOMICS` is what Go's memory model says of the atomic operations of the text: one that sees what another one did
comes after it. The programs need the edges SUBTRACT and PASS; a woken waiter is ordered twice, by its permit and by its
second look at the word, and either is enough. The other edges decide nothing.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from waitgroup_proofs.theorems.synchronisation import Through, synchronises
from waitgroup_spec.protocols.go import Place, Shared, Thread
from waitgroup_spec.word import to_signed

Clock = tuple[int, ...]


def merged(one: Clock, other: Clock) -> Clock:
    """What is known to whoever knows both."""
    return tuple(map(max, one, other))


def replaced(clock: Clock, goroutine: int, event: int) -> Clock:
    """The clock with another component for one goroutine."""
    return (*clock[:goroutine], event, *clock[goroutine + 1 :])


def ticked(clock: Clock, goroutine: int) -> Clock:
    """The clock after one more event of its own goroutine."""
    return replaced(clock, goroutine, clock[goroutine] + 1)


def knows(clock: Clock, other: Clock) -> bool:
    """Whether whoever has `clock` knows all that is in `other`."""
    return merged(clock, other) == clock


class Operation(Enum):
    """What an atomic step of the WaitGroup turned out to be."""

    SUBTRACT = "units are taken away"
    ADD = "units, or none, are added"
    ADD_FIRST = "units are added to a counter at zero"
    RELOAD = "the zeroer looks again"
    RESET = "the zeroer stores zero"
    RELEASE = "the zeroer releases a permit"
    LOAD = "Wait finds outstanding work"
    PASS = "Wait finds the counter at zero and returns"
    SWAP_FAILED = "the word has moved: Wait begins again"
    REGISTER = "Wait registers one waiter more"
    REGISTER_FIRST = "Wait registers the first waiter"
    ACQUIRE = "the waiter takes a permit"
    RECHECK = "the woken waiter looks again, and returns"


def operation_of(action: str, before: Shared, thread: Thread, after: Shared, moved: Thread) -> Operation:
    """What the action was that made `after` and `moved` of `before` and `thread`."""
    match action:
        case "apply" if thread.delta < 0:
            return Operation.SUBTRACT
        case "apply":
            first = thread.delta > 0 and after.word.counter == to_signed(thread.delta)
            return Operation.ADD_FIRST if first else Operation.ADD
        case "load":
            return Operation.PASS if moved.place == Place.RETURNED else Operation.LOAD
        case "compare_and_swap" if moved.place == Place.WAIT_LOAD:
            return Operation.SWAP_FAILED
        case "compare_and_swap":
            return Operation.REGISTER if before.word.waiters else Operation.REGISTER_FIRST
        case _:
            return Operation[action.upper()]


class Edge(Enum):
    """How an operation passes knowledge on. The group has one clock; each permit has one of its own."""

    LEARN = "the goroutine learns what the group knows"
    TELL = "the group learns what the goroutine knows"
    EXCHANGE = "both learn what the other knows"
    REPLACE = "the group knows what the goroutine knows, and nothing else"
    GIVE = "a permit is made that knows what the goroutine knows"
    TAKE = "the goroutine learns what one of the permits knows, any one"


class Rule(NamedTuple):
    """What orders events; what is not named orders nothing.

    `accesses`: operations that count as accesses to the group itself, True for a write.
    """

    name: str
    sentence: str
    edges: Mapping[Operation, Edge]
    accesses: Mapping[Operation, bool]

    def without(self, *operations: Operation) -> "Rule":
        """The rule in which these operations pass nothing on and are no accesses: a mutant."""
        return self._replace(
            edges={operation: edge for operation, edge in self.edges.items() if operation not in operations},
            accesses={operation: write for operation, write in self.accesses.items() if operation not in operations},
        )


PROMISE = Rule(
    "promise",
    "What takes units away comes before the return of every later Wait; a first Add must not race with a first Wait.",
    edges={Operation.SUBTRACT: Edge.TELL, Operation.PASS: Edge.LEARN, Operation.RECHECK: Edge.LEARN},
    accesses={Operation.ADD_FIRST: False, Operation.REGISTER_FIRST: True},
)

#: How each operation synchronises, by the same table as the proof of happens-before.
EDGES = {
    Through.LOAD: Edge.LEARN,
    Through.UPDATE: Edge.EXCHANGE,
    Through.STORE: Edge.REPLACE,
    Through.RELEASE: Edge.GIVE,
    Through.ACQUIRE: Edge.TAKE,
}
#: The operations that are one of several things that an action can turn out to be: which action, and how it ends.
ENDS = {
    Operation.SUBTRACT: ("apply", ""),
    Operation.ADD: ("apply", ""),
    Operation.ADD_FIRST: ("apply", ""),
    Operation.PASS: ("load", ""),
    Operation.SWAP_FAILED: ("compare_and_swap", "wait-load"),
    Operation.REGISTER: ("compare_and_swap", "wait-acquire"),
    Operation.REGISTER_FIRST: ("compare_and_swap", "wait-acquire"),
}


def edge_of(operation: Operation) -> Edge | None:
    """The edge of an atomic operation, if it has one."""
    how = synchronises("go", *ENDS.get(operation, (operation.name.lower(), "")))
    return EDGES.get(how) if how is not None else None


ATOMICS = Rule(
    "atomics",
    "An atomic operation that sees what another one did comes after it.",
    edges={operation: edge for operation in Operation if (edge := edge_of(operation)) is not None},
    accesses={},
)
