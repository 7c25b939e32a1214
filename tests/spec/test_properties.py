"""Every property can be false: each tells a good state from one that was broken on purpose."""

from typing import Any

import pytest

from waitgroup_spec.properties import (
    GO_UNDER_EVERY_USE,
    GO_UNDER_LEGAL_USE,
    STRICT_UNDER_EVERY_USE,
    Kind,
    Property,
    properties_of,
)
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import SCENARIOS
from waitgroup_spec.word import COUNTER_MAX, Word

LISTS = {"go, every use": GO_UNDER_EVERY_USE, "go, legal use": GO_UNDER_LEGAL_USE, "strict": STRICT_UNDER_EVERY_USE}

ACQUIRING, RECHECKING = go.Thread(go.Place.WAIT_ACQUIRE), go.Thread(go.Place.WAIT_RECHECK)
NEGATIVE = go.Shared(word=Word(-1))

#: For each of Go's sentences, a state in which its predicate is true and one in which it is false.
GO_STATES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "A negative counter is never passed over: who makes it so panics.": (
        (NEGATIVE._replace(panic=go.Panic.NEGATIVE_COUNTER), (go.PANICKED,)),
        (NEGATIVE, (go.ADDED,)),
    ),
    "A waiter parks.": ((go.Shared(), (go.ADDED, ACQUIRING)), (go.Shared(), (go.ADDED, RECHECKING))),
    "A parked waiter takes a permit.": ((go.Shared(), (RECHECKING,)), (go.Shared(), (ACQUIRING,))),
    "The counter is never negative.": ((go.Shared(), ()), (NEGATIVE, ())),
    "No Wait has returned while work is outstanding.": (
        (go.Shared(), (go.ADDED, go.WAITED)),
        (go.Shared(word=Word(1)), (go.ADDED, go.WAITED)),
    ),
    "No call panics.": ((go.Shared(), ()), (go.Shared(panic=go.Panic.REUSED), ())),
    "Every permit has a parked waiter to take it.": (
        (go.Shared(permits=1), (ACQUIRING,)),
        (go.Shared(permits=2), (ACQUIRING,)),
    ),
    "When nothing can step, every call has returned, the word is zero and no permit is left.": (
        (go.Shared(), (go.ADDED, go.WAITED)),
        (go.Shared(permits=1), (go.ADDED, go.WAITED)),
    ),
    "Every call returns.": ((go.Shared(), (go.WAITED,)), (go.Shared(), (go.WAITED, ACQUIRING))),
}

PARKED = strict.Thread(strict.Place.WAIT_PARKED)
OVER = strict.returned(Result.TRUE)

#: The same for those of strict.
STRICT_STATES: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "The counter stays within 0 and 2^31 - 1.": (
        (strict.Shared(COUNTER_MAX), ()),
        (strict.Shared(COUNTER_MAX + 1), ()),
    ),
    "Waiters are registered only while there is outstanding work.": (
        (strict.Shared(1, 1), (PARKED,)),
        (strict.Shared(0, 1), (PARKED,)),
    ),
    "The word counts exactly the waiters of this generation.": (
        (strict.Shared(1, 1, 0), (PARKED, PARKED._replace(generation=1))),
        (strict.Shared(1, 2, 0), (PARKED, PARKED._replace(generation=1))),
    ),
    "A waiter parks.": ((strict.Shared(1, 1), (PARKED,)), (strict.Shared(1, 1), (OVER,))),
    "A parked waiter is granted.": ((strict.Shared(0, 0, 1), (PARKED,)), (strict.Shared(1, 1, 0), (PARKED,))),
    "Whoever has not returned waits for work that is outstanding.": (
        (strict.Shared(1, 1), (PARKED, OVER)),
        (strict.Shared(0, 1), (PARKED, OVER)),
    ),
    "Every call has returned, or waits for outstanding work.": (
        (strict.Shared(0, 0), (OVER,)),
        (strict.Shared(1, 0), (strict.Thread(strict.Place.WAIT_JOIN),)),
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_an_always_and_a_sometimes_that_shows_it_is_not_vacuous(name: str) -> None:
    assert {Kind.ALWAYS, Kind.SOMETIMES} <= {property_.kind for property_ in LISTS[name]}
    sentences = [property_.sentence for property_ in LISTS[name]]
    assert len(sentences) == len(set(sentences))


def test_what_must_hold_depends_on_the_protocol_and_on_whether_the_use_is_legal() -> None:
    legal, illegal = SCENARIOS["pre-added"](1, 1), SCENARIOS["surplus"](1, 1)
    assert GO_UNDER_LEGAL_USE == properties_of(go.go, legal)
    assert GO_UNDER_EVERY_USE == properties_of(go.go, illegal)
    assert STRICT_UNDER_EVERY_USE == properties_of(strict.strict, legal) == properties_of(strict.strict, illegal)


@pytest.mark.parametrize("property_", GO_UNDER_LEGAL_USE, ids=lambda given: given.sentence)
def test_each_of_go_s_predicates_tells_a_good_state_from_a_bad_one(property_: Property) -> None:
    good, bad = GO_STATES[property_.sentence]
    assert (True, False) == (property_.holds(*good), property_.holds(*bad))


@pytest.mark.parametrize("property_", STRICT_UNDER_EVERY_USE, ids=lambda given: given.sentence)
def test_each_of_strict_s_predicates_tells_a_good_state_from_a_bad_one(property_: Property) -> None:
    good, bad = STRICT_STATES[property_.sentence]
    assert (True, False) == (property_.holds(*good), property_.holds(*bad))
