"""What an instrumented module calls in place of a call.

A call of C is one step, whatever it calls in C itself: releasing locks from inside `map` has no points in between.
Python code reached from such a call is instrumented and has its points: hooks stand in Python code only.
"""

import itertools
import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType, FunctionType, GeneratorType, MethodType
from typing import Any

from waitgroup_proofs.scheduler import hooks, loops
from waitgroup_proofs.scheduler.fiber import MUTABLE, Fiber, Operation, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.hooks import before_items
from waitgroup_proofs.scheduler.patience import LONGEST_SILENCE, PATIENCE
from waitgroup_proofs.scheduler.pipelines import advance, can_advance, held_by
from waitgroup_proofs.scheduler.primitives import PRIMITIVES, with_points
from waitgroup_proofs.scheduler.reduction import Mover
from waitgroup_proofs.scheduler.values import CONSTANT, is_mutable, is_under_test

#: The iterators of C. Until it is used, one is determined by what it was made from.
LAZY = (
    map, filter, zip, enumerate, reversed,
    *(kind for kind in vars(itertools).values() if isinstance(kind, type) and hasattr(kind, "__next__")),
    *(type(iter(kind())) for kind in (tuple, list, str, bytes, dict, set, deque)),
    *(type(iter(view({}))) for view in (dict.values, dict.items)),
    type(iter(range(1))),
    type(iter(int, 1)),
)  # fmt: skip
#: What must not leave the function that made it.
LEAVES = (*LAZY, GeneratorType)
#: What makes one.
MAKES_LAZY = frozenset(map(id, (iter, *LAZY)))
#: What may be asked of the code under test itself, because the answer is no part of its state.
HARMLESS = (isinstance, issubclass, type, callable, len, super)
#: Our own functions and what they stand for: `primitives`, `clock`, `stand_ins`.


def is_python(function: object) -> bool:
    """Whether calling `function` runs Python code, whose hooks then see to it."""
    if isinstance(function, type):
        return any(isinstance(vars(kind).get("__init__"), FunctionType) for kind in function.__mro__)
    return python_function(function) is not None


def python_function(called: object) -> FunctionType | None:
    """The Python function that a call of `called` runs, unless it is C or a class."""
    while isinstance(called, (MethodType, partial)):
        called = called.__func__ if isinstance(called, MethodType) else called.func
    if not isinstance(called, FunctionType):
        called = vars(type(called)).get("__call__")
    return called if isinstance(called, FunctionType) else None


def call(function: Any, /, *arguments: Any, **keywords: Any) -> Any:
    """`function(...)`: a call of C that could touch shared state is one step; everything else is just called."""
    fiber = controlled()
    if fiber is None:
        return function(*arguments, **keywords)
    fiber.called = True
    try:
        return called(fiber, function, arguments, keywords, sys._getframe(1))
    finally:
        fiber.called = True


def called(fiber: Fiber, function: Any, arguments: Any, keywords: Any, frame: FrameType) -> Any:
    """The call, by what is called."""
    if type(function) is FunctionType and function.__code__.co_filename in fiber.surroundings.files:
        return refuse_lazy(fiber, function(*arguments, **keywords))
    owner = getattr(function, "__self__", None)
    if isinstance(owner, PRIMITIVES):
        return with_points(function, *arguments, **keywords)
    if isinstance(function, type) and not keywords.get("metaclass"):
        return instance(fiber, function, arguments, keywords, frame)
    builtin = id(function) in BUILTINS
    if builtin and function in BY_NAME and len(arguments) > 1 and type(arguments[1]) is str:
        return BY_NAME[function](*arguments)
    if function is next and arguments and can_advance(fiber, arguments[0]):
        return advance(fiber, *arguments)
    if function is id and arguments and not isinstance(arguments[0], (int, str, bytes, type(None))):
        fiber.abandon(UnsupportedTarget("id() of an object: it is another one in each run"))
    if builtin and function in HARMLESS:
        return len_of(*arguments) if function is len else function(*arguments, **keywords)
    if is_python(function):
        refuse_foreign(fiber, function, (owner, *arguments, *keywords.values()))
        return refuse_lazy(fiber, function(*arguments, **keywords))
    return call_of_c(fiber, function, owner, arguments, keywords, frame)


def instance(fiber: Fiber, kind: Any, arguments: Any, keywords: Any, frame: FrameType) -> Any:
    """`kind(...)`: what a thread makes it owns."""
    line = f"{frame.f_code.co_name}:{frame.f_lineno}"
    objects = fiber.surroundings.objects
    if kind in PRIMITIVES or issubclass(kind, PRIMITIVES):
        made = kind(*arguments, **keywords)
        objects.made(made, fiber.number, line)
        return made
    if kind.__module__.partition(".")[0] in fiber.surroundings.packages and is_plain(kind):
        if hasattr(kind, "__del__"):
            fiber.abandon(UnsupportedTarget(f"{kind.__name__} has a finalizer, which would come after the run"))
        made = kind.__new__(kind)
        objects.made(made, fiber.number, line)
        kind.__init__(made, *arguments, **keywords)
        return made
    if is_python(kind) or kind in HARMLESS:
        return kind(*arguments, **keywords)
    made = call_of_c(fiber, kind, None, arguments, keywords, frame)
    if kind in MUTABLE:
        objects.made(made, fiber.number, line)
    return made


def is_plain(kind: Any) -> bool:
    """Whether an instance can be made first and initialised afterwards."""
    new: Any = kind.__new__
    return type(kind) is type and new is object.__new__ and not issubclass(kind, BaseException)


def refuse_lazy(fiber: Fiber, answer: Any) -> Any:
    """What a function of Python answers must not be an iterator that is yet to be used."""
    if (
        type(answer) not in CONSTANT
        and isinstance(answer, LEAVES)
        and held_by(fiber.surroundings.objects, answer) is None
    ):
        fiber.abandon(UnsupportedTarget("an iterator leaves the function that made it"))
    return answer


def refuse_foreign(fiber: Fiber, function: Any, given: tuple[Any, ...]) -> None:
    """Python code that is not instrumented must not be given what it could look into or change."""
    code = python_function(function)
    if (
        code is None
        or code.__code__.co_filename in fiber.surroundings.files
        or str(code.__module__).startswith(hooks.OURS)
    ):
        return
    if any(is_mutable(value) or is_under_test(value, fiber) for value in given):
        fiber.abandon(UnsupportedTarget(f"{code.__module__}.{code.__qualname__} is given what it could change"))


def refuse_a_second(fiber: Fiber, made: Any, frame: FrameType) -> None:
    """In a loop, an unused iterator of an earlier round is determined by what the frame does not hold any more."""
    place = (id(frame), frame.f_lasti)
    earlier = fiber.made_at.get(place)
    if earlier is not None and id(earlier) not in fiber.used_up:
        fiber.abandon(UnsupportedTarget("a loop makes an iterator before it has used the last one"))
    fiber.made_at[place] = made


def call_of_c(fiber: Fiber, function: Any, owner: Any, arguments: Any, keywords: Any, frame: FrameType) -> Any:
    """One step, if it could touch anything shared."""
    given = (owner, *arguments, *keywords.values(), *((function,) if isinstance(function, partial) else ()))
    # A container's methods move what they are given, and look no further than its own equality.
    moved = type(owner) in MUTABLE
    if not moved and any(is_under_test(value, fiber) for value in given if not isinstance(value, BaseException)):
        fiber.abandon(UnsupportedTarget(f"{function!r} is given the code under test"))
    lazy = id(function) in MAKES_LAZY
    if not lazy and not fiber.owns(owner):  # what an iterator leads to escapes when that is used
        fiber.surroundings.objects.escape(*arguments, *keywords.values())
    mutable = [value for value in given if is_mutable(value)]
    if not mutable and not any(is_python(value) for value in given if callable(value)):
        return function(*arguments, **keywords)
    if any(id(value) in fiber.used_up for value in given):
        fiber.abandon(UnsupportedTarget(f"{function!r} is given an iterator that was used before"))
    used = [one for value in mutable for one in fiber.lazy.get(id(value), (value,))]
    if lazy:
        made = function(*arguments, **keywords)
        fiber.lazy[id(made)] = (made, *used)
        refuse_a_second(fiber, made, frame)
        return made
    plain_method = mutable == [owner] and moved and not any(is_under_test(value, fiber) for value in arguments)
    name = getattr(function, "__name__", type(function).__name__)
    before_items(fiber, tuple(mutable), f"call {name}", hidden=not plain_method)
    fiber.used_up.update({id(value): value for value in used if isinstance(value, LEAVES)})
    return fiber.in_c(lambda: function(*arguments, **keywords))


def len_of(value: Any) -> int:
    """`len(value)`."""
    hooks.before_item(value, "look how many items there are")
    return len(value)


def get_attribute(owner: Any, name: str, *default: Any) -> Any:
    """`getattr(owner, name, default)`."""
    try:
        return hooks.load(owner, name)
    except AttributeError:
        if not default:
            raise
        return default[0]


def has_attribute(owner: Any, name: str) -> bool:
    """`hasattr(owner, name)`."""
    hooks.before_field(owner, name, storing=False)
    return hasattr(owner, name)


def set_attribute(owner: Any, name: str, value: Any) -> None:
    """`setattr(owner, name, value)`."""
    hooks.store(value, owner, name)


#: What reaches a field by its name.
BY_NAME: dict[Any, Callable[..., Any]] = {
    getattr: get_attribute,
    hasattr: has_attribute,
    setattr: set_attribute,
    delattr: hooks.delete,
}


#: By their ids: what is called need not be hashable, and may be equal to anything.
BUILTINS = frozenset(map(id, (*BY_NAME, *HARMLESS)))


def entered() -> None:
    """A Python function begins: if C has called it, its step ends here, and the rest of it is another one."""
    PATIENCE.rounds += 1
    if PATIENCE.rounds > LONGEST_SILENCE:
        loops.give_up(sys._getframe(1))
    fiber = controlled()
    if fiber is None:
        return
    fiber.called = True
    if fiber.inside_c:
        fiber.before(Operation("called by C", None), Mover.NONE)


def gather(kind: Any, _iterated: object, elements: Iterator[Any]) -> Any:
    """A comprehension: its elements, gathered by C from the generator that it is written as."""
    fiber = controlled()
    if fiber is None:
        return kind(elements)
    return hooks.display(fiber.in_c(lambda: kind(elements)))


def second(first: object, value: Any) -> Any:
    """The second of two values, a generator that is made from the first, which had to be there before."""
    fiber = controlled()
    if fiber is not None:
        refuse_a_second(fiber, value, sys._getframe(1))
    return value


def refuse(reason: str) -> None:
    """Called by a function that cannot run under control."""
    fiber = controlled()
    if fiber is not None:
        fiber.abandon(UnsupportedTarget(reason))


HOOKS: dict[str, Callable[..., Any]] = {
    "__load__": hooks.load,
    "__store__": hooks.store,
    "__delete__": hooks.delete,
    "__get_item__": hooks.get_item,
    "__set_item__": hooks.set_item,
    "__delete_item__": hooks.delete_item,
    "__contains__": hooks.contains,
    "__display__": hooks.display,
    "__iterate__": loops.iterate,
    "__test__": hooks.test,
    "__again__": loops.round_again,
    "__each__": loops.Uncontrolled,
    "__use__": hooks.use,
    "__spread__": hooks.spread,
    "__spread_dict__": hooks.spread_dict,
    "__augment__": hooks.augment,
    "__text__": hooks.text,
    "__shown__": hooks.shown,
    "__slice__": slice,
    "__gather__": gather,
    "__second__": second,
    "__list__": list,
    "__set__": set,
    "__dict_of__": dict,
    "__call__": call,
    "__entered__": entered,
    "__refuse__": refuse,
}
