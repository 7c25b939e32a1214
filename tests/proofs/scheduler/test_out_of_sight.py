"""What is kept out of sight belongs to a state as well: states that differ in it are not merged, and none is made up.

Every answer of the reduced and of the unreduced search is either right or a refusal (UnsupportedTarget).
"""

from pathlib import Path
from textwrap import dedent

import pytest
from tests.proofs.scheduler.targets import results, wrong
from tests.proofs.scheduler.test_objects import LOCK, group, second

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.program import PROGRAM, Program
from waitgroup_proofs.scheduler.search import search

#: What is true when it is evaluated, and no more when the next operand is.
EVALUATED = {
    "a comparison": ("self._l == []", (True, False)),
    "a negation": ("not self._l", (True, False)),
    "a sum": ("self._l + []", ([], [1])),
    "an operand of and": ("(self._l and 1) == 1", (False, True)),
    "a choice": ("1 if self._l else 0", (0, 1)),
    "a comparison by its class": ("self._other == 0", (True, False)),
    "an operation of its class": ("-self._other", (0, -1)),
}


@pytest.mark.parametrize(("look", "seen"), EVALUATED.values(), ids=EVALUATED)
def test_states_that_differ_in_what_is_evaluated_already_are_not_merged_after(
    look: str, seen: tuple[object, ...]
) -> None:
    before = """
    class Other:
        n = 0
        def __eq__(self, other): return self.n == other
        def __neg__(self): return -self.n
    """
    setup = "self._l = []; self._x = 0; self._other = Other(); self._other.n = 0"
    change = "self._other.n = 1" if "other" in look else "self._l.append(1)"
    source = group(setup, f"{change}\nself._x = 1", f"return ({look}, self._x)", before)
    was, now = seen
    assert [] == wrong(second((was, 0), (was, 1), (now, 0), (now, 1)), source, ["one"], ["two"])


KEPT = {
    "a spread list": ("return (*self._l, self._x)", (0,), (1,), (1, 0), (1, 1)),
    "a local that is assigned again": (
        "t = 0\nfor _ in (0, 1): t = t * 2 + len(self._l)\nreturn (t, (t := 0), self._x)[::2]",
        *((t, x) for t in (0, 1, 3) for x in (0, 1)),
    ),
    "what is to be returned": (
        "t = 0\nfor _ in (0, 1): t = t * 2 + len(self._l)\ntry: return t\nfinally:\n    t = 0\n    self._y = self._x",
        0,
        1,
        3,
    ),
    "an iterator that a method has made": (
        "i = self._made()\nx = self._x\nreturn next(i), x",
        *((t, x) for t in (0, 1) for x in (0, 1)),
    ),
    "a generator that a method has made": (
        "i = self._generator()\nx = self._x\nreturn [*i][0], x",
        *((t, x) for t in (0, 1) for x in (0, 1)),
    ),
    "a lambda in a comprehension": (
        "return [lambda: (len(self._l), self._x) for _ in (1,)][0]()",
        *((t, x) for t in (0, 1) for x in (0, 1)),
    ),
}


@pytest.mark.parametrize("row", KEPT.values(), ids=KEPT)
def test_states_that_differ_in_what_is_kept_out_of_sight_are_not_merged(row: tuple[object, ...]) -> None:
    more = """
    def _made(self): return iter((len(self._l),))
    def _generator(self): return (one for one in (len(self._l),))
    """
    source = group("self._l = []; self._x = self._y = 0", "self._l.append(1)\nself._x = 1", str(row[0]), more=more)
    assert [] == wrong(second(*row[1:]), source, ["one"], ["two"])


def test_sets_of_the_same_items_in_another_order_are_not_merged() -> None:
    source = group("self._s = set()", "self._s.add(0)", "self._s.add(8)", more="def three(self): return [*self._s]")
    expected = results(*((None, None, seen) for seen in ([], [0], [8], [0, 8], [8, 0])))
    assert [] == wrong(expected, source, ["one"], ["two"], ["three"])


def test_the_fields_of_an_exception_belong_to_the_state() -> None:
    setup = "self._e = Failure(); self._e.n = self._x = self._y = 0"
    more = "def three(self): return self._x, self._y, self._e.n"
    one, two = (f"self._e.n = {number}\nself._{name} = 1" for number, name in ((1, "x"), (2, "y")))
    source = group(setup, one, two, "class Failure(Exception): pass", more)
    seen = [(x, y, n) for x in (0, 1) for y in (0, 1) for n in (0, 1, 2) if n or not (x or y)]
    assert [] == wrong(results(*((None, None, one) for one in seen)), source, ["one"], ["two"], ["three"])


ALARMS = {
    "compares the same objects twice": ("a, b = self._a, self._b\nreturn [a, a] == [b, b]", (True, False)),
    "looks for an object among the same": ("a, b = self._a, self._b\nreturn a in [b, b]", (True, False)),
    "calls a partial function for equal arguments": ("return max((1, 1, 1), key=partial(seen, self._d.get))", (1,)),
}


@pytest.mark.parametrize(("look", "seen"), ALARMS.values(), ids=ALARMS)
def test_a_run_comes_to_its_end_where_c(look: str, seen: tuple[object, ...]) -> None:
    before = """
    from functools import partial
    def seen(get, one): return get("n")
    class Other:
        def __init__(self): self.n = 0
        def __eq__(self, other): return self.n == other.n
    """
    source = group("self._a = Other(); self._b = Other(); self._d = {'n': 0}", "self._a.n = 1", look, before)
    assert [] == wrong(second(*seen), source, ["one"], ["two"])


#: A change while a loop is under way, before it goes on: the language says that it must fail.
CHANGED = {
    "turned": ("deque([1, 1])", ["self._c.rotate(1)"]),
    "emptied": ("{1: 0}", ["del self._c[1]", "self._c[1] = 0"]),
}


@pytest.mark.parametrize(("container", "change"), CHANGED.values(), ids=CHANGED)
def test_a_loop_notices_that_its_container_was(container: str, change: list[str]) -> None:
    setup = f"self._c = {container}; self._inside = self._changed = 0"
    one = "\n    ".join(["if self._inside:", *change, "self._changed = 1"])
    two = "for _ in self._c:\n    self._inside = 1\n    changed = self._changed\nreturn changed"
    source = group(setup, one, two, "from collections import deque")
    assert [] == wrong(second(0, "RuntimeError"), source, ["one"], ["two"])


def test_a_loop_over_values_comes_to_the_value_that_is_there_now() -> None:
    setup = "self._d = {1: [], 2: []}; self._new = []; self._inside = self._changed = 0"
    one = "if self._inside:\n    self._d[2] = self._new\n    self._changed = 1"
    two = "seen = []\nfor one in self._d.values():\n    self._inside = 1\n    seen.append(self._changed)\n"
    source = group(setup, one, two + "return seen[0], one is self._new")
    assert [] == wrong(second((0, False), (0, True), (1, True)), source, ["one"], ["two"])


LASTING = {
    "a lock of the class": "self._lock.acquire()\nself._n = 1\nself._lock.release()",
    "an object of the module": "n = len(KEPT.l)\nKEPT.l.append(1)\nreturn n",
}


@pytest.mark.parametrize("method", LASTING.values(), ids=LASTING)
def test_what_outlives_a_run_is_refused(method: str) -> None:
    before = f"{LOCK}\nclass Kept:\n    def __init__(self): self.l = []\nKEPT = Kept()"
    source = group("self._n = 0", method, before=before, more="_lock = allocate_lock()")
    assert [] == wrong("refused", source, ["one"], ["one"])


def test_a_parameter_may_be_called_function() -> None:
    source = group("pass", "return inner(function=1)", before="def inner(function): return function")
    assert [] == wrong(results((1, 1)), source, ["one"], ["one"])


def test_what_an_object_does_when_it_goes_is_done() -> None:
    before = "class Other:\n    def __init__(self, group): self.group = group\n    def __del__(self): self.group._n = 1"
    source = group("self._n = 0", "other = Other(self)\ndel other\nreturn self._n", before=before)
    assert [] == wrong(results((1,)), source, ["one"])


def verdict(source: str) -> str:
    """Of the search for all runs of the program `main`."""
    loader = Loader({"small": (Path("small.py"), dedent(source))})
    program = Program(loader, loader.load("small").main)
    try:
        return search(program, PROGRAM, reduced=False, shortest=False).verdict
    except UnsupportedTarget:
        return "inconclusive"


def test_a_thread_may_see_a_variable_of_its_starter_before_it_is_assigned_again() -> None:
    source = """
    from threading import Thread
    def main():
        n = 0
        def work():
            assert n == 1
        Thread(target=work).start()
        n = 1
    """
    assert verdict(source) in ("violated", "inconclusive")


def test_a_daemon_may_wait_for_ever() -> None:
    source = """
    from queue import SimpleQueue
    from threading import Thread
    def main():
        Thread(target=SimpleQueue().get, daemon=True).start()
    """
    assert verdict(source) in ("holds", "inconclusive")
