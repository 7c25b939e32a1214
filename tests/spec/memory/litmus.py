"""How the litmus tests are run: programs with orderings of their own, and all the values that they can end with."""

from collections.abc import Sequence
from typing import Any

from waitgroup_spec.memory.language import Instruction, observed, program
from waitgroup_spec.memory.ordering import Model
from waitgroup_spec.memory.search import explore


def allowed(names: str, *threads: Sequence[Instruction], model: Model = Model.CPP20) -> set[tuple[Any, ...]]:
    """The values that the named registers and locations may have in the end; x, y and z are 0 at first."""
    named = {f"thread {number}": steps for number, steps in enumerate(threads, 1)}
    text = program({"x": 0, "y": 0, "z": 0}, [], **named)
    found = explore(text, model=model)
    assert found.flaw is None
    ends = [observed(text, state) for state in found.finals]
    return {tuple(end[name] for name in names.split()) for end in ends}
