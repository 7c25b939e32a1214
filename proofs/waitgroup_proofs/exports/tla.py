"""A protocol under a client program as a module of TLA+, for TLC and whoever else reads it.

A state of the module is a state of the explorer, record for named tuple, and a step is a step: so TLC's distinct states
are the explorer's states.
"""

from typing import Any

import z3

from waitgroup_proofs.exports.bounded import LIMIT
from waitgroup_proofs.exports.expressions import INFIX, Notation
from waitgroup_proofs.exports.leaves import Leaf
from waitgroup_proofs.exports.lifted import LiftedAction
from waitgroup_proofs.exports.program import Program
from waitgroup_proofs.exports.templates import filled

#: What TLC must be told beside the module: the file of the same name that ends in .cfg.
CONFIGURATION = ("INIT Init", "NEXT Next", "INVARIANT Bounded")

OPERATORS = {
    z3.Z3_OP_TRUE: "TRUE",
    z3.Z3_OP_FALSE: "FALSE",
    z3.Z3_OP_AND: " /\\ ",
    z3.Z3_OP_OR: " \\/ ",
    z3.Z3_OP_NOT: "~{0}",
    z3.Z3_OP_ITE: "IF {0} THEN {1} ELSE {2}",
    z3.Z3_OP_EQ: "{0} = {1}",
    z3.Z3_OP_DISTINCT: "{0} # {1}",
    **INFIX,
    z3.Z3_OP_IDIV: "{0} \\div {1}",
    z3.Z3_OP_MOD: "{0} % {1}",
}
#: What a start condition asks of a thread.
ASKED = {
    "started": "locals[{}].started",
    "call": "locals[{}].call",
    "finished": "Finished({})",
    "can": "Can({})",
    "open": "Open_{}",
}


def tla(program: Program, name: str) -> str:
    """The module, which must be in a file of its name. Raises Untranslatable."""
    lifted = program.lifted
    threads = [f'"{thread}"' for thread in program.names]
    notation = Notation(OPERATORS, lambda constant: named(constant, threads))
    return filled(
        "tla.tla",
        name=name,
        protocol=lifted.protocol,
        scenario=program.scenario,
        configuration=CONFIGURATION,
        enums=lifted.enums,
        limit=LIMIT,
        threads=threads,
        clients=[
            {
                "threads": [threads[i] for i in program.threads_of(client)],
                "calls": [record(call, notation) for call in program.calls[client]],
            }
            for client in program.scenario.clients
        ],
        initial=record(program.shared, notation),
        gated=[
            {"number": i, "thread": threads[i], "condition": predicate(program.may_start(i), notation)}
            for i in program.gated
        ],
        halted=notation.text(lifted.halted),
        actions=[described(action, notation) for action in lifted.actions],
        bounded={part: [leaf.name for leaf in leaves if leaf.kind is int] for part, leaves in lifted.parts.items()},
    )


def named(constant: str, threads: list[str]) -> str:
    """How a leaf, a member of an enum, or what a start condition asks of a thread is written."""
    what, asked, number = constant.partition(" ")
    if asked:
        return ASKED[what].format(number if what == "open" else threads[int(number)])
    return constant if what.startswith(("shared.", "thread.")) else what.replace(".", "_")


def described(lifted: LiftedAction, notation: Notation) -> dict[str, Any]:
    """An action as the template wants it."""
    action = lifted.action
    return {
        "name": action.name,
        "sentence": action.sentence,
        "place": notation.text(lifted.place),
        "guard": predicate(lifted.guard, notation),
        "cases": [
            {
                "condition": predicate(case.condition, notation),
                "shared": changed("shared", case.changes, notation),
                "thread": changed("thread", case.changes, notation),
            }
            for case in lifted.cases
        ],
    }


def predicate(expression: Any, notation: Notation) -> str:
    """A condition on the present state. TLC takes a disjunction in a step for a choice, unless it is a value."""
    text = notation.text(expression)
    return f"TRUE = ({text})" if "\\/" in text else text


def changed(part: str, changes: dict[Leaf, Any], notation: Notation) -> str:
    """The record `shared` or `thread` after a step."""
    new = [
        f"!.{'.'.join(leaf.path[1:])} = {notation.text(value)}"
        for leaf, value in changes.items()
        if leaf.path[0] == part
    ]
    return f"[{part} EXCEPT {', '.join(new)}]" if new else part


def record(values: dict[Leaf, Any], notation: Notation, depth: int = 1) -> str:
    """Leaves as a record; those that go on with the same field are a record inside it."""
    groups: dict[str, dict[Leaf, Any]] = {}
    for leaf, value in values.items():
        groups.setdefault(leaf.path[depth], {})[leaf] = value
    found = []
    for field, inside in groups.items():
        first = next(iter(inside))
        plain = len(first.path) == depth + 1
        found.append(f"{field} |-> {notation.text(inside[first]) if plain else record(inside, notation, depth + 1)}")
    return f"[{', '.join(found)}]"
