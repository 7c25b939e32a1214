"""Endless programs, and what fairness Go's semaphore must give.

A bounded program ends on every run, whoever is scheduled: fairness matters only beside a thread that calls for ever.
The thread that a question is about is the first one of its program, and it makes one call, `wait()`.

What the answers amount to. The scheduler must be fair, and the semaphore must not withhold a permit for ever from a
waiter that could take one at any moment: weak fairness. In the legal program asked here it is enough. No queue, and no
fairness towards waiters that find a permit only now and then, because a permit is only ever taken by a waiter of the
generation it was released for. Under racing reuse it is not enough: a waiter can be overtaken for ever. Go's Wait is
not wait-free before it parks; neither is strict's where the counter comes back to zero for ever.

strict's generations grow without bound in a program that crosses for ever; `present_or_over` keeps that finite.
"""

from typing import Any, NamedTuple

from waitgroup_spec.explorer import explore
from waitgroup_spec.explorer.graph import Quotient
from waitgroup_spec.properties import Kind, Predicate, Property
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import DONE, WAIT, After, Client, Scenario, When, add, scenario, waiters, workers
from waitgroup_spec.word import ZERO

# The programs

PASSERS = scenario(
    "passers",
    "two threads call wait() for ever",
    2,
    waiters(1),
    workers(2),
    Client("passer", (WAIT,), 2, repeats=True),
)

LATE_PASSER = scenario(
    "late-passer",
    "a thread calls wait() for ever, once the counter is zero",
    1,
    waiters(1),
    workers(1),
    Client("late passer", (WAIT,), start=After("worker", 1), repeats=True),
)

ONE_ROUND = scenario("one-round", "a waiter and a worker", 1, waiters(1), workers(1))

HOLDER = scenario(
    "holder",
    "a thread holds a unit, and adds and takes away another one for ever",
    1,
    waiters(1),
    Client("holder", (add(1), DONE), repeats=True),
)

FROM_ZERO = scenario(
    "from-zero",
    "a thread adds a unit at zero and takes it away for ever: illegal in Go",
    0,
    waiters(1),
    Client("worker", (add(1), DONE), repeats=True),
)

RACING_REUSE = scenario(
    "racing-reuse",
    "once the waiter is parked, generation follows generation, each with a rival: illegal in Go",
    1,
    waiters(1),
    Client("rival", (WAIT,), repeats=True),
    Client("worker", (DONE, add(1)), start=When.QUIESCENT, repeats=True),
)

# The properties


def waiter_returned(_shared: Any, threads: tuple[Any, ...]) -> bool:
    """The first thread's Wait has returned."""
    returned: bool = threads[0].result is Result.TRUE
    return returned


def waiter_returned_or_panic(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """The first thread's Wait has returned, or somebody has panicked."""
    return waiter_returned(shared, threads) or shared.panic != go.Panic.NONE


def parked_at(place: int) -> Predicate:
    """Whether the first thread stands at `place`, where it is parked, or has returned."""
    return lambda shared, threads: threads[0].place == place or waiter_returned(shared, threads)


def nobody_short_of_a_permit(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """At zero, there are as many permits as parked waiters, but while the zeroer is on its way to release them."""
    on_the_way = (go.Place.ADD_RELOAD, go.Place.ADD_RESET, go.Place.ADD_RELEASE)
    return (
        shared.word.counter > 0
        or any(thread.place in on_the_way for thread in threads)
        or shared.permits == sum(thread.place == go.Place.WAIT_ACQUIRE for thread in threads)
    )


def no_later_generation(shared: go.Shared, _threads: tuple[go.Thread, ...]) -> bool:
    """While there is a permit, the word is zero: nobody is parked but those for whom permits are released."""
    return shared.permits == 0 or shared.word == ZERO


def present_or_over(shared: strict.Shared, threads: tuple[strict.Thread, ...]) -> tuple[strict.Shared, Any]:
    """Of a waiter's generation it only matters whether it is the present one, 1, or over, 0."""
    return shared._replace(generation=1), tuple(
        thread._replace(generation=int(not strict.granted(shared, thread)))
        if thread.place in (strict.Place.WAIT_PARKED, strict.Place.WAIT_CANCEL)
        else thread
        for thread in threads
    )


FAIR, ANY = Kind.EVENTUALLY_IF_FAIR, Kind.EVENTUALLY
PERMIT_WITHHELD = frozenset({"acquire"})
RETURNS = Property(FAIR, "The waiter returns.", waiter_returned)
RETURNS_WITHOUT_PERMITS = RETURNS._replace(neglected=PERMIT_WITHHELD)
OVERTAKEN = Property(FAIR, "The waiter returns, or somebody panics.", waiter_returned_or_panic)
ENOUGH = Property(Kind.ALWAYS, "Once all permits are released, each parked waiter has one.", nobody_short_of_a_permit)
OWN = Property(Kind.ALWAYS, "While there is a permit, no later generation has begun.", no_later_generation)
GO_PARKS = Property(FAIR, "The waiter parks or returns.", parked_at(go.Place.WAIT_ACQUIRE))
STRICT_PARKS = Property(FAIR, "The waiter parks or returns.", parked_at(strict.Place.WAIT_PARKED))


class Question(NamedTuple):
    """What is asked of a protocol under an endless program; `sentence` is what the expected verdict means."""

    name: str
    sentence: str
    protocol: Protocol
    scenario: Scenario
    property: Property
    expected: str
    quotient: Quotient | None = None


class Answer(NamedTuple):
    """The verdict, and how many states it took; of a counterexample, the steps before its round and those of its round.

    A counterexample without a round stops for good.
    """

    verdict: str
    states: int
    stem: int = 0
    round: int = 0


FAIRNESS = (
    Question(
        "go-weak-fairness-suffices",
        "In Go, under legal use, a waiter whose work is done returns though others call Wait for ever, if all is fair.",
        go.go,
        PASSERS,
        RETURNS,
        "holds",
    ),
    Question(
        "go-permits-are-own",
        "One reason: as long as there is a permit, nobody is parked but the waiters that it was released for.",
        go.go,
        PASSERS,
        OWN,
        "holds",
    ),
    Question(
        "go-permits-are-enough",
        "The other one: once all are released there is one for each, and it stays there until it is taken.",
        go.go,
        PASSERS,
        ENOUGH,
        "holds",
    ),
    Question(
        "scheduler-must-be-fair",
        "If the scheduler is not fair, others keep a waiter from returning by calling Wait for ever.",
        go.go,
        PASSERS,
        RETURNS._replace(kind=ANY),
        "violated",
    ),
    Question(
        "semaphore-must-be-fair",
        "If the semaphore may withhold a permit for ever, the waiter sleeps on while others call Wait for ever.",
        go.go,
        LATE_PASSER,
        RETURNS_WITHOUT_PERMITS,
        "violated",
    ),
    Question(
        "semaphore-must-be-fair-at-rest",
        "So it does when everybody else has returned: a permit is there, and the waiter sleeps on.",
        go.go,
        ONE_ROUND,
        RETURNS_WITHOUT_PERMITS,
        "violated",
    ),
    Question(
        "go-overtaken-under-racing-reuse",
        "In Go, under illegal reuse, later generations can take a waiter's permit for ever without any panic.",
        go.go,
        RACING_REUSE,
        OVERTAKEN,
        "violated",
    ),
    Question(
        "go-permits-mixed-under-racing-reuse",
        "There, a waiter of a later generation is parked beside the permit of an earlier one, and may take it.",
        go.go,
        RACING_REUSE,
        OWN,
        "violated",
    ),
    Question(
        "strict-never-overtaken",
        "In strict, a parked waiter returns under the same reuse: nobody else can take what was granted to it.",
        strict.strict,
        RACING_REUSE,
        RETURNS,
        "holds",
        present_or_over,
    ),
    Question(
        "go-not-wait-free",
        "In Go, a Wait may fail its swap for ever while a thread that holds a unit adds and takes away another one.",
        go.go,
        HOLDER,
        GO_PARKS,
        "violated",
    ),
    Question(
        "strict-parks-while-positive",
        "In strict, the same Wait parks: its join asks for no more than that the counter is positive.",
        strict.strict,
        HOLDER,
        STRICT_PARKS,
        "holds",
    ),
    Question(
        "strict-not-wait-free",
        "In strict, a wait may look at one and join at zero for ever, if the counter comes back to zero for ever.",
        strict.strict,
        FROM_ZERO,
        STRICT_PARKS,
        "violated",
    ),
)


def answer(question: Question) -> Answer:
    """What the explorer finds."""
    found = explore(question.protocol, question.scenario, (question.property,), quotient=question.quotient)
    (verdict,) = found.verdicts
    steps = max(0, len(verdict.path) - 1)
    stem = steps if verdict.loop is None else verdict.loop
    return Answer(verdict.verdict, found.states, stem, steps - stem)
