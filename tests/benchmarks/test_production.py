"""The benchmark of production's WaitGroup: what is held against what, and that no peer can stop or mislead it."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from tests.benchmarks import __main__ as command
from tests.benchmarks import production, steps, waitgroups
from tests.benchmarks.jobs import Places
from tests.benchmarks.operations import OPERATIONS, SITTINGS, Sitting
from tests.benchmarks.production import (
    TIMED_OUT,
    Cell,
    Cells,
    Heard,
    heard,
    process,
    production_bars,
    production_wrong,
    python_of,
    ratio,
    sit,
)
from tests.benchmarks.production_report import production_chart, production_json, production_tables, remarks
from tests.benchmarks.programs import Naive
from tests.benchmarks.steps import LacksError, step_of
from tests.benchmarks.test_programs import imported
from tests.benchmarks.waitgroups import BARE, CONDITION, EMPTY, FLOOR, LOCKED, OURS, SUBJECTS, Subject

from waitgroup import core
from waitgroup_proofs.report.tables import as_text

HERE = Path(__file__).parent
INSTALLED = [OURS, LOCKED, CONDITION, "naive Event", FLOOR, EMPTY]
Says = Callable[[str, int, list[str]], tuple[Heard, str]]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "CALLS", 0.0001)
    monkeypatch.setattr(steps, "HAMMERED", 0.0005)


def cells_of(**values: float) -> Cells:
    """An operation, an underscore for each blank, on production; what each is held against takes 1."""
    made: Cells = {}
    for name, value in values.items():
        operation = OPERATIONS[name.replace("_", " ")]
        other, who = operation.reference
        made[operation.name, OURS] = Cell(operation, OURS, "measured", (value, 2 * value))
        made.setdefault((other, who or OURS), Cell(OPERATIONS[other], who or OURS, "measured", (1.0, 1.0)))
    made["look", CONDITION] = Cell(OPERATIONS["look"], CONDITION, "measured", (1.0, 1.0))
    return made


ALL = {"pair": 0.5, "wait": 0.1, "look": 0.5, "size": 1500.0, "threads": 1.0, "wake_1000": 0.9}


@pytest.mark.parametrize("name", INSTALLED)
@pytest.mark.parametrize("operation", ["pair", "eight", "construction", "size", "one thread", "threads"])
def test_every_subject_that_counts_can_be_measured_at_it(operation: str, name: str) -> None:
    assert step_of(OPERATIONS[operation], SUBJECTS[name]())() > 0


@pytest.mark.parametrize("name", [OURS, LOCKED, CONDITION, "naive Event"])
@pytest.mark.parametrize("operation", ["wait", "look", "wake 1", "wake 10"])
def test_every_subject_that_threads_wait_on_can_be_measured_at_it(operation: str, name: str) -> None:
    assert step_of(OPERATIONS[operation], SUBJECTS[name]())() > 0


@pytest.mark.parametrize("name", [OURS, LOCKED, BARE])
def test_every_subject_that_coroutines_wait_on_can_be_measured_at_it(name: str) -> None:
    assert steps.awaited(SUBJECTS[name](), 3)() > 0


def test_production_on_the_locked_path_is_locked_and_leaves_the_other_path_as_it_was() -> None:
    locked, plain = (SUBJECTS[name]().group() for name in (LOCKED, OURS))
    assert locked._mutex is not None
    assert (plain._mutex is None) == (not core.LOCKED)


def test_what_a_subject_lacks_is_said() -> None:
    coroutines_only = Subject(waitgroups.BareFuture, wait="", wait_async="wait")
    for operation, told in (("wait", "only coroutines"), ("wake 1", "only coroutines")):
        with pytest.raises(LacksError, match=told):
            step_of(OPERATIONS[operation], coroutines_only)
    with pytest.raises(LacksError, match="no timeout"):
        step_of(OPERATIONS["look"], SUBJECTS[CONDITION]()._replace(timeout=False))
    with pytest.raises(LacksError, match="no coroutine"):
        step_of(OPERATIONS["async"], SUBJECTS[CONDITION]())


class Loses(waitgroups.LockFloor):
    """Takes a unit too many at every tenth."""

    taken = 0

    def done(self) -> None:
        """One less, or two."""
        super().done()
        self.taken += 1
        self.n -= self.taken % 10 == 0


def test_a_count_that_does_not_come_out_exact_is_a_failure() -> None:
    with pytest.raises(ValueError, match="the count is wrong by -"):
        step_of(OPERATIONS["threads"], Subject(Loses))()


class NeverWaits(waitgroups.LockFloor):
    """Does not block; or blocks for ever."""

    def wait(self, _timeout: float = 0.0) -> bool:
        """At once."""
        return True


def test_a_thread_that_does_not_wait_or_is_not_woken_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="1 of 1 threads did not wait"):
        step_of(OPERATIONS["wake 1"], Subject(NeverWaits))()
    with pytest.raises(ValueError, match="is not False"):
        step_of(OPERATIONS["look"], Subject(NeverWaits))
    monkeypatch.setattr(steps, "FORGOTTEN", 0.05)
    with pytest.raises(ValueError, match="2 of 10 threads were not woken"):
        step_of(OPERATIONS["wake 10"], Subject(Forgets))()


class Forgets(Naive):
    """Wakes all but two."""

    def done(self) -> None:
        """Eight of ten."""
        with self.condition:
            self.n = 0
            self.condition.notify(8)


CHILD = """
import time, sys
from tests.benchmarks import steps, waitgroups, with_waitgroups
steps.CALLS = 0.0001
with_waitgroups.LIMIT = 0.3
class Hangs(waitgroups.LockFloor):
    def add(self, delta): time.sleep(60)
waitgroups.SUBJECTS["zeroconnect"] = lambda: waitgroups.Subject(Hangs)
print("by the way")
with_waitgroups.main()
"""


def started(cells: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Heard, str]:
    """A process in which zeroconnect hangs."""
    monkeypatch.setattr(production, "module", lambda _name: ("-c", CHILD))
    return process(sys.executable, 2, cells)


def test_a_process_measures_in_rounds_and_says_what_it_cannot_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = started([f"pair/{FLOOR}", f"pair/{OURS}", "pair/pygoic", f"async/{CONDITION}"], monkeypatch)
    assert found.died_at is None
    assert {f"pair/{FLOOR}": 2, f"pair/{OURS}": 2} == {cell: len(values) for cell, values in found.values.items()}
    assert {"pair/pygoic": "fails", f"async/{CONDITION}": "none"} == {
        cell: verdict for cell, (verdict, _) in found.verdicts.items()
    }


def test_a_step_that_hangs_ends_the_process_and_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    found, complaint = started([f"pair/{FLOOR}", "pair/zeroconnect"], monkeypatch)
    assert "pair/zeroconnect" == found.died_at
    assert TIMED_OUT in complaint


def scripted(answers: Iterator[tuple[list[list[Any]], str]], asked: list[list[str]]) -> Says:
    """Processes that say these lines, one after the other."""

    def says(_python: str, _rounds: int, cells: list[str]) -> tuple[Heard, str]:
        asked.append(cells)
        lines, complaint = next(answers)
        return heard("\n".join(map(json.dumps, lines))), complaint

    return says


def test_a_sitting_is_held_again_without_what_died_and_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sitting = Sitting(1, (OPERATIONS["look"],))
    rest: list[list[Any]] = [["value", f"look/{OURS}", 5.0], ["none", "look/pygoic", "so it is"], ["ended", "", None]]
    answers = iter([
        ([["begun", "look/latchkit", None]], f"{TIMED_OUT}0:00:20)!"),
        ([["begun", "look/pygoroutine", None]], "a\nSegmentation fault"),
        (rest, ""),
    ])  # fmt: skip
    asked: list[list[str]] = []
    monkeypatch.setattr(production, "process", scripted(answers, asked))
    found = {cell.subject: cell for cell in sit(sitting, "")}
    assert ["look/pygoroutine", "look/latchkit"] == [name for name in asked[0] if name not in asked[2]]
    assert [("hangs", ()), ("dies", ()), ("none", ()), ("measured", (5.0,))] == [
        found[name][2:4] for name in ("latchkit", "pygoroutine", "pygoic", OURS)
    ]
    assert "Segmentation fault" == found["pygoroutine"].told


def test_a_process_that_says_nothing_ends_its_sitting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(production, "process", scripted(iter([([], "no such module")]), []))
    assert {("dies", "no such module")} == {(cell.verdict, cell.told) for cell in sit(SITTINGS[0], "")}


def test_without_the_peers_environment_this_one_measures_what_it_can(tmp_path: Path) -> None:
    assert sys.executable == python_of(Places(tmp_path, tmp_path))


def test_a_ratio_is_of_the_best_rounds_and_of_speeds_where_more_is_better() -> None:
    cells = cells_of(pair=0.5, threads=4.0)
    for operation, value in (("pair", 0.5), ("threads", 0.25)):
        found = ratio(cells, operation, OURS)
        assert found is not None
        assert value == found.value
    assert ratio(cells, "pair", CONDITION) is None


def test_the_bars_are_met_or_not_and_without_a_figure_neither() -> None:
    assert [True] * 6 == [bar.met for bar in production_bars(cells_of(**ALL))]
    worse = {"pair": 0.7, "wait": 0.3, "look": 1.1, "size": 2001.0, "threads": 1.2, "wake_1000": 1.1}
    assert [False] * 6 == [bar.met for bar in production_bars(cells_of(**worse))]
    assert [None] * 6 == [bar.met for bar in production_bars({})]


def test_a_lost_unit_is_a_bar_not_met_and_not_as_expected() -> None:
    cells = cells_of(**ALL)
    cells["threads", OURS] = Cell(OPERATIONS["threads"], OURS, "fails", told="the count is wrong by 1")
    assert [("the count is wrong by 1", False)] == [
        (bar.told, bar.met) for bar in production_bars(cells) if bar.what.startswith("8 threads")
    ]
    assert ["pair in 8 threads, waitgroup: fails: the count is wrong by 1"] == production_wrong(cells)


def test_a_peer_that_fails_is_shown_and_is_no_failure_of_the_benchmark() -> None:
    cells = cells_of(**ALL)
    cells["pair", "pygoic"] = Cell(OPERATIONS["pair"], "pygoic", "fails", told="no such module")
    cells["look", "pygoic"] = Cell(OPERATIONS["look"], "pygoic", "none", told="it takes no timeout")
    assert [] == production_wrong(cells)
    assert "fails: no such module: pygoic at add(1), done()" in remarks(cells)
    assert "- it takes no timeout: pygoic" in remarks(cells)
    assert "fails" in as_text(production_tables(cells)[0])


def test_the_chart_is_one_file_that_needs_nothing_else_and_the_figures_are_all_there() -> None:
    cells = cells_of(**ALL, eight=99.0)
    root = ElementTree.fromstring(production_chart(cells))
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {operation.what for operation in OPERATIONS.values()} <= {str(word).partition(" (")[0] for word in words}
    assert "99.00 (99 ns)" in words
    assert all(float(box.attrib["width"]) >= 0 for box in root.iter("{http://www.w3.org/2000/svg}rect"))
    figures = json.loads(json.dumps(production_json(cells, list(production_bars(cells)))))
    assert len(cells) == len(figures["cells"])
    assert 6 == len(figures["bars"])


@pytest.mark.parametrize(("verdict", "code"), [("measured", 0), ("fails", 1)])
def test_one_half_can_be_run_alone_and_only_productions_failure_is_an_error(
    verdict: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = cells_of(**{**ALL, "pair": 99.0})
    cells["wait", LOCKED] = Cell(OPERATIONS["wait"], LOCKED, verdict, (1.0,), "so it is")
    monkeypatch.setattr(command, "measured", lambda _places, _progress: cells)
    places = ["--peers", str(tmp_path), "--newer", str(tmp_path)]
    done = CliRunner().invoke(command.main, [*places, "--only", "production", "--into", str(tmp_path / "a" / "b")])
    assert code == done.exit_code
    assert ("wait() at zero, waitgroup, locked: fails: so it is" in done.output) == (code == 1)
    assert "not met" in done.output
    assert {"production.json", "production.svg"} == {path.name for path in (tmp_path / "a" / "b").iterdir()}


def test_every_package_among_the_subjects_is_pinned() -> None:
    pinned = {line.partition("==")[0] for line in (HERE / "peers.txt").read_text("utf-8").splitlines() if "==" in line}
    assert set(SUBJECTS) - {OURS, LOCKED, CONDITION, "naive Event", FLOOR, EMPTY, BARE} <= pinned


@pytest.mark.parametrize("module", ["operations", "steps", "waitgroups", "with_waitgroups"])
def test_a_process_of_the_peers_needs_nothing_but_the_benchmark(module: str) -> None:
    text = (HERE / f"{module}.py").read_text("utf-8")
    assert imported(text) - set(sys.stdlib_module_names) <= {"tests"}
