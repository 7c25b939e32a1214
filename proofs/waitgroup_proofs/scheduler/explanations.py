"""What the contract still allows of a run, in words: the explanations that the monitor has left, each told apart.

The monitor keeps states of the contract as of the last call that was entered or left; what may have happened unseen
since then is added here, so that a reader sees every state that the contract could be in now. States that differ in
nothing that could matter later, such as how many generations are over, are told in the same words, and count once.
"""

from typing import Any, NamedTuple

from waitgroup_proofs.scheduler.boundaries import HANDLER
from waitgroup_proofs.scheduler.interrupts import kind_of
from waitgroup_proofs.scheduler.run import Run
from waitgroup_spec.contract import Place, released
from waitgroup_spec.protocol import Result
from waitgroup_spec.scenarios import Scenario

#: How a call that has taken effect will answer.
TAKEN_EFFECT = {
    Result.NONE: "applied",
    Result.REJECTED: "rejected",
    Result.TRUE: "let through",
    Result.FALSE: "expired",
    Result.INTERRUPTED: "interrupted",
}


class Explanation(NamedTuple):
    """One state of the contract that explains a run: its counter, and for each thread how far its call has come."""

    counter: int
    threads: tuple[str, ...]


def callers(scenario: Scenario) -> tuple[str, ...]:
    """Whose calls an explanation tells of: those of the threads, and of the handler where one comes."""
    return (*scenario.thread_names, *([HANDLER] if kind_of(scenario) == HANDLER else []))


def explanations(run: Run) -> list[Explanation]:
    """Every explanation that the contract has for the run so far, in a fixed order."""
    otherwise = ["returned" if thread.calls else "not called" for thread in run.threads]
    if len(callers(run.bench.scenario)) > len(otherwise):
        otherwise.append("not under way")
    return sorted(
        {worded(found.shared, found.threads, otherwise) for found in run.bench.contract.silently(run.contract, 0)}
    )


def worded(shared: Any, threads: tuple[Any, ...], otherwise: list[str]) -> Explanation:
    """A configuration of the contract in words; `otherwise`: of each thread that is in no call."""
    stand = (
        words if state is None else standing(shared, state) for state, words in zip(threads, otherwise, strict=False)
    )
    return Explanation(shared.counter, tuple(stand))


def standing(shared: Any, state: Any) -> str:
    """How far a call under way has come."""
    if state.place is Place.RETURNED:
        return TAKEN_EFFECT[state.result]
    if state.place is Place.WAIT_REGISTERED:
        return "released" if released(shared, state) else "registered"
    return "invoked"
