"""Where one call into C is not one step, and what it needs there: a lock, which the thread that has it may take again.

A signal handler that comes while its thread is inside takes the lock again, and makes a step of its own between two
calls into C, never within one.
"""

import sys
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, repeat
from operator import add, getitem, setitem
from types import BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType
from typing import Any, Final

#: What the steps are made of, beside the release of a lock, which is never Python.
PARTS: Final[tuple[object, ...]] = (
    *(add, getitem, setitem, map.__next__, repeat.__next__, chain.__next__, deque.__init__, timedelta.__add__),
    *(timedelta.__eq__, list.__getitem__, list.index, dict.pop, dict.__setitem__),
)


def a_call_is_a_step() -> bool:
    """Whether this interpreter lets nothing else come while one call runs that is made of these parts.

    That is so on CPython with its global lock, if all of them are C. Some have a substitute in Python, which an
    interpreter may use that is built without the C module.
    """
    return (
        sys.implementation.name == "cpython"
        and getattr(sys, "_is_gil_enabled", lambda: True)()
        and all(isinstance(part, BuiltinFunctionType | MethodDescriptorType | WrapperDescriptorType) for part in PARTS)
    )


class Locked:
    """The steps of an iterator, each under a lock that its thread may take again."""

    __slots__ = ("mutex", "steps")

    def __init__(self, steps: Iterator[None], mutex: Any) -> None:
        """`mutex`: an RLock."""
        self.steps: Iterator[None] = steps
        self.mutex: Any = mutex

    def __iter__(self) -> Iterator[None]:
        """Itself."""
        return self

    def __next__(self) -> None:
        """One step."""
        with self.mutex:
            return next(self.steps)
