"""Digests of states that are the same in every process, so that searches in several processes can share what they saw.

A state's key holds classes and code, which have no order, and whose hashes differ from one process to the next. Here
each is told by its name, and everything else by its contents, in one unambiguous encoding; the digest is a hash of it.
Two different states with one digest are possible in principle: a report says when states were compared in this way.
"""

import hashlib
from collections.abc import Callable
from enum import Enum
from types import BuiltinFunctionType, CodeType, FunctionType, MethodDescriptorType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget

#: The length of a digest.
BITS = 128


class Part:
    """A part of keys: there is one object for each value, so that comparing two of them is comparing two pointers."""

    __slots__ = ("_digest", "_digests", "value")

    def __init__(self, value: Any, digests: "Digests") -> None:
        """Use `Digests.part`."""
        self.value = value
        self._digests = digests
        self._digest = b""

    @property
    def digest(self) -> bytes:
        """The digest of the value, made when somebody first asks."""
        if not self._digest:
            self._digest = self._digests.of(self.value)
        return self._digest


class Digests:
    """The digests of what is made of one target's classes and code."""

    def __init__(self) -> None:
        """Nothing seen."""
        self.parts: dict[Any, Part] = {}
        #: The encoding of each class, code or module that was seen, by its id, and what each encoding stands for.
        self.names: dict[int, bytes] = {}
        self.named: dict[bytes, object] = {}

    def part(self, value: Any) -> Part:
        """The one part with this value."""
        part = self.parts.get(value)
        if part is None:
            part = self.parts[value] = Part(value, self)
        return part

    def of(self, value: Any) -> bytes:
        """The digest of a key, or of anything a key can hold."""
        return hashlib.blake2b(self._encoded(value), digest_size=BITS // 8).digest()

    def _encoded(self, value: Any) -> bytes:
        kind = type(value)
        if kind is tuple:
            inner = b"".join(map(self._encoded, value))
            return b"(%d:%b" % (len(value), inner)
        if kind is str:
            text = value.encode("utf-8", "surrogatepass")
            return b"s%d:%b" % (len(text), text)
        if kind is Part:
            return b"p%b" % value.digest
        if value is None:
            return b"n"
        if kind is int or kind is bool:
            return b"%bi%d;" % (kind.__name__[:1].encode(), value)
        if kind is float:
            return b"f%b;" % repr(value).encode()
        if kind is bytes:
            return b"b%d:%b" % (len(value), value)
        return self._other(value, kind)

    def _other(self, value: Any, kind: type) -> bytes:
        """Of what is rarer, or can be told only by its name."""
        if kind is frozenset:
            return b"{%d:%b" % (len(value), b"".join(sorted(map(self._encoded, value))))
        if isinstance(value, Enum):
            return b"m" + self._encoded(kind) + self._encoded(value.name)
        if isinstance(value, tuple):
            return b"t" + self._encoded(kind) + self._encoded(tuple(value))
        if isinstance(value, int):
            return b"e" + self._encoded(kind) + self._encoded(int(value))
        if kind is range:
            return b"r" + self._encoded((value.start, value.stop, value.step))
        for named, name_of in NAMED.items():
            if isinstance(value, named):
                return self._name(value, name_of)
        raise UnsupportedTarget(f"the state holds a {kind.__name__}, which cannot be compared between processes")

    def _name(self, value: Any, name_of: Callable[[Any], tuple[Any, ...]]) -> bytes:
        known = self.names.get(id(value))
        if known is None:
            known = b"c" + self._encoded(name_of(value))
            # It is kept, so that nothing else can get its id.
            if self.named.setdefault(known, value) is not value:
                raise UnsupportedTarget(f"two things have the name {name_of(value)[1]!r}: no telling them apart")
            self.names[id(value)] = known
        return known


#: What tells a class, code, a module or a function of C from all others of one target, in words.
NAMED: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    type: lambda value: ("class", value.__qualname__, value.__module__),
    CodeType: lambda value: ("code", value.co_qualname, value.co_filename, tuple(value.co_positions())),
    FunctionType: lambda value: ("def", value.__qualname__, value.__code__),
    MethodDescriptorType: lambda value: ("method", value.__qualname__, value.__objclass__),
    ModuleType: lambda value: ("module", value.__name__),
    BuiltinFunctionType: lambda value: ("function", value.__qualname__, str(value.__module__)),
}

_DIGESTS: WeakKeyDictionary[Any, Digests] = WeakKeyDictionary()


def digests_of(target: Any) -> Digests:
    """Those of a target, for as long as it lives."""
    digests = _DIGESTS.get(target)
    if digests is None:
        digests = _DIGESTS[target] = Digests()
    return digests
