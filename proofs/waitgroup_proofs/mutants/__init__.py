"""Mutants: the project's own text, broken on purpose in one place, with the check that must refuse it.

A check that cannot fail proves nothing. Each mutant replaces one passage, which must stand in the source exactly once,
so that a mutant cannot quietly lose its meaning when the source changes. Some mutants are not broken after all: they
show which part of the text is a matter of taste, and say why.
"""

from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` becomes `new` in `module`; `engine` is the first that refuses it.

    `killed_by` is the scenario in which that engine sees the loss; a proof needs none. `survives` is empty, or says why
    no engine refuses the mutant: then there is neither an engine nor a scenario.
    """

    name: str
    sentence: str
    module: str
    old: str
    new: str
    killed_by: str = ""
    engine: str = "scheduler"
    survives: str = ""


class StaleMutant(Exception):
    """The passage to replace does not stand in the source exactly once."""


def source_of(module: str) -> tuple[Path, str]:
    """File and text of an importable module. Raises ModuleNotFoundError."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the source of {module} cannot be found", name=module)
    path = Path(spec.origin)
    return path, path.read_text(encoding="utf-8")


def mutated(mutant: Mutant) -> str:
    """The module's text with the one passage replaced. Raises StaleMutant."""
    _, text = source_of(mutant.module)
    if text.count(mutant.old) != 1:
        raise StaleMutant(f"{mutant.name}: {mutant.module} holds its passage {text.count(mutant.old)} times, not once")
    return text.replace(mutant.old, mutant.new)


def mutated_module(mutant: Mutant) -> ModuleType:
    """The broken module, executed under its own name but not installed anywhere."""
    path, _ = source_of(mutant.module)
    module = ModuleType(mutant.module)
    exec(compile(mutated(mutant), str(path), "exec"), module.__dict__)
    return module
