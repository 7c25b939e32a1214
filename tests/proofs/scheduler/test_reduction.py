"""What the reduction takes for granted is granted: programs that would lose outcomes if it were not.

Every answer of the reduced and of the unreduced search is either right or a refusal (UnsupportedTarget).
"""

import pytest
from tests.proofs.scheduler.targets import results, wrong

from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt, Mover

LOST_UPDATE = results((0, 1), (1, 0), (0, 0))
A, B, NONE = frozenset({"a"}), frozenset({"b"}), frozenset[str]()


def test_a_field_that_is_never_stored_to_moves_both_ways() -> None:
    knowledge = Knowledge()
    assert [Mover.BOTH, Mover.BOTH] == [knowledge.access("x", held, storing=False) for held in (A, NONE)]


def test_the_first_store_to_a_field_is_news_and_the_second_is_not() -> None:
    knowledge = Knowledge()
    with pytest.raises(Learnt):
        knowledge.access("x", A, storing=True)
    assert Mover.BOTH is knowledge.access("x", A, storing=True)


def test_a_field_stored_under_one_lock_and_read_without_it_does_not_move() -> None:
    knowledge = Knowledge()
    with pytest.raises(Learnt):
        knowledge.access("x", A, storing=True)
    with pytest.raises(Learnt):
        knowledge.access("x", NONE, storing=False)
    moves = [knowledge.access("x", held, storing) for held, storing in ((A, True), (NONE, False), (A, False))]
    assert [Mover.NONE, Mover.NONE, Mover.BOTH] == moves


def test_a_field_stored_under_two_locks_is_protected_by_what_all_stores_hold() -> None:
    knowledge = Knowledge()
    for held in (A | B, A):
        with pytest.raises(Learnt):
            knowledge.access("x", held, storing=True)
    assert Mover.BOTH is knowledge.access("x", A | B, storing=False)
    with pytest.raises(Learnt):
        knowledge.access("x", B, storing=False)
    assert Mover.NONE is knowledge.access("x", B, storing=False)


def test_a_lock_is_plain_until_somebody_looks_at_it_and_looking_is_news_once() -> None:
    knowledge = Knowledge()
    assert knowledge.plain("a")
    with pytest.raises(Learnt):
        knowledge.look("a")
    knowledge.look("a")
    assert [False, True] == [knowledge.plain("a"), knowledge.plain("b")]


NEXT = "n = self._n; self._n = n + 1; return n"

#: Name, what can be observed, source, the threads.
PROGRAMS = [
    (
        "two locks in a tuple are two locks",
        LOST_UPDATE,
        f"""
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._n = 0; self._locks = (allocate_lock(), allocate_lock())
            def one(self):
                with self._locks[0]: {NEXT}
            def two(self):
                with self._locks[1]: {NEXT}
        """,
        (["one"], ["two"]),
    ),
    (
        "locks that two threads made are two locks",
        LOST_UPDATE,
        f"""
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._n = 0; self._m = 0
            def one(self):
                lock = allocate_lock()
                self._m = 1
                with lock: {NEXT}
        """,
        (["one"], ["one"]),
    ),
    (
        "a lock that is put in the place of another is another lock",
        LOST_UPDATE,
        f"""
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._n = 0; self._lock = allocate_lock()
            def one(self):
                lock = self._lock
                with lock: {NEXT}
            def two(self):
                self._lock = allocate_lock()
                with self._lock: {NEXT}
        """,
        (["one"], ["two"]),
    ),
    (
        "a lock may be released by a thread that does not hold it: between its acquire and the next access",
        {(("0",), ("RuntimeError",)), (("0",), ("None",)), (("1",), ("None",))},
        """
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._x = 0; self._gate = allocate_lock()
            def one(self):
                self._gate.acquire()
                return self._x
            def two(self):
                self._gate.release()
                self._x = 1
        """,
        (["one"], ["two"]),
    ),
    (
        "a lock may be released by a thread that does not hold it: after somebody has acquired it in between",
        {(("None",), ("RuntimeError",)), (("None",), ("None",))},
        """
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._x = 0; self._gate = allocate_lock()
            def one(self):
                if self._x: self._gate.acquire()
            def two(self):
                self._x = 1
                self._gate.release()
        """,
        (["one"], ["two"]),
    ),
    (
        "a lock that another thread has released protects nothing any more",
        LOST_UPDATE | results((0, "RuntimeError")),
        f"""
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._n = 0; self._gate = allocate_lock()
            def one(self):
                self._gate.acquire()
                {NEXT}
            def two(self):
                self._gate.release()
                self._gate.acquire()
                {NEXT}
        """,
        (["one"], ["two"]),
    ),
    (
        "a thread that acquires its new lock twice is blocked for ever",
        "nobody can run, and thread 0 is blocked without a reason",
        """
        from _thread import allocate_lock
        class Group:
            def one(self):
                lock = allocate_lock()
                lock.acquire()
                lock.acquire()
        """,
        (["one"],),
    ),
    (
        "a non-blocking acquire from within C sees a lock that is taken",
        results((True, None), (False, None)),
        """
        from _thread import allocate_lock
        from operator import methodcaller
        attempt = methodcaller("acquire", False)
        class Group:
            def __init__(self): self._x = 0; self._lock = allocate_lock()
            def one(self):
                got = next(map(attempt, (self._lock,)))
                if got: self._lock.release()
                return got
            def two(self):
                with self._lock: self._x = 1
        """,
        (["one"], ["two"]),
    ),
    (
        "a thread that spins on a field gives way to the one that will store to it",
        results((None, None)),
        """
        class Group:
            def __init__(self): self._x = 0
            def one(self):
                while not self._x: pass
            def two(self):
                self._x = 1
        """,
        (["one"], ["two"]),
    ),
    (
        "a lock kept from one call to the next is held",
        "nobody can run, and thread 0 and thread 1 are blocked without a reason",
        """
        from _thread import allocate_lock
        class Group:
            def __init__(self): self._a = allocate_lock(); self._b = allocate_lock()
            def keep(self): self._a.acquire()
            def one(self):
                self._b.acquire()
                self._b.release()
                self._a.release()
            def two(self):
                with self._b:
                    with self._a: pass
        """,
        (["keep", "one"], ["two"]),
    ),
]


@pytest.mark.parametrize(
    ("expected", "source", "threads"), [row[1:] for row in PROGRAMS], ids=[row[0] for row in PROGRAMS]
)
def test_no_outcome_is_lost_where(
    expected: set[tuple[tuple[str, ...], ...]] | str, source: str, threads: tuple[list[str], ...]
) -> None:
    assert [] == wrong(expected, source, *threads)
