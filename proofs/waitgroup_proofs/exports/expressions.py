"""Z3 expressions in the notation of other tools. An operator that a notation does not have is refused."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.exports import Untranslatable

#: What the negation of a comparison is.
NEGATED = {
    z3.Z3_OP_EQ: z3.Z3_OP_DISTINCT,
    z3.Z3_OP_LT: z3.Z3_OP_GE,
    z3.Z3_OP_LE: z3.Z3_OP_GT,
    z3.Z3_OP_GT: z3.Z3_OP_LE,
    z3.Z3_OP_GE: z3.Z3_OP_LT,
}
#: What languages with infix operators agree on.
INFIX = {
    z3.Z3_OP_LT: "{0} < {1}",
    z3.Z3_OP_LE: "{0} <= {1}",
    z3.Z3_OP_GT: "{0} > {1}",
    z3.Z3_OP_GE: "{0} >= {1}",
    z3.Z3_OP_ADD: "{0} + {1}",
    z3.Z3_OP_SUB: "{0} - {1}",
    z3.Z3_OP_MUL: "{0} * {1}",
}
#: What a conjunction and a disjunction of nothing are.
EMPTY = {z3.Z3_OP_AND: z3.Z3_OP_TRUE, z3.Z3_OP_OR: z3.Z3_OP_FALSE}


class Notation(NamedTuple):
    """A language of expressions. `operators`: how each of Z3's is written, with {0}, {1}, {2} for its operands.

    `name`: how a constant of this name is written.
    """

    operators: Mapping[int, str]
    name: Callable[[str], str]

    def text(self, expression: Any) -> str:
        """The expression, without parentheses around it. Raises Untranslatable."""
        kind, parts = expression.decl().kind(), expression.children()
        if z3.is_int_value(expression):
            return str(expression.as_long())
        if kind == z3.Z3_OP_UNINTERPRETED and not parts:
            return self.name(expression.decl().name())
        if kind == z3.Z3_OP_IMPLIES:
            return self.text(z3.Or(z3.Not(parts[0]), parts[1]))
        if kind in EMPTY and not parts:
            kind = EMPTY[kind]
        elif kind in EMPTY:
            between = self.operators[kind]
            return between.join(self.operand(part) for part in flat(expression, kind))
        if kind == z3.Z3_OP_NOT and (negated := NEGATED.get(parts[0].decl().kind())):
            kind, parts = negated, parts[0].children()
        if kind not in self.operators:
            raise Untranslatable(f"there is no way to write {expression}")
        return self.operators[kind].format(*map(self.operand, parts))

    def operand(self, expression: Any) -> str:
        """The expression, in parentheses unless it is a name or a number that needs none."""
        text = self.text(expression)
        simple = expression.num_args() == 0 and not text.startswith("-")
        return text if simple else f"({text})"


def flat(expression: Any, kind: int) -> list[Any]:
    """The operands of a conjunction or disjunction, with those of the same kind inside it; an implication is one."""
    if kind == z3.Z3_OP_OR and z3.is_implies(expression):
        expression = z3.Or(z3.Not(expression.arg(0)), expression.arg(1))
    if expression.decl().kind() != kind:
        return [expression]
    return [part for operand in expression.children() for part in flat(operand, kind)]
