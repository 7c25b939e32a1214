"""All states of a program, breadth first, to its first flaw: a race, a deadlock, or a failure of its own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from waitgroup_spec.memory.machine import Machine
from waitgroup_spec.memory.ordering import Failed, Model, Ordering, Program
from waitgroup_spec.memory.state import State
from waitgroup_spec.memory.symmetry import Symmetry


class Flaw(NamedTuple):
    """What is wrong, and the shortest way to it in sentences."""

    what: str
    steps: tuple[str, ...]


class Exploration(NamedTuple):
    """What was found: how many states, those in which all threads are finished, and the first flaw."""

    states: int
    finals: tuple[State, ...]
    flaw: Flaw | None
    choices: tuple[int, ...] = ()  # on the way to the flaw, which of the successors was next


def explore(
    program: Program,
    orderings: Mapping[str, Ordering] | None = None,
    model: Model = Model.CPP20,
    max_states: int = 1_000_000,
    symmetry: bool = False,
    progress: Callable[[int], None] = lambda _states: None,
) -> Exploration:
    """Search until nothing is new or something is wrong. Raises RuntimeError if there are more than `max_states`.

    `symmetry`: go on from one state of each class of `waitgroup_spec.memory.symmetry` only. The verdict is the same; in
    the steps to a flaw, threads that are alike may have exchanged their names on the way. `progress(states)` is called
    now and then.
    """
    machine = Machine(program, orderings, model)
    representative = Symmetry(program).representative if symmetry else lambda state: state
    before: dict[State, tuple[State, int] | None] = {machine.initial: None}
    found = [machine.initial]
    finals: list[State] = []
    for number, state in enumerate(found):
        if number % 1_000 == 0:
            progress(len(found))
        successors = list(machine.successors(state))
        if what := flaw_at(machine, state) or ("" if successors or machine.finished(state) else "deadlock"):
            steps, choices = path(machine, before, state)
            return Exploration(len(found), tuple(finals), Flaw(what, steps), choices)
        if not successors:
            finals.append(state)
        for choice, (_step, reached) in enumerate(successors):
            after = representative(reached)
            if after not in before:
                before[after] = (state, choice)
                found.append(after)
        if len(found) > max_states:
            raise RuntimeError(f"there are more than {max_states} states")
    return Exploration(len(found), tuple(finals), None)


def flaw_at(machine: Machine, state: State) -> str:
    """What went wrong in the step to this state; nothing, if it did not."""
    if state.race:
        freed = state.race == machine.program.object
        return f"{state.race} is freed while it is in use" if freed else f"race on {state.race}"
    failures = (
        f"{name}: {thread.local.why}"
        for name, thread in zip(machine.names, state.threads, strict=True)
        if isinstance(thread.local, Failed)
    )
    return next(failures, "")


def path(
    machine: Machine, before: Mapping[State, tuple[State, int] | None], state: State
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The steps that led to a state, in sentences, and which of the successors each was."""
    steps, choices = [], []
    while (came := before[state]) is not None:
        state, choice = came
        step, _reached = list(machine.successors(state))[choice]
        steps.append(machine.sentence(step))
        choices.append(choice)
    return tuple(reversed(steps)), tuple(reversed(choices))
