"""What an instrumented module calls in place of its shared accesses: fields, items, and the rest of syntax.

Shared is: a field of the code under test, an item of a mutable container, a call of C that is given something mutable,
and every operation of a lock. Calls are in `calls`, loops in `loops`.
"""

import operator
from functools import cached_property
from inspect import getattr_static
from types import FunctionType, MemberDescriptorType, ModuleType, TracebackType
from typing import Any

from waitgroup_proofs.scheduler.fiber import ITEMS, MUTABLE, Fiber, Operation, Place, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.reduction import Mover
from waitgroup_proofs.scheduler.values import (
    CONSTANT,
    asks_python,
    can_change,
    elements,
    is_looked_into,
    is_mutable,
    is_under_test,
    reachable,
    refuse_generated,
)

#: Where the classes are that the scheduler puts in the place of real ones.
OURS = "waitgroup_proofs.scheduler"

DATA: dict[tuple[type, str], bool] = {}


def is_data(kind: type, name: str) -> bool:
    """Whether `name` is a field of instances, with or without a default in the class, and not computed by the class."""
    key = (kind, name)
    if key not in DATA:
        found = getattr_static(kind, name, None)
        DATA[key] = isinstance(found, MemberDescriptorType) or not hasattr(type(found), "__get__")
    return DATA[key]


def refuse_shadowing(fiber: Fiber, owner: Any, name: str, storing: bool) -> None:
    """A field that has the name of a method may be stored only while nobody else knows the object."""
    found = getattr_static(type(owner), name, None)
    if isinstance(found, cached_property) or (
        storing and not hasattr(type(found), "__set__") and not fiber.owns(owner)
    ):
        fiber.abandon(UnsupportedTarget(f"{type(owner).__name__}.{name} is a field that the class computes"))


# Fields


def before_field(owner: Any, name: str, storing: bool) -> None:
    """The point before an access to a field of the code under test."""
    fiber = controlled()
    if fiber is None:
        return
    if isinstance(owner, (FunctionType, ModuleType)):
        if storing or (isinstance(owner, FunctionType) and name in vars(owner)):
            fiber.abandon(UnsupportedTarget(f"{owner.__name__}.{name} outlives a run"))
    elif isinstance(owner, type):
        if owner.__module__.partition(".")[0] in fiber.surroundings.packages:
            before_class(fiber, owner, name, storing)
    elif (is_under_test(owner, fiber) and is_data(type(owner), name)) or _of_an_exception(owner, name, storing):
        if storing and id(owner) in fiber.surroundings.lasting:
            fiber.abandon(UnsupportedTarget(f"the {type(owner).__name__} whose {name} is stored outlives a run"))
        operation = Operation(f"{'store' if storing else 'load'} {name}", ((id(owner), name),), storing)
        if fiber.owns(owner):
            fiber.alone(operation)
        else:
            fiber.before(operation, fiber.mover(owner, name, storing))
        if fiber.surroundings.watcher is not None:
            fiber.surroundings.watcher.field(fiber.number, owner, name, storing)
    elif is_under_test(owner, fiber):
        refuse_shadowing(fiber, owner, name, storing)
    elif storing and not type(owner).__module__.startswith(OURS):
        fiber.abandon(UnsupportedTarget(f"{name} is stored in a {type(owner).__name__}, which is not followed"))


def _of_an_exception(owner: object, name: str, storing: bool) -> bool:
    return isinstance(owner, BaseException) and (storing or name == "args" or name in vars(owner))


def before_class(fiber: Fiber, owner: type, name: str, storing: bool) -> None:
    """What a class holds outlives a run: it may be looked at if it cannot change."""
    found = vars(owner).get(name)
    if storing or is_mutable(found):
        fiber.abandon(UnsupportedTarget(f"{owner.__name__}.{name} outlives a run"))


def load(owner: Any, name: str) -> Any:
    """`owner.name`."""
    before_field(owner, name, storing=False)
    if name == "__traceback__" and isinstance(owner, BaseException):
        return as_without_scheduler(owner.__traceback__)
    return getattr(owner, name)


def as_without_scheduler(trace: TracebackType | None) -> TracebackType | None:
    """The traceback that there would be if no hooks stood between the calls."""
    if trace is None:
        return None
    further = as_without_scheduler(trace.tb_next)
    if trace.tb_frame.f_globals.get("__name__", "").startswith(OURS):
        return further
    return TracebackType(further, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)


def store(value: Any, owner: Any, name: str) -> None:
    """`owner.name = value`."""
    before_field(owner, name, storing=True)
    fiber = controlled()
    if fiber is not None:
        fiber.surroundings.objects.put(value, owner, name, fiber.number)
    setattr(owner, name, value)


def delete(owner: Any, name: str) -> None:
    """`del owner.name`."""
    before_field(owner, name, storing=True)
    delattr(owner, name)


# Items


def before_items(
    fiber: Fiber, containers: tuple[Any, ...], what: str, hidden: bool = False, storing: bool = True
) -> None:
    """The point before an access to containers. `hidden`: it may touch more than these."""
    touched = reachable(containers) if hidden else containers
    if any(id(one) in fiber.surroundings.lasting for one in touched):
        fiber.abandon(UnsupportedTarget(f"{what}: the container outlives a run"))
    places: tuple[Place, ...] | None = None if hidden else tuple((id(one), ITEMS) for one in containers)
    operation = Operation(what, places, storing)
    if storing:
        fiber.surroundings.disturb(touched)
    if not hidden and all(map(fiber.owns, containers)):
        fiber.alone(operation)
    else:
        # What C may look into is looked at, whatever else it is.
        for one in touched if hidden else ():
            fiber.mover(one, ITEMS, storing=True)
        movers = {fiber.mover(one, ITEMS, storing) for one in containers}
        both = not hidden and movers == {Mover.BOTH}
        fiber.before(operation, Mover.BOTH if both else Mover.NONE)
    if fiber.surroundings.watcher is not None:
        looked_at = tuple(one for one in touched if isinstance(one, MUTABLE)) if hidden else containers
        fiber.surroundings.watcher.items(fiber.number, looked_at, what, storing)


def before_item(owner: Any, what: str, storing: bool = False) -> None:
    """The point before an access to an item."""
    fiber = controlled()
    if fiber is not None and can_change(owner):
        before_items(fiber, (owner,), what, hidden=not isinstance(owner, MUTABLE), storing=storing)


def refuse_unknown(fiber: Fiber | None, owner: Any) -> None:
    """Somebody else's mapping, made of Python that is not instrumented, must not be changed."""
    if fiber is not None and not can_change(owner) and not is_under_test(owner, fiber):
        fiber.abandon(UnsupportedTarget(f"items are stored in a {type(owner).__name__}, which is not followed"))


def get_item(owner: Any, key: Any) -> Any:
    """`owner[key]`."""
    before_item(owner, "load an item")
    return owner[key]


def set_item(value: Any, owner: Any, key: Any) -> None:
    """`owner[key] = value`."""
    before_item(owner, "store an item", storing=True)
    fiber = controlled()
    refuse_unknown(fiber, owner)
    if fiber is not None and not fiber.owns(owner):
        fiber.surroundings.objects.escape(value, key)
    owner[key] = value


def delete_item(owner: Any, key: Any) -> None:
    """`del owner[key]`."""
    before_item(owner, "delete an item", storing=True)
    refuse_unknown(controlled(), owner)
    del owner[key]


def contains(key: Any, owner: Any) -> bool:
    """`key in owner`."""
    fiber = controlled()
    if fiber is None:
        return key in owner
    if is_looked_into(owner):
        before_items(fiber, (owner,), "look for an item", hidden=not isinstance(owner, MUTABLE), storing=False)
    return fiber.in_c(lambda: key in owner)


def display(container: Any) -> Any:
    """A list, dict or set that is written down: the thread has just made it."""
    fiber = controlled()
    if fiber is not None:
        fiber.surroundings.objects.made(container, fiber.number, f"display {type(container).__name__}")
    return container


# Syntax that looks into values


def test(value: Any) -> Any:
    """A value whose truth Python is about to ask."""
    if type(value) not in CONSTANT:
        before_item(value, "look whether there are items")
    return value


def use(value: Any) -> Any:
    """A value that Python itself is about to look into: an operand, text, what is unpacked."""
    if type(value) in CONSTANT:
        return value
    fiber = controlled()
    if fiber is not None and is_looked_into(value):
        if any(asks_python(one, fiber) for container in reachable((value,)) for one in elements(container)):
            fiber.abandon(UnsupportedTarget(f"what is in a {type(value).__name__} is asked by C how it compares"))
        before_items(fiber, (value,), f"look into a {type(value).__name__}", hidden=True)
    elif fiber is not None and is_under_test(value, fiber):
        refuse_generated(value, fiber)
    return value


def spread(value: Any) -> tuple[Any, ...]:
    """`*value`: what is in it at this moment."""
    return value if type(value) is tuple else tuple(use(value))


def spread_dict(value: Any) -> dict[Any, Any]:
    """`**value`: what is in it at this moment."""
    return dict(use(value))


def augment(name: str, value: Any, operand: Any) -> Any:
    """`value op= operand`: containers are changed in place."""
    fiber = controlled()
    if fiber is not None and is_mutable(value):
        fiber.surroundings.objects.escape(operand)
        before_items(fiber, (value,), f"change a {type(value).__name__}", hidden=True)
    return getattr(operator, name)(value, operand)


def text(*parts: str) -> str:
    """The parts of an f-string, one after the other."""
    return "".join(parts)


def shown(value: Any, conversion: int, form: str) -> str:
    """One part of an f-string."""
    use(value)
    converted = {-1: value, ord("s"): str, ord("r"): repr, ord("a"): ascii}[conversion]
    return format(value if conversion == -1 else converted(value), form)
