"""The language every protocol is written in: guarded actions in plain Python on named tuples.

A protocol says what one thread may do to the shared state in one atomic step. An action stands at a place of the
thread; its guard says when it is enabled, its effect gives the new shared state and the new thread::

    @go.action(Place.WAIT_ACQUIRE, guard=permit_left)
    def acquire(shared, thread):
        '''The waiter takes a permit.'''
        return shared._replace(permits=shared.permits - 1), Thread(Place.WAIT_RECHECK)

Guards and effects are pure functions of (shared, thread). This text is the only one there is: the explorer calls these
functions, the proofs run them on symbolic values, and exports are printed from them.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple
from typing import Protocol as Structural


class Result(IntEnum):
    """How a call ended; `PENDING` while it has not."""

    PENDING = 0
    NONE = 1
    TRUE = 2
    FALSE = 3
    REJECTED = 4
    INTERRUPTED = 5
    PANICKED = 6


class Call(NamedTuple):
    """One call of a client: `add(delta)`, or `wait()` when `delta` is None.

    `timed`: the wait has a timeout, which may expire at any moment while it is parked.
    `interrupted`: an exception may be delivered to the caller at any moment while it is parked.
    """

    delta: int | None = None
    timed: bool = False
    interrupted: bool = False

    def __str__(self) -> str:
        if self.delta is None:
            return f"wait({'timeout' if self.timed else ''})"
        return "done()" if self.delta == -1 else f"add({self.delta})"


class ThreadState(Structural):
    """What every protocol's thread has: a place, and the result of its call."""

    @property
    def place(self) -> int: ...
    @property
    def result(self) -> Result: ...


#: What an effect gives: the new shared state and the new thread.
Step = tuple[Any, Any]
Guard = Callable[[Any, Any], bool]
Effect = Callable[[Any, Any], Step]


def always_enabled(_shared: object, _thread: object) -> bool:
    """The guard of an action that nothing can block."""
    return True


class Action(NamedTuple):
    """One guarded atomic step. `sentence` is the first line of the effect's docstring."""

    name: str
    place: int
    sentence: str
    guard: Guard
    effect: Effect


class Protocol:
    """A named set of actions, with the shared state to start from and the thread that begins a call."""

    def __init__(
        self,
        name: str,
        sentence: str,
        initial: Callable[[int], Any],
        begin: Callable[[Call], Any],
        halted: Callable[[Any], bool] = lambda _shared: False,
        outcome: Callable[[Any], str] = lambda _shared: "",
        legend: Mapping[str, str] | None = None,
        counter: Callable[[Any], int] | None = None,
    ) -> None:
        """`initial(units)` is the shared state with `units` of outstanding work and nobody calling.

        `halted(shared)`: no thread takes another step, ever; `outcome(shared)` then names what happened, and `legend`
        says what the names mean. `counter(shared)` is the work that is outstanding, for properties that are not written
        in the protocol's own terms; they take a place whose name begins with WAIT for one of a wait.
        """
        self.name = name
        self.sentence = sentence
        self.initial = initial
        self.begin = begin
        self.halted = halted
        self.outcome = outcome
        self.legend = legend or {}
        self.counter = counter
        self.actions: dict[str, Action] = {}

    def like(self, name: str, sentence: str, counter: Callable[[Any], int] | None = None) -> "Protocol":
        """A protocol with all that this one has but its actions, and `counter`, if given, for its counter."""
        counter = counter or self.counter
        return Protocol(name, sentence, self.initial, self.begin, self.halted, self.outcome, self.legend, counter)

    def action(self, place: int, guard: Guard = always_enabled) -> Callable[[Effect], Effect]:
        """Register the decorated function as the effect of an action at `place`."""

        def register(effect: Effect) -> Effect:
            sentence = (effect.__doc__ or "").strip().partition("\n")[0]
            name = effect.__name__
            if name in self.actions or not sentence:
                raise ValueError(f"{self.name}: the action {name} needs a name of its own and a sentence")
            self.actions[name] = Action(name, place, sentence, guard, effect)
            return effect

        return register

    def at(self, place: int) -> list[Action]:
        """The actions that stand at `place`, in the order of the text."""
        return [action for action in self.actions.values() if action.place == place]

    def enabled(self, shared: Any, thread: Any) -> list[Action]:
        """The actions that `thread` can take now."""
        if self.halted(shared):
            return []
        return [action for action in self.at(thread.place) if action.guard(shared, thread)]
