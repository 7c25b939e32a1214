"""State keys: what a run is determined by from here on, as a value that can be compared.

A key holds every object that the target's fields and the threads' frames lead to, with its contents, and each frame's
position and locals. Objects have no names of their own: they are numbered in the order in which a fixed walk meets
them, so that two states with the same shape have the same key. Keys are kept whole, not hashed.

Symmetry: threads of the same client are put in order by what can be told of them without their names; equal keys then
mean states that differ by a permutation of identical threads. Two states of one orbit may still get different keys,
which costs time; two states of different orbits never get the same one.
"""

from collections import deque
from types import BuiltinFunctionType, BuiltinMethodType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from waitgroup_proofs.scheduler.fiber import Identity, UnsupportedTarget
from waitgroup_proofs.scheduler.hooks import LAZY, Iteration
from waitgroup_proofs.scheduler.primitives import Lock

SCALARS = (int, str, bytes, type(None))


class Walk:
    """One walk over the objects of a state."""

    def __init__(self, target_package: str) -> None:
        """`target_package`: instances of classes from here are looked into; other unknown objects are refused."""
        self.package = target_package
        self.number: dict[int, int] = {}

    def value(self, value: Any) -> Any:
        """A comparable value: a scalar itself, for anything else its number, and its contents at first sight."""
        kind = type(value)
        if kind is bool:
            return ("bool", value)
        if kind in SCALARS:
            return value
        if kind is float:
            return ("float", repr(value))
        if kind is tuple or (isinstance(value, tuple) and hasattr(kind, "_fields")):
            return (kind, *map(self.value, value))
        if isinstance(value, (type, ModuleType, BuiltinFunctionType)) and not self._bound(value):
            return ("constant", value)
        known = self.number.get(id(value))
        if known is not None:
            return ("object", known)
        self.number[id(value)] = len(self.number)
        return self._contents(value, kind)

    @staticmethod
    def _bound(value: Any) -> bool:
        return isinstance(value, BuiltinMethodType) and not isinstance(value.__self__, (ModuleType, type, type(None)))

    def _contents(self, value: Any, kind: type) -> Any:
        if kind is Lock:
            return ("lock", value.taken, value.entered, self.value(value.holder))
        if kind is Identity:
            return ("thread",)
        if kind is dict:
            return ("dict", *((self.value(key), self.value(item)) for key, item in value.items()))
        if kind in (list, deque):
            return (kind.__name__, *map(self.value, value))
        if isinstance(value, MethodType):
            return ("method", self.value(value.__func__), self.value(value.__self__))
        if isinstance(value, BuiltinMethodType):
            return ("method", value.__name__, self.value(value.__self__))
        if kind is FunctionType:
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            made_of = (value.__defaults__, value.__kwdefaults__, *cells)
            return ("function", value.__code__, *map(self.value, made_of))
        if isinstance(value, BaseException):
            return ("error", kind, self.value(value.args), self.value(value.__context__))
        if kind is Iteration:
            return ("iteration", self.value(value.sequence), value.position)
        if self._plain(kind):
            return (kind, *((name, self.value(item)) for name, item in fields(value)))
        if kind.__module__ == "operator":
            return ("constant", repr(value))
        raise UnsupportedTarget(f"the state holds a {kind.__name__}, whose contents cannot be compared")

    def _plain(self, kind: type) -> bool:
        """Whether all that instances of the class under test hold is in their fields."""
        bases = [base for base in kind.__mro__ if base.__module__.partition(".")[0] != self.package]
        return kind.__module__.partition(".")[0] == self.package and bases == [object]

    def local(self, value: Any) -> Any:
        """As `value`, for a frame's local: an unused lazy iterator is determined by the locals it was made from."""
        return ("lazy", type(value).__name__) if isinstance(value, LAZY) else self.value(value)


def fields(instance: Any) -> list[tuple[str, Any]]:
    """The instance's own attributes, in slots or in a dict."""
    names = [
        f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
        for cls in type(instance).__mro__
        for name in slots_of(cls)
        if name != "__weakref__"
    ]
    slots = [(name, getattr(instance, name)) for name in names if hasattr(instance, name)]
    return slots + list(getattr(instance, "__dict__", {}).items())


def slots_of(cls: type) -> tuple[str, ...]:
    """The names in `__slots__`, which may be written as one text."""
    slots = cls.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


class Frames:
    """The suspended frames of one thread: what is fixed about them, and the values of their locals.

    It is taken once after each step of the thread: while others run, its frames cannot change, though the objects that
    they refer to can.
    """

    __slots__ = ("objects", "shape")

    def __init__(self, innermost: FrameType | None, files: frozenset[str]) -> None:
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
        self.shape = tuple(shape)
