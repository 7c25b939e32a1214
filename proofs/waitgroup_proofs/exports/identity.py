"""Refuses functions that ask for identity or type: of an unknown value the answer would be wrong, and nobody would see.

`thread.result is Result.TRUE` is a plain False if the result is unknown; every other question that an unknown cannot
answer raises TypeError. So the exporter, which makes enums unknown too, reads the bytecode of a function, and of all
functions that it names, before it runs it on unknowns.
"""

import dis
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

#: `is` and `is not`; a pattern that asks for a class.
OPERATIONS = {"IS_OP", "MATCH_CLASS"}
BUILTINS = {"isinstance", "issubclass", "type", "id"}


def questions(function: Callable[..., Any]) -> list[str]:
    """What `function`, or one that it names, asks that an unknown must not be asked, as `name: question`."""
    if not isinstance(function, FunctionType):
        return [f"{function!r}: no plain function, which could be read"]
    pending: list[Any] = [function]
    seen: list[Any] = []
    found = []
    while pending:
        one = pending.pop()
        if isinstance(one, FunctionType) and one not in seen:
            seen.append(one)
            for code in codes(one.__code__):
                asked = [step.opname for step in dis.get_instructions(code) if step.opname in OPERATIONS]
                found += [f"{one.__name__}: {question}" for question in [*asked, *BUILTINS.intersection(code.co_names)]]
                named = [one.__globals__.get(name) for name in code.co_names]
                inside = [vars(module) for module in named if isinstance(module, ModuleType)]
                pending += named + [names.get(name) for names in inside for name in code.co_names]
            pending += [cell.cell_contents for cell in one.__closure__ or ()]
        elif isinstance(one, type) and issubclass(one, tuple) and one not in seen:
            seen.append(one)
            pending += written(one)
    return found


def codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def written(kind: type) -> Iterator[Any]:
    """The methods and properties that somebody wrote for a named tuple; those that Python makes are not asked."""
    for member in vars(kind).values():
        method = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if isinstance(method, FunctionType) and method.__module__ == kind.__module__:
            yield method
