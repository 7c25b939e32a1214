"""What is rewritten means the same, and no shared access escapes: forms of Python that reach a field or a container.

Every answer of the reduced and of the unreduced search is either right or a refusal (UnsupportedTarget).
"""

import ast
from textwrap import dedent, indent

import pytest
from tests.proofs.scheduler.targets import Program, Written, results, wrong

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.instrument import instrumented
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.scenarios import WAIT, Client, Scenario, add

LOST_UPDATE = results((0, 1), (1, 0), (0, 0))

#: Two threads that each find out whether the other has been here: at least one has not, and both may not.
SEEN = results((False, True), (True, False), (False, False))


def group(method: str, setup: str = "self._n = 0", before: str = "", more: str = "") -> str:
    """A class whose two threads call `go`."""
    parts = [dedent(before), "class Group:", "    def __init__(self):", indent(dedent(setup), " " * 8)]
    return "\n".join([*parts, "    def go(self):", indent(dedent(method), " " * 8), indent(dedent(more), "    ")])


UPDATES = {
    "a field": group("n = self._n\nself._n = n + 1\nreturn n"),
    "a field with a default in the class": group("n = self._n\nself._n = n + 1\nreturn n", "pass", more="_n = 0"),
    "a field of a dataclass with a default": group("pass").replace("class Group:", "class Other:")
    + dedent(
        """
        from dataclasses import dataclass
        @dataclass
        class Group:
            n: int = 0
            def go(self):
                n = self.n
                self.n = n + 1
                return n
        """
    ),
    "getattr and setattr": group("n = getattr(self, '_n')\nsetattr(self, '_n', n + 1)\nreturn n"),
    "object.__setattr__": group("n = self._n\nobject.__setattr__(self, '_n', n + 1)\nreturn n"),
    "attrgetter": group(
        "n = get(self)\nself._n = n + 1\nreturn n", before="from operator import attrgetter\nget = attrgetter('_n')"
    ),
    "vars": group("n = vars(self)['_n']\nvars(self)['_n'] = n + 1\nreturn n"),
    "vars and the field itself": group("n = self._n\nvars(self)['_n'] = n + 1\nreturn n"),
    "itemgetter": group(
        "n = get(self._d)\nself._d['n'] = n + 1\nreturn n",
        "self._d = {'n': 0}",
        before="from operator import itemgetter\nget = itemgetter('n')",
    ),
    "methodcaller": group(
        "n = get(self._d)\nself._d['n'] = n + 1\nreturn n",
        "self._d = {'n': 0}",
        before="from operator import methodcaller\nget = methodcaller('get', 'n')",
    ),
    "a nested class": group(
        "return self._inner.go()",
        "self._inner = Group.Inner()",
        more="""
            class Inner:
                def __init__(self): self._n = 0
                def go(self):
                    n = self._n
                    self._n = n + 1
                    return n
        """,
    ),
    "a method that is defined under a condition": group(
        "return self._next()",
        more="""
            if True:
                def _next(self):
                    n = self._n
                    self._n = n + 1
                    return n
        """,
    ),
    "a function that is defined in a loop": group(
        "return functions[0](self)",
        before="""
            functions = []
            for _ in (1,):
                def update(group):
                    n = group._n
                    group._n = n + 1
                    return n
                functions.append(update)
        """,
    ),
    "a lambda of the module": group(
        "return update(self)",
        before="""
            def put(group, n):
                group._n = n + 1
                return n
            update = lambda group: put(group, group._n)
        """,
    ),
    "a starred target": group("(n,) = self._n\n_, *self._n = (0, n + 1)\nreturn n", "self._n = [0]"),
    "the target of a with statement": group(
        "n = self._n\nwith Value(n + 1) as self._n:\n    return n",
        before="""
            class Value:
                def __init__(self, n): self._n = n
                def __enter__(self): return self._n
                def __exit__(self, *_error): pass
        """,
    ),
    "the target of a for statement": group("n = self._n\nfor self._n in (n + 1,):\n    pass\nreturn n"),
    "a pattern with a constant": group(
        "n = self._n\nmatch n:\n    case Known.ZERO: self._n = 1\n    case _: self._n = n + 1\nreturn n",
        before="class Known:\n    ZERO = 0",
    ),
    "a pattern with a field": group("match self:\n    case Group(_n=n):\n        self._n = n + 1\n        return n"),
    "a default of an inner function": group(
        "def inner(n=self._n):\n    return n\nn = inner()\nself._n = n + 1\nreturn n",
    ),
    "a variable of a closure": group(
        "return self._next()",
        """
            n = 0
            def next():
                nonlocal n
                before = n
                n = before + 1
                return before
            self._next = next
        """,
    ),
    "a closure made beside a comprehension": group(
        "return self._next()",
        """
            self._some = [one for one in (1, 2)]
            self._n = 0
            def next():
                n = self._n
                self._n = n + 1
                return n
            self._next = next
        """,
    ),
    "a variable of the module": group("n = box[0]\nbox[0] = n + 1\nreturn n", before="box = [0]"),
    "a variable of the class": group("n = self._box[0]\nself._box[0] = n + 1\nreturn n", more="_box = [0]"),
    "an attribute of the class": group("n = Group.n\nGroup.n = n + 1\nreturn n", more="n = 0"),
    "a default argument": group(
        "n = self._box()[0]\nself._box()[0] = n + 1\nreturn n", more="def _box(self, box=[0]): return box"
    ),
}


@pytest.mark.parametrize("source", UPDATES.values(), ids=UPDATES)
def test_an_update_can_be_lost_through(source: str) -> None:
    assert [] == wrong(LOST_UPDATE, source, ["go"], ["go"])


LOOKS = {
    "len": "len(self._l) > 0",
    "a truth value": "True if self._l else False",
    "not": "not (not self._l)",
    "and": "bool(self._l and 1)",
    "a comparison": "self._l != []",
    "an order": "self._l > []",
    "a sum": "(self._l + []) != []",
    "a product": "(self._l * 1) != []",
    "a display": "[*self._l] != []",
    "a slice": "self._l[:] != []",
    "an argument": "bool(max(0, 0, *self._l))",
    "text": "'1' in f'{self._l}'",
    "in": "1 in self._l",
    "a copy": "self._l.copy() != []",
    "a tuple": "tuple(self._l) != ()",
    "any": "any(self._l)",
    "an iterator": "next(iter(self._l), None) is not None",
    "a lazy iterator": "next(map(int, self._l), None) is not None",
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_list_can_be_looked_at_too_early_by(look: str) -> None:
    source = group(f"seen = {look}\nself._l.append(1)\nreturn seen", "self._l = []")
    assert [] == wrong(SEEN, source, ["go"], ["go"])


STATEMENTS = {
    "if": "if self._l:\n    seen = True",
    "while": "while self._l:\n    seen = True\n    break",
    "assert": "try:\n    assert not self._l\nexcept AssertionError:\n    seen = True",
    "unpacking": "for seen in ((*self._l, False)[0] == 1,):\n    pass",
    "assignment": "*some, = self._l\nif len(some) > 0:\n    seen = True",
}


@pytest.mark.parametrize("look", STATEMENTS.values(), ids=STATEMENTS)
def test_a_list_can_be_looked_at_too_early_in(look: str) -> None:
    source = group(f"seen = False\n{look}\nself._l.append(1)\nreturn seen", "self._l = []")
    assert [] == wrong(SEEN, source, ["go"], ["go"])


def test_a_deleted_field_is_missing_only_after_it_was_deleted() -> None:
    source = group("del self._n", more="def read(self): return self._n")
    assert [] == wrong(results((None, 0), (None, "AttributeError")), source, ["go"], ["read"])


def test_a_list_is_extended_in_place() -> None:
    source = group("self._l += [1]\nreturn len(self._same)", "self._l = self._same = []")
    assert [] == wrong(results((1, 2), (2, 1), (2, 2)), source, ["go"], ["go"])


REFUSED = {
    "a for loop over a set": ("for _ in {1}:\n    pass", "a for loop over a set"),
    "a for loop over a generator": (
        "for _ in (one for one in (1,)):\n    pass",
        "a for loop over a generator",
    ),
    "a nested class": ("class Inner:\n    pass", "go: line 6 hides values from the scheduler"),
    "global": ("global some\nsome = 1", "go: line 6 hides values from the scheduler"),
    "nonlocal": ("n = 1\ndef f():\n    nonlocal n\n    n = 2", "go: line 8 hides values from the scheduler"),
}


@pytest.mark.parametrize(("method", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_controlled_is_refused(method: str, reason: str) -> None:
    program = Program(group(method, "self._l = []"), ["go"], ["go"])
    with pytest.raises(UnsupportedTarget) as refused:
        program.searched(reduced=True)
    assert reason == str(refused.value)


@pytest.mark.parametrize("call", ["add", "wait"])
def test_a_call_that_starts_a_thread_is_refused_and_not_taken_for_one_that_fails(call: str) -> None:
    source = group("Thread().start()", before="from threading import Thread", more="def other(self): pass")
    source = (
        source.replace("def go(self)", "def go(self, *_delta)")
        .replace("go", call)
        .replace("other", {"add": "wait", "wait": "add"}[call])
    )
    clients = (Client("thread", (add(1) if call == "add" else WAIT,)),)
    with pytest.raises(UnsupportedTarget) as refused:
        search(Written(source), Scenario("program", "", 0, clients))
    assert "threading.Thread is not under the scheduler's control" == str(refused.value)


def test_line_numbers_are_those_of_the_source() -> None:
    source = "class Group:\n\n    def go(self):\n        self.n = self.m[0]\n        self.f(1)\n"
    lines = {node.lineno for node in ast.walk(instrumented(ast.parse(source))) if isinstance(node, ast.expr)}
    assert {3, 4, 5} == lines


def test_outside_the_scheduler_an_instrumented_class_is_an_ordinary_class() -> None:
    source = group("self._n += 1\nreturn [self._n, {self._n: one for one in (1, 2)}][0]", "self._n = 0")
    instance = Written(source).module.Group()
    assert [1, 2] == [instance.go(), instance.go()]
