"""Leaving the block of a group whose tasks have failed."""

from typing import Literal

import pytest
from tests.impl.test_errors import fail, go

from waitgroup import WaitGroup


def test_leaving_the_block_of_a_group_raises_the_errors_of_its_tasks() -> None:
    error = LookupError("failed")
    with pytest.raises(ExceptionGroup) as raised, WaitGroup(errors="group") as group:
        group.go(fail, error)
    assert [error] == list(raised.value.exceptions)


@pytest.mark.parametrize(
    ("errors", "note"),
    [
        ("leave", None),
        ("group", "besides, ExceptionGroup('2 tasks of waitgroup failed', [ValueError('one'), ValueError('two')])"),
        ("first", "besides, ValueError('one')"),
    ],
)
@pytest.mark.parametrize("own", [LookupError("of the block"), KeyboardInterrupt("of the block")])
def test_an_exception_of_the_block_is_not_hidden_by_the_errors_of_tasks_which_a_note_tells(
    hooked: list[BaseException | None],
    own: BaseException,
    errors: Literal["leave", "group", "first"],
    note: str | None,
) -> None:
    own = type(own)(*own.args)
    group = WaitGroup(errors=errors)

    def block() -> None:
        with group:
            go(group, ValueError("one"))
            go(group, ValueError("two"))
            raise own

    with pytest.raises(type(own)) as raised:
        block()
    assert own is raised.value
    assert ([] if note is None else [note]) == getattr(own, "__notes__", [])
    assert (0, 0) == (group.counter, group.statistics().errors)
    assert (2 if errors == "leave" else 0) == len(hooked)


def test_an_interrupt_while_the_block_of_a_group_is_left_is_not_hidden_by_the_block_s_own_exception() -> None:
    class Interrupted(WaitGroup):
        __slots__ = ()

        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Interrupted():
        raise ArithmeticError
