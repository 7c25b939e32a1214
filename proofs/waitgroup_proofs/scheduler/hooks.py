"""What an instrumented module calls in place of its shared accesses.

Shared is: a field of the code under test, an item of a mutable container, a call of C that is given something mutable,
and every operation of a lock.

A call of C is one step, whatever it calls in C itself: releasing locks from inside `map` has no points in between.
Python code reached from such a call is instrumented and has its points: hooks stand in Python code only.
"""

from collections.abc import Callable, Iterator, Sequence
from types import FunctionType, MemberDescriptorType, MethodType
from typing import Any

from waitgroup_proofs.scheduler.fiber import ITEMS, MUTABLE, Fiber, Operation, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.primitives import Lock, with_points
from waitgroup_proofs.scheduler.reduction import Mover

LAZY = (map, filter, zip, enumerate, reversed)
#: What may be asked of the code under test itself, because the answer is no part of its state.
HARMLESS = (isinstance, issubclass, type, callable)

DATA: dict[tuple[type, str], bool] = {}


def is_data(kind: type, name: str) -> bool:
    """Whether `name` is a field of instances, with or without a default in the class, and not computed by the class."""
    key = (kind, name)
    if key not in DATA:
        found = getattr(kind, name, None)
        DATA[key] = isinstance(found, MemberDescriptorType) or not hasattr(type(found), "__get__")
    return DATA[key]


def is_under_test(value: object, fiber: Fiber) -> bool:
    """Whether `value` is an instance of a class of the code under test."""
    return type(value).__module__.partition(".")[0] == fiber.surroundings.package


def before_field(owner: Any, name: str, storing: bool) -> None:
    """The point before an access to a field of the code under test."""
    fiber = controlled()
    if fiber is None:
        return
    if isinstance(owner, type) and owner.__module__.partition(".")[0] == fiber.surroundings.package:
        if storing or not hasattr(type(vars(owner).get(name)), "__get__"):
            fiber.abandon(UnsupportedTarget(f"{owner.__name__}.{name} outlives a run"))
        return
    if is_under_test(owner, fiber) and is_data(type(owner), name):
        location = name if owner is fiber.surroundings.group else None
        mover = fiber.mover(location, storing)
        what = f"{'store' if storing else 'load'} {name}"
        fiber.before(Operation(what, ((id(owner), name),), storing), mover)


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


def before_items(
    fiber: Fiber, containers: tuple[Any, ...], what: str, hidden: bool = False, storing: bool = True
) -> None:
    """The point before an access to containers. `hidden`: it may touch more than these."""
    if any(id(one) in fiber.surroundings.lasting for one in containers):
        fiber.abandon(UnsupportedTarget(f"{what}: the container outlives a run"))
    movers = {fiber.mover(fiber.surroundings.containers.get(id(one)), storing=True) for one in containers}
    both = not hidden and movers == {Mover.BOTH}
    places = None if hidden else tuple((id(one), ITEMS) for one in containers)
    fiber.before(Operation(what, places, storing), Mover.BOTH if both else Mover.NONE)


def before_item(owner: Any, what: str, storing: bool = False) -> None:
    """The point before an access to an item."""
    fiber = controlled()
    if fiber is not None and is_mutable(owner):
        before_items(fiber, (owner,), what, storing=storing)


def get_item(owner: Any, key: Any) -> Any:
    """`owner[key]`."""
    before_item(owner, "load an item")
    return owner[key]


def set_item(value: Any, owner: Any, key: Any) -> None:
    """`owner[key] = value`."""
    before_item(owner, "store an item", storing=True)
    owner[key] = value


def delete_item(owner: Any, key: Any) -> None:
    """`del owner[key]`."""
    before_item(owner, "delete an item", storing=True)
    del owner[key]


def contains(key: Any, owner: Any) -> bool:
    """`key in owner`."""
    before_item(owner, "look for an item")
    return key in owner


def use(value: Any) -> Any:
    """A value that Python itself is about to look into: a test, an operand, text. Containers would escape control."""
    fiber = controlled()
    if fiber is not None and is_mutable(value):
        fiber.abandon(UnsupportedTarget(f"a {type(value).__name__} is used without a call"))
    return value


class Iteration:
    """The iterator of a `for` loop over something that cannot change: what is iterated over, and how far."""

    def __init__(self, sequence: Sequence[Any]) -> None:
        """At the beginning."""
        self.sequence = sequence
        self.position = 0

    def __iter__(self) -> "Iteration":
        """Itself."""
        return self

    def __next__(self) -> Any:
        """The next element."""
        if self.position == len(self.sequence):
            raise StopIteration
        self.position += 1
        return self.sequence[self.position - 1]


def iterate(owner: Any) -> Iterator[Any]:
    """The iterator of a `for` loop; only tuples and texts can be iterated under control so far."""
    fiber = controlled()
    if fiber is None:
        return iter(owner)
    if type(owner) not in (tuple, str, bytes):
        fiber.abandon(UnsupportedTarget(f"a for loop over a {type(owner).__name__}"))
    return Iteration(owner)


def is_python(function: object) -> bool:
    """Whether calling `function` runs Python code, whose hooks then see to it."""
    if isinstance(function, type):
        return any(isinstance(vars(kind).get("__init__"), FunctionType) for kind in function.__mro__)
    if isinstance(function, MethodType):
        return isinstance(function.__func__, FunctionType)
    return isinstance(function, FunctionType) or isinstance(vars(type(function)).get("__call__"), FunctionType)


def call(function: Any, *arguments: Any, **keywords: Any) -> Any:
    """`function(...)`: a call of C that could touch shared state is one step; everything else is just called."""
    fiber = controlled()
    owner = getattr(function, "__self__", None)
    if fiber is None:
        return function(*arguments, **keywords)
    if isinstance(owner, Lock):
        return with_points(function, *arguments, **keywords)
    if is_python(function) or function in HARMLESS:
        return function(*arguments, **keywords)
    given = (owner, *arguments, *keywords.values())
    if any(is_under_test(value, fiber) for value in given if not isinstance(value, BaseException)):
        fiber.abandon(UnsupportedTarget(f"{function!r} is given the code under test"))
    mutable = [value for value in given if is_mutable(value)]
    if not mutable and not any(is_python(value) for value in given if callable(value)):
        return function(*arguments, **keywords)
    looked_into = tuple(one for value in mutable for one in fiber.lazy.get(id(value), (None, (value,)))[1])
    if function in LAZY:
        made = function(*arguments, **keywords)
        fiber.lazy[id(made)] = (made, looked_into)
        return made
    plain_method = mutable == [owner] and isinstance(owner, MUTABLE)
    name = getattr(function, "__name__", type(function).__name__)
    before_items(fiber, looked_into, f"call {name}", hidden=not plain_method)
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
    "__use__": use,
    "__call__": call,
    "__refuse__": refuse,
}
