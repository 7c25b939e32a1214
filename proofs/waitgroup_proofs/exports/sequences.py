"""Tuples of any length, in exports: of at most a few numbers, and an error in the other tool where there are more.

A protocol may keep a `tuple[int, ...]`, such as the permits of one semaphore for each generation. In an export it is a
`Sequence`. To the protocol's own functions it is a `Several`, which forks when it is asked for its length or an item.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from waitgroup_proofs.exports.bounded import LIMIT
from waitgroup_proofs.terms import Term


class Sequence(NamedTuple):
    """How many numbers there are, and the numbers; 0 where there is none."""

    length: int = 0
    item_1: int = 0
    item_2: int = 0
    item_3: int = 0
    item_4: int = 0


LONGEST = len(Sequence._fields) - 1
#: The length of what has no place in a `Sequence`: out of bounds, so that the other tool says so.
TOO_LONG = LIMIT + 1


class Several:
    """A tuple of which length and items are not known. An index that is outside, or negative, raises IndexError."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, unknown: Sequence) -> None:
        self.unknown = unknown

    @property
    def items(self) -> tuple[Any, ...]:
        """The items. To ask for them is to ask how many there are."""
        length, *items = self.unknown
        return tuple(items[: next((number for number in range(LONGEST) if length == number), LONGEST)])

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __getitem__(self, where: Any) -> Any:
        items = self.items
        if isinstance(where, slice):
            if where.step is not None:
                raise TypeError("a slice of what is not known has no step")
            return items[position(where.start, len(items)) : position(where.stop, len(items))]
        return items[position(where, len(items))]

    def __eq__(self, other: object) -> Any:
        raise TypeError("a tuple of unknown length cannot be compared as a whole")


def position(where: Any, length: int) -> Any:
    """An index as a plain number, or the end of a slice, which may be `length`, or not given."""
    if where is None or (isinstance(where, int) and 0 <= where):
        return where
    if isinstance(where, Term):
        for number in range(length + 1):
            if where == number:
                return number
    raise IndexError(where)


def sequence(value: Any) -> Sequence:
    """A tuple, or what stands for one, in the form that exports have."""
    if isinstance(value, Several):
        return value.unknown
    if not isinstance(value, tuple):
        raise TypeError(f"{value!r} is no tuple")
    found = [*value, *[0] * LONGEST][:LONGEST]
    return Sequence(len(value) if len(value) <= LONGEST else TOO_LONG, *found)
