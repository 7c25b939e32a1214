"""What a value is to the scheduler: code under test, something that can change, or something that C can look into."""

import gc
from collections.abc import Iterable
from functools import partial
from inspect import getattr_static
from types import BuiltinMethodType, FunctionType, MethodWrapperType, ModuleType
from typing import Any

from waitgroup_proofs.scheduler.fiber import MUTABLE, Fiber, UnsupportedTarget
from waitgroup_proofs.scheduler.primitives import PRIMITIVES

#: The methods that Python calls for an operator or for text, and that a decorator may have written.
GENERATED = ("__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__repr__", "__hash__")

#: What cannot change itself, and may hold what can.
WRAPPERS = (tuple, frozenset, partial, BuiltinMethodType, MethodWrapperType)

#: The views of a dict: what can be asked of them is in the dict.
VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


#: What many values are: nothing can be done to them.
CONSTANT = frozenset({bool, int, float, str, bytes, type(None)})

CHANGEABLE = (*MUTABLE, *VIEWS, *PRIMITIVES)


def is_under_test(value: object, fiber: Fiber) -> bool:
    """Whether `value` is an instance of a class of the code under test."""
    kind = type(value)
    return kind not in CONSTANT and kind.__module__.partition(".")[0] in fiber.surroundings.packages


def is_mutable(value: object) -> bool:
    """Whether a call of C that is given `value` could look at shared state, or change it."""
    if type(value) in CONSTANT:
        return False
    if isinstance(value, WRAPPERS):
        return bool(reachable((value,)))
    return isinstance(value, CHANGEABLE) or hasattr(value, "__next__")


def can_change(value: object) -> bool:
    """Whether `value` itself can, whatever is in it."""
    return type(value) not in CONSTANT and not isinstance(value, WRAPPERS) and is_mutable(value)


def reachable(values: Iterable[object]) -> list[Any]:
    """The containers and primitives that C can reach from these values without calling Python."""
    todo, seen = list(values), dict[int, object]()
    for value in todo:
        if id(value) in seen or isinstance(value, (type, ModuleType, str, bytes, int, float, type(None))):
            continue
        seen[id(value)] = value
        if isinstance(value, (BuiltinMethodType, MethodWrapperType)):
            todo.append(value.__self__)
        elif isinstance(value, (*MUTABLE, *VIEWS, tuple, frozenset, partial)) or hasattr(value, "__next__"):
            todo += gc.get_referents(value)
    return [value for value in seen.values() if isinstance(value, (*MUTABLE, *PRIMITIVES))]


def is_looked_into(value: object) -> bool:
    """Whether Python can see a change in `value`. It sees which locks a tuple holds, and nothing of the locks."""
    if isinstance(value, WRAPPERS):
        return any(isinstance(one, MUTABLE) for one in reachable((value,)))
    return is_mutable(value)


def elements(container: Any) -> list[Any]:
    """What is in a container."""
    return [*container, *container.values()] if isinstance(container, dict) else list(iter_of(container))


def iter_of(container: Any) -> Iterable[Any]:
    """The items; a primitive's are its own affair."""
    return container if isinstance(container, MUTABLE) else ()


def asks_python(value: object, fiber: Fiber) -> bool:
    """Whether comparing the value runs Python code under test."""
    return is_under_test(value, fiber) and isinstance(getattr_static(type(value), "__eq__", None), FunctionType)


def refuse_generated(value: object, fiber: Fiber) -> None:
    """Methods that were generated, as for a dataclass, look at fields without a hook."""
    for name in GENERATED:
        method = getattr_static(type(value), name, None)
        if isinstance(method, FunctionType) and method.__code__.co_filename not in fiber.surroundings.files:
            fiber.abandon(UnsupportedTarget(f"{type(value).__name__}.{name} was generated: it has no hooks"))
