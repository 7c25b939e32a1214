"""Errors of tasks that a wait has taken: held by nobody once raised, and put back in order if it is interrupted."""

import gc
import weakref
from typing import Literal, NoReturn

import pytest

from waitgroup import WaitGroup

pytestmark = pytest.mark.usefixtures("path")
LIMIT = 20.0


@pytest.mark.parametrize("errors", ["group", "first"])
def test_an_error_that_has_been_raised_is_held_by_nobody(errors: Literal["group", "first"]) -> None:
    class Failure(Exception):
        pass

    def fails() -> NoReturn:
        raise Failure

    group = WaitGroup(errors=errors)
    group.go(fails).join(LIMIT)
    gc.disable()
    try:
        with pytest.raises(ExceptionGroup if errors == "group" else Failure) as raised:
            group.wait()
        held = weakref.ref(raised.value)
        del raised
        assert held() is None
    finally:
        gc.enable()


def test_errors_that_come_while_others_are_taken_stay_behind_them() -> None:
    group = WaitGroup(errors="group")
    first, second, third = (ValueError(name) for name in ("first", "second", "third"))

    class Interrupting(WaitGroup):
        __slots__ = ()

        def _told(self, taken: list[Exception]) -> Exception:
            assert self._keep(third)
            raise KeyboardInterrupt

    group = Interrupting(errors="group")
    assert group._keep(first)
    assert group._keep(second)
    with pytest.raises(KeyboardInterrupt):
        group.wait()
    assert [first, second, third] == group._failures
