"""The group as a Python object: how it prints, what it refuses, what it weighs."""

import copy
import gc
import pickle
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import Future

import pytest

import waitgroup
from waitgroup import WaitGroup

Park = Callable[[WaitGroup, int], list[Future[bool]]]


class Named(WaitGroup):
    """A subclass with a field of its own."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def test_the_package_offers_the_group_and_its_error() -> None:
    assert ["NegativeCounterError", "WaitGroup"] == waitgroup.__all__


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
    for field in ("counter", "waiters"):
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
            copied(Named("tasks"))


def test_a_group_has_no_dict_and_takes_no_other_attribute() -> None:
    group = WaitGroup()
    assert False is hasattr(group, "__dict__")
    with pytest.raises(AttributeError):
        group.name = "tasks"  # type: ignore[attr-defined]


def test_a_group_can_be_referred_to_weakly_and_nothing_else_keeps_it() -> None:
    group = WaitGroup()
    reference = weakref.ref(group)
    assert group is reference()
    del group
    gc.collect()
    assert None is reference()


def test_a_subclass_with_fields_of_its_own_counts_and_says_its_name() -> None:
    group = Named("tasks")
    group.add(1)
    assert ("tasks", "<Named counter=1 waiters=0>") == (group.name, repr(group))
    group.done()
    with group as entered:
        assert group is entered


def test_two_groups_are_equal_only_if_they_are_the_same() -> None:
    first, second = WaitGroup(), WaitGroup()
    same = first
    assert (True, False) == (first == same, first == second)
    assert 2 == len({first, second, same})


def test_a_group_and_all_it_holds_take_less_than_2000_bytes(park: Park) -> None:
    group = WaitGroup()
    idle = [group, group._word, group._mutex, group._parked]
    assert sum(map(sys.getsizeof, idle)) < 2000
    group.add(2**31 - 1)
    waits = park(group, 5)
    busy = [group, group._word, group._mutex, group._parked]
    assert sum(map(sys.getsizeof, busy)) < 2000
    group.add(1 - 2**31)
    assert [True] * 5 == [waiting.result() for waiting in waits]
