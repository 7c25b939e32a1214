"""The group as a Python object: how it prints, what it refuses, what it weighs."""

import copy
import gc
import pickle
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from types import ModuleType

import pytest

import waitgroup
from waitgroup import WaitGroup

Park = Callable[[WaitGroup, int], list[Future[bool]]]


class Titled(WaitGroup):
    """A subclass with a field of its own."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title


def test_the_package_offers_the_group_and_its_errors() -> None:
    assert ["ClosedError", "NegativeCounterError", "WaitGroup"] == waitgroup.__all__


def test_the_repr_shows_both_fields(park: Park) -> None:
    group = WaitGroup()
    assert "<WaitGroup counter=0 waiters=0>" == repr(group)
    group.add(3)
    waits = park(group, 2)
    assert "<WaitGroup counter=3 waiters=2>" == repr(group)
    group.add(-3)
    assert [True, True] == [waiting.result() for waiting in waits]


def test_the_fields_cannot_be_assigned() -> None:
    group = WaitGroup()
    for field in ("counter", "waiters", "closed", "errors", "name"):
        with pytest.raises(AttributeError):
            setattr(group, field, 1)
    assert (0, 0) == (group.counter, group.waiters)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda group: copy.deepcopy([group])])
def test_copying_is_refused_with_the_reason(copied: Callable[[WaitGroup], object]) -> None:
    group = WaitGroup()
    with pytest.raises(TypeError, match=r"^a WaitGroup cannot be copied: share the group itself$"):
        copied(group)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused_with_the_reason_under_every_protocol(protocol: int) -> None:
    with pytest.raises(TypeError, match=r"^a WaitGroup cannot be pickled: it lives in one process$"):
        pickle.dumps(WaitGroup(), protocol)


def test_a_subclass_cannot_be_copied_or_pickled_either() -> None:
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be"):
            copied(Titled("tasks"))


def test_a_group_has_no_dict_and_takes_no_other_attribute() -> None:
    group = WaitGroup()
    assert False is hasattr(group, "__dict__")
    with pytest.raises(AttributeError):
        group.title = "tasks"  # type: ignore[attr-defined]


def test_a_group_can_be_referred_to_weakly_and_nothing_else_keeps_it() -> None:
    group = WaitGroup()
    reference = weakref.ref(group)
    assert group is reference()
    del group
    gc.collect()
    assert None is reference()


def test_a_subclass_with_fields_of_its_own_counts_and_says_its_class() -> None:
    group = Titled("tasks")
    group.add(1)
    assert ("tasks", "<Titled counter=1 waiters=0>") == (group.title, repr(group))
    group.done()
    with group as entered:
        assert group is entered


def test_two_groups_are_equal_only_if_they_are_the_same() -> None:
    first, second = WaitGroup(), WaitGroup()
    same = first
    assert (True, False) == (first == same, first == second)
    assert 2 == len({first, second, same})


def held(group: WaitGroup) -> list[object]:
    """The group, and everything that can be reached from it and is not the program's anyway."""
    found: dict[int, object] = {}
    found_next: list[object] = [group]
    while found_next:
        thing = found_next.pop()
        ours = not isinstance(getattr(thing, "__self__", None), ModuleType) and not isinstance(thing, (type, str))
        if ours and id(thing) not in found:
            found[id(thing)] = thing
            found_next += gc.get_referents(thing)
    return list(found.values())


def size(group: WaitGroup) -> int:
    """The bytes of the group and of everything that it holds."""
    return sum(map(sys.getsizeof, held(group)))


@pytest.mark.usefixtures("path")
def test_a_group_and_all_it_holds_take_less_than_2000_bytes_and_each_waiter_less_than_200_more(park: Park) -> None:
    group = WaitGroup()
    idle = size(group)
    group.add(2**31 - 1)
    waits = park(group, 5)
    busy = size(group)
    group.add(1 - 2**31)
    assert [True] * 5 == [waiting.result() for waiting in waits]
    parts = [group, group._state, group._state[0], group._state[1], group._step, group._tasks, group._up, group._down]
    assert {id(part) for part in parts} <= {id(thing) for thing in held(group)}
    assert idle < 2000
    assert busy < 2000 + 5 * 200
    assert size(group) < 2000
