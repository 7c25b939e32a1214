"""What the tests of the theorems share: mutants."""

import inspect
from collections.abc import Callable
from types import ModuleType

import pytest

Mutate = Callable[[ModuleType, str, str], ModuleType]


@pytest.fixture(scope="session")
def mutate() -> Mutate:
    """`mutate(module, old, new)`: the module again, from its own text with one passage replaced."""

    def mutated(module: ModuleType, old: str, new: str) -> ModuleType:
        text = inspect.getsource(module)
        assert text.count(old) == 1, f"{module.__name__} holds the passage {text.count(old)} times"
        mutant = ModuleType(f"{module.__name__}_mutant")
        exec(compile(text.replace(old, new), mutant.__name__, "exec"), mutant.__dict__)
        return mutant

    return mutated
