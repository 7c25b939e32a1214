"""What can hold shared state and is not followed is refused by its name; what looks alike and is followed is seen."""

import pytest
from tests.proofs.scheduler.targets import Program, results, wrong

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget

#: {shared} outlives a run, {made} is what the group has; a number is read by {load} and changed by {store}.
COUNTER = """
import functools
from collections import UserDict, namedtuple
from dataclasses import dataclass
from types import SimpleNamespace
from weakref import WeakKeyDictionary

class Plain: pass
class Named(namedtuple("Named", "name")): pass
class Slotted:
    __slots__ = (name for name in ("n",))
@dataclass
class Data:
    n: int

BOX = {shared}

class Group:
    def __init__(self):
        self._box = {made}
    def one(self):
        n = {load}
        {store}
        return n
"""

NOT_FOLLOWED = {
    "a namespace": ("SimpleNamespace(n=0)", "BOX.n", "BOX.n = n + 1", "n is stored in a SimpleNamespace"),
    "a partial": ("functools.partial(print)", "0", "BOX.n = n + 1", "n is stored in a partial"),
    "somebody's mapping": ("UserDict(n=0)", "BOX['n']", "BOX['n'] = n + 1", "items are stored in a UserDict"),
    "a mapping that is deleted from": ("UserDict(n=0)", "0", "del BOX['n']", "items are stored in a UserDict"),
}


@pytest.mark.parametrize("reduced", [True, False])
@pytest.mark.parametrize(("shared", "load", "store", "reason"), NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_state_is_refused_that_is_kept_in(shared: str, load: str, store: str, reason: str, reduced: bool) -> None:
    source = COUNTER.format(shared=shared, made="None", load=load, store=store)
    with pytest.raises(UnsupportedTarget, match=reason):
        Program(source, ["one"], ["one"]).searched(reduced)


@pytest.mark.parametrize("reduced", [True, False])
@pytest.mark.parametrize(
    ("made", "store", "reason"),
    [
        ("Data(0)", "self._box.__init__(n + 1)", "is given what it could change"),
        ("Named('x'); self._box.n = 0", "self._box.n = n + 1", "a tuple with fields of its own"),
    ],
)
def test_what_the_group_has_is_refused_if_it_is_not_followed(made: str, store: str, reason: str, reduced: bool) -> None:
    source = COUNTER.format(shared="None", made=made, load="self._box.n", store=store)
    with pytest.raises(UnsupportedTarget, match=reason):
        Program(source, ["one"], ["one"]).searched(reduced)


FOLLOWED = {
    "a plain object": "Plain(); self._box.n = 0",
    "slots that a generator has named": "Slotted(); self._box.n = 0",
    "an exception": "Exception(); self._box.n = 0",
}


@pytest.mark.parametrize("made", FOLLOWED.values(), ids=FOLLOWED)
def test_an_update_is_lost_in(made: str) -> None:
    source = COUNTER.format(shared="None", made=made, load="self._box.n", store="self._box.n = n + 1")
    assert [] == wrong(results((0, 0), (0, 1), (1, 0)), source, ["one"], ["one"])


def test_the_arguments_of_an_exception_are_a_field() -> None:
    source = COUNTER.format(
        shared="None", made="Exception(0)", load="self._box.args[0]", store="self._box.args = (n + 1,)"
    )
    assert [] == wrong(results((0, 0), (0, 1), (1, 0)), source, ["one"], ["one"])
