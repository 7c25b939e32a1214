"""The benchmark's programs are what they say: wrong in the famous ways, or right; and plain code for every tool."""

import ast
import sys
from pathlib import Path

import pytest
from tests.benchmarks import programs
from tests.benchmarks.child import PROGRAMS
from tests.benchmarks.with_scheduler import complete_runs, function, group, right, wrong

from waitgroup_proofs.scheduler.program import PROGRAM
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.scenarios import SCENARIOS

SENTENCES = {
    "two threads": "main raised AssertionError",
    "pre-added": "nobody can run, and waiter is blocked without a reason",
    "reuse-parked": "nobody can run, and waiter is blocked without a reason",
}


def imported(source: str) -> set[str]:
    """The top-level packages that a text imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_wrong_program_is_wrong_in_its_famous_way(program: str) -> None:
    found = search(*wrong(program), shortest=False)
    assert found.violation is not None
    assert SENTENCES[program] == found.violation.sentence


def test_with_a_lock_the_two_threads_lose_nothing() -> None:
    assert "holds" == search(function("no_lost_update"), PROGRAM).verdict


@pytest.mark.parametrize("name", ["Generations", "Events", "LockPerWaiter"])
def test_a_right_design_is_right_in_every_scenario(name: str) -> None:
    target = group(name)
    assert {"holds"} == {search(target, SCENARIOS[one](1, 1)).verdict for one in SCENARIOS}


@pytest.mark.parametrize(("name", "scenario"), [("Unlocked", "pre-added"), ("Naive", "reuse-parked")])
def test_a_wrong_design_passes_what_its_bug_has_no_part_in(name: str, scenario: str) -> None:
    other = {"pre-added": "reuse-parked", "reuse-parked": "pre-added"}[scenario]
    assert "violated" == search(group(name), SCENARIOS[scenario](2, 1)).verdict
    assert "holds" == search(group(name), SCENARIOS[other](2, 1)).verdict


#: What the main thread (m) and two others do, and what must be before each step.
BEFORE = {
    "m start a": (), "m start b": ("m start a",),
    "m join a": ("m start b", "a store"), "m join b": ("m join a", "b store"),
    "a begin": ("m start a",), "a load": ("a begin",), "a store": ("a load",),
    "b begin": ("m start b",), "b load": ("b begin",), "b store": ("b load",),
}  # fmt: skip


def orders(made: frozenset[str] = frozenset()) -> int:
    """In how many orders the steps that are left can be made."""
    able = [step for step, before in BEFORE.items() if step not in made and made.issuperset(before)]
    return sum(orders(made | {step}) for step in able) if able else 1


def test_a_rate_is_measured_on_complete_runs_of_which_none_is_merged() -> None:
    assert 69 == orders() == complete_runs(right("two threads"), 30.0)()


def test_the_programs_need_nothing_but_the_standard_library() -> None:
    assert {"collections", "threading", "typing"} == imported(Path(programs.__file__).read_text("utf-8"))


@pytest.mark.parametrize("module", ["child", "with_frontrun", "with_interleave_test", "with_ploom"])
def test_a_process_of_another_tool_needs_nothing_of_this_project_but_the_benchmark(module: str) -> None:
    text = Path(programs.__file__).with_name(f"{module}.py").read_text("utf-8")
    assert imported(text) - set(sys.stdlib_module_names) <= {"tests", "frontrun", "interleave_test", "ploom"}


def test_the_import_check_sees_what_is_not_standard() -> None:
    assert {"a", "b"} == imported("import a.c\ndef f():\n    from b.d import e")
