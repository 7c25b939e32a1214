"""Obligations: what is left to prove, as data, and how two solvers discharge it.

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

    @property
    def status(self) -> Literal["sat", "unsat"]:
        """The answer that is expected of a solver."""
        return "unsat" if self.expected == "valid" else "sat"


class Discharged(NamedTuple):
    """The answer. `model`: the counterexample or witness that was found, expected or not; empty if none was."""

    id: str
    verdict: Verdict
    seconds: float
    model: str


def discharge(obligation: Obligation, solver: str = "z3", timeout: float = TIMEOUT) -> Discharged:
    """Ask one of the `SOLVERS` once, in an instance of its own, for at most `timeout` seconds."""
    start = perf_counter()
    answer, model = SOLVERS[solver](obligation, timeout)
    verdict: Verdict = "inconclusive"
    if answer in ("sat", "unsat"):
        verdict = "holds" if answer == obligation.status else "violated"
    return Discharged(obligation.id, verdict, perf_counter() - start, model)


def asked_z3(obligation: Obligation, timeout: float) -> tuple[str, str]:
    """Z3's answer, and a model if it has one."""
    # Obligations are small: what Z3's default strategy does before it begins costs more than it saves.
    solver = z3.SimpleSolver()
    solver.set("timeout", max(1, round(timeout * 1000)))
    solver.set("ctrl_c", False)  # Ctrl-C is Python's: Z3 would swallow it and say that it does not know
    solver.add(*obligation.assertions)
    answer = solver.check()
    return str(answer), described(plain_model(solver), obligation.formulas.shown) if answer == z3.sat else ""


def asked_cvc5(obligation: Obligation, timeout: float) -> tuple[str, str]:
    """What cvc5 answers to the obligation's SMT-LIB text: a second solver, which shares no code with the first."""
    cvc5 = second_solver()
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(max(1, round(timeout * 1000))))
    parser = cvc5.InputParser(solver)
    # Told the status, cvc5 takes another answer for a mistake of its own.
    text = smt_lib(obligation).replace(f"(set-info :status {obligation.status})\n", "")
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, obligation.id)
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said += command.invoke(solver, parser.getSymbolManager())
    return said.strip(), ""


class SolverMissing(Exception):
    """A solver that is asked for cannot be used: what it was to decide is undecided."""


def second_solver() -> Any:
    """The module of cvc5. Raises SolverMissing."""
    try:
        import cvc5  # only a second opinion needs it

        cvc5.TermManager  # noqa: B018 (a broken installation has none)
    except Exception as error:
        raise SolverMissing(f"cvc5 cannot be used: {type(error).__name__}: {error}") from None
    return cvc5


#: The solvers that may be asked: each answers `sat`, `unsat`, or something else, which is no answer.
SOLVERS: Mapping[str, Callable[[Obligation, float], tuple[str, str]]] = {"z3": asked_z3, "cvc5": asked_cvc5}


def smt_lib(obligation: Obligation) -> str:
    """The obligation as a file of SMT-LIB 2, for any solver: it says what answer is expected."""
    solver = z3.Solver()
    solver.add(*obligation.assertions)
    # Z3 writes two lines of its own before the declarations.
    text = "".join(line for line in solver.to_smt2().splitlines(True) if not line.startswith((";", "(set-info")))
    expected = {"valid": "It follows", "refuted": "It does not follow", "satisfiable": "It can be true"}
    lines = [
        f"; {obligation.id}: {obligation.sentence}",
        f"; {expected[obligation.expected]} exactly if the answer is {obligation.status}.",
        "(set-info :smt-lib-version 2.6)",
        f"(set-info :status {obligation.status})",
        "(set-logic ALL)",
    ]
    return "\n".join([*lines, text])


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
