"""A protocol's transition relation in SMT-LIB 2: from which states each action leads to which, one thread stepping.

It is about one thread beside any others, on integers without bounds, so it needs no client program. It asserts nothing:
whoever has a question adds it. `waitgroup prove --smt2` writes the questions that our own proofs ask.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import z3

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.leaves import Leaf, fields, records
from waitgroup_proofs.exports.lifted import CALLS, Case, Lifted, LiftedAction
from waitgroup_proofs.exports.sequences import Sequence
from waitgroup_proofs.exports.templates import filled
from waitgroup_proofs.lift import runs
from waitgroup_proofs.terms import integer
from waitgroup_spec.protocol import Call, Protocol, Result


def smt2(protocol: Protocol) -> str:
    """The definitions. Raises Untranslatable."""
    lifted = Lifted(protocol, lambda name, _low, _high: integer(name))
    kinds = records(lifted.kinds.values())
    if Sequence in kinds:
        raise Untranslatable(f"{protocol.name} keeps a tuple of any length: only bounded programs are exported")
    return filled(
        "smt2.smt2",
        protocol=protocol,
        enums={
            kind: {name: written(z3.IntVal(number)) for name, number in members.items()}
            for kind, members in lifted.enums.items()
        },
        records=[
            {"name": kind.__name__, "fields": [(field, sort(hint)) for field, hint in inside]}
            for kind, inside in kinds.items()
        ],
        shared=lifted.kinds["shared"].__name__,
        thread=lifted.kinds["thread"].__name__,
        initial=value(lifted, "shared", lambda: protocol.initial(integer("units"))),
        calls=list(beginnings(lifted)),
        halted=explained(lifted, f"  {written(lifted.halted)}"),
        actions=[
            {
                "name": action.action.name,
                "sentence": action.action.sentence,
                "able": explained(lifted, f"  {able(lifted, action)}"),
                "does": explained(lifted, does(lifted, action)),
            }
            for action in lifted.actions
        ],
    )


def sort(hint: type) -> str:
    """The sort of a field."""
    return hint.__name__ if hasattr(hint, "_fields") else "Int"


def beginnings(lifted: Lifted) -> Iterator[dict[str, str]]:
    """The threads that begin calls."""
    for name, call in CALLS.items():
        adds = call.delta is not None
        begun = call._replace(delta=integer("delta")) if adds else call
        try:
            thread = value(lifted, "thread", partial(lifted.protocol.begin, begun))
        except ValueError:  # a call that this protocol does not know
            if adds and knows_some(lifted.protocol):
                raise Untranslatable(f"{lifted.protocol.name} adds some deltas only: choose another format") from None
            continue
        yield {"name": name, "arguments": "(delta Int)" if adds else "", "thread": thread}


def knows_some(protocol: Protocol) -> bool:
    """Whether the protocol has an add or a done, though not with every delta."""
    for delta in (1, -1):
        try:
            protocol.begin(Call(delta=delta))
        except ValueError:
            continue
        return True
    return False


def value(lifted: Lifted, part: str, function: Callable[[], Any]) -> str:
    """The shared state or thread that a function gives, path by path."""
    *others, (_, last) = runs(lambda: lifted.part(part, function()))
    text = built(lifted, part, last)
    for answers, found in reversed(others):
        taken = [asked.expression if yes else z3.Not(asked.expression) for asked, yes in answers]
        text = f"(ite {written(z3.And(taken))} {built(lifted, part, found)} {text})"
    return text


def able(lifted: Lifted, action: LiftedAction) -> str:
    """Whether a thread can take an action: it stands there in a call that has not ended, and the guard is true."""
    stands = z3.Int("thread.place") == action.place
    within = z3.Int("thread.result") == lifted.constant(Result, Result.PENDING)
    return written(z3.And([stands, within, *([] if z3.is_true(action.guard) else [action.guard])]))


def does(lifted: Lifted, action: LiftedAction) -> str:
    """The steps of an action, case by case."""
    cases = "\n    ".join(leads(lifted, case) for case in action.cases)
    return f"  (and (can-{action.action.name} shared thread) (or\n    {cases}))"


def leads(lifted: Lifted, case: Case) -> str:
    """When a case is taken, and what it makes of the state."""
    made = "\n      ".join(f"(= {part}.after {built(lifted, part, case.changes)})" for part in lifted.parts)
    return f"(and {written(case.condition)}\n      {made})"


def explained(lifted: Lifted, text: str) -> str:
    """A formula in which leaves stand by their names, with these names explained."""
    tokens = set(re.findall(r"[^\s()]+", text))
    leaves = [leaf for part in lifted.parts for leaf in lifted.parts[part] if leaf.name in tokens]
    names = "\n        ".join(f"({leaf.name} {selected(lifted, *leaf.path)})" for leaf in leaves)
    return f"  (let ({names})\n{text})" if leaves else text


def selected(lifted: Lifted, part: str, *path: str) -> str:
    """A leaf or a record, taken out of the record that it is in."""
    kind, text = lifted.kinds[part], part
    for field in path:
        text = f"({kind.__name__}.{field} {text})"
        kind = dict(fields(kind, part))[field]
    return text


def built(lifted: Lifted, part: str, changes: dict[Leaf, Any]) -> str:
    """The record `shared` or `thread` with these leaves changed."""

    def record(kind: type, *path: str) -> str:
        if not any(leaf.path[: len(path)] == path for leaf in changes):
            return selected(lifted, *path)
        inside = []
        for field, hint in fields(kind, *path):
            leaf = Leaf((*path, field), hint)
            nested = hasattr(hint, "_fields")
            inside.append(record(hint, *leaf.path) if nested else written(changes.get(leaf, z3.Int(leaf.name))))
        return f"({kind.__name__} {' '.join(inside)})"

    return record(lifted.kinds[part], part)


def written(expression: Any) -> str:
    """The expression on one line."""
    return " ".join(expression.sexpr().split())
