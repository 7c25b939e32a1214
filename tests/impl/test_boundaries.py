"""An exception of any type, between any two bytecodes of a call, comes to the caller, and the call was made or was not.

That is where a signal handler or a finalizer can raise. Its exception may be of a type by which a step is refused, and
must not be taken for a refusal. Here a tracing function raises, in the place of a handler.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal, NoReturn

import pytest
from tests.impl.bytecodes import at_boundary

from waitgroup import WaitGroup

#: A call, and the fields that there may be after it has been interrupted with three units outstanding.
CALLS: dict[str, tuple[Callable[[WaitGroup], object], set[tuple[int, int]]]] = {
    "add one": (lambda group: group.add(1), {(3, 0), (4, 0)}),
    "add many": (lambda group: group.add(5), {(3, 0), (8, 0)}),
    "done": (lambda group: group.done(), {(3, 0), (2, 0)}),
    "take many": (lambda group: group.add(-3), {(3, 0), (0, 0)}),
    "wait": (lambda group: group.wait(1e-6), {(3, 0)}),
    "only look": (lambda group: group.wait(0), {(3, 0)}),
}
ERRORS = [KeyboardInterrupt, OverflowError, TypeError, ValueError, KeyError]

pytestmark = pytest.mark.usefixtures("path")


def raising(error: BaseException) -> NoReturn:
    raise error


def with_contexts(error: object) -> Iterator[object]:
    """The exception, and those that were being handled when it came."""
    while error is not None:
        yield error
        error = getattr(error, "__context__", None)


def faults(
    error: type[BaseException], make: Callable[[], WaitGroup], call: Callable[[WaitGroup], object]
) -> tuple[int, list[object], set[tuple[int, int]]]:
    """For every boundary of the call: how many there are, what else than the error came to the caller, the fields."""
    strange: list[object] = []
    fields: set[tuple[int, int]] = set()
    boundary = 0
    while True:
        boundary += 1
        interrupted, own = make(), error("of a handler")
        reached, raised = at_boundary(boundary, partial(call, interrupted), partial(raising, own))
        if not reached:
            return boundary - 1, strange, fields
        if raised is not own:
            strange.append(raised)
        fields.add((interrupted.counter, interrupted.waiters))


@pytest.mark.parametrize("debug", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["plain", "debug"])
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", CALLS)
def test_an_exception_at_any_boundary_comes_to_the_caller_and_a_step_was_made_once_or_not_at_all(
    name: str, error: type[BaseException], debug: bool
) -> None:
    call, allowed = CALLS[name]

    def make() -> WaitGroup:
        group = WaitGroup(debug=debug)
        group.add(3)
        return group

    boundaries, strange, fields = faults(error, make, call)
    assert boundaries > 5
    assert [] == strange
    assert fields <= allowed


@pytest.mark.parametrize("error", ERRORS)
def test_an_exception_at_any_boundary_of_a_refused_call_changes_nothing(error: type[BaseException]) -> None:
    def make() -> WaitGroup:
        group = WaitGroup()
        group.add(3)
        group.close()
        return group

    for delta in (1, 2, -4):
        _, strange, fields = faults(error, make, lambda group, delta=delta: group.add(delta))  # type: ignore[misc]
        assert [] == strange
        assert {(3, 0)} == fields


@pytest.mark.parametrize("errors", ["group", "first"])
def test_an_exception_at_any_boundary_of_a_wait_loses_no_error_of_a_task(errors: Literal["group", "first"]) -> None:
    boundary, reached, lost = 0, True, 0
    while reached:
        boundary += 1
        group, own = WaitGroup(errors=errors), KeyboardInterrupt()
        failed = [ValueError("one"), ValueError("two")]
        for error in failed:
            assert group._keep(error)
        reached, raised = at_boundary(boundary, group.wait, partial(raising, own))
        assert reached is (raised is own)
        # Raised, if need be as what was being handled when the other exception came, or left for the next wait.
        told = any(failed[0] in (one, *getattr(one, "exceptions", ())) for one in with_contexts(raised))
        assert (group._failures, told) in ((failed, False), ([], True), ([], False))
        lost += (group._failures, told) == ([], False)
    assert boundary > 20
    # Just before an exception is made the one that is handled, just after, and where two names are deleted: no handler
    # can come there: the interpreter looks for signals only after calls, where functions begin and loops come round.
    assert lost <= 4
