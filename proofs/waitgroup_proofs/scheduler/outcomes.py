"""How a complete run ended, as a value that every engine finds alike: what calls answered, and who stays where."""

from typing import NamedTuple

from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.scenario_thread import Thread


class Ending(NamedTuple):
    """One thread at the end: the names of what its calls answered, and whether it ended, is blocked, or never began."""

    answers: tuple[str, ...]
    state: str


#: For each client, the endings of its threads, in an order that does not say which thread is which.
Outcome = tuple[tuple[Ending, ...], ...]


def outcome(run: Run) -> Outcome:
    """The outcome of a run in which nothing can go on."""
    clients = range(len(run.bench.scenario.clients))
    return tuple(tuple(sorted(ending(thread) for thread in run.threads if thread.client == one)) for one in clients)


def ending(thread: Thread) -> Ending:
    """How the thread ended."""
    state = "ended" if thread.finished else "blocked" if thread.started else "not begun"
    return Ending(tuple(answer.name for answer in thread.results), state)
