"""Equal keys, equal futures: values that differ have keys that differ, and nothing that matters hides from the key.

Every answer of the reduced and of the unreduced search is either right or a refusal (UnsupportedTarget).
"""

from collections import deque
from operator import methodcaller
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proofs.scheduler.targets import Program, results, wrong

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.keys import Walk
from waitgroup_proofs.scheduler.objects import Objects
from waitgroup_proofs.scheduler.primitives import Lock

SCALARS = st.none() | st.booleans() | st.integers(-1, 1) | st.sampled_from(["", "1", b"", b"1"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.lists(inner, max_size=3).map(deque)
        | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=6,
)


def key(value: Any) -> Any:
    return Walk(frozenset({"small"}), Objects(), 0.0).value(value)


def written(value: Any) -> str:
    """The value as text, with the order of what is in it."""
    return repr(value)


@given(VALUES, VALUES)
def test_two_values_have_the_same_key_if_and_only_if_they_are_written_the_same(one: Any, other: Any) -> None:
    assert (written(one) == written(other)) == (key([one]) == key([other]))


@given(VALUES)
def test_a_key_can_be_hashed_and_holds_no_object_of_the_state(value: Any) -> None:
    hash(key(value))
    if isinstance(value, (list, deque)):
        before = key(value)
        value.append(3)
        assert before != key(value)


def test_one_object_met_twice_is_not_two_objects_that_look_the_same() -> None:
    one: list[int] = []
    assert key((one, one)) != key(([], []))


def test_locks_are_told_apart_by_whether_they_are_taken_and_by_which_of_them_is() -> None:
    first, second = Lock(), Lock()
    free = key((first, second))
    first.acquire()
    taken = key((first, second))
    first.release()
    second.acquire()
    assert 3 == len({free, taken, key((first, second))})


PAIRS = {
    "iterators over two ranges": (iter(range(2)), iter(range(2, 4))),
    "iterators at two places": (iter((1, 2)), iter((2,))),
    "methodcallers": (methodcaller("release"), methodcaller("acquire")),
    "a number and a truth value": (1, True),
    "a tuple and a list": ((1,), [1]),
    "functions with different defaults": ((lambda one=1: one), (lambda one=2: one)),
    "functions of one line": tuple((lambda: 1) if number else (lambda: 2) for number in range(2)),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_keys_tell_apart(pair: tuple[Any, Any]) -> None:
    keys = []
    for value in pair:
        try:
            keys.append(key([value]))
        except UnsupportedTarget:
            return
    assert keys[0] != keys[1]


@pytest.mark.parametrize("value", [{(1,)}, bytearray(b"1"), 1j, object(), iter("a"), memoryview(b"1")])
def test_what_cannot_be_compared_is_refused(value: object) -> None:
    with pytest.raises(UnsupportedTarget) as refused:
        key(value)
    expected = f"the state holds a {type(value).__name__}, whose contents cannot be compared"
    assert expected == str(refused.value)


#: Two values of a field that differ, what is written before the class, and how the difference shows.
DIFFERENT = {
    "named tuples": ("S(1)", "S(2)", "from typing import NamedTuple\nclass S(NamedTuple):\n    n: int", ""),
    "tuples of a class": ("S((1,))", "S((2,))", "class S(tuple): pass", ""),
    "numbers of a class": ("S(1)", "S(2)", "class S(int): pass", ""),
    "texts of a class": ("S(1)", "S(2)", "class S(str): pass", ""),
    "lists of a class": ("S((1,))", "S((2,))", "class S(list): pass", ""),
    "dicts of a class": ("S(a=1)", "S(a=2)", "class S(dict): pass", ""),
    "a number and a number of another type": ("1", "1.0", "", ""),
    "zeroes with a sign": ("0.0", "-0.0", "", ""),
    "errors": ("ValueError(1)", "ValueError(2)", "", ""),
    "iterators": ("iter((1, 1))", "iter((2, 2))", "", ".__reduce__()"),
    "functions": ("make(1)", "make(2)", "def make(n): return (lambda: 1) if n == 1 else (lambda: 2)", "()"),
    "classes of one name": ("A.S", "B.S", "class A:\n    class S: n = 1\nclass B:\n    class S: n = 2", ".n"),
    "functions of C of one name": ("math.sqrt", "cmath.sqrt", "import math, cmath", ".__module__"),
    "objects": ("S(1)", "S(2)", "class S:\n    def __init__(self, n): self.n = n", ".n"),
    "objects with a slot": (
        "S(1)",
        "S(2)",
        "class S:\n    __slots__ = 'n'\n    def __init__(self, n): self.n = n",
        ".n",
    ),
    "objects with a private slot": (
        "S(1)",
        "S(2)",
        "class S:\n __slots__ = ('__n',)\n def __init__(self, n): self.__n = n\n def look(self): return self.__n",
        ".look()",
    ),
}


@pytest.mark.parametrize(("first", "second", "before", "look"), DIFFERENT.values(), ids=DIFFERENT)
def test_states_that_differ_are_not_merged_where_they_hold(first: str, second: str, before: str, look: str) -> None:
    source = f"""
class Group:
    def __init__(self): self._v = {first}
    def one(self): self._v = {first}
    def two(self): self._v = {second}
    def read(self): return repr(self._v{look})
"""
    program = Program(f"{before}\n{source}", ["one"], ["two"], ["read", "read"])
    try:
        every = program.enumerated()
    except UnsupportedTarget:
        return
    assert every is not None
    assert 4 == len(every.results)
    assert [] == wrong(every.results, f"{before}\n{source}", *program.threads)


#: A function of Python called from C, where C keeps something between two calls.
FROM_C = {
    "list(map(...))": "list(map(self._look, (0, 0)))",
    "tuple(map(...))": "tuple(map(self._look, (0, 0)))",
    "sum(map(...))": "sum(map(self._look, (0, 0, 0)))",
    "max": "max((0, 0), key=self._look)",
    "sorted": "sorted((3, 2, 1), key=self._look)",
    "filter": "list(filter(self._look, (1, 2)))",
    "reduce": "reduce(self._fold, (0, 0), 0)",
    "any(map(...))": "any(map(self._look, (0, 0, 0)))",
}


@pytest.mark.parametrize("expression", FROM_C.values(), ids=FROM_C)
def test_nothing_is_lost_with_what_c_keeps_between_two_calls_of_python_in(expression: str) -> None:
    source = f"""
from functools import reduce
class Group:
    def __init__(self): self._n = 0
    def go(self): return {expression}
    def _look(self, one): return self._n
    def _fold(self, total, one): return 2 * self._n
    def set(self): self._n = 1
"""
    program = Program(source, ["go"], ["set"])
    every = program.enumerated()
    assert every is not None
    assert [] == wrong(every.results, source, *program.threads)


#: Where an exception is on its way while the thread can be interrupted: how it is passed on.
PASSED_ON = {
    "finally": "try: self._fail()\n        finally: self._x = 1",
    "except": "try: self._fail()\n        except Exception:\n            self._x = 1\n            raise",
    "with": "with Manager(self): self._fail()",
}


@pytest.mark.parametrize("how", PASSED_ON.values(), ids=PASSED_ON)
def test_the_exception_that_is_on_its_way_is_part_of_the_state_in(how: str) -> None:
    source = f"""
class Manager:
    def __init__(self, group): self.group = group
    def __enter__(self): pass
    def __exit__(self, *_error): self.group._x = 1
class Group:
    def __init__(self): self._flag = 0; self._x = 0
    def go(self):
        {how}
    def _fail(self):
        if self._flag: raise ValueError
        raise KeyError
    def set(self):
        self._flag = 1
        return self._x
"""
    expected = results(("KeyError", 0), ("KeyError", 1), ("ValueError", 0), ("ValueError", 1))
    assert [] == wrong(expected, source, ["go"], ["set"])


def test_a_call_of_c_that_has_not_begun_is_not_one_that_is_half_done() -> None:
    source = """
        from _thread import allocate_lock
        from operator import methodcaller
        attempt = methodcaller("acquire", False)
        class Group:
            def __init__(self): self._lock = allocate_lock()
            def one(self):
                got = next(map(attempt, (self._lock,)))
                if got: self._lock.release()
                return got
            def two(self):
                with self._lock: pass
    """
    assert [] == wrong(results((True, None), (False, None)), source, ["one"], ["two"])
