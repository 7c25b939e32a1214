"""Bounded numbers: unknown integers for tools whose own have 32 bits.

TLC and Spin calculate with 32 bits, and Go's counter wraps at 32: written out, its wrapping would not fit. In a bounded
program it never happens. So every number of an exported state is taken to be between -LIMIT and LIMIT, the export makes
the tool check that of every state, and a `Bounded` term uses it: a remainder of what is smaller than the divisor is
the number itself, and a comparison that the bounds decide is no question. What might still exceed 32 bits is refused.
"""

import operator
from collections.abc import Callable
from typing import Any

import z3

from waitgroup_proofs.terms import Condition, Term, made

LIMIT = 2**14 - 1
LOW, HIGH = -(2**31), 2**31 - 1


class Bounded(Term):
    """An unknown integer between `low` and `high`: a `base`, and a constant `shift` that is kept apart from it."""

    def __init__(self, base: Any, shift: int, low: int, high: int) -> None:
        super().__init__(base + shift if shift > 0 else base - -shift if shift else base)
        self.base, self.shift = base, shift
        self.low, self.high = low, high

    @staticmethod
    def constant(value: int) -> Any:
        return Bounded(value, 0, value, value)

    @staticmethod
    def calculated(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        corners = [operation(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        low, high = min(corners), max(corners)
        if right.low == right.high and operation in (operator.add, operator.sub):
            return Bounded(left.base, operation(left.shift, right.low), low, high)
        return Bounded(operation(whole(left), whole(right)), 0, low, high)

    @staticmethod
    def remainder(dividend: Any, divisor: int) -> Any:
        if 0 <= dividend.low and dividend.high < divisor:
            return dividend
        return Bounded(whole(dividend) % divisor, 0, 0, divisor - 1)

    @staticmethod
    def quotient(dividend: Any, divisor: int) -> Any:
        return Bounded(whole(dividend) / divisor, 0, dividend.low // divisor, dividend.high // divisor)

    @staticmethod
    def compared(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        if operation is operator.eq:
            if left.high < right.low or right.high < left.low:
                return False
            if left.low == right.high and left.high == right.low:
                return True
        elif (always := operation(left.high, right.low)) is operation(left.low, right.high):
            return always
        return Condition(operation(whole(left), whole(right)))


def whole(term: Bounded) -> Any:
    """The expression of a term that 32 bits can hold, and so can its base. Raises TypeError for any other."""
    if min(term.low, term.low - term.shift) < LOW or max(term.high, term.high - term.shift) > HIGH:
        raise TypeError(f"{term.expression} may be anything from {term.low} to {term.high}, beyond 32 bits")
    return term.expression


def bounded(name: str, low: int, high: int) -> Any:
    """The unknown integer of this name, between `low` and `high`."""
    return made(fresh, name, low, high)


def fresh(name: str, low: int, high: int) -> Any:
    return Bounded(z3.Int(name), 0, low, high)
