"""State keys: what a run is determined by from here on, as a value that can be compared.

A key holds every object that the target's fields and the threads' frames lead to, with its contents, and each frame's
position and locals. Objects have no names of their own: they are numbered in the order in which a fixed walk meets
them, so that two states with the same shape have the same key. Keys are kept whole, not hashed.

States that differ by a permutation of identical threads have the same key: see `symmetry`.
"""

import sys
from abc import ABC
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from functools import cache, partial
from inspect import GEN_SUSPENDED, getgeneratorstate
from types import (
    BuiltinFunctionType,
    BuiltinMethodType,
    CodeType,
    FrameType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any, Generic
from weakref import ref

from waitgroup_proofs.scheduler import pipelines
from waitgroup_proofs.scheduler.calls import LAZY
from waitgroup_proofs.scheduler.clock import Moment, Never
from waitgroup_proofs.scheduler.digests import Digests
from waitgroup_proofs.scheduler.fiber import Fiber, Identity, UnsupportedTarget
from waitgroup_proofs.scheduler.loops import Iteration
from waitgroup_proofs.scheduler.objects import Objects
from waitgroup_proofs.scheduler.primitives import Lock, RLock, SimpleQueue
from waitgroup_proofs.scheduler.refusals import Module, Refusal
from waitgroup_proofs.scheduler.threads import Thread
from waitgroup_proofs.scheduler.values import VIEWS

SCALARS = (int, str, bytes, type(None))

#: The bases, from outside the code under test, of classes whose instances hold nothing but their fields.
PLAIN = ([object], [Generic, object], [ABC, object])


#: What has nothing in it that a run could change, or, for modules, that it could change unnoticed.
CONSTANTS = (type, ModuleType, BuiltinFunctionType, MethodDescriptorType, Enum)
#: Likewise, and what is to be said of them.
TOLD: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    Module: lambda module: ("module", module.__name__),
    Refusal: lambda refusal: ("refusal", str(refusal)),
    Never: lambda _never: ("never",),
    TracebackType: lambda _traceback: ("traceback",),
    FrameType: lambda frame: ("frame", frame.f_code),
    CodeType: lambda code: ("code", code),
    timedelta: lambda length: ("timedelta", length // timedelta.resolution),
    type(sys.get_asyncgen_hooks()): lambda hooks: ("hooks", *(hook is None for hook in hooks)),
    range: lambda numbers: ("range", numbers.start, numbers.stop, numbers.step),
}


class Walk:
    """One walk over the objects of a state."""

    def __init__(self, packages: frozenset[str], objects: Objects, now: float) -> None:
        """`packages`: instances of classes from here are looked into; other unknown objects are refused."""
        self.packages = packages
        self.objects = objects
        self.now = now
        self.number: dict[int, int] = {}

    def further(self) -> "Walk":
        """Another walk, which goes on from here."""
        walk = Walk(self.packages, self.objects, self.now)
        walk.number = self.number.copy()
        return walk

    def value(self, value: Any) -> Any:
        """A comparable value: a scalar itself, for anything else its number, and its contents at first sight."""
        kind = type(value)
        if kind is bool:
            return ("bool", value)
        if kind in SCALARS:
            return value
        if kind is float:
            return ("float", repr(value))
        if kind in TOLD:
            return TOLD[kind](value)
        if kind is Moment:
            return ("moment", repr(float(value) - self.now))
        if getattr(value, "__dict__", None) and isinstance(value, tuple):
            raise UnsupportedTarget(f"the state holds a {kind.__name__}, a tuple with fields of its own")
        if kind is tuple or (isinstance(value, tuple) and hasattr(kind, "_fields")):
            return (kind, *map(self.value, value))
        if isinstance(value, CONSTANTS) and not self._bound(value):
            return ("constant", value)
        if kind is FunctionType and value.__globals__.get(value.__name__) is value and holds_nothing(value):
            return ("constant", value)
        known = self.number.get(id(value))
        if known is not None:
            return ("object", known)
        self.number[id(value)] = len(self.number)
        contents = self._contents(value, kind)
        # Which lock is held to protect what depends on where the objects come from; what the group has shows it.
        family = self.objects.family(value)
        if family is None or family.head == self.objects.group:
            return contents
        return ("made", family.place, self.number.get(family.head, -1), contents)

    @staticmethod
    def _bound(value: Any) -> bool:
        return isinstance(value, BuiltinMethodType) and not isinstance(value.__self__, (ModuleType, type, type(None)))

    def _contents(self, value: Any, kind: type) -> Any:
        if kind is Lock:
            return ("lock", value.taken, value.entered, self.value(value.holder))
        if kind is RLock:
            return ("rlock", value.taken, value.holds, self.value(value.holder))
        if kind is SimpleQueue:
            return ("queue", *map(self.value, value.items))
        if kind is Identity:
            return ("thread",)
        if kind is dict:
            return ("dict", *((self.value(key), self.value(item)) for key, item in value.items()))
        if kind in (list, deque):
            return (kind.__name__, *map(self.value, value))
        if isinstance(value, MethodType):
            function = value.__func__
            own = getattr(type(value.__self__), getattr(function, "__name__", ""), None) is function
            constant = own and isinstance(function, FunctionType) and holds_nothing(function)
            return ("method", function if constant else self.value(function), self.value(value.__self__))
        if isinstance(value, BuiltinMethodType):
            return ("method", value.__name__, self.value(value.__self__))
        if kind is FunctionType:
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            made_of = (value.__defaults__, value.__kwdefaults__, *cells)
            return ("function", value.__code__, *map(self.value, made_of))
        if isinstance(value, BaseException):
            others = (value.__context__, value.__cause__, *(item for _, item in fields(value)))
            return ("error", kind, self.value(value.args), *map(self.value, others))
        if kind is Iteration:
            return (
                "iteration",
                self.value(value.owner),
                value.position,
                value.disturbed,
                self.value(value.items),
                value.unpacked,
            )
        # In what order a set has other things than numbers may be another one in each run.
        if kind in (set, frozenset) and all(type(one) in (int, type(None)) for one in value):
            return (kind.__name__, *value)
        if isinstance(value, Thread):
            return ("started" if value.taken else "not running", kind, *map(self.value, vars(value).values()))
        if isinstance(value, Fiber):
            return ("fiber", value.number, self.value(value.identity))
        if kind in VIEWS:
            return ("view", kind, self.value(list(value)))
        if kind is partial:
            return ("partial", self.value(value.func), self.value(value.args), self.value(value.keywords))
        if kind is ref:
            return ("reference", self.value(value()))
        if self._plain(kind):
            return (kind, *((name, self.value(item)) for name, item in fields(value)))
        if kind in pipelines.KINDS and (held := pipelines.held_by(self.objects, value)) is not None:
            # Its functions are the same as long as it is the same.
            return ("pipeline", *map(self.value, held))
        if kind.__module__ == "operator":
            return ("constant", repr(value))
        raise UnsupportedTarget(f"the state holds a {kind.__name__}, whose contents cannot be compared")

    def _plain(self, kind: type) -> bool:
        """Whether all that instances of the class under test hold is in their fields."""
        bases = [base for base in kind.__mro__ if base.__module__.partition(".")[0] not in self.packages]
        return kind.__module__.partition(".")[0] in self.packages and bases in PLAIN

    def local(self, value: Any) -> Any:
        """As `value`, for a frame's local: an unused lazy iterator is determined by the locals it was made from.

        While it is used, C is below, and when it has been, it is not used again: `calls` refuses that.
        """
        if isinstance(value, LAZY) or (type(value) is GeneratorType and getgeneratorstate(value) != GEN_SUSPENDED):
            return ("lazy", type(value).__name__)
        if type(value) is tuple and value and all(isinstance(one, LAZY) for one in value):
            return ("lazy", len(value))
        return self.value(value)


def holds_nothing(function: FunctionType) -> bool:
    """Whether a function leads to no other object; if its module or class keeps it, it is the same in all states."""
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return not function.__closure__ and all(type(value) in (*SCALARS, bool, float) for value in defaults)


def fields(instance: Any) -> list[tuple[str, Any]]:
    """The instance's own attributes, in slots or in a dict."""
    names = [name for cls in type(instance).__mro__ for name in slots_of(cls)]
    slots = [(name, getattr(instance, name)) for name in names if hasattr(instance, name)]
    return slots + list(getattr(instance, "__dict__", {}).items())


@cache
def slots_of(cls: type) -> tuple[str, ...]:
    """The names of its slots, as they are when the class is there."""
    return tuple(name for name, value in vars(cls).items() if isinstance(value, MemberDescriptorType))


class Frames:
    """The suspended frames of one thread: what is fixed about them, and the values of their locals.

    It is taken once after a step of the thread: while others run, its frames cannot change, though the objects that
    they refer to can.
    """

    __slots__ = ("objects", "shape")

    def __init__(self, innermost: FrameType | None, files: frozenset[str], digests: Digests) -> None:
        """Of the frames from `innermost` outwards, those whose code is in `files`."""
        shape: list[Any] = []
        self.objects: list[Any] = []
        frame = innermost
        while frame is not None:
            if frame.f_code.co_filename in files:
                shape += (frame.f_code, frame.f_lasti)
                for name, value in frame.f_locals.items():
                    shape += (name, type(value), value if type(value) in SCALARS else None)
                    if type(value) not in SCALARS:
                        self.objects.append(value)
            frame = frame.f_back
        self.shape = digests.part(tuple(shape))


def parts(group: Any, packages: frozenset[str]) -> list[tuple[str, Any, Any]]:
    """All that a group has when it is constructed: the field, its value, and the object that has the field."""
    found: list[tuple[str, Any, Any]] = []
    todo, seen = [group], {id(group)}
    for owner in todo:
        for name, value in fields(owner):
            if isinstance(value, SCALARS) or id(value) in seen:
                continue
            seen.add(id(value))
            found.append((name, value, owner))
            if type(value).__module__.partition(".")[0] in packages:
                todo.append(value)
    return found
