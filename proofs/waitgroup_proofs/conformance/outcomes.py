"""What may come of a client program: every outcome, computed by exploring a protocol, none left out.

An outcome is what can be told from outside when all is quiescent: what each call gave, who is blocked, the counter,
the waiters, and for Go the packed word. The contract's outcomes are what any WaitGroup may do; those of `go`, in which
every panic is recovered and its caller goes on, are what Go does, misuse included.
"""

from typing import Any, NamedTuple

from waitgroup_proofs.go_findings.finding import recovering
from waitgroup_spec import contract
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import Local, System
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import Scenario
from waitgroup_spec.word import Word, pack

#: More states than any case has.
MOST_STATES = 200_000

#: How a call that has raised is named, by what the contract or Go calls the reason.
PANICS = {
    go.Panic.NEGATIVE_COUNTER: "raised negative",
    go.Panic.MISUSE_ADD: "raised misuse",
    go.Panic.MISUSE_RELOAD: "raised misuse",
    go.Panic.REUSED: "raised reused",
}
NAMES = {Result.NONE: "returned", Result.TRUE: "returned", Result.FALSE: "expired"}
BLOCKED = "blocked"


class Outcome(NamedTuple):
    """One. `results` has a thread's name with the words for its calls, for each thread that has started.

    The numbers are None where they cannot be seen. The word is packed as Go packs it.
    """

    results: tuple[tuple[str, tuple[str, ...]], ...]
    counter: int | None
    waiters: int | None
    word: int | None = None


class Contract(System):
    """The contract under a program."""

    def answer(self, before: Local, _shared: Any, thread: Any) -> Any:
        """As a word; a call that is refused is kept with the reason."""
        if thread.result is Result.REJECTED:
            return "raised negative" if before.thread.delta < 0 else "raised overflow"
        return NAMES.get(thread.result, thread.result)

    def seen(self, shared: Any, threads: tuple[Any, ...]) -> tuple[int, int, int | None]:
        """Counter and waiters, and the word that has these two fields."""
        waiting = [thread for thread in threads if thread.place is contract.Place.WAIT_REGISTERED]
        waiters = sum(not contract.released(shared, thread) for thread in waiting)
        return shared.counter, waiters, pack(Word(shared.counter, 0, waiters))


class Go(System):
    """Go under a program that recovers every panic and goes on."""

    def answer(self, _before: Local, shared: Any, thread: Any) -> Any:
        """As a word; a call that panics is kept with the reason."""
        if thread.result is Result.PANICKED:
            return PANICS.get(shared.panic, Result.PANICKED)
        return NAMES.get(thread.result, thread.result)

    def seen(self, shared: Any, _threads: tuple[Any, ...]) -> tuple[int, int, int | None]:
        """Counter, waiters and the packed word."""
        return shared.word.counter, shared.word.waiters, pack(shared.word)


def of_contract(scenario: Scenario) -> frozenset[Outcome]:
    """Every outcome that any WaitGroup may show."""
    return outcomes(Contract(contract.contract, scenario))


def of_go(scenario: Scenario) -> frozenset[Outcome] | None:
    """Every outcome that Go shows; None if Go has no such call (a timeout)."""
    try:
        return outcomes(Go(recovering(go.go), scenario))
    except ValueError:
        return None


def outcomes(system: Contract | Go) -> frozenset[Outcome]:
    """Those of all the runs. Raises RuntimeError if they are too many to say, or if a panic cannot be recovered."""
    graph = Graph(system, symmetry=False)
    graph.fill(MOST_STATES)
    if graph.truncated:
        raise RuntimeError(f"{system.scenario.name}: more than {MOST_STATES} states")
    names = system.scenario.thread_names
    found = set()
    for end in graph.endings():
        state = graph.states[end]
        shared, threads = system.view(state)
        if system.protocol.halted(shared):
            raise RuntimeError(f"{system.scenario.name}: a panic that nobody can recover")
        locals_ = [system.locals.values[local] for local in state[1:]]
        results = tuple((name, told(local)) for name, local in zip(names, locals_, strict=True) if local.started)
        found.add(Outcome(results, *system.seen(shared, threads)))
    return frozenset(found)


def told(local: Local) -> tuple[str, ...]:
    """The words for the calls of a thread, the last of which may be blocked."""
    return (*local.results, BLOCKED) if local.thread.result is Result.PENDING else local.results
