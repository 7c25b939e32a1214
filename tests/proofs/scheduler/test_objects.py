"""Objects that threads make and share, and what looks into objects unseen: no outcome is lost, and none is made up.

Every answer of the reduced and of the unreduced search is either right or a refusal (UnsupportedTarget). What is
expected stands with each program: an oracle that had the same blind spot would agree with the searches.
"""

from textwrap import dedent, indent

import pytest
from tests.proofs.scheduler.targets import Results, results, wrong

LOST_UPDATE = results((0, 1), (1, 0), (0, 0))
LOCK = "from _thread import allocate_lock"
OTHER = "class Other: pass"


def group(setup: str, one: str, two: str = "pass", before: str = "", more: str = "") -> str:
    """A class `Group` with two methods."""
    parts = [dedent(before), "class Group:", "    def __init__(self):", indent(dedent(setup), " " * 8)]
    for name, body in (("one", one), ("two", two)):
        parts += [f"    def {name}(self):", indent(dedent(body), " " * 8)]
    return "\n".join([*parts, indent(dedent(more), "    ")])


def first(*values: object) -> set[Results]:
    """The results of programs whose second thread returns nothing."""
    return results(*((value, None) for value in values))


def second(*values: object) -> set[Results]:
    """The results of programs whose first thread returns nothing."""
    return results(*((None, value) for value in values))


#: A new list is published by `publish`, and then changed by its maker.
PUBLISHED = {
    "a default of a function": ("def f(box=box): return box\nself._m = f", "m()"),
    "a default of a lambda": ("self._m = lambda box=box: box", "m()"),
    "a keyword default": ("def f(*, box=box): return box\nself._m = f", "m()"),
    "a closure": ("self._m = lambda: box", "m()"),
    "a tuple": ("self._m = (box,)", "m[0]"),
    "a bound method": ("self._m = box.copy", "m()"),
    "the arguments of an exception": ("self._m = ValueError(box)", "m.args[0]"),
    "a field of an object": ("other = Other()\nother.box = box\nself._m = other", "m.box"),
    "an item of an object's list": ("other = Other()\nother.l = [[box]]\nself._m = other.l", "m[0][0]"),
    "the value of a dict": ("self._m = {1: box}", "m[1]"),
    "its own method": ("self._m = (box.__getitem__,)", "[m[0](0)]"),
}


@pytest.mark.parametrize(("publish", "get"), PUBLISHED.values(), ids=PUBLISHED)
def test_an_object_is_no_secret_once_it_is_published_through(publish: str, get: str) -> None:
    one = f"box = [0]\n{publish}\nbox[0] = 1\nbox[0] = 2"
    two = f"m = self._m\nif m: return {get}[0]"
    assert [] == wrong(second(None, 0, 1, 2), group("self._m = None", one, two, OTHER), ["one"], ["two"])


def test_a_variable_that_a_closure_shares_may_be_seen_before_it_is_assigned_again() -> None:
    one = "n = 0\nself._m = lambda: n\nn = 1\nself._x = 1"
    two = "m = self._m\nreturn m() if m else -1"
    assert [] == wrong(second(-1, 0, 1), group("self._m = None; self._x = 0", one, two), ["one"], ["two"])


def test_a_new_object_in_a_variable_that_a_closure_shares_is_no_secret() -> None:
    one = "box = None\nself._m = lambda: box\nbox = [0]\nreturn box[0], box[0]"
    two = "m = self._m\nbox = m() if m else None\nif box: box[0] = 1"
    expected = first((0, 0), (0, 1), (1, 1))
    assert [] == wrong(expected, group("self._m = None", one, two), ["one"], ["two"])


def test_a_lock_that_was_put_in_the_place_of_another_before_the_object_was_published_is_another_lock() -> None:
    update = "n = node.n\n        node.n = n + 1\n        return n"
    one = f"""
    node = Other()
    old = node.lock = allocate_lock()
    node.lock = allocate_lock()
    node.n = 0
    self._old = old
    self._node = node
    with node.lock:
        {update}
    """
    two = f"""
    node = self._node
    if node:
      with self._old:
        {update}
    """
    source = group("self._node = self._old = None", one, two, f"{LOCK}\n{OTHER}")
    assert [] == wrong(LOST_UPDATE | results((0, None)), source, ["one"], ["two"])


#: One thread changes a list, or a dict, twice under a lock; the other looks without it.
TWICE = "with self._lock:\n    self._l.append(1)\n    self._l.append(2)"
HIDDEN = {
    "text of what holds it": ("len(str(self._outer))", (4, 5, 8)),
    "a comparison of what holds it": ("self._outer == [[1]]", (False, True)),
    "text in a format": ("len(f'{self._outer}')", (4, 5, 8)),
    "a tuple that holds it": ("self._tuple == ([1],)", (False, True)),
    "text of a tuple that holds it": ("len(str(self._tuple))", (5, 6, 9)),
    "a search in a tuple that holds it": ("[1] in self._tuple", (False, True)),
    "the sum of a tuple that holds it": ("len(sum(self._tuple, []))", (0, 1, 2)),
    "a bound method that is mapped": ("[*map(self._l.count, (1, 2))]", ([0, 0], [1, 0], [1, 1])),
    "an iterator": ("len([*iter(self._l)])", (0, 1, 2)),
    "a search through an iterator": ("2 in iter(self._l)", (False, True)),
    "a key function": ("max((2, 1), key=self._l.count)", (2, 1)),
    "a partial call": ("partial(self._l.count, 1)()", (0, 1)),
    "a field's dict by its name": ("len(getattr(self, '__dict__')['_l'])", (0, 1, 2)),
}


@pytest.mark.parametrize(("look", "seen"), HIDDEN.values(), ids=HIDDEN)
def test_a_look_without_the_lock_sees_every_change_through(look: str, seen: tuple[object, ...]) -> None:
    setup = "self._l = []; self._outer = [self._l]; self._tuple = (self._l,); self._lock = allocate_lock()"
    before = f"{LOCK}\nfrom functools import partial"
    assert [] == wrong(second(*seen), group(setup, TWICE, f"return {look}", before), ["one"], ["two"])


VIEWS = {
    "a view that was made under the lock": ("with self._lock: v = self._d.values()\nreturn len(v)", (0, 1, 2)),
    "a view that was there before": ("return len(self._keys)", (0, 1, 2)),
    "a spread into a display": ("return len({**self._d})", (0, 1, 2)),
    "a spread into a call": ("return count(**self._d)", (0, 1, 2)),
}


@pytest.mark.parametrize(("look", "seen"), VIEWS.values(), ids=VIEWS)
def test_a_dict_is_seen_at_every_moment_by(look: str, seen: tuple[object, ...]) -> None:
    setup = "self._d = {}; self._keys = self._d.keys(); self._lock = allocate_lock()"
    one = "with self._lock:\n    self._d['a'] = 1\n    self._d['b'] = 2"
    source = group(setup, one, look, f"{LOCK}\ndef count(**words): return len(words)")
    assert [] == wrong(second(*seen), source, ["one"], ["two"])


#: Twice the same look at a list that another thread changes twice: in between it may change.
LOOKS = {
    "an inner target of an assignment": "x, (a, b) = 1, box\nx, (c, d) = 1, box",
    "an inner target of a loop": "for a, b in (box,): pass\nfor c, d in (box,): pass",
    "targets in a comprehension": "(a, b), (c, d) = [(a, b) for a, b in (box, box)]",
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_list_is_taken_apart_at_every_moment_by(look: str) -> None:
    source = group("self._box = [1, 1]", "self._box[0] = 2", f"box = self._box\n{look}\nreturn a + b, c + d")
    assert [] == wrong(second((2, 2), (2, 3), (3, 3)), source, ["one"], ["two"])


def test_what_a_dataclass_compares_is_looked_at() -> None:
    before = "from dataclasses import dataclass\n@dataclass\nclass Other:\n    n: int = 0"
    two = "a, b = self._a, self._b\nx = a == b\nreturn x, a == b"
    source = group("self._a = Other(); self._b = Other(1)", "self._a.n = 1", two, before)
    assert [] == wrong(second((False, False), (False, True), (True, True)), source, ["one"], ["two"])


UPDATES = {
    "a field that a method of the class has the name of": group("self.go = 0", "n = self.go\nself.go = n + 1\nreturn n")
    + "\n    def go(self): pass",
    "a cached property": group("pass", "n = self.n\nself.n = n + 1\nreturn n", before="import functools")
    + "\n    @functools.cached_property\n    def n(self): return 0",
    "an attribute of a function": group("f.n = 0", "n = f.n\nf.n = n + 1\nreturn n", before="def f(): pass"),
    "an attribute of an exception": group(
        "self._e = KeyError(); self._e.n = 0", "e = self._e\nn = e.n\ne.n = n + 1\nreturn n"
    ),
    "the target in a comprehension": group("self._n = 0", "n = self._n\n[0 for self._n in (n + 1,)]\nreturn n"),
}


@pytest.mark.parametrize("source", UPDATES.values(), ids=UPDATES)
def test_an_update_can_be_lost_through(source: str) -> None:
    assert [] == wrong(LOST_UPDATE, source, ["one"], ["one"])


def test_a_field_can_be_missing_before_it_is_deleted_in_a_tuple_of_targets() -> None:
    source = group("self._n = 0", "a = hasattr(self, '_n')\nreturn a, hasattr(self, '_n')", "del (self._n,)")
    assert [] == wrong(first((True, True), (True, False), (False, False)), source, ["one"], ["two"])
