"""What must hold of a protocol, as sentences with a predicate each.

Four kinds. *always*: true in every reachable state, or in every ending (a state in which nothing can step).
*sometimes*: true in at least one reachable state, which shows that an `always` beside it is not vacuous.
*eventually*: on every run, without any assumption of fairness, a state is reached in which it is true.
*eventually, if the scheduler is fair*: the same on every run on which each thread that can always step from some moment
on steps again and again. A step that is `neglected` does not count: even a fair scheduler may withhold it for ever.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import Scenario
from waitgroup_spec.word import COUNTER_MAX, ZERO


class Kind(Enum):
    """Over which states a predicate is read."""

    ALWAYS = "always"
    AT_ENDINGS = "always, at endings"
    SOMETIMES = "sometimes"
    EVENTUALLY = "eventually"
    EVENTUALLY_IF_FAIR = "eventually, if the scheduler is fair"


#: A predicate over the shared state and the threads, in the protocol's own terms.
Predicate = Callable[[Any, tuple[Any, ...]], bool]


class Property(NamedTuple):
    """A sentence and the predicate that says the same. `neglected`: the actions that a fair scheduler may withhold."""

    kind: Kind
    sentence: str
    holds: Predicate
    neglected: frozenset[str] = frozenset()


def everyone_returned(_shared: Any, threads: tuple[Any, ...]) -> bool:
    """Every thread has made all its calls, and none has panicked."""
    return all(thread.result not in (Result.PENDING, Result.PANICKED) for thread in threads)


# Go


def negative_counter_panics(shared: go.Shared, _threads: tuple[go.Thread, ...]) -> bool:
    """Whoever makes the counter negative panics in the same step."""
    return shared.word.counter >= 0 or shared.panic == go.Panic.NEGATIVE_COUNTER


def no_negative_counter(shared: go.Shared, _threads: tuple[go.Thread, ...]) -> bool:
    """The counter is not negative."""
    return shared.word.counter >= 0


def no_panic(shared: go.Shared, _threads: tuple[go.Thread, ...]) -> bool:
    """Nobody has panicked."""
    return shared.panic == go.Panic.NONE


def nothing_left_behind(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """Everyone has returned, the word is zero and the semaphore holds no permit."""
    return everyone_returned(shared, threads) and shared == go.Shared(word=ZERO)


def none_returned_early(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """No Wait has returned while work is outstanding (of programs whose counter, once zero, stays zero)."""
    return shared.word.counter == 0 or all(thread.result != Result.TRUE for thread in threads)


def permits_have_takers(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """There are never more permits than parked waiters."""
    return shared.permits <= sum(thread.place == go.Place.WAIT_ACQUIRE for thread in threads)


def go_waiter_parked(_shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """Some waiter is parked."""
    return any(thread.place == go.Place.WAIT_ACQUIRE for thread in threads)


def go_waiter_woken(_shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """Some waiter has taken a permit."""
    return any(thread.place == go.Place.WAIT_RECHECK for thread in threads)


GO_UNDER_EVERY_USE = (
    Property(Kind.ALWAYS, "A negative counter is never passed over: who makes it so panics.", negative_counter_panics),
    Property(Kind.SOMETIMES, "A waiter parks.", go_waiter_parked),
    Property(Kind.SOMETIMES, "A parked waiter takes a permit.", go_waiter_woken),
)

GO_UNDER_LEGAL_USE = (
    *GO_UNDER_EVERY_USE,
    Property(Kind.ALWAYS, "The counter is never negative.", no_negative_counter),
    Property(Kind.ALWAYS, "No call panics.", no_panic),
    Property(Kind.ALWAYS, "No Wait has returned while work is outstanding.", none_returned_early),
    Property(Kind.ALWAYS, "Every permit has a parked waiter to take it.", permits_have_takers),
    Property(
        Kind.AT_ENDINGS,
        "When nothing can step, every call has returned, the word is zero and no permit is left.",
        nothing_left_behind,
    ),
    Property(Kind.EVENTUALLY, "Every call returns.", everyone_returned),
)


# strict


def in_bounds(shared: strict.Shared, _threads: tuple[strict.Thread, ...]) -> bool:
    """The counter is within its bounds."""
    return 0 <= shared.counter <= COUNTER_MAX


def waiting_for_something(shared: strict.Shared, _threads: tuple[strict.Thread, ...]) -> bool:
    """Waiters are registered only while there is outstanding work."""
    return shared.waiters == 0 or shared.counter > 0


def belongs(shared: strict.Shared, thread: strict.Thread) -> bool:
    """Whether `thread` is parked, or on its way to give up, in the present generation."""
    return thread.place in (strict.Place.WAIT_PARKED, strict.Place.WAIT_CANCEL) and not strict.granted(shared, thread)


def waiters_counted(shared: strict.Shared, threads: tuple[strict.Thread, ...]) -> bool:
    """The word counts exactly the waiters that belong to this generation."""
    return shared.waiters == sum(belongs(shared, thread) for thread in threads)


def legitimately_blocked(shared: strict.Shared, threads: tuple[strict.Thread, ...]) -> bool:
    """Whoever has not returned waits for work that is outstanding now."""
    return all(
        thread.result is not Result.PENDING or (belongs(shared, thread) and shared.counter > 0) for thread in threads
    )


def strict_waiter_parked(_shared: strict.Shared, threads: tuple[strict.Thread, ...]) -> bool:
    """Some waiter is parked."""
    return any(thread.place == strict.Place.WAIT_PARKED for thread in threads)


def strict_waiter_granted(shared: strict.Shared, threads: tuple[strict.Thread, ...]) -> bool:
    """Some parked waiter is granted."""
    return any(thread.place == strict.Place.WAIT_PARKED and strict.granted(shared, thread) for thread in threads)


STRICT_UNDER_EVERY_USE = (
    Property(Kind.ALWAYS, "The counter stays within 0 and 2^31 - 1.", in_bounds),
    Property(Kind.ALWAYS, "Waiters are registered only while there is outstanding work.", waiting_for_something),
    Property(Kind.ALWAYS, "The word counts exactly the waiters of this generation.", waiters_counted),
    Property(Kind.SOMETIMES, "A waiter parks.", strict_waiter_parked),
    Property(Kind.SOMETIMES, "A parked waiter is granted.", strict_waiter_granted),
    Property(Kind.AT_ENDINGS, "Whoever has not returned waits for work that is outstanding.", legitimately_blocked),
    Property(Kind.EVENTUALLY, "Every call has returned, or waits for outstanding work.", legitimately_blocked),
)


# Any protocol that says what its counter is


def of_any(protocol: Protocol, legal: bool) -> tuple[Property, ...]:
    """What must hold of a protocol that states its counter; a program that has halted owes nothing any more.

    `legal`: nobody adds when the counter has come to zero, and nobody calls done() too often. Raises ValueError if the
    protocol states no counter.
    """
    counter = protocol.counter
    if counter is None:
        raise ValueError(f"{protocol.name} does not say what its counter is")

    def waits(thread: Any) -> bool:
        return thread.result is Result.PENDING and str(thread.place.name).startswith("WAIT")

    def not_negative(shared: Any, _threads: tuple[Any, ...]) -> bool:
        return counter(shared) >= 0 or protocol.halted(shared)

    def not_halted(shared: Any, _threads: tuple[Any, ...]) -> bool:
        return not protocol.halted(shared)

    def not_early(shared: Any, threads: tuple[Any, ...]) -> bool:
        return counter(shared) == 0 or all(thread.result is not Result.TRUE for thread in threads)

    def waits_for_work(shared: Any, threads: tuple[Any, ...]) -> bool:
        pending = [thread for thread in threads if thread.result is Result.PENDING]
        return protocol.halted(shared) or all(waits(thread) and counter(shared) > 0 for thread in pending)

    def wait_under_way(shared: Any, threads: tuple[Any, ...]) -> bool:
        return counter(shared) > 0 and any(waits(thread) for thread in threads)

    under_every_use = (
        Property(Kind.ALWAYS, "The counter is never negative, unless that ends the program.", not_negative),
        Property(Kind.SOMETIMES, "A wait is under way while work is outstanding.", wait_under_way),
        Property(Kind.AT_ENDINGS, "Whoever has not returned waits for work that is outstanding.", waits_for_work),
        Property(Kind.EVENTUALLY, "Every call has returned, or waits for outstanding work.", waits_for_work),
    )
    if not legal:
        return under_every_use
    return (
        *under_every_use,
        Property(Kind.ALWAYS, "No call panics.", not_halted),
        Property(Kind.ALWAYS, "No wait has returned while work is outstanding.", not_early),
        Property(Kind.AT_ENDINGS, "When nothing can step, every call has returned.", everyone_returned),
        Property(Kind.EVENTUALLY, "Every call returns.", everyone_returned),
    )


def properties_of(protocol: Protocol, scenario: Scenario) -> tuple[Property, ...]:
    """What must hold of `protocol` under `scenario`. Raises ValueError if it is another one and states no counter."""
    if protocol.name == "strict":
        return STRICT_UNDER_EVERY_USE
    if protocol.name == "go":
        return GO_UNDER_LEGAL_USE if scenario.legal_in_go else GO_UNDER_EVERY_USE
    return of_any(protocol, scenario.legal_in_go)
