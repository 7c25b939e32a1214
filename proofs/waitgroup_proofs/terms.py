"""Terms: numbers that are not known, and the few operators that the spec's functions apply to theirs.

`Term` is an unknown integer without bounds. `Vector` is one of which only a 64-bit vector is kept; it knows within
which bounds the integer stays, and refuses every operation whose result the vector does not determine. A comparison
gives a `Condition`, whose truth value somebody must be there to answer: `waitgroup_proofs.lift` is.

Everything that is absent here raises TypeError: `/`, `<<`, `**`, `&`, `hash`, `len`, `range`, `int` and the like.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count
from typing import Any

import z3

#: A vector has 64 bits: integers that differ by a multiple of this are the same vector.
MODULUS = 2**64


class Condition:
    """A truth value that depends on unknown numbers. To ask for it is to fork."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expression: Any, negates: Condition | None = None) -> None:
        self.expression = expression
        self.negates = negates

    def __bool__(self) -> bool:
        answer = ANSWER.get()
        if answer is None:
            raise TypeError(f"{self.expression}: true or false? Only a function called through lift.paths may ask")
        return answer(self) if self.negates is None else not answer(self.negates)

    def __eq__(self, other: object) -> Any:
        """Whether both are true or both false: the default, whether both are one object, would be a wrong answer."""
        if isinstance(other, (bool, Condition)):
            return bool(self) is bool(other)
        raise TypeError(f"{other!r} is no truth value to compare with")


#: Who answers what a condition asks.
ANSWER: ContextVar[Callable[[Condition], bool] | None] = ContextVar("ANSWER", default=None)


#: Terms and conditions, by how they were made. Every run calculates the same again, and gets the same objects.
MADE: dict[tuple[object, ...], Any] = {}


def made(make: Callable[..., Any], *parts: Any) -> Any:
    """What `make` makes of these parts, made once and kept."""
    key = (make, *(part.serial if isinstance(part, Term) else part for part in parts))
    if key not in MADE:
        MADE[key] = make(*parts)
    return MADE[key]


class Term:
    """An unknown integer, without bounds: Z3's Int, which calculates as Python does."""

    __hash__ = None  # type: ignore[assignment]
    serials = count()

    def __init__(self, expression: Any) -> None:
        self.expression = expression
        self.serial = next(self.serials)

    @staticmethod
    def constant(value: int) -> Any:
        return Term(value)

    @staticmethod
    def calculated(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        """A sum, difference or product."""
        return Term(operation(left.expression, right.expression))

    @staticmethod
    def remainder(dividend: Any, divisor: int) -> Any:
        return Term(dividend.expression % divisor)

    @staticmethod
    def quotient(dividend: Any, divisor: int) -> Any:
        return Term(dividend.expression / divisor)

    @staticmethod
    def compared(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        return Condition(operation(left.expression, right.expression))

    def operand(self, value: object) -> Any:
        """The other operand as a term of the same kind."""
        if type(value) is type(self):
            return value
        if isinstance(value, int):
            return made(self.constant, int(value))
        raise TypeError(f"{value!r} is no number to calculate with")

    def __add__(self, other: object) -> Any:
        if isinstance(other, Condition):
            other = bool(other)  # a sum may count what is true
        if isinstance(other, int) and other == 0:
            return self  # a census is a sum of many zeros
        return made(self.calculated, operator.add, self, self.operand(other))

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        return made(self.calculated, operator.sub, self, self.operand(other))

    def __rsub__(self, other: object) -> Any:
        return made(self.calculated, operator.sub, self.operand(other), self)

    def __mul__(self, other: object) -> Any:
        return made(self.calculated, operator.mul, self, self.operand(other))

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return 0 - self

    def __mod__(self, divisor: object) -> Any:
        return made(self.remainder, self, positive(divisor))

    def __floordiv__(self, divisor: object) -> Any:
        return made(self.quotient, self, positive(divisor))

    def __rshift__(self, places: int) -> Any:
        return self // 2**places

    def __lt__(self, other: object) -> Any:
        return made(self.compared, operator.lt, self, self.operand(other))

    def __le__(self, other: object) -> Any:
        return made(self.compared, operator.le, self, self.operand(other))

    def __gt__(self, other: object) -> Any:
        return made(self.compared, operator.gt, self, self.operand(other))

    def __ge__(self, other: object) -> Any:
        return made(self.compared, operator.ge, self, self.operand(other))

    def __eq__(self, other: object) -> Any:
        left, right = self, self.operand(other)
        if isinstance(other, Term) and other.serial < self.serial:
            left, right = right, left  # so that no path asks the same question twice
        return made(self.compared, operator.eq, left, right)

    def __ne__(self, other: object) -> Any:
        equal = self == other
        if isinstance(equal, bool):
            return not equal  # a term that knows its bounds may know that
        return Condition(z3.Not(equal.expression), negates=equal)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression})"


def positive(divisor: object) -> int:
    """A divisor as the text gives it: for positive constants Python and Z3 round alike, and agree on remainders."""
    if isinstance(divisor, int) and divisor > 0:
        return divisor
    raise TypeError(f"{divisor!r}: the only divisors are positive constants")


class Vector(Term):
    """An unknown integer of which a 64-bit vector keeps the residue modulo 2**64, with bounds that it stays within.

    Sums, differences and products of residues are residues of sums, differences and products, whatever overflows on the
    way. Comparisons and quotients are not: they are refused unless the bounds leave one integer for each residue.
    """

    def __init__(self, expression: Any, low: int, high: int) -> None:
        super().__init__(expression)
        self.low = low
        self.high = high

    @staticmethod
    def constant(value: int) -> Any:
        return Vector(value, value, value)

    @staticmethod
    def calculated(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        corners = [operation(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        return Vector(operation(left.expression, right.expression), min(corners), max(corners))

    @staticmethod
    def remainder(dividend: Any, divisor: int) -> Any:
        if divisor.bit_count() != 1 or divisor > MODULUS:
            raise TypeError(f"{divisor}: the only remainders of a vector are those of powers of two")
        return Vector(dividend.expression & (divisor - 1), 0, divisor - 1)

    @staticmethod
    def quotient(dividend: Any, divisor: int) -> Any:
        if divisor.bit_count() != 1 or dividend.low < 0 or dividend.high >= MODULUS:
            raise TypeError(f"{dividend!r} // {divisor}: a vector can only be shifted, and only if 64 bits hold it")
        places = divisor.bit_length() - 1
        return Vector(z3.LShR(dividend.expression, places), dividend.low >> places, dividend.high >> places)

    @staticmethod
    def compared(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        lowest = min(left.low, right.low)
        if max(left.high, right.high) - lowest >= MODULUS:
            raise TypeError(f"{left!r} and {right!r} are too far apart to be compared by 64 bits")
        if operation is operator.eq:
            return Condition(left.expression == right.expression)
        unsigned = {operator.lt: z3.ULT, operator.le: z3.ULE, operator.gt: z3.UGT, operator.ge: z3.UGE}[operation]
        return Condition(unsigned(left.expression - lowest, right.expression - lowest))


def unknown(name: str) -> Any:
    return Term(z3.Int(name))


def integer(name: str) -> Any:
    """The unknown integer of this name."""
    return made(unknown, name)


def vector(name: str, low: int, high: int) -> Any:
    """A fresh unknown integer that 64 bits can hold. That it is within its bounds is for a hypothesis to say."""
    return Vector(z3.BitVec(name, 64), low, high)
