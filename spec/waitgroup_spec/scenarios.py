"""Client programs as data: who calls what, and when they may start.

One scenario is a test, an explorer program and a schedule for real code. The names are those of the contract's table;
the sizes are `w` workers and `v` waiters, both at least 1. `MODEL_FAMILIES` holds the two programs whose counts are
pinned against other model checkers.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import NamedTuple

from waitgroup_spec.protocol import Call

DONE = Call(delta=-1)
WAIT = Call()
TIMED_WAIT = Call(timed=True)
INTERRUPTED_WAIT = Call(interrupted=True)


def add(delta: int) -> Call:
    """The call `add(delta)`."""
    return Call(delta=delta)


class When(Enum):
    """When the threads of a client may start, if not started by another thread."""

    AT_ONCE = "at once"
    QUIESCENT = "when every other thread is finished or blocked"
    RETURNED = "when every thread that started before has finished"


class Turn(NamedTuple):
    """Started together with all others of this turn, when each earlier one has come and all is quiescent again."""

    number: int

    def has_come(self, threads: Iterable[tuple[object, bool]]) -> bool | None:
        """Whether its threads may start, by the starts of all threads and whether they have; None: at quiescence."""
        turns = [(start.number, started) for start, started in threads if isinstance(start, Turn)]
        if any(number == self.number and started for number, started in turns):
            return True
        return False if any(number < self.number and not started for number, started in turns) else None


class After(NamedTuple):
    """Started by the thread of `client` as it completes its call number `calls`."""

    client: str
    calls: int


class Client(NamedTuple):
    """`threads` identical threads, each making `calls` in this order; one that `repeats` makes them again for ever."""

    name: str
    calls: tuple[Call, ...]
    threads: int = 1
    start: When | Turn | After = When.AT_ONCE
    repeats: bool = False


class Scenario(NamedTuple):
    """A client program: `units` are added before any thread starts. It is bounded unless a client repeats its calls."""

    name: str
    sentence: str
    units: int
    clients: tuple[Client, ...]

    @property
    def legal_in_go(self) -> bool:
        """Whether every run keeps the five rules of Go's legal use (contract): then Go must not panic."""
        return self.name in {"pre-added", "nested", "mixed"}

    @property
    def thread_names(self) -> list[str]:
        """`worker 1`, `worker 2`, ... in the order of the clients; a client of one thread is named without a number."""
        return [
            client.name if client.threads == 1 else f"{client.name} {number}"
            for client in self.clients
            for number in range(1, client.threads + 1)
        ]


#: How many workers, and how many waiters.
Size = tuple[int, int]


def by(size: Size) -> str:
    """A size as it is written: `2 x 1`."""
    return f"{size[0]} x {size[1]}"


def scenario(name: str, sentence: str, units: int, *clients: Client) -> Scenario:
    """A scenario; clients of no threads, which small sizes bring, are left out."""
    return Scenario(name, sentence, units, tuple(client for client in clients if client.threads > 0))


def workers(threads: int) -> Client:
    """Each worker: done()."""
    return Client("worker", (DONE,), threads)


def waiters(threads: int) -> Client:
    """Each waiter: wait()."""
    return Client("waiter", (WAIT,), threads)


#: A fresh round on the same group, once everybody has returned: add(1), a waiter that waits, done().
NEXT_GENERATION = (
    Client("owner", (add(1), DONE), start=When.RETURNED),
    Client("late waiter", (WAIT,), start=After("owner", 1)),
)


def pre_added(w: int, v: int) -> Scenario:
    """The units are added before the threads start; each worker: done(); each waiter: wait()."""
    return scenario("pre-added", "the usual program", w, workers(w), waiters(v))


def add_done(w: int, v: int) -> Scenario:
    """Each worker adds its own unit, which Go forbids: add(1); done()."""
    own = Client("worker", (add(1), DONE), w)
    return scenario("add-done", "each worker adds its own unit: illegal in Go", 0, own, waiters(v))


def nested(w: int, v: int) -> Scenario:
    """The first worker adds a unit while it holds one: add(1); done(); done()."""
    first = Client("first worker", (add(1), DONE, DONE))
    return scenario("nested", "a worker adds while it holds a unit", w, first, workers(w - 1), waiters(v))


def mixed(w: int, v: int) -> Scenario:
    """Two units a worker, taken at once: add(-2); the first one: add(1); add(-3)."""
    first = Client("first worker", (add(1), add(-3)))
    others = Client("worker", (add(-2),), w - 1)
    return scenario("mixed", "deltas of other sizes", 2 * w, first, others, waiters(v))


def reuse(w: int, v: int) -> Scenario:
    """The first waiter goes on to a second generation, whose worker it starts."""
    first = Client("first waiter", (WAIT, add(1), WAIT))
    late = Client("late worker", (DONE,), start=After("first waiter", 2))
    return scenario("reuse", "a second generation while others return", w, workers(w), first, waiters(v - 1), late)


def reuse_eager(w: int, v: int) -> Scenario:
    """The last worker opens a second generation at once: done(); add(1); done()."""
    last = Client("last worker", (DONE, add(1), DONE))
    return scenario("reuse-eager", "a worker opens the next generation at once", w, workers(w - 1), last, waiters(v))


def reuse_open(w: int, v: int) -> Scenario:
    """The first waiter opens a second generation that stays open: its second wait must stay blocked."""
    first = Client("first waiter", (WAIT, add(1), WAIT))
    return scenario("reuse-open", "a second generation that stays open", w, workers(w), first, waiters(v - 1))


def reuse_parked(w: int, v: int) -> Scenario:
    """All waiters are parked; then one thread: done(); add(1). Its unit stays open, and every waiter must return."""
    closer = Client("worker", (DONE, add(1)), start=When.QUIESCENT)
    return scenario("reuse-parked", "a zero that lasts for a moment", 1, waiters(v), closer)


def surplus(w: int, v: int) -> Scenario:
    """One worker calls done() once too often: exactly one call is rejected."""
    first = Client("first worker", (DONE, DONE))
    return scenario("surplus", "one done() too many", w, first, workers(w - 1), waiters(v))


def zero_delta(w: int, v: int) -> Scenario:
    """An extra thread calls add(0) at any time; afterwards the next generation must work."""
    extra = Client("extra", (add(0),))
    return scenario("zero-delta", "add(0) at any time", w, workers(w), waiters(v), extra, *NEXT_GENERATION)


def timeout_race(w: int, v: int) -> Scenario:
    """The first waiter's timeout races with the last done()."""
    first = Client("first waiter", (TIMED_WAIT,))
    return scenario("timeout-race", "a timeout races with the last done()", w, workers(w), first, waiters(v - 1))


def timeout_reuse(w: int, v: int) -> Scenario:
    """After a wait that may have expired, a timed wait on an open unit must not return True."""
    first = Client("first waiter", (TIMED_WAIT,))
    late = Client("late waiter", (add(1), TIMED_WAIT), start=When.RETURNED)
    sentence = "an expired wait leaves nothing behind"
    return scenario("timeout-reuse", sentence, w, workers(w), first, waiters(v - 1), late)


def cancel(w: int, v: int) -> Scenario:
    """An exception is delivered to the first waiter while it is parked; the next generation must work."""
    first = Client("first waiter", (INTERRUPTED_WAIT,))
    sentence = "an exception reaches a parked waiter"
    return scenario("cancel", sentence, w, workers(w), first, waiters(v - 1), *NEXT_GENERATION)


def main_reuses(w: int, v: int) -> Scenario:
    """The oracle's family `reuse`: main waits, adds, waits again; a second worker starts after that add."""
    main = Client("main", (WAIT, add(1), WAIT))
    late = Client("gen2", (DONE,), start=After("main", 2))
    return scenario("reuse", "main opens a second generation", w, workers(w), waiters(v), main, late)


Builder = Callable[[int, int], Scenario]

#: Every scenario of the contract, by name.
SCENARIOS: dict[str, Builder] = {
    "pre-added": pre_added,
    "add-done": add_done,
    "nested": nested,
    "mixed": mixed,
    "reuse": reuse,
    "reuse-eager": reuse_eager,
    "reuse-open": reuse_open,
    "reuse-parked": reuse_parked,
    "surplus": surplus,
    "zero-delta": zero_delta,
    "timeout-race": timeout_race,
    "timeout-reuse": timeout_reuse,
    "cancel": cancel,
}

#: The two programs of the external oracle, for the protocol `go`.
MODEL_FAMILIES: dict[str, Builder] = {"legal": pre_added, "reuse": main_reuses}
