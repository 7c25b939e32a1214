"""The leaves of a state: the integers, enums and truth values inside its named tuples, each by its path."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum, IntEnum
from typing import Any, NamedTuple, cast, get_type_hints

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import LIMIT
from waitgroup_proofs.exports.sequences import Sequence, Several, sequence

#: Makes the unknown integer of a name, between two bounds; whether it uses them is its affair.
Unknown = Callable[[str, int, int], Any]


class Leaf(NamedTuple):
    """One number of the state, by its path: `shared` or `thread`, then field by field."""

    path: tuple[str, ...]
    kind: type

    @property
    def name(self) -> str:
        """The path as it is written."""
        return ".".join(self.path)

    @property
    def bounds(self) -> tuple[int, int]:
        """What the number lies between."""
        if self.kind is int or is_open(self.kind):
            return -LIMIT, LIMIT
        return min(values(self.kind)), max(values(self.kind))


def is_open(kind: type) -> bool:
    """Whether this is an enum without members of its own, of which enums with members are made."""
    return issubclass(kind, Enum) and not list(kind)


def values(kind: type) -> list[int]:
    """The numbers that truth values or the members of an enum are."""
    return [0, 1] if kind is bool else [int(member.value) for member in cast(type[Enum], kind)]


def fields(kind: type, *path: str) -> Iterable[tuple[str, Any]]:
    """The fields of a named tuple, with their types. Raises Untranslatable where no number can be made of one."""
    if not hasattr(kind, "_fields"):
        raise Untranslatable(f"{'.'.join(path)} is a {kind.__name__} and no named tuple")
    for field, hint in get_type_hints(kind).items():
        if hint == tuple[int, ...]:
            yield field, Sequence
        elif hint in (int, bool) or (isinstance(hint, type) and (is_record(hint) or issubclass(hint, IntEnum))):
            yield field, hint
        else:
            raise Untranslatable(f"{'.'.join((*path, field))} is a {hint}, which is no number and no named tuple")


def is_record(hint: type) -> bool:
    """Whether a type is a named tuple."""
    return hasattr(hint, "_fields")


def records(kinds: Iterable[type]) -> dict[type, list[tuple[str, Any]]]:
    """These named tuples and all inside them, the innermost first, with their fields."""
    found: dict[type, list[tuple[str, Any]]] = {}

    def visit(kind: type) -> None:
        inside = list(fields(kind, kind.__name__))
        for _, hint in inside:
            if is_record(hint):
                visit(hint)
        found.setdefault(kind, inside)

    for kind in kinds:
        visit(kind)
    if len({kind.__name__ for kind in found}) < len(found):
        raise Untranslatable(f"two types have one name: {', '.join(kind.__name__ for kind in found)}")
    return found


def leaves(value: Any, kind: type, *path: str) -> Iterator[tuple[Leaf, Any]]:
    """The leaves of a value that is a named tuple of this kind, each with what stands there."""
    for field, hint in fields(kind, *path):
        inside = getattr(value, field)
        if is_record(hint):
            yield from leaves(sequence(inside) if hint is Sequence else inside, hint, *path, field)
        else:
            yield Leaf((*path, field), hint), inside


def unknown(kind: type, make: Unknown, *path: str) -> Any:
    """A named tuple whose leaves are all unknown."""
    found = {}
    for field, hint in fields(kind, *path):
        leaf = Leaf((*path, field), hint)
        found[field] = unknown(hint, make, *leaf.path) if is_record(hint) else make(leaf.name, *leaf.bounds)
    whole = kind(**found)
    return Several(whole) if isinstance(whole, Sequence) else whole
