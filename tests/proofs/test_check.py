"""`waitgroup check`: verdicts on classes of several shapes, what does not apply, what is refused, and nonsense."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.command_line import waitgroup
from tests.proofs.scheduler.designs import GENERATIONS, LOCK_PER_WAITER, NAIVE

from waitgroup_proofs.scheduler.foreign import METHODS, Foreign, Named, TargetError
from waitgroup_spec.scenarios import SCENARIOS

Check = Callable[..., tuple[int, dict[str, Any]]]
AT_ONE = ("--workers", "1", "--waiters", "1")
AT_TWO = ("--workers", "2", "--waiters", "2")

LATCH = """
from _thread import allocate_lock

class Latch:
    def __init__(self, count):
        self.lock = allocate_lock()
        self.count = count
        self.gate = allocate_lock()
        if count:
            self.gate.acquire()

    def count_down(self):
        with self.lock:
            if self.count == 0:
                raise ValueError("open already")
            self.count -= 1
            if self.count == 0:
                self.gate.release()

    def join(self):
        self.gate.acquire()
        self.gate.release()
"""


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """`check(source, arguments...)`: exit code and JSON of the command on a file with this source."""

    def checked(source: str, *arguments: str, name: str = "Group") -> tuple[int, dict[str, Any]]:
        file = tmp_path / "target.py"
        file.write_text(dedent(source), encoding="utf-8")
        ran = waitgroup("check", f"{file}:{name}", *arguments, "--json", "-")
        return ran.code, ran.json

    return checked


@pytest.mark.parametrize("source", [GENERATIONS, LOCK_PER_WAITER])
def test_a_right_design_is_exhausted_in_every_scenario(source: str, check: Check) -> None:
    code, found = check(source, *AT_ONE)
    assert (0, "holds", None, None) == (code, found["verdict"], found["violation"], found["replay"])
    assert list(SCENARIOS) == [row["name"] for row in found["scenarios"]]
    assert {("holds", True)} == {(row["verdict"], row["exhausted"]) for row in found["scenarios"]}


def test_the_generation_bug_is_found_and_its_token_shows_it_again(check: Check) -> None:
    code, found = check(NAIVE, "--budget", "30")
    assert (1, "violated", "reuse-parked") == (code, found["verdict"], found["violations"][0]["scenario"])
    assert ["reuse-parked"] == [row["name"] for row in found["scenarios"] if row["verdict"] == "violated"]
    assert {(1, 1)} == {(row["workers"], row["waiters"]) for row in found["scenarios"]}
    assert "nobody can run, and waiter is blocked without a reason" == found["violation"]
    replayed = waitgroup("replay", found["replay"], "--json", "-")
    assert (1, found["violation"]) == (replayed.code, replayed.json["violation"])
    assert {None} == {step["counter"] for step in replayed.json["steps"]}


TWO_STEPS = """
class Group:
    def __init__(self):
        self.counter = 0
        self.zeros = 0

    def read(self):
        return self.counter

    def add(self, delta):
        if self.counter + delta < 0:
            raise ValueError("negative counter")
        {store}

    def done(self):
        self.add(-1)

    def wait(self, timeout=None):
        while self.counter > 0:
            pass
        return True
"""


@pytest.mark.parametrize(
    ("store", "with_gil"), [("self.counter += delta", False), ("self.counter = self.read() + delta", True)]
)
def test_every_violation_says_whether_cpython_with_its_lock_can_show_it(
    store: str, with_gil: bool, check: Check
) -> None:
    arguments = ("--workers", "2", "--waiters", "1", "--scenario", "pre-added,add-done")
    code, found = check(TWO_STEPS.format(store=store), *arguments)
    assert (1, ["pre-added", "add-done"]) == (code, [one["scenario"] for one in found["violations"]])
    assert [with_gil] * 2 == [one["with_gil"] for one in found["violations"]]
    for one in found["violations"]:
        replayed = waitgroup("replay", one["replay"], "--json", "-")
        assert (1, one["violation"]) == (replayed.code, replayed.json["violation"])


def test_what_two_processes_find_is_what_one_finds(check: Check) -> None:
    arguments = ("--workers", "2", "--waiters", "2", "--scenario", "pre-added,mixed,reuse-eager")
    assert check(LOCK_PER_WAITER, *arguments) == check(LOCK_PER_WAITER, *arguments, "--jobs", "2")


def test_a_latch_has_other_names_is_made_with_its_units_and_has_only_some_of_the_scenarios(check: Check) -> None:
    names = ("--map", "done=count_down,wait=join", "--construct", "Latch(units)")
    code, found = check(LATCH, *AT_TWO, *names, name="Latch")
    verdicts = {row["name"]: (row["verdict"], row["why"]) for row in found["scenarios"]}
    assert (0, "holds") == (code, found["verdict"])
    assert ["pre-added", "surplus"] == [name for name, (verdict, _) in verdicts.items() if verdict == "holds"]
    assert {"no add", "no timeout"} == {why for verdict, why in verdicts.values() if verdict == "not applicable"}


def test_a_scenario_whose_turn_has_not_come_is_no_pass(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waitgroup_proofs.commands.growth.one_by_one", lambda *_: iter(()))
    code, found = check(LOCK_PER_WAITER, *AT_ONE, "--scenario", "pre-added,surplus")
    assert (3, "inconclusive", ["pre-added", "surplus"]) == (
        code,
        found["verdict"],
        [row["name"] for row in found["scenarios"]],
    )
    assert {"the time was used before its turn"} == {row["why"] for row in found["scenarios"]}


def test_a_group_whose_setting_up_ends_the_program_is_violated(check: Check) -> None:
    source = LOCK_PER_WAITER.replace("def add(self, delta):", "def add(self, delta):\n        raise SystemExit(0)")
    code, found = check(source, *AT_ONE, "--scenario", "pre-added")
    assert (1, "violated") == (code, found["verdict"])


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (b"# coding: nonsense\n", "unknown encoding"),
        (b"\xff\xfe", "cannot read"),
        (b"x = 1\n" + b"\xe9", "cannot read"),
    ],
)
def test_a_file_that_cannot_be_read_as_text_says_why(written: bytes, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "target.py").write_bytes(written)
    with pytest.raises(TargetError, match=complaint):
        Foreign(Named(f"{tmp_path / 'target.py'}:Group"))


def test_a_file_is_read_as_python_reads_it(tmp_path: Path) -> None:
    for start in (b"\xef\xbb\xbf", b"# coding: latin-1\n# \xe9\n"):
        (tmp_path / "target.py").write_bytes(start + b"class Group:\n    def wait(self): pass\n")
        assert ["wait"] == [*Foreign(Named(f"{tmp_path / 'target.py'}:Group")).methods]


def test_without_sizes_they_grow_and_two_by_two_decides(check: Check) -> None:
    code, found = check(LOCK_PER_WAITER, "--scenario", "pre-added,reuse-parked", "--budget", "2")
    sizes = [(row["workers"], row["waiters"]) for row in found["scenarios"] if row["name"] == "pre-added"]
    assert (0, "holds") == (code, found["verdict"])
    assert [(1, 1), (2, 1), (1, 2), (2, 2)] == sizes[:4]


def test_a_search_that_the_budget_cuts_short_is_no_pass(check: Check) -> None:
    code, found = check(LOCK_PER_WAITER, "--workers", "4", "--waiters", "4", "--scenario", "mixed", "--budget", "0.2")
    assert (3, "inconclusive", "the time is used") == (code, found["verdict"], found["scenarios"][0]["why"])
    assert not found["scenarios"][0]["exhausted"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("threading.Thread().start()", "threading.Thread is not under the scheduler's control"),
        ("asyncio.new_event_loop()", "asyncio.new_event_loop is not under the scheduler's control"),
        ("multiprocessing.Lock()", "multiprocessing.Lock is not under the scheduler's control"),
    ],
)
def test_what_cannot_be_controlled_is_named_and_is_no_pass(line: str, why: str, check: Check) -> None:
    source = "import asyncio, multiprocessing, threading\nclass Group:\n    def __init__(self):\n"
    source += f"        self.x = {line}\n"
    source += "    def add(self, n): pass\n    def done(self): pass\n    def wait(self): pass\n"
    code, found = check(source, *AT_TWO, "--scenario", "pre-added")
    assert (3, "inconclusive", why) == (code, found["verdict"], found["scenarios"][0]["why"])


NONSENSE = {
    "no class": ("nothing",),
    "a file that is not there": ("missing.py:Group",),
    "a module that is not there": ("no_such_module_at_all:Group",),
    "a module without source": ("itertools:count",),
    "a question mark": ("a?b.py:Group",),
    "a pipe": ("/dev/null:Group",),
    "no such scenario": ("x.py:Group", "--scenario", "truth"),
    "half of the sizes": ("x.py:Group", "--workers", "2"),
    "no such operation": ("x.py:Group", "--map", "subtract=Sub"),
    "no budget": ("x.py:Group", "--budget", "0"),
    "a budget that is no number": ("waitgroup.group:WaitGroup", "--budget", "nan"),
    "a budget without end": ("waitgroup.group:WaitGroup", "--budget", "inf"),
    "no processes": ("waitgroup.group:WaitGroup", "--jobs", "0"),
    "too many processes": ("waitgroup.group:WaitGroup", "--jobs", "1000"),
    "processes and a cluster": ("waitgroup.group:WaitGroup", "--jobs", "2", "--dask", "tcp://127.0.0.1:1"),
    "a cluster that is not one": ("waitgroup.group:WaitGroup", "--dask", "nonsense"),
    "what one process does": ("waitgroup.group:WaitGroup", "--jobs", "2", "--strategy", "pct"),
}


@pytest.mark.parametrize("arguments", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_answered_in_one_line(arguments: tuple[str, ...]) -> None:
    code, out, err = waitgroup("check", *arguments)
    assert (2, "", 1) == (code, out, len(err.splitlines()))


@pytest.mark.parametrize(
    ("source", "construct", "complaint"),
    [
        ("class Other: pass", "", "has no class Group"),
        ("class Group:\n    pass", "", "has no method wait"),
        ("class Group(:", "", "cannot be loaded: SyntaxError"),
        ("1 / 0", "", "cannot be loaded: ZeroDivisionError"),
        ("raise SystemExit(0)", "", "cannot be loaded: SystemExit"),
        ("class Group:\n    def wait(self): pass", "exit(0)", "cannot be made exit.0.: SystemExit"),
        ("def __getattr__(name): raise RuntimeError", "", "has no class Group"),
        ("class Group:\n    def wait(self): pass", "Group(", "is no expression"),
        (
            "class Group:\n    def __init__(self, n): pass\n    def wait(self): pass",
            "",
            "cannot be made without arguments",
        ),
        ("class Group:\n    def wait(self): pass", "Group(unit)", "cannot be made Group.unit.: NameError"),
    ],
)
def test_a_target_that_cannot_be_made_says_why(source: str, construct: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "target.py").write_text(source, encoding="utf-8")
    with pytest.raises(TargetError, match=complaint.replace("(:", r"\(:")):
        Foreign(Named(f"{tmp_path / 'target.py'}:Group", METHODS, construct))


def test_a_name_that_is_mapped_must_be_one_that_the_class_has(tmp_path: Path) -> None:
    (tmp_path / "target.py").write_text("class Group:\n    def wait(self): pass", encoding="utf-8")
    assert {"wait": "wait"} == Foreign(Named(f"{tmp_path / 'target.py'}:Group")).methods
    with pytest.raises(TargetError, match="Group has no method Nope: --map add=NAME must name one that it has"):
        Foreign(Named(f"{tmp_path / 'target.py'}:Group", METHODS | {"add": "Nope"}))


def test_a_target_with_two_classes_names_none() -> None:
    with pytest.raises(TargetError, match=r"'a\.py:B:C' names no class: write file\.py:Class"):
        Foreign(Named("a.py:B:C"))


def test_what_a_user_says_of_a_target_can_be_written_in_one_line_and_read_again() -> None:
    for named in (Named("a.py:B"), Named("a.b:C", METHODS | {"add": "Add"}, "C(units, name='x&y')")):
        assert named == Named.parsed(str(named))


def test_a_package_is_loaded_whole_with_relative_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "someones"
    package.mkdir()
    (package / "__init__.py").write_text("from .group import Group\n", encoding="utf-8")
    (package / "parts.py").write_text(LOCK_PER_WAITER, encoding="utf-8")
    text = "from . import parts\nimport someones.parts\nclass Group(parts.Group):\n    same = someones.parts is parts\n"
    (package / "group.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    target = Foreign(Named("someones:Group"))
    assert getattr(target.kind, "same", False)
    assert 3 == len(target.files)
