"""A protocol under a client program in Promela, the language of Spin.

One process steps for all threads, each action in a `d_step`: a state that Spin stores is a state of the explorer. What
an action assigns, it assigns one after the other, so each assignment must come before what it reads is overwritten.
"""

import re
from collections.abc import Iterator
from typing import Any

import z3

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import LIMIT
from waitgroup_proofs.exports.expressions import INFIX, Notation
from waitgroup_proofs.exports.leaves import Leaf, records
from waitgroup_proofs.exports.lifted import Case, LiftedAction
from waitgroup_proofs.exports.program import Program
from waitgroup_proofs.exports.templates import filled

#: Promela calculates as C does, which rounds towards zero: a remainder or quotient of what is negative is put right.
OPERATORS = {
    z3.Z3_OP_TRUE: "true",
    z3.Z3_OP_FALSE: "false",
    z3.Z3_OP_AND: " && ",
    z3.Z3_OP_OR: " || ",
    z3.Z3_OP_NOT: "!{0}",
    z3.Z3_OP_ITE: "{0} -> {1} : {2}",
    z3.Z3_OP_EQ: "{0} == {1}",
    z3.Z3_OP_DISTINCT: "{0} != {1}",
    **INFIX,
    z3.Z3_OP_IDIV: "({0} / {1}) - (({0} % {1}) < 0)",
    z3.Z3_OP_MOD: "({0} % {1}) + ((({0} % {1}) < 0) * {1})",
}
#: Words that name no field and no type: those of Promela and of C, to which Spin translates the model, and its own.
RESERVED = re.compile(
    "active|assert|atomic|bit|bool|break|byte|chan|d_step|do|else|empty|enabled|eval|false|fi|for|full|goto|hidden|if|in|"
    "init|inline|int|len|local|mtype|nempty|never|nfull|od|of|pc_value|pid|printf|priority|proctype|provided|run|select|"
    "set|short|show|skip|timeout|true|typedef|unless|unsigned|xr|xs|auto|case|char|const|continue|default|double|enum|"
    "extern|float|long|register|restrict|return|signed|sizeof|static|struct|switch|union|void|volatile|while|State|Trans"
)
#: What a start condition asks of a thread.
ASKED = {
    "started": "locals[{}].started",
    "call": "locals[{}].call",
    "finished": "finished({})",
    "can": "can({})",
    "open": "open_{}",
}


def promela(program: Program) -> str:
    """The model. Raises Untranslatable."""
    lifted = program.lifted
    for kind, members in lifted.enums.items():
        if min(members.values()) < 0 or max(members.values()) > 255:
            raise Untranslatable(f"{kind} has a member that is no byte")
    notation = Notation(OPERATORS, named)
    clients = [
        {
            "condition": " || ".join(f"t == {i}" for i in program.threads_of(client)),
            "calls": [assigned(call, notation) for call in program.calls[client]],
        }
        for client in program.scenario.clients
    ]
    return filled(
        "promela.pml",
        protocol=lifted.protocol,
        scenario=program.scenario,
        enums=lifted.enums,
        limit=LIMIT,
        threads=program.names,
        records=[
            {"name": spelled(kind.__name__), "fields": [f"{type_of(hint)} {spelled(field)}" for field, hint in inside]}
            for kind, inside in records(lifted.kinds.values()).items()
        ],
        shared_type=spelled(lifted.kinds["shared"].__name__),
        thread_type=spelled(lifted.kinds["thread"].__name__),
        most_calls=program.most_calls,
        clients=clients,
        initial=assigned(program.shared, notation),
        gated={i: notation.text(program.may_start(i)) for i in program.gated},
        halted=notation.text(lifted.halted),
        actions=[described(action, notation) for action in lifted.actions],
    )


def named(constant: str) -> str:
    """How a leaf, a member of an enum, or what a start condition asks of a thread is written."""
    what, asked, number = constant.partition(" ")
    if asked:
        return ASKED[what].format(number)
    part, *path = what.split(".")
    if part not in ("shared", "thread"):
        return what.replace(".", "_")
    return ".".join(["shared" if part == "shared" else "locals[t].thread", *map(spelled, path)])


def spelled(field: str) -> str:
    """The name of a field, or one like it if that is a word of the language."""
    return f"{field}_" if RESERVED.fullmatch(field) else field


def type_of(hint: type) -> str:
    """The type of a field."""
    if hasattr(hint, "_fields"):
        return spelled(hint.__name__)
    if hint in (int, bool):
        return "int" if hint is int else "bool"
    return "byte"


def assigned(known: dict[Leaf, Any], notation: Notation) -> list[tuple[str, str]]:
    """Leaves and their values, none of which reads a leaf."""
    return [(named(leaf.name), notation.text(value)) for leaf, value in known.items()]


def described(lifted: LiftedAction, notation: Notation) -> dict[str, Any]:
    """An action as the template wants it."""
    action = lifted.action
    return {
        "name": action.name,
        "sentence": action.sentence.replace("*/", "* /"),
        "place": notation.text(lifted.place),
        "guard": notation.operand(lifted.guard),
        "cases": [
            {"condition": notation.operand(case.condition), "changes": list(changes(case, notation))}
            for case in lifted.cases
        ],
    }


def changes(case: Case, notation: Notation) -> Iterator[str]:
    """The assignments, in an order in which each reads what was there before. Raises Untranslatable if none is."""
    left = dict(case.changes)
    while left:
        leaf = next(
            (leaf for leaf in left if not any(reads(left[other], leaf) for other in left if other != leaf)), None
        )
        if leaf is None:
            raise Untranslatable(f"each of {', '.join(leaf.name for leaf in left)} becomes what another one was")
        value = left.pop(leaf)
        checked = leaf.kind is int and not (z3.is_int_value(value) and abs(value.as_long()) <= LIMIT)
        assigned = (
            f"{named(leaf.name)}, {notation.text(value)}" if checked else f"{named(leaf.name)} = {notation.text(value)}"
        )
        yield f"set({assigned})" if checked else assigned


def reads(expression: Any, leaf: Leaf) -> bool:
    """Whether the value of a leaf is in an expression."""
    if z3.is_const(expression):
        return bool(expression.decl().name() == leaf.name)
    return any(reads(part, leaf) for part in expression.children())
