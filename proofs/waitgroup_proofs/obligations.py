"""Obligations: what is left to prove, as data, and how a solver discharges it.

An obligation is a sentence, hypotheses and a conclusion in Z3's terms, and what is expected of them: that the
conclusion follows (`valid`), that it does not (`refuted`: a boundary, or a clause that is needed, shown by a
counterexample), or that it can be true together with the hypotheses (`satisfiable`: the proofs beside it are not about
nothing).

A solver that does not know is never taken for one that agrees: `unknown` and a timeout are `inconclusive`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, Literal, NamedTuple

import z3

Expected = Literal["valid", "refuted", "satisfiable"]
Verdict = Literal["holds", "violated", "inconclusive"]

#: Seconds that a solver may think about one obligation; the slowest takes a hundredth of it.
TIMEOUT = 10.0
#: A counterexample is easier to read if its numbers are these.
PLAIN = (0, 1)


class Formulas(NamedTuple):
    """Z3's view of an obligation. `shown`: further terms whose values belong to a counterexample."""

    hypotheses: list[Any]
    conclusion: Any
    shown: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Obligation:
    """Something to prove. The formulas are built when first asked for."""

    id: str
    sentence: str
    build: Callable[[], Formulas]
    expected: Expected = "valid"

    @cached_property
    def formulas(self) -> Formulas:
        """Hypotheses and conclusion as Z3 Booleans."""
        return self.build()

    @property
    def assertions(self) -> list[Any]:
        """What a solver is asked to satisfy: it must fail if the obligation is `valid`, and succeed if not."""
        hypotheses, conclusion, _ = self.formulas
        return [*hypotheses, conclusion if self.expected == "satisfiable" else z3.Not(conclusion)]


class Discharged(NamedTuple):
    """The answer. `model`: the counterexample or witness that was found, expected or not; empty if none was."""

    id: str
    verdict: Verdict
    seconds: float
    model: str


def discharge(obligation: Obligation, timeout: float = TIMEOUT) -> Discharged:
    """Ask Z3 once, in a solver of its own, for at most `timeout` seconds."""
    start = perf_counter()
    # Obligations are small: what Z3's default strategy does before it begins costs more than it saves.
    solver = z3.SimpleSolver()
    solver.set("timeout", max(1, round(timeout * 1000)))
    solver.set("ctrl_c", False)  # Ctrl-C is Python's: Z3 would swallow it and say that it does not know
    solver.add(*obligation.assertions)
    answer = solver.check()
    model = described(plain_model(solver), obligation.formulas.shown) if answer == z3.sat else ""
    verdict: Verdict = "inconclusive"
    if answer != z3.unknown:
        verdict = "holds" if (answer == z3.unsat) == (obligation.expected == "valid") else "violated"
    return Discharged(obligation.id, verdict, perf_counter() - start, model)


def plain_model(solver: Any) -> Any:
    """A model of a satisfiable solver, with as many numbers 0 or 1 as can be had one after the other."""
    model = solver.model()
    tried: set[str] = set()
    # A model leaves out what it need not say, so another one may name further unknowns. The reverse order of the
    # alphabet makes the thread and the shared state plain before the census.
    while left := {declaration.name(): declaration() for declaration in model if declaration.name() not in tried}:
        name = max(left)
        tried.add(name)
        for value in PLAIN:
            solver.push()
            solver.add(left[name] == value)
            if z3.is_true(model.eval(left[name] == value)):
                break
            if solver.check() == z3.sat:
                model = solver.model()
                break
            solver.pop()
    return model


def described(model: Any, shown: Mapping[str, Any]) -> str:
    """The values of a model, by name. Unknowns that are zero are left out; what is `shown` is always there."""
    values = {declaration.name(): model[declaration] for declaration in model}
    parts = [f"{name} = {said(values[name])}" for name in sorted(values) if values[name].as_long() != 0]
    found = ", ".join(parts) or "every unknown is 0"
    after = [f"{name} = {said(model.eval(term, model_completion=True))}" for name, term in shown.items()]
    return f"{found}: {', '.join(after)}" if after else found


def said(value: Any) -> str:
    """One value: an integer in decimal, a vector as its 16 hexadecimal digits."""
    return f"0x{value.as_long():016x}" if z3.is_bv_value(value) else str(value)
