"""Production, `strict` and the contract, run side by side by one thread, and what must agree after every step.

Many calls can be open at once without a second thread: each is a `Caller`, which stands somewhere in `strict` and takes
one step at a time, in production one call into C. The models choose nothing: strict's action is the one that is
enabled, and each action of strict is explained by an action of the contract, or by none.
"""

from _thread import allocate_lock
from collections.abc import Callable
from typing import Any

from waitgroup import NegativeCounterError
from waitgroup.core import WAITERS_MAX, cell_of
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols.strict import Place

WAIT = Call(timed=True, interrupted=True)
#: Undisturbed, a wait that expires takes the most steps: look, join, expire, cancel.
LONGEST_CALL = 4
#: Seconds: the shortest timeout that is not only a look.
SHORTEST = 1e-9

#: The contract's action that a call takes as it ends with this result in this action of strict.
ENDS = {
    ("apply", Result.NONE): "apply",
    ("apply", Result.REJECTED): "reject",
    ("read", Result.REJECTED): "reject",
    ("cross", Result.NONE): "apply",
    ("look", Result.TRUE): "pass_through",
    ("wake", Result.TRUE): "zero",
    ("cancel", Result.TRUE): "zero",
    ("cancel", Result.FALSE): "expire",
    ("cancel", Result.INTERRUPTED): "cancel",
}
#: The contract has no limit of waiters: a wait that is refused has taken no step in it.
NO_PLACE_LEFT = ("look", Result.REJECTED)


def answer_of(perform: Callable[[], object]) -> object:
    """What the call returns, or the type of what it raises."""
    try:
        return perform()
    except Exception as error:
        return type(error)


def expected(call: Call, result: Result) -> object:
    """What production answers where `strict` ends with this result."""
    if result is Result.REJECTED:
        return NegativeCounterError if call.delta is not None and call.delta < 0 else OverflowError
    return {Result.NONE: None, Result.TRUE: True, Result.FALSE: False}[result]


class Caller:
    """A thread inside a call: where it stands in both models, and what it has got from production."""

    def __init__(self, strict: Any, contract: Any) -> None:
        self.strict = strict
        self.contract = contract
        self.state: list[Any] = []
        self.grant: Any = None


class SideBySide:
    """One group, in production, in `strict` and in the contract. A step on which they differ is an AssertionError."""

    def __init__(
        self,
        production: Any,
        middle: Protocol,
        top: Protocol,
        counter: int,
        without_lock: int,
        new_lock: Callable[[], Any] = allocate_lock,
    ) -> None:
        """So many waiters are in the word from the start, but nobody stands for them: they have no lock."""
        self.middle, self.top = middle, top
        self.group = production()
        self.group._state[0] = cell_of(counter, without_lock)
        self.new_lock = new_lock
        self.without_lock = without_lock
        self.shared = middle.initial(counter)._replace(waiters=without_lock)
        self.allowed = top.initial(counter)
        self.callers: list[Caller] = []

    def enter(self, call: Call) -> Caller:
        """A thread begins a call."""
        self.callers.append(Caller(self.middle.begin(call), self.top.begin(call)))
        return self.callers[-1]

    def take(self, caller: Caller, name: str | None = None) -> Any:
        """Strict's first enabled action, or the one of this name, and what it is in the contract; the new thread."""
        enabled = {action.name: action for action in self.middle.enabled(self.shared, caller.strict)}
        action = enabled[name] if name else next(iter(enabled.values()))
        generation = self.shared.generation
        self.shared, caller.strict = action.effect(self.shared, caller.strict)
        if self.shared.generation != generation:
            self.without_lock = 0
        if caller.strict.place == Place.RETURNED:
            self.callers.remove(caller)
            if (action.name, caller.strict.result) != NO_PLACE_LEFT:
                self.explain(caller, ENDS[action.name, caller.strict.result])
                assert caller.strict.result == caller.contract.result
        elif caller.strict.place == Place.WAIT_PARKED:
            self.explain(caller, "register")
        return caller.strict

    def explain(self, caller: Caller, name: str) -> None:
        """The contract allows this action now, and takes it."""
        action = self.top.actions[name]
        assert action in self.top.enabled(self.allowed, caller.contract)
        self.allowed, caller.contract = action.effect(self.allowed, caller.contract)

    def finish(self, caller: Caller, first: str | None = None) -> Result:
        """The caller goes on, undisturbed, to the end of its call: how that ends in `strict`."""
        thread = self.take(caller, first)
        for _ in range(LONGEST_CALL - 1):
            if thread.place != Place.RETURNED:
                thread = self.take(caller)
        assert thread.place == Place.RETURNED
        return Result(thread.result)

    def call(self, call: Call, perform: Callable[[], object]) -> None:
        """A whole call that nobody disturbs."""
        answer = answer_of(perform)
        assert expected(call, self.finish(self.enter(call))) is answer

    def wait(self, timeout: float | None) -> None:
        """A whole wait, which must not block for ever: without a timeout it becomes a very short one."""
        full = self.shared.waiters == WAITERS_MAX
        if timeout is None and self.shared.counter > 0 and not full:
            timeout = SHORTEST
        if timeout is not None and timeout <= 0 and full:
            # The one call that strict does not know: only looking needs no place among the waiters.
            answer = answer_of(lambda: self.group.wait(timeout))
            assert (Result.REJECTED, False) == (self.finish(self.enter(WAIT)), answer)
        else:
            self.call(WAIT, lambda: self.group.wait(timeout))

    def step(self, caller: Caller) -> None:
        """One step of a caller that is not parked; what a critical section answers says whether its guard was true."""
        before, delta = self.shared, caller.strict.delta
        match caller.strict.place:
            case Place.ADD_APPLY:
                answer = self.group._apply(delta)
                assert answer == (self.take(caller).result == Result.NONE)
            case Place.ADD_CROSS:
                state = self.group._state
                if caller.state[0] == state[0] and caller.state[1] is not state[1]:
                    # The word is as it was, but of another generation: production, and not strict, reads it once more.
                    assert False is self.group._cross(*caller.state)
                    caller.state = list(state)
                answer = self.group._cross(*caller.state)
                assert answer == (self.take(caller).result == Result.NONE)
            case Place.WAIT_JOIN:
                if before.waiters == WAITERS_MAX:  # production has looked, and does not look again
                    self.take(caller)
                    return
                grant = self.new_lock()
                grant.acquire()
                joined = self.group._join(grant, 0)
                caller.grant = grant if joined else None
                assert joined == (self.take(caller).place == Place.WAIT_PARKED)
            case Place.WAIT_CANCEL:
                answer = self.group._cancel(caller.grant)
                self.take(caller)
                assert answer == (self.shared != before)
            case _:
                caller.state = list(self.group._state)
                self.take(caller)

    def leave(self, caller: Caller, how: str) -> None:
        """A parked caller stops waiting."""
        if how == "park":
            answer = caller.grant.acquire(timeout=0) or not self.group._cancel(caller.grant)
            assert expected(WAIT, self.finish(caller)) is answer
        else:
            self.take(caller, how)

    def agree(self) -> None:
        """What must be the same on all sides between two steps."""
        group, shared = self.group, self.shared
        assert (shared.counter, shared.waiters) == (group.counter, group.waiters)
        assert self.allowed.counter == group.counter
        assert f"<WaitGroup counter={shared.counter} waiters={shared.waiters}>" == repr(group)
        parked = group._state[1]
        assert shared.waiters == len(parked) + self.without_lock
        for caller in self.callers:
            if caller.grant is not None:
                granted = self.middle.actions["wake"].guard(shared, caller.strict)
                assert granted == self.top.actions["zero"].guard(self.allowed, caller.contract)
                assert granted == (not caller.grant.locked())
                assert granted == (caller.grant not in parked)
