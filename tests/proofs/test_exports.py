"""What is exported is what the protocols say, case by case; what cannot be exported faithfully is refused."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import z3
from tests.crosscheck.cells import CELLS, SUBJECTS, ours

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import bounded
from waitgroup_proofs.exports.dot import dot
from waitgroup_proofs.exports.leaves import Leaf
from waitgroup_proofs.exports.lifted import Lifted
from waitgroup_proofs.exports.program import Program
from waitgroup_proofs.exports.promela import promela
from waitgroup_proofs.exports.smt2 import smt2
from waitgroup_proofs.exports.tla import tla
from waitgroup_proofs.obligations import second_solver
from waitgroup_proofs.terms import integer
from waitgroup_spec.explorer.graph import Graph
from waitgroup_spec.explorer.system import System
from waitgroup_spec.protocol import Action, Protocol
from waitgroup_spec.protocols import PROTOCOLS, go, strict
from waitgroup_spec.scenarios import MODEL_FAMILIES, SCENARIOS

PROTOCOL = pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=list(PROTOCOLS))
LEGAL = MODEL_FAMILIES["legal"](2, 2)
DOCUMENT = Path(__file__).parents[2] / "docs" / "exports.md"


@cache
def lifted_once(protocol: Protocol) -> Lifted:
    """The protocol as it is printed for TLC and Spin."""
    return Lifted(protocol, bounded)


#: How a protocol is printed; where that takes a program, under the legal one.
PRINTED: dict[str, Callable[[Protocol], str]] = {
    "tla": lambda protocol: tla(Program(lifted_once(protocol), LEGAL), "Model"),
    "promela": lambda protocol: promela(Program(lifted_once(protocol), LEGAL)),
    "smt2": smt2,
}


#: An action's sentence, and then its name, as they stand in each.
SENTENCE = {
    "tla": r"^\\\* (.*)\nCan_(\w+)",
    "promela": r"^/\* (.*) \*/\n#define can_(\w+)",
    "smt2": r"^; (.*)\n.*can-(\w+)",
}


# What is printed is what the functions say


def value(expression: Any, state: list[tuple[Any, Any]]) -> Any:
    """An expression where the leaves are these numbers."""
    known = z3.simplify(z3.substitute(expression, *state))
    return known.as_long() if z3.is_int_value(known) else z3.is_true(known)


def members(lifted: Lifted) -> list[tuple[Any, Any]]:
    """The numbers of the members of enums."""
    return [
        (z3.Int(f"{kind}.{name}"), z3.IntVal(number))
        for kind, named in lifted.enums.items()
        for name, number in named.items()
    ]


def numbers(lifted: Lifted, shared: Any, thread: Any) -> dict[Leaf, int]:
    """The numbers of a state."""
    names = members(lifted)
    return {leaf: value(found, names) for leaf, found in lifted.numbers((shared, thread)).items()}


def stepped(lifted: Lifted, action: Action, shared: Any, thread: Any) -> dict[Leaf, int] | None:
    """The state that the lifted action leads to, by the one case that applies; None if its guard is false."""
    before = numbers(lifted, shared, thread)
    state = [*members(lifted), *((z3.Int(leaf.name), z3.IntVal(number)) for leaf, number in before.items())]
    found = next(one for one in lifted.actions if one.action is action)
    assert value(found.place, state) == action.place
    if not value(found.guard, state):
        return None
    (case,) = [case for case in found.cases if value(case.condition, state)]
    return before | {leaf: value(changed, state) for leaf, changed in case.changes.items()}


@pytest.mark.parametrize("make", [bounded, lambda name, _low, _high: integer(name)], ids=["32 bits", "any integer"])
@pytest.mark.parametrize(
    ("protocol", "name"),
    [*((protocol, "reuse-eager") for protocol in PROTOCOLS.values()), (strict.strict, "cancel")],
    ids=lambda one: one.name if isinstance(one, Protocol) else one,
)
def test_every_step_of_the_explorer_is_the_one_case_that_applies(protocol: Protocol, name: str, make: Any) -> None:
    lifted = Lifted(protocol, make)
    system = System(protocol, SCENARIOS[name](1, 1))
    Graph(system, symmetry=False).fill(10_000)
    for shared_index, local_index in system.moves:
        shared, thread = system.shared.values[shared_index], system.locals.values[local_index].thread
        for action in protocol.at(thread.place):
            # A halted protocol takes no step, whatever the actions say.
            expected = numbers(lifted, *action.effect(shared, thread)) if action.guard(shared, thread) else None
            assert expected == stepped(lifted, action, shared, thread)


@PROTOCOL
@pytest.mark.parametrize("name", PRINTED)
def test_every_action_is_exported_under_its_sentence(protocol: Protocol, name: str) -> None:
    text = PRINTED[name](protocol)
    found = re.findall(SENTENCE[name], text, re.MULTILINE)
    assert [(action.sentence, action.name) for action in protocol.actions.values()] == found


@PROTOCOL
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_that_a_protocol_can_run_is_exported(protocol: Protocol, name: str) -> None:
    program = SCENARIOS[name](2, 2)
    try:
        System(protocol, program)
    except ValueError as error:
        with pytest.raises(Untranslatable, match=re.escape(str(error))):
            Program(lifted_once(protocol), program)
        return
    exported = Program(lifted_once(protocol), program)
    for thread in program.thread_names:
        assert f'"{thread}"' in tla(exported, "Model")
        assert f"/* {thread} */" in promela(exported)


def test_the_page_has_the_counts_of_the_explorer() -> None:
    rows = re.findall(
        r"^\| (\w+) \| ([\w-]+) \| (\d), (\d) \| ([\d,]+) / ([\d,]+) \|", DOCUMENT.read_text("utf-8"), re.M
    )
    expected = []
    for cell in CELLS:
        states, steps, _ = ours(SUBJECTS[cell.protocol], cell.scenario)
        expected.append((*map(str, cell), f"{states:,}", f"{steps:,}"))
    assert expected == rows


# SMT-LIB 2

QUESTION = """
(declare-const shared Shared)
(declare-const thread Thread)
(assert (step (initial 1) begin-wait shared thread))
"""


def asked(text: str) -> tuple[str, str]:
    """What Z3 and cvc5 answer."""
    solver = z3.Solver(ctx=z3.Context())  # definitions that are read stay in their context
    solver.from_string(text)
    cvc5 = second_solver()
    second = cvc5.Solver(cvc5.TermManager())
    parser = cvc5.InputParser(second)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text + "(check-sat)", "question")
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said += command.invoke(second, parser.getSymbolManager())
    return str(solver.check()), said.strip()


@PROTOCOL
def test_both_solvers_read_the_transition_relation(protocol: Protocol) -> None:
    assert ("sat", "sat") == asked(smt2(protocol) + QUESTION)
    assert ("unsat", "unsat") == asked(smt2(protocol) + QUESTION + "(assert (not (= shared (initial 1))))")


# Graphviz


def test_the_graph_has_a_node_for_each_state_and_an_edge_for_each_step() -> None:
    text = dot(go.go, MODEL_FAMILIES["reuse"](1, 1))
    assert (187, 338) == (len(re.findall(r"^  \d+ \[", text, re.M)), len(re.findall(r"^  \d+ -> ", text, re.M)))
    endings = set(re.findall(r"\\n([^\\]+)\", peripheries=2", text))
    assert {*(f"PANIC {panic}: {go.MESSAGES[go.Panic(panic)]}" for panic in (2, 4)), "ALL RETURNED"} <= endings
    assert "worker: done() at ADD_APPLY" in text


def test_a_graph_that_is_too_large_is_refused() -> None:
    with pytest.raises(Untranslatable, match="more than 300 states are too many to draw"):
        dot(go.go, MODEL_FAMILIES["legal"](3, 3))
