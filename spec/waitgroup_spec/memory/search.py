"""All states of a program, breadth first, to its first flaw: a race, a deadlock, or a failure of its own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from waitgroup_spec.memory.machine import Machine
from waitgroup_spec.memory.ordering import Failed, Model, Ordering, Program
from waitgroup_spec.memory.state import State
from waitgroup_spec.memory.symmetry import Exchanges, Symmetry


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

    `symmetry`: go on from one state of each class of `waitgroup_spec.memory.symmetry` only. The verdict is the same,
    and so is the number of steps to a flaw. `progress(states)` is called now and then.
    """
    machine = Machine(program, orderings, model)
    fold = Symmetry(program if symmetry else program._replace(alike=()))
    before: dict[State, tuple[State, int] | None] = {machine.initial: None}
    found = [machine.initial]
    finals: list[State] = []
    for number, state in enumerate(found):
        if number % 1_000 == 0:
            progress(len(found))
        successors = list(machine.successors(state))
        if flaw_at(machine, state) or not (successors or machine.finished(state)):
            end, steps, choices = path(machine, fold, before, state)
            return Exploration(len(found), tuple(finals), Flaw(flaw_at(machine, end) or "deadlock", steps), choices)
        if not successors:
            finals.append(state)
        for choice, (_step, reached) in enumerate(successors):
            after, _exchanges = fold.folded(reached)
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
    machine: Machine, fold: Symmetry, before: Mapping[State, tuple[State, int] | None], state: State
) -> tuple[State, tuple[str, ...], tuple[int, ...]]:
    """A run to a state, up to symmetry: its end, its steps in sentences, and which of the successors each was.

    The search went on from other states than those of the run, which is drawn without exchanges: each of its steps is
    the one that the exchanges until then make the search's.
    """
    came = []
    while (last := before[state]) is not None:
        came.append(last)
        state, _choice = last
    exchanges: Exchanges = ()
    steps, choices = [], []
    for folded, choice in reversed(came):
        _step, reached = list(machine.successors(folded))[choice]
        same = [
            (number, step, after)
            for number, (step, after) in enumerate(machine.successors(state))
            if unnamed(fold.exchanged_all(after, exchanges)) == unnamed(reached)
        ]
        assert same, "the threads are not alike"
        number, step, state = same[0]
        exchanges += fold.folded(reached)[1]
        steps.append(machine.sentence(step))
        choices.append(number)
    return state, tuple(steps), tuple(choices)


def unnamed(state: State) -> State:
    """The state without the name of the payload on which there was a race: it is one of several."""
    return state._replace(race="race") if state.race else state
