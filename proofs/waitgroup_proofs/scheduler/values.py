"""What a value is to the scheduler: code under test, something that can change, or something that C can look into."""

import gc
from collections.abc import Iterable
from enum import Enum
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


def is_under_test(value: object, fiber: Fiber) -> bool:
    """Whether `value` is an instance of a class of the code under test."""
    kind = type(value)
    return kind not in CONSTANT and kind.__module__.partition(".")[0] in fiber.surroundings.packages


class Sort(Enum):
    """What the type of a value says of it, to C that is given it."""

    CONSTANT = "nothing can be done to it"
    WRAPPER = "it cannot change itself, and may hold what can"
    CONTAINER = "it can change, and holds others"
    ITERATOR = "it changes when it is used, and leads to others"
    PRIMITIVE = "it can change, and holds nothing that C reaches"
    OTHER = "C does not look into it"


#: The types that were met.
SORTS: dict[type, Sort] = {}


def sort_of(kind: type) -> Sort:
    """The sort of a type's instances."""
    sort = SORTS.get(kind)
    if sort is None:
        sort = SORTS[kind] = _sort(kind)
    return sort


def _sort(kind: type) -> Sort:
    if issubclass(kind, (type, ModuleType, str, bytes, int, float, type(None))):
        return Sort.CONSTANT
    if issubclass(kind, WRAPPERS):
        return Sort.WRAPPER
    if issubclass(kind, (*MUTABLE, *VIEWS)):
        return Sort.CONTAINER
    if issubclass(kind, PRIMITIVES):
        return Sort.PRIMITIVE
    return Sort.ITERATOR if hasattr(kind, "__next__") else Sort.OTHER


def is_mutable(value: object) -> bool:
    """Whether a call of C that is given `value` could look at shared state, or change it."""
    sort = sort_of(type(value))
    if sort is Sort.WRAPPER:
        return bool(reachable((value,)))
    return sort not in (Sort.CONSTANT, Sort.OTHER)


def can_change(value: object) -> bool:
    """Whether `value` itself can, whatever is in it."""
    return type(value) not in CONSTANT and not isinstance(value, WRAPPERS) and is_mutable(value)


def reachable(values: Iterable[object]) -> list[Any]:
    """The containers and primitives that C can reach from these values without calling Python."""
    todo, seen, found = list(values), set[int](), list[Any]()
    for value in todo:
        sort = sort_of(type(value))
        if sort is Sort.CONSTANT or sort is Sort.OTHER or id(value) in seen:
            continue
        seen.add(id(value))
        if sort is Sort.PRIMITIVE:
            found.append(value)
            continue
        if sort is Sort.CONTAINER and not isinstance(value, VIEWS):
            found.append(value)
        if isinstance(value, (BuiltinMethodType, MethodWrapperType)):
            todo.append(value.__self__)
        else:
            todo += gc.get_referents(value)
    return found


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
