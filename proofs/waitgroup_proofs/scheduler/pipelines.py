"""Pipelines: iterators of C that can be asked for a next element for ever, and are the same afterwards.

A `map` over endless `repeat`s, and over other such maps, holds nothing that changes when it is used: what it does is
said by its functions and by what is repeated. So it can be kept in a field and used again and again, where any other
iterator can be used once. To ask for its next element is one step, as every call of C is.
"""

import gc
from itertools import repeat
from operator import length_hint
from typing import Any

from waitgroup_proofs.scheduler.fiber import Fiber
from waitgroup_proofs.scheduler.hooks import before_items
from waitgroup_proofs.scheduler.objects import Objects
from waitgroup_proofs.scheduler.values import is_mutable, is_under_test

KINDS = (map, repeat)


def made_of(value: Any) -> list[Any] | None:
    """The functions and the repeated elements of a pipeline; None for anything else."""
    if type(value) is repeat:
        # One that ends says after how many elements.
        return gc.get_referents(value) if length_hint(value, -1) == -1 else None
    if type(value) is not map:
        return None
    found: list[Any] = []
    for part in gc.get_referents(value):
        for stage in part if type(part) is tuple else (part,):
            inner = made_of(stage) if hasattr(stage, "__next__") else [stage]
            if inner is None:
                return None
            found += inner
    return found


def held_by(objects: Objects, value: Any) -> tuple[Any, ...] | None:
    """What can change of what a pipeline is made of; None for anything else."""
    known = objects.pipelines.get(id(value))
    if known is None:
        parts = made_of(value)
        if parts is None:
            return None
        # The pipeline is kept, so that its id stays its own.
        known = objects.pipelines[id(value)] = (value, *filter(is_mutable, parts))
    return known[1:]


def advance(fiber: Fiber, iterator: Any, *default: Any) -> Any:
    """`next(iterator, default)`, where that is a pipeline, or an iterator of the code under test."""
    if is_under_test(iterator, fiber):
        try:
            return type(iterator).__next__(iterator)
        except StopIteration:
            if not default:
                raise
            return default[0]
    before_items(fiber, held_by(fiber.surroundings.objects, iterator) or (), "call next", hidden=True)
    return fiber.in_c(lambda: next(iterator, *default))


def can_advance(fiber: Fiber, iterator: Any) -> bool:
    """Whether `advance` knows how to."""
    return is_under_test(iterator, fiber) or held_by(fiber.surroundings.objects, iterator) is not None
