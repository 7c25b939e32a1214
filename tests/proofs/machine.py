"""The state machine that runs production, `strict` and the contract together, and what it needs to run mutants.

One thread makes whole calls, and takes the steps of up to six calls that are open at once, in any order.
"""

import sys
from _thread import allocate_lock
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.proofs.side_by_side import SHORTEST, WAIT, Caller, SideBySide

from waitgroup import WaitGroup
from waitgroup.core import COUNTER_MAX, WAITERS_MAX
from waitgroup_proofs.mutants import Mutant, mutated_module
from waitgroup_proofs.mutants.production import CORE
from waitgroup_spec.contract import contract
from waitgroup_spec.protocol import Call, Protocol
from waitgroup_spec.protocols.strict import Place, strict


class UpTo(NamedTuple):
    """An add that is to bring the counter to this total."""

    total: int


BOUNDS = [bound + near for bound in (2**31, 2**32, 2**63, 2**64) for near in (-2, -1, 0, 1)]
DELTAS = st.integers(-3, 3) | st.sampled_from([*BOUNDS, *(-bound for bound in BOUNDS)]) | st.integers()
TOTALS = st.sampled_from([0, -1, 1, COUNTER_MAX, COUNTER_MAX + 1]).map(UpTo)
AMOUNTS = st.integers(1, 3) | st.sampled_from([-1, -2]) | TOTALS | DELTAS
COUNTERS = st.sampled_from([1, 2, 3, 0, COUNTER_MAX - 1, COUNTER_MAX])
WAITERS = st.sampled_from([0, 0, 0, 1, WAITERS_MAX - 2, WAITERS_MAX - 1, WAITERS_MAX - 1, WAITERS_MAX])
TIMEOUTS = st.sampled_from([None, 0, 0.0, -1, SHORTEST])
CALLERS = 6
WHICH = st.integers(0, CALLERS - 1)
UP_TO_TWO = st.sampled_from([2, 1, 0])


class Machine(RuleBasedStateMachine):
    """Whole calls, and the steps of up to six open ones, in any order."""

    #: Production, strict, and the contract.
    levels: tuple[Any, Protocol, Protocol] = WaitGroup, strict, contract
    #: What makes the locks on which production's waiters park.
    new_lock: Any = allocate_lock

    @initialize(counter=COUNTERS, waiters=WAITERS, steps=st.tuples(UP_TO_TWO, UP_TO_TWO, UP_TO_TWO))
    def start(self, counter: int, waiters: int, steps: tuple[int, int, int]) -> None:
        """Near a bound at times, nobody waiting at zero, and some waits on their way."""
        self.sides = SideBySide(*self.levels, counter, waiters if counter > 0 else 0, type(self).new_lock)
        for number in steps:
            self.advance(self.sides.enter(WAIT), number)

    def room(self) -> bool:
        return len(self.sides.callers) < CALLERS

    def crossable(self) -> bool:
        return bool(self.sides.shared.waiters > 0)

    def anyone_parked(self) -> bool:
        return self.parked() != []

    def anyone_running(self) -> bool:
        return self.running() != []

    def parked(self) -> list[Caller]:
        return [caller for caller in self.sides.callers if caller.strict.place == Place.WAIT_PARKED]

    def running(self) -> list[Caller]:
        return [caller for caller in self.sides.callers if caller.strict.place != Place.WAIT_PARKED]

    def delta(self, amount: int | UpTo) -> int:
        return amount.total - self.sides.shared.counter if isinstance(amount, UpTo) else amount

    def advance(self, caller: Caller, steps: int) -> None:
        for _ in range(steps):
            if caller in self.running():
                self.sides.step(caller)

    @rule(amount=AMOUNTS)
    def add(self, amount: int | UpTo) -> None:
        delta, group = self.delta(amount), self.sides.group
        self.sides.call(Call(delta), group.done if delta == -1 else lambda: group.add(delta))

    @precondition(crossable)
    @rule()
    def cross(self) -> None:
        self.add(UpTo(0))

    @rule(timeout=TIMEOUTS)
    def wait(self, timeout: float | None) -> None:
        self.sides.wait(timeout)

    @precondition(room)
    @rule(amount=AMOUNTS, steps=UP_TO_TWO)
    def enter_add(self, amount: int | UpTo, steps: int) -> None:
        delta = self.delta(amount)
        if delta != 0:
            self.advance(self.sides.enter(Call(delta)), steps)

    @precondition(lambda self: self.room() and self.crossable())
    @rule()
    def enter_crossing(self) -> None:
        self.enter_add(UpTo(0), 2)

    @precondition(lambda self: self.room() and self.sides.shared.counter > 0)
    @rule(steps=UP_TO_TWO)
    def enter_wait(self, steps: int) -> None:
        self.advance(self.sides.enter(WAIT), steps)

    @precondition(anyone_running)
    @rule(which=WHICH)
    def step(self, which: int) -> None:
        self.sides.step(self.running()[which % len(self.running())])

    def leave(self, which: int, how: str) -> None:
        self.sides.leave(self.parked()[which % len(self.parked())], how)

    @precondition(anyone_parked)
    @rule(which=WHICH)
    def stop_waiting(self, which: int) -> None:
        self.leave(which, "park")

    @precondition(anyone_parked)
    @rule(which=WHICH, how=st.sampled_from(["expire", "interrupt"]))
    def begin_to_give_up(self, which: int, how: str) -> None:
        self.leave(which, how)

    @invariant()
    def agree(self) -> None:
        self.sides.agree()


UNBROKEN = Mutant("unbroken", "the source as it is", CORE, "import chain, repeat\n", "import chain, repeat\n", "")


#: The class beside the heart, which imports that.
AS_IT_IS = UNBROKEN._replace(module="waitgroup.group", old="class WaitGroup(Core):", new="class WaitGroup(Core):")


class OnlyThread:
    """A lock that refuses to block for ever: with one thread nobody else is there to release it."""

    def __init__(self) -> None:
        self.lock = allocate_lock()
        self.locked = self.lock.locked

    def release(self) -> None:
        self.lock.release()

    def acquire(self, timeout: float = -1) -> bool:
        if timeout < 0 and self.locked():
            raise RuntimeError("blocked for ever")
        return self.lock.acquire(timeout=timeout)


def production_with(mutant: Mutant) -> Any:
    """The shipped class with one passage replaced, on locks that do not block for ever."""
    broken, shipped = mutated_module(mutant), sys.modules[CORE]
    vars(broken).update(allocate_lock=OnlyThread, LockType=OnlyThread)
    sys.modules[CORE] = broken
    try:
        return mutated_module(AS_IT_IS).WaitGroup
    finally:
        sys.modules[CORE] = shipped
