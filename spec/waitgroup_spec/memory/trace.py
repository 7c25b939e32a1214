"""A run to a flaw, step by step: which write each read took its value from, and what the thread knows afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from waitgroup_spec.memory.machine import Machine, Step
from waitgroup_spec.memory.ordering import NOTHING, Access, Model, Ordering, Program, Write
from waitgroup_spec.memory.state import State


class Moment(NamedTuple):
    """One step. `knows` says of each location how new a write the thread knows, and which payloads' writes it knows.

    Writes are named by the step that made them; `from_step` is None if nothing was read, and 0 means: what was there
    from the start. `newest`: what was read was the newest value, as it always is under sequential consistency.
    """

    thread: str
    said: str
    from_step: int | None
    newest: bool
    knows: tuple[str, ...]


def moments(
    program: Program,
    orderings: Mapping[str, Ordering],
    choices: Sequence[int],
    model: Model = Model.CPP20,
) -> Iterator[Moment]:
    """The run in which these successors were taken, as `explore` gives them."""
    machine = Machine(program, orderings, model, forgets=False)
    state, writers = machine.initial, [[0] for _ in program.locations]
    for number, choice in enumerate(choices, 1):
        step, after = list(machine.successors(state))[choice]
        read, newest = None, True
        if isinstance(step.operation, Access | Write) and not after.race:
            location = machine.locations[step.operation.location]
            if isinstance(step.operation, Access):
                read = writers[location][step.time]
                newest = step.time + 1 == len(writers[location])
            if step.written is not NOTHING:
                place = step.time + (read is not None)
                newest = newest and place == len(writers[location])
                writers[location].insert(place, number)
        said = machine.sentence(step).removeprefix(f"{machine.names[step.thread]} ")
        knows = tuple(known(machine, after, step, writers))
        yield Moment(machine.names[step.thread], said, read, newest, knows)
        state = after


def known(machine: Machine, state: State, step: Step, writers: list[list[int]]) -> Iterator[str]:
    """What the thread knows after its step: nothing to tell where that is what was there from the start."""
    view = state.threads[step.thread].current
    for name, location in machine.locations.items():
        if view[location]:
            yield f"{name} of step {writers[location][view[location]]}"
    for name, position in machine.payloads.items():
        for writer, clock in enumerate(state.payloads[position].writes):
            if 0 < clock <= view[len(writers) + writer]:
                yield name
