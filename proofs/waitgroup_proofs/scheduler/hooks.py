"""What an instrumented module calls in place of its shared accesses.

Shared is: a field of the code under test, an item of a mutable container, a call of C that is given something mutable,
and every operation of a lock.

A call of C is one step, whatever it calls in C itself: releasing locks from inside `map` has no points in between.
Python code reached from such a call is instrumented and has its points: hooks stand in Python code only.
"""

from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, MemberDescriptorType, MethodDescriptorType, MethodWrapperType
from typing import Any

from waitgroup_proofs.scheduler.fiber import MUTABLE, Fiber, Operation, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.primitives import Lock, with_points
from waitgroup_proofs.scheduler.reduction import Mover

LAZY = (map, filter, zip, enumerate, reversed)
C_CALLABLE = (BuiltinFunctionType, MethodDescriptorType, MethodWrapperType)

DATA: dict[tuple[type, str], bool] = {}


def is_data(kind: type, name: str) -> bool:
    """Whether `name` is a field of instances, not something that their class defines."""
    key = (kind, name)
    if key not in DATA:
        found = getattr(kind, name, None)
        DATA[key] = found is None or isinstance(found, MemberDescriptorType)
    return DATA[key]


def before_field(owner: Any, name: str, storing: bool) -> None:
    """The point before an access to a field of the code under test."""
    fiber = controlled()
    if fiber is None or not type(owner).__module__.startswith(fiber.surroundings.package):
        return
    if is_data(type(owner), name):
        location = name if owner is fiber.surroundings.group else None
        mover = fiber.mover(location, storing)
        fiber.before(Operation(f"{'store' if storing else 'load'} {name}"), mover)


def load(owner: Any, name: str) -> Any:
    """`owner.name`."""
    before_field(owner, name, storing=False)
    return getattr(owner, name)


def store(value: Any, owner: Any, name: str) -> None:
    """`owner.name = value`."""
    before_field(owner, name, storing=True)
    setattr(owner, name, value)


def is_mutable(value: object) -> bool:
    """Whether a call of C that is given `value` could look at shared state, or change it."""
    return isinstance(value, (*MUTABLE, Lock)) or hasattr(value, "__next__")


def before_items(fiber: Fiber, containers: tuple[Any, ...], operation: Operation, hidden: bool = False) -> None:
    """The point before an access to containers. `hidden`: it may touch more than these."""
    movers = {fiber.mover(fiber.surroundings.containers.get(id(one)), storing=True) for one in containers}
    both = not hidden and movers == {Mover.BOTH}
    fiber.before(operation, Mover.BOTH if both else Mover.NONE)


def before_item(owner: Any, what: str) -> None:
    """The point before an access to an item."""
    fiber = controlled()
    if fiber is not None and is_mutable(owner):
        before_items(fiber, (owner,), Operation(what))


def get_item(owner: Any, key: Any) -> Any:
    """`owner[key]`."""
    before_item(owner, "load an item")
    return owner[key]


def set_item(value: Any, owner: Any, key: Any) -> None:
    """`owner[key] = value`."""
    before_item(owner, "store an item")
    owner[key] = value


def delete_item(owner: Any, key: Any) -> None:
    """`del owner[key]`."""
    before_item(owner, "delete an item")
    del owner[key]


def contains(key: Any, owner: Any) -> bool:
    """`key in owner`."""
    before_item(owner, "look for an item")
    return key in owner


def iterate(owner: Any) -> Iterator[Any]:
    """The iterator of a `for` loop; only immutable sequences can be iterated under control so far."""
    fiber = controlled()
    if fiber is not None and not isinstance(owner, (tuple, str, bytes, range, frozenset)):
        fiber.abandon(UnsupportedTarget(f"a for loop over a {type(owner).__name__}"))
    return iter(owner)


def is_c(function: object) -> bool:
    """Whether calling `function` runs C."""
    if isinstance(function, type):
        return not any(isinstance(vars(kind).get("__init__"), FunctionType) for kind in function.__mro__)
    return isinstance(function, C_CALLABLE)


def call(function: Any, *arguments: Any, **keywords: Any) -> Any:
    """`function(...)`: a call of C that could touch shared state is one step; everything else is just called."""
    fiber = controlled()
    owner = getattr(function, "__self__", None)
    if fiber is None:
        return function(*arguments, **keywords)
    if isinstance(owner, Lock):
        return with_points(function, *arguments, **keywords)
    given = [value for value in (owner, *arguments, *keywords.values()) if is_mutable(value)]
    if not given or not is_c(function):
        return function(*arguments, **keywords)
    looked_into = tuple(one for value in given for one in fiber.lazy.get(id(value), (None, (value,)))[1])
    if function in LAZY:
        made = function(*arguments, **keywords)
        fiber.lazy[id(made)] = (made, looked_into)
        return made
    plain_method = given == [owner] and isinstance(owner, MUTABLE)
    before_items(fiber, looked_into, Operation(f"call {function.__name__}"), hidden=not plain_method)
    below, fiber.inside_c = fiber.inside_c, True
    try:
        return function(*arguments, **keywords)
    finally:
        fiber.inside_c = below


def refuse(reason: str) -> None:
    """Called by a function that cannot run under control."""
    fiber = controlled()
    if fiber is not None:
        fiber.abandon(UnsupportedTarget(reason))


HOOKS: dict[str, Callable[..., Any]] = {
    "__load__": load,
    "__store__": store,
    "__get_item__": get_item,
    "__set_item__": set_item,
    "__delete_item__": delete_item,
    "__contains__": contains,
    "__iterate__": iterate,
    "__call__": call,
    "__refuse__": refuse,
}
