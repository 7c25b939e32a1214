"""All states of a program, breadth first, to its first flaw: a race, a deadlock, or a failure of its own."""

from collections.abc import Mapping
from typing import NamedTuple

from waitgroup_spec.memory.machine import Machine, Step
from waitgroup_spec.memory.ordering import Failed, Ordering, Program
from waitgroup_spec.memory.state import State


class Flaw(NamedTuple):
    """What is wrong, and the shortest way to it in sentences."""

    what: str
    steps: tuple[str, ...]


class Exploration(NamedTuple):
    """What was found: how many states, those in which all threads are finished, and the first flaw."""

    states: int
    finals: tuple[State, ...]
    flaw: Flaw | None


def explore(
    program: Program,
    orderings: Mapping[str, Ordering] | None = None,
    same_thread_continues: bool = False,
    max_states: int = 1_000_000,
) -> Exploration:
    """Search until nothing is new or something is wrong. Raises RuntimeError if there are more than `max_states`."""
    machine = Machine(program, orderings, same_thread_continues)
    before: dict[State, tuple[State, Step] | None] = {machine.initial: None}
    found = [machine.initial]
    finals: list[State] = []
    for state in found:
        successors = list(machine.successors(state))
        if what := flaw_at(machine, state) or ("" if successors or machine.finished(state) else "deadlock"):
            return Exploration(len(found), tuple(finals), Flaw(what, path(machine, before, state)))
        if not successors:
            finals.append(state)
        for step, after in successors:
            if after not in before:
                before[after] = (state, step)
                found.append(after)
        if len(found) > max_states:
            raise RuntimeError(f"there are more than {max_states} states")
    return Exploration(len(found), tuple(finals), None)


def flaw_at(machine: Machine, state: State) -> str:
    """What went wrong in the step to this state; nothing, if it did not."""
    if state.race:
        return f"race on {state.race}"
    failures = (
        f"{name}: {thread.local.why}"
        for name, thread in zip(machine.names, state.threads, strict=True)
        if isinstance(thread.local, Failed)
    )
    return next(failures, "")


def path(machine: Machine, before: Mapping[State, tuple[State, Step] | None], state: State) -> tuple[str, ...]:
    """The steps that led to a state, in sentences."""
    steps = []
    while (came := before[state]) is not None:
        state, step = came
        steps.append(machine.sentence(step))
    return tuple(reversed(steps))
