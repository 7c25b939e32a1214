"""Lift: run the spec's own Python functions on unknown numbers, and get formulas for Z3.

The protocols are plain Python. To prove something about them for all inputs, nobody translates them: Python itself runs
the very same text, with `Term` objects in the places of its numbers. Arithmetic on terms builds larger terms. A
comparison gives a `Condition`, and a condition has no truth value until the text asks for one: with `if`, `and`, `or`,
`not`, a chained comparison, or the `==` of two named tuples. `paths` runs the function once for each answer::

    def evened(number):
        return number - 1 if number % 2 == 1 else number

    paths(evened, x)  gives  [Path((x % 2 == 1,), x - 1), Path((Not(x % 2 == 1),), x)]

Why this is sound. Every run is a run of the function itself. The answers of a run are its path's conditions, and all
sequences of answers are run; so for every input there is exactly one path whose conditions are true, and the function
returns that path's result. Paths that no input takes are harmless: whatever is proved of them is true.

What it trusts. The function changes nothing outside itself, is deterministic (checked: a run must meet the questions of
the run that it forked from), and looks at its numbers through operators alone: not at their type, identity or text. The
operators that `waitgroup_proofs.terms` does not have raise TypeError, so a function that uses one is refused and never
mistranslated.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

import z3

from waitgroup_proofs.terms import ANSWER, Condition, Term, integer

R = TypeVar("R")
T = TypeVar("T")

#: A function with more paths than this is not meant to be lifted whole.
MOST_PATHS = 2000


class Path(NamedTuple, Generic[R]):
    """One way through a function: the Z3 Booleans that are true of the inputs which take it, and what it returns."""

    conditions: tuple[Any, ...]
    result: R


class Run:
    """One execution. It gives the `forced` answers, with which it forked from an earlier run, and then always True."""

    def __init__(self, forced: list[tuple[Condition, bool]]) -> None:
        self.forced = forced
        self.answers: list[tuple[Condition, bool]] = []
        self.known: dict[int, bool] = {}

    def answer(self, question: Condition) -> bool:
        """A truth value on this path. The same question gets the same answer."""
        known = self.known.get(id(question))
        if known is None:
            asked, known = self.forced[len(self.answers)] if len(self.answers) < len(self.forced) else (question, True)
            if asked is not question:
                raise RuntimeError(f"not deterministic: a run asked {asked!r}, and its repetition {question!r}")
            self.answers.append((question, known))
            self.known[id(question)] = known
        return known


def runs(function: Callable[..., R], *arguments: Any) -> list[tuple[list[tuple[Condition, bool]], R]]:
    """The answers and the result of every run; first the runs that answer True to the first question."""
    found: list[tuple[list[tuple[Condition, bool]], R]] = []
    pending: list[list[tuple[Condition, bool]]] = [[]]
    while pending:
        if len(found) == MOST_PATHS:
            raise RuntimeError(f"{function} has more than {MOST_PATHS} paths")
        run = Run(pending.pop())
        before = ANSWER.set(run.answer)
        try:
            found.append((run.answers, function(*arguments)))
        finally:
            ANSWER.reset(before)
        if len(run.answers) < len(run.forced):
            raise RuntimeError(f"not deterministic: a repetition never asked {run.forced[len(run.answers)][0]!r}")
        for i in range(len(run.forced), len(run.answers)):
            pending.append([*run.answers[:i], (run.answers[i][0], False)])
    return found


def paths(function: Callable[..., R], *arguments: Any) -> list[Path[R]]:
    """Every path of `function` on these arguments. An exception that it raises on any path is raised."""
    return [
        Path(tuple(asked.expression if value else z3.Not(asked.expression) for asked, value in answers), result)
        for answers, result in runs(function, *arguments)
    ]


#: Formulas that were made before, by predicate and arguments.
KNOWN: dict[object, Any] = {}


def formula(predicate: Callable[..., Any], *arguments: Any) -> Any:
    """The Z3 Boolean that is true exactly where `predicate` is."""
    key = (predicate, recognised(arguments))
    if key not in KNOWN:
        # A condition that is the result is asked for as well, so that every run ends in True or in False.
        decided = decision(runs(lambda: truth(predicate(*arguments))), 0)
        KNOWN[key] = z3.BoolVal(decided) if isinstance(decided, bool) else decided
    return KNOWN[key]


def conjunction(formulas: Iterable[Any]) -> Any:
    """All of them; of none, true. (Z3's own conjunction of nothing cannot be written in SMT-LIB.)"""
    found = list(formulas)
    return z3.And(found) if found else z3.BoolVal(True)


def recognised(value: Any) -> object:
    """Something hashable that is the same for the same arguments; terms are not, for nobody may hash a number."""
    if isinstance(value, Term):
        return value.serial
    kind = type(value)
    return (kind, *map(recognised, value)) if isinstance(value, tuple) else (kind, value)


def decision(cases: list[tuple[list[tuple[Condition, bool]], bool]], depth: int) -> Any:
    """What runs that agree in their first `depth` answers decide, as a formula, or as a bool if they all agree."""
    answers, result = cases[0]
    if len(answers) == depth:
        return result
    question = answers[depth][0].expression
    yes, no = (decision([case for case in cases if case[0][depth][1] is value], depth + 1) for value in (True, False))
    if isinstance(yes, bool) and isinstance(no, bool):
        return yes if yes is no else question if yes else z3.Not(question)
    if isinstance(no, bool):
        return z3.Implies(question, yes) if no else z3.And(question, yes)
    if isinstance(yes, bool):
        return z3.Or(question, no) if yes else z3.And(z3.Not(question), no)
    return z3.If(question, yes, no)


def truth(value: object) -> bool:
    """The truth value that a predicate gave."""
    if isinstance(value, (bool, Condition)):
        return bool(value)
    raise TypeError(f"a predicate gave {value!r}, which is neither True nor False")


def symbol(kind: type[T], prefix: str, **fixed: object) -> T:
    """A named tuple of fresh unknowns `prefix.field`; its enums have their default unless `fixed` says otherwise.

    To the type checker the unknowns are the integers that they stand for.
    """
    values: dict[str, object] = {}
    for field, hint in get_type_hints(kind).items():
        if field in fixed:
            values[field] = fixed[field]
        elif issubclass(hint, Enum):
            values[field] = kind._field_defaults[field]  # type: ignore[attr-defined]
        elif hint is int:
            values[field] = integer(f"{prefix}.{field}")
        else:
            values[field] = symbol(hint, f"{prefix}.{field}")
    return kind(**values)
