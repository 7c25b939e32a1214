"""Small programs whose outcomes are known: the search shows exactly those, reduced or not.

Each is a trap for a search over real code: a point left out, a value that hides from the state key, a call of C that
is taken for one step although it runs Python.
"""

import pytest
from tests.proofs.scheduler.targets import Found, Program, results

BOTH_WAYS = pytest.mark.parametrize("reduced", [True, False], ids=["reduced", "unreduced"])

COUNTER = """
    class Group:
        def __init__(self):
            self._n = 0

        def next(self):
            n = self._n
            self._n = n + 1
            return n
"""

LOCKED = """
    from _thread import allocate_lock

    class Group:
        def __init__(self):
            self._n = 0
            self._lock = allocate_lock()

        def next(self):
            with self._lock:
                n = self._n
                self._n = n + 1
                return n
"""


@BOTH_WAYS
def test_the_classic_lost_update_is_found(reduced: bool) -> None:
    found = Program(COUNTER, ["next"], ["next"]).searched(reduced)
    assert results((0, 1), (1, 0), (0, 0)) == found.results


@BOTH_WAYS
def test_an_augmented_assignment_is_a_load_and_a_store(reduced: bool) -> None:
    source = """
        class Group:
            def __init__(self):
                self.n = 0

            def increment(self):
                self.n += 1
    """
    found = Program(source, ["increment"], ["increment"], ["increment"]).searched(reduced)
    assert {(("n", "1"),), (("n", "2"),), (("n", "3"),)} == {outcome.fields for outcome in found.outcomes}


@BOTH_WAYS
def test_an_update_under_a_lock_is_not_lost(reduced: bool) -> None:
    found = Program(LOCKED, ["next"], ["next"]).searched(reduced)
    assert results((0, 1), (1, 0)) == found.results


def test_the_reduction_leaves_one_step_of_a_critical_section_and_the_oracle_follows_every_schedule() -> None:
    program = Program(LOCKED, ["next"], ["next"])
    runs = [program.searched(reduced=True).runs, program.searched(reduced=False).runs]
    every = program.enumerated()
    assert every is not None
    assert [2, 11, 12] == [*runs, every.runs]


@BOTH_WAYS
def test_a_value_on_the_evaluation_stack_is_part_of_the_state(reduced: bool) -> None:
    source = """
        class Group:
            def __init__(self):
                self._x = 0
                self._y = 0

            def sum(self):
                return 10 * self._x + self._y

            def store(self):
                self._x = 1
                self._y = 1
    """
    found = Program(source, ["sum"], ["store"]).searched(reduced)
    assert results((0, None), (1, None), (10, None), (11, None)) == found.results


@BOTH_WAYS
@pytest.mark.parametrize(
    "expression",
    [
        "(self._x, self._y)",
        "[self._x, self._y]",
        "{'x': self._x, 'y': self._y}",
        "self._pair(self._x, self._y)",
        "self._pair(*(self._x,), **{'y': self._y})",
        "str(self._x) + str(self._y)",
        "(self._x if self._y > 9 else self._x, self._y)",
        "(lambda x: (x, self._y))(self._x)",
    ],
)
def test_the_four_outcomes_of_two_reads_between_two_writes_are_four(expression: str, reduced: bool) -> None:
    source = f"""
        class Group:
            def __init__(self):
                self._x = 0
                self._y = 0

            def read(self):
                return {expression}

            def _pair(self, x, y):
                return x, y

            def write(self):
                self._x = 1
                self._y = 1
    """
    found = Program(source, ["read"], ["write"]).searched(reduced)
    assert 4 == len(found.results)


TICKETS = """
    class Group:
        def __init__(self):
            self._tickets = [1, 2]

        def in_c(self):
            return next(map(self._tickets.pop, (0,)))

        def in_python(self):
            return next(map(self._take, (0,)))

        def _take(self, index):
            ticket = self._tickets[index]
            self._tickets.remove(ticket)
            return ticket
"""


@BOTH_WAYS
def test_a_call_of_c_that_runs_only_c_is_one_step(reduced: bool) -> None:
    found = Program(TICKETS, ["in_c"], ["in_c"]).searched(reduced)
    assert results((1, 2), (2, 1)) == found.results


@BOTH_WAYS
def test_a_call_of_c_that_runs_python_is_not_one_step(reduced: bool) -> None:
    found = Program(TICKETS, ["in_python"], ["in_python"]).searched(reduced)
    both_took_the_first = (("1",), ("ValueError",))
    assert {both_took_the_first, both_took_the_first[::-1]} | results((1, 2), (2, 1)) == found.results


ONE_CALL = """
    from collections import deque
    from itertools import accumulate, chain, islice, repeat
    from operator import add, getitem

    def slowly(total, one):
        return total + one

    class Group:
        def __init__(self):
            self._cell = deque([0], maxlen=1)

        def go(self):
            before = map(getitem, repeat(self._cell), (0,))
            return self._cell.extend(islice(accumulate(chain(before, (1,)), add), 1, 2))

        def read(self):
            return self._cell[0]
"""


@BOTH_WAYS
@pytest.mark.parametrize(("step", "finals"), [("add", {"2"}), ("slowly", {"1", "2"})])
def test_a_fold_is_one_step_if_what_it_folds_with_is_c_and_not_if_it_is_python(
    step: str, finals: set[str], reduced: bool
) -> None:
    program = Program(ONE_CALL.replace(", add)", f", {step})"), ["go", "read"], ["go", "read"])
    found = program.searched(reduced)
    last = {max(thread[1] for thread in outcome.results) for outcome in found.outcomes}
    assert finals == last


@BOTH_WAYS
def test_after_one_thread_raises_the_others_finish(reduced: bool) -> None:
    source = """
        class Group:
            def __init__(self):
                self._n = 0

            def fail(self):
                self._n = 1
                raise KeyError

            def read(self):
                return self._n
    """
    found = Program(source, ["fail", "read"], ["read", "read"]).searched(reduced)
    first = ("KeyError", "1")
    assert {(first, ("0", "0")), (first, ("0", "1")), (first, ("1", "1"))} == found.results


DEADLOCK = """
    from _thread import allocate_lock

    class Group:
        def __init__(self):
            self._a = allocate_lock()
            self._b = allocate_lock()

        def one(self):
            with self._a:
                with self._b:
                    return 1

        def two(self):
            with self._{first}:
                with self._{second}:
                    return 2
"""


def both_locks(first: str, second: str, reduced: bool) -> Found:
    return Program(DEADLOCK.format(first=first, second=second), ["one"], ["two"]).searched(reduced)


@BOTH_WAYS
def test_two_locks_taken_in_opposite_order_can_deadlock(reduced: bool) -> None:
    found = both_locks("b", "a", reduced)
    assert "nobody can run, and thread 0 and thread 1 are blocked without a reason" == found.violation


@BOTH_WAYS
def test_two_locks_taken_in_the_same_order_cannot_deadlock(reduced: bool) -> None:
    found = both_locks("a", "b", reduced)
    assert (None, results((1, 2))) == (found.violation, found.results)
