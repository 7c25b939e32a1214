"""Where a call into C is not one step the class takes its lock: other interpreters, no global lock, parts in Python."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from waitgroup import locked

#: Counts up and down and waits, with a module of the standard library that has lost its part in C.
WITHOUT_C = """
import sys
sys.modules[{module!r}] = None
from waitgroup import WaitGroup, core
group = WaitGroup()
group.add(3)
group.go(group.done)
group.add(-2)
assert group.wait(10)
print(core.LOCKED, group.counter)
"""


@pytest.mark.skipif(not getattr(sys, "_is_gil_enabled", lambda: True)(), reason="no call is indivisible without a GIL")
def test_a_call_is_a_step_on_cpython_with_its_global_lock() -> None:
    assert locked.a_call_is_a_step() is True


def test_a_call_is_no_step_on_another_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "implementation", SimpleNamespace(name="pypy"))
    assert locked.a_call_is_a_step() is False


def test_a_call_is_no_step_without_a_global_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    assert locked.a_call_is_a_step() is False


def test_a_call_is_no_step_if_one_part_is_written_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked, "PARTS", (*locked.PARTS, lambda: None))
    assert locked.a_call_is_a_step() is False


@pytest.mark.parametrize("module", ["_operator", "_datetime"])
def test_without_the_part_in_c_of_a_module_the_class_takes_its_lock_and_works(module: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_C.format(module=module)], check=False, capture_output=True, text=True
    )
    assert ("True 0\n", "", 0) == (ran.stdout, ran.stderr, ran.returncode)
