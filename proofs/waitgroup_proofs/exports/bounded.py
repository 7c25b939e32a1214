"""Bounded numbers: unknown integers for tools whose own have 32 bits.

TLC and Spin calculate with 32 bits, and Go's counter wraps at 32: written out, its wrapping would not fit. In a bounded
program it never happens. So every number of an exported state is taken to be between -LIMIT and LIMIT, the export makes
the tool check that of every state, and a `Bounded` term uses it: a remainder of what is smaller than the divisor is
the number itself, and a comparison that the bounds decide is no question. What might still exceed 32 bits is refused.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import z3

from waitgroup_proofs.terms import Condition, Term, made

LIMIT = 2**14 - 1
LOW, HIGH = -(2**31), 2**31 - 1


class Bounded(Term):
    """An unknown integer between `low` and `high`: another one, its `root`, and a constant that is added to that."""

    def __init__(self, expression: Any, low: int, high: int, root: Bounded | None = None, shift: int = 0) -> None:
        super().__init__(expression)
        self.low, self.high = low, high
        self.root, self.shift = self if root is None else root, shift

    @staticmethod
    def constant(value: int) -> Any:
        return Bounded(value, value, value)

    @staticmethod
    def calculated(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        corners = [operation(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        if right.low == right.high and operation in (operator.add, operator.sub):
            return made(Bounded.shifted, left.root, operation(left.shift, right.low))
        return Bounded(operation(whole(left), whole(right)), min(corners), max(corners))

    @staticmethod
    def shifted(root: Any, shift: int) -> Any:
        """A term and a constant together."""
        if shift == 0:
            return root
        expression = root.expression + shift if shift > 0 else root.expression - -shift
        return Bounded(expression, root.low + shift, root.high + shift, root, shift)

    @staticmethod
    def remainder(dividend: Any, divisor: int) -> Any:
        if 0 <= dividend.low and dividend.high < divisor:
            return dividend
        return Bounded(whole(dividend) % divisor, 0, divisor - 1)

    @staticmethod
    def quotient(dividend: Any, divisor: int) -> Any:
        return Bounded(whole(dividend) / divisor, dividend.low // divisor, dividend.high // divisor)

    @staticmethod
    def compared(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        if operation is operator.eq:
            if left.high < right.low or right.high < left.low:
                return False
            if left.low == right.high and left.high == right.low:
                return True
        elif (always := operation(left.high, right.low)) is operation(left.low, right.high):
            return always
        if left.shift and right.low == right.high:
            # The same question as of the root, so that no path asks it twice.
            return made(Bounded.compared, operation, left.root, made(Bounded.constant, right.low - left.shift))
        return Condition(operation(whole(left), whole(right)))


def whole(term: Bounded) -> Any:
    """The expression of a term that 32 bits can hold, and so can its root. Raises TypeError for any other."""
    if min(term.low, term.root.low) < LOW or max(term.high, term.root.high) > HIGH:
        raise TypeError(f"{term.expression} may be anything from {term.low} to {term.high}, beyond 32 bits")
    return term.expression


def bounded(name: str, low: int, high: int) -> Any:
    """The unknown integer of this name, between `low` and `high`."""
    return made(fresh, name, low, high)


def fresh(name: str, low: int, high: int) -> Any:
    return Bounded(z3.Int(name), low, high)
