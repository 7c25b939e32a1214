"""The heart of the WaitGroup: the word, add, wait and wake. The protocol is `strict`; each step is one call into C.

The idea. Go packs counter and waiters into one 64-bit word, so that one atomic instruction changes both. Python has no
such instruction, but an interpreter with a global lock (GIL) switches threads, runs signal handlers and finalizers, and
raises KeyboardInterrupt only between two bytecodes. What one call does inside C, without coming back to Python, is
therefore indivisible for all of them: nothing is held that a handler could find taken, a fork could copy, or an
exception could leave behind. So a step here is a chain of C iterators, built beforehand and run by one call.

The word. `add(1)` must not check first and store later, so the check has to be part of the addition. A `timedelta` has
a smallest and a largest value, and C's addition of two raises OverflowError outside; what raises stores nothing. The
word is the number of microseconds above the smallest one, `counter * UNIT - waiters`, where the largest counter just
fits. A done() for which nothing is outstanding leaves the range; so does one that would bring the counter to zero under
parked waiters, for they pull the word down. Such a step *traps*: the slow way then reads the word to learn why.

Generations. A shared condition wakes whoever waits on it *now*: one that is slow to look can miss a zero that lasted
for a moment. A waiter here parks on a lock of its own, entered in the dict of its generation. One step makes the word
zero, puts a new dict in its place, and releases every lock in the old one.
Where there is no global lock, or a part is not C, a lock that its thread may take again is around each step.

Rejected, with the time of an add(1) and done() pair (nanoseconds in one run, once, on CPython 3.11; two methods that
count under a lock: 387), and what was found when a signal handler or exception came at every bytecode boundary:
  a lock around an integer        592, a handler that comes while it is held waits for itself for ever
  a lock that can be taken again  604, a handler inside another call's update loses a count
  the same, with deferral         653, an exception at 5 of 102 boundaries leaves it wedged for good
  a lock tried, else a queue      467 to 1,212, an exception leaves the lock taken
  queue and accumulate in C       228, a refused done() can surface elsewhere; wakes the next generation's waiter early
  lengths of lists as counters    108, add(2**31 - 1) needs 16 GiB
  array('Q') as the cell          276, for it makes two integers a step; a timedelta 196
"""

from _thread import LockType, allocate_lock
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, repeat
from operator import add, getitem, setitem
from threading import RLock, get_ident
from typing import Any, Final

from waitgroup.bells import Bell, Generation, ring_all, room_to_ring
from waitgroup.errors import ClosedError, NegativeCounterError, raise_unless_ours
from waitgroup.locked import Locked, a_call_is_a_step
from waitgroup.parking import FOREVER, park, refuse_to_stop_a_loop, seconds_of
from waitgroup.tickets import FREE, Ticket

COUNTER_MAX: Final = 2**31 - 1
WAITERS_MAX: Final = 2**31 - 1
MICROSECOND: Final = timedelta.resolution
LOWEST: Final = timedelta.min // MICROSECOND
#: The range of a word: how many microseconds the largest timedelta is above the smallest.
WORD_MAX: Final = timedelta.max // MICROSECOND - LOWEST
#: What one unit of the counter is in a word. Anything larger, and the largest counter would not fit.
UNIT: Final = WORD_MAX // COUNTER_MAX


def pack(counter: int, waiters: int) -> int:
    """The word with these two fields; there are waiters only while there is something to wait for."""
    return counter * UNIT - waiters


def counter_of(word: int) -> int:
    """The units of outstanding work."""
    return -(-word // UNIT)


def waiters_of(word: int) -> int:
    """How many waiters belong to the present generation."""
    return -word % UNIT


def parts_of(delta: int) -> tuple[int, int, int]:
    """Numbers that add up to `delta`, none of the other sign: what a large one moves is more than one timedelta."""
    third = delta // 3 if delta >= 0 else -(-delta // 3)
    return third, third, delta - 2 * third


#: The word 0 in its cell, and what add(1) adds there.
ZERO: Final = timedelta.min
STEP: Final = timedelta(microseconds=UNIT)


def cell_of(counter: int, waiters: int) -> timedelta:
    """What the cell holds for these two fields."""
    return timedelta(microseconds=pack(counter, waiters) + LOWEST)


def fields_of(cell: timedelta) -> tuple[int, int]:
    """Counter and waiters."""
    word = cell // MICROSECOND - LOWEST
    return counter_of(word), waiters_of(word)


#: Whether a lock surrounds each step, because one call into C is not indivisible by itself.
LOCKED: bool = not a_call_is_a_step()
#: Where the state of a group has the two.
WORD, GENERATION = 0, 1


class Core:
    """The counter, with no more than it takes."""

    __slots__ = ("_down", "_failures", "_mutex", "_rings", "_state", "_step", "_up")

    def __init__(self) -> None:
        """A counter at zero."""
        #: Two items: the word, and the generation that waits for the next zero.
        self._state: list[Any] = [ZERO, Generation()]
        #: One item: what add(1) adds; None once the group is closed, which no addition takes.
        self._step: list[timedelta | None] = [STEP]
        #: Whether there has been a waiter with a bell.
        self._rings = False
        #: The errors that the next wait raises; None if none are collected.
        self._failures: list[Exception] | None = None
        self._prepare()

    def _prepare(self) -> None:
        """Make the steps that `add(1)` and `done()` take: endless iterators, each `next` of which is one of them."""
        word = map(self._state.__getitem__, repeat(WORD))
        step = map(self._step.__getitem__, repeat(0))
        up = map(setitem, repeat(self._state), repeat(WORD), map(add, word, step))
        down = map(setitem, repeat(self._state), repeat(WORD), map(add, word, repeat(-STEP)))
        self._mutex = RLock() if LOCKED else None
        self._up, self._down = self._wrapped(up, 1), self._wrapped(down, -1)

    def _wrapped(self, steps: Iterator[None], delta: int) -> Iterator[None]:
        """The steps as they are to be taken; each moves the counter by `delta`."""
        return steps if self._mutex is None else Locked(steps, self._mutex)

    def add(self, delta: int) -> None:
        """Add `delta` units of outstanding work; a negative delta takes units away, and zero does nothing.

        Raises, and then nothing has changed: NegativeCounterError (a ValueError) if there are fewer than `-delta`
        units; OverflowError if there would be more than 2**31 - 1; ClosedError (a RuntimeError) if `delta` is positive
        and the group is closed; TypeError if `delta` is not an int, or is a bool.
        """
        if type(delta) is int and delta == 1:
            try:
                next(self._up)
                return
            except (OverflowError, TypeError) as error:  # full, or closed
                raise_unless_ours(error)
        elif isinstance(delta, bool) or not isinstance(delta, int):
            raise TypeError(f"delta must be an int, not {type(delta).__name__}")
        elif delta == 0 or self._apply(delta):
            return
        self._after_a_trap(delta)

    def done(self) -> None:
        """Take one unit away: `add(-1)`. The last one wakes every waiter of this generation.

        Raises NegativeCounterError if there is nothing outstanding; then nothing has changed.
        """
        try:
            next(self._down)
            return
        except OverflowError as error:  # nothing is outstanding, or this is the last unit and somebody waits
            raise_unless_ours(error)
        self._after_a_trap(-1)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the counter is zero; True if it was, False if `timeout` ended first.

        `timeout` is in seconds; None waits for ever, zero or less only looks. True: the counter was zero at some moment
        during the call. A wait that expires, or that an exception leaves, has left no trace in the group.

        Raises ValueError if `timeout` is not a number (NaN), TypeError if it is of another type than int or float,
        OverflowError if 2**31 - 1 threads wait already, and RuntimeError if it would block for ever a thread in which
        an event loop runs: there, await `wait_async()`.
        """
        seconds = FOREVER if timeout is None else seconds_of(timeout)
        word = self._state[WORD]
        if word == ZERO:
            return True if self._failures is None else self._ended(True)
        if seconds == 0:
            return False
        refuse_to_stop_a_loop(seconds)
        if fields_of(word)[1] >= WAITERS_MAX:
            raise OverflowError(f"{WAITERS_MAX} are waiting already")
        grant = allocate_lock()
        grant.acquire()
        granted = False
        try:
            try:
                granted = not self._join(grant, get_ident()) or park(grant, seconds)
            finally:
                if not granted:
                    granted = not self._cancel(grant)
        finally:
            if not granted:  # an exception may have come before the waiter could be cancelled
                self._cancel(grant)
        return self._ended(granted)

    def _ended(self, granted: bool) -> bool:
        """A wait has ended, at zero or by its timeout: what it answers."""
        return granted

    def close(self) -> None:
        """Refuse new units from now on; those outstanding can be finished and waited for."""
        self._step[0] = None

    @property
    def closed(self) -> bool:
        """Whether new units are refused."""
        return self._step[0] is None

    @property
    def counter(self) -> int:
        """The units outstanding at this moment, 0 to 2**31 - 1."""
        return fields_of(self._state[WORD])[0]

    @property
    def waiters(self) -> int:
        """How many threads and coroutines wait for the present generation at this moment."""
        return fields_of(self._state[WORD])[1]

    def _after_a_trap(self, delta: int, ticket: Ticket = FREE) -> None:
        """Read the word to learn why an addition was not made, and refuse it, or make it the way that it now needs."""
        while ticket.allows(delta):
            if delta > 0 and self.closed:
                raise ClosedError("the group is closed: it takes no more units")
            word, generation = self._state
            counter, waiters = fields_of(word)
            if counter + delta > COUNTER_MAX:
                raise OverflowError(f"the counter would exceed {COUNTER_MAX}")
            if counter + delta < 0:
                raise NegativeCounterError(f"the counter is {counter}, less than what is taken away")
            last = counter + delta == 0 and waiters > 0
            if self._cross(word, generation, ticket) if last else self._apply(delta, ticket):
                return

    # The other steps. Each is a chain of stages that one call runs: first what can fail, and then keeps the rest from
    # happening; then what cannot. No stage makes an object that the garbage collector knows, drops the last reference
    # to one that has a finalizer, or multiplies large integers: in all of these, Python code could come between.

    def _apply(self, delta: int, ticket: Ticket = FREE) -> bool:
        """INC, DEC or BULK; False, a trap, if the counter would be out of range, or zero under parked waiters."""
        first, second, third = parts_of(delta)
        try:
            moved = map(add, map(add, map(add, self._state, (STEP * first,)), (STEP * second,)), (STEP * third,))
        except OverflowError as error:  # more than any counter
            raise_unless_ours(error)
            return False
        return self._commit(
            map(self._step.index, (STEP,) if delta > 0 else ()),
            *ticket.around(map(setitem, (self._state,), (WORD,), moved), delta),
        )

    def _cross(self, word: timedelta, generation: Generation, ticket: Ticket = FREE) -> bool:
        """CROSS: the word becomes zero, the next generation begins, and this one is granted; False if it has moved."""
        if self._rings:
            room_to_ring()
        try:
            try:
                return self._commit(
                    map(self._state.index, (word, generation)),
                    *ticket.around(map(setitem, repeat(self._state), (WORD, GENERATION), (ZERO, Generation())), -1),
                    map(LockType.release, generation),
                )
            finally:
                self._ring(generation)
        finally:
            self._ring(generation)  # again, if an exception came before all had heard

    def _ring(self, generation: Generation) -> None:
        """If the generation is over, tell those who have a bell that they have been granted."""
        if self._rings and self._state[GENERATION] is not generation:
            ring_all(generation)

    def _join(self, grant: LockType, owner: int | Bell) -> bool:
        """JOIN: a waiter enters this generation; False, a trap, if there is nothing to wait for."""
        after = [ZERO]
        return self._commit(
            map(setitem, (after,), (0,), map(add, self._state, (-MICROSECOND,))),
            map(setitem, map(getitem, (self._state,), (GENERATION,)), (grant,), (owner,)),
            map(setitem, (self._state,), (WORD,), after),
        )

    def _cancel(self, grant: LockType) -> bool:
        """CANCEL: a waiter leaves; False if it has been granted, or is not there."""
        after = [ZERO]
        return self._commit(
            map(setitem, (after,), (0,), map(add, self._state, (MICROSECOND,))),
            map(Generation.pop, map(getitem, (self._state,), (GENERATION,)), (grant,)),
            map(setitem, (self._state,), (WORD,), after),
        )

    def _commit(self, *stages: Iterator[object]) -> bool:
        """Run all stages in one call into C; False if one of the first was refused."""
        try:
            if self._mutex is None:
                deque(chain(*stages), maxlen=0)
            else:
                with self._mutex:
                    deque(chain(*stages), maxlen=0)
        except (OverflowError, KeyError, ValueError) as error:
            raise_unless_ours(error)
            return False
        return True
