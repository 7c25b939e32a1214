"""At and next to every bound, in every combination: each step of the shipped word and class is that of `strict`.

Nothing here is random. The words include those that no run reaches, with waiters at zero.
"""

from _thread import LockType, allocate_lock
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from types import ModuleType
from typing import Any

import pytest
from tests.proofs.machine import UNBROKEN, production_with
from tests.proofs.side_by_side import answer_of, expected

from waitgroup import WaitGroup, word
from waitgroup_proofs.mutants import mutated_module
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.protocols.strict import Place, Shared, Thread

FIELD_MAX = 2**31 - 1
#: The values of both fields: the bounds and two neighbours of each.
FIELDS = (0, 1, 2, FIELD_MAX - 2, FIELD_MAX - 1, FIELD_MAX)
POSITIVE = (*range(1, 4), *(bound + near for bound in (2**31, 2**32, 2**63, 2**64) for near in (-3, -2, -1, 0, 1, 2)))
#: Zero, the widths of words and all their neighbours, on both sides.
NOT_ZERO = (*(-delta for delta in POSITIVE), *POSITIVE)
DELTAS = (0, *NOT_ZERO)
#: How many of the waiters have a lock; the others are only counted.
LOCKS = (0, 1, 2)

#: What `strict` makes of one combination of values, and what production does.
Comparison = tuple[object, object]
Step = Callable[[Any], Iterator[Comparison]]


def packed(shared: Shared) -> int:
    """The word of the protocol's state, in Go's layout."""
    return shared.counter * 2**32 + shared.waiters


def applied(module: ModuleType) -> Iterator[Comparison]:
    """`applied` and the action `apply`; a delta of zero never comes so far."""
    for counter, waiters, delta in product(FIELDS, FIELDS, NOT_ZERO):
        shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
        guard = thread.result == Result.NONE
        new = module.applied(module.pack(counter, waiters), delta)
        yield (guard, packed(shared) if guard else None), (new is not None, new)


def crossed(module: ModuleType) -> Iterator[Comparison]:
    """`crossed` and the action `cross` of a thread that saw any word."""
    for counter, waiters, read, saved in product(FIELDS, FIELDS, FIELDS, FIELDS):
        thread = Thread(Place.ADD_CROSS, delta=-read, saved_waiters=saved)
        shared, after = strict.cross(Shared(counter, waiters), thread)
        guard = after.result == Result.NONE
        new = module.crossed(module.pack(counter, waiters), module.pack(read, saved))
        yield (guard, packed(shared) if guard else None), (new is not None, new)


def joined(module: ModuleType) -> Iterator[Comparison]:
    """`joined` and the action `join`."""
    for counter, waiters in product(FIELDS, FIELDS):
        shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
        guard = thread.place == Place.WAIT_PARKED
        new = module.joined(module.pack(counter, waiters))
        yield (guard, packed(shared) if guard else None), (new is not None, new)


def cancelled(module: ModuleType) -> Iterator[Comparison]:
    """`cancelled` and the action `cancel` of a waiter that is parked."""
    for counter, waiters in product(FIELDS, FIELDS[1:]):
        shared, _ = strict.cancel(Shared(counter, waiters), Thread(Place.WAIT_CANCEL, reason=Result.FALSE))
        yield (True, packed(shared)), (True, module.cancelled(module.pack(counter, waiters)))


def groups(production: Any, *others: tuple[int, ...]) -> Iterator[tuple[Any, list[LockType], tuple[int, ...]]]:
    """A group at each word with each number of locks, the locks, and the values: both fields, the others, locks."""
    for counter, waiters, *rest, locks in product(FIELDS, FIELDS, *others, LOCKS):
        if locks <= waiters:
            group = production()
            group._word = word.pack(counter, waiters)
            grants = [allocate_lock() for _ in range(locks)]
            for grant in grants:
                grant.acquire()
                group._parked[grant] = 0
            yield group, grants, (counter, waiters, *rest, locks)


def seen(group: Any, grants: list[LockType]) -> tuple[int, list[LockType], list[bool]]:
    """The word, the queue, and which locks are held."""
    return group._word, list(group._parked), [grant.locked() for grant in grants]


def apply_section(production: Any) -> Iterator[Comparison]:
    """`_apply` and the action `apply`: nobody is granted."""
    for group, grants, (counter, waiters, delta, locks) in groups(production, NOT_ZERO):
        shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
        guard = thread.result == Result.NONE
        yield (guard, packed(shared), grants, [True] * locks), (group._apply(delta), *seen(group, grants))


def cross_section(production: Any) -> Iterator[Comparison]:
    """`_cross` and the action `cross`: everybody is granted, or nobody."""
    for group, grants, (counter, waiters, read, saved, locks) in groups(production, FIELDS, FIELDS):
        thread = Thread(Place.ADD_CROSS, delta=-read, saved_waiters=saved)
        shared, after = strict.cross(Shared(counter, waiters), thread)
        guard = after.result == Result.NONE
        queue = [] if guard else grants
        answer = group._cross(word.pack(read, saved))
        yield (guard, packed(shared), queue, [not guard] * locks), (answer, *seen(group, grants))


def join_section(production: Any) -> Iterator[Comparison]:
    """`_join` and the action `join`: who joins is parked behind those that are, on a lock that is held."""
    for group, grants, (counter, waiters, locks) in groups(production):
        shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
        guard = thread.place == Place.WAIT_PARKED
        grant = group._join()
        queue = [*grants, grant] if grant is not None else grants
        held = [True] * (locks + guard)
        yield (guard, packed(shared), queue, held), (grant is not None, *seen(group, queue))


def cancel_section(production: Any) -> Iterator[Comparison]:
    """`_cancel` and the action `cancel`, of the waiter that parked last, or, without locks, of one that is granted."""
    for group, grants, (counter, waiters, locks) in groups(production):
        grant = grants.pop() if grants else allocate_lock()
        thread = Thread(Place.WAIT_CANCEL, reason=Result.FALSE)
        shared, after = strict.cancel(Shared(counter, waiters, generation=int(locks == 0)), thread)
        guard = after.result == Result.FALSE
        yield (guard, packed(shared), grants, [True] * len(grants)), (group._cancel(grant), *seen(group, grants))


def whole_add(production: Any) -> Iterator[Comparison]:
    """A whole `add` and the run of `strict` that nobody disturbs, from the words that can be reached."""
    for group, _, (counter, waiters, delta, _) in groups(production, DELTAS):
        if counter > 0 or waiters == 0:
            shared, thread = Shared(counter, waiters), strict.begin(Call(delta))
            while thread.result == Result.PENDING:
                (action,) = strict.strict.enabled(shared, thread)
                shared, thread = action.effect(shared, thread)
            answer = answer_of(partial(group.add, delta))
            yield (expected(Call(delta), thread.result), packed(shared)), (answer, group._word)


def differences(step: Step, subject: Any) -> tuple[int, int]:
    """How many combinations there are, and on how many production does not do what `strict` does."""
    same = [of_strict == of_production for of_strict, of_production in step(subject)]
    return len(same), same.count(False)


TRANSITIONS = {applied: 1_944, crossed: 1_296, joined: 36, cancelled: 30}
SECTIONS = {apply_section: 4_860, cross_section: 3_240, join_section: 90, cancel_section: 90, whole_add: 4_180}


@pytest.mark.parametrize(("step", "combinations"), TRANSITIONS.items())
def test_at_every_bound_a_transition_of_the_word_is_that_of_strict(step: Step, combinations: int) -> None:
    assert (combinations, 0) == differences(step, word)


@pytest.mark.parametrize(("step", "combinations"), SECTIONS.items())
def test_at_every_bound_a_step_of_the_class_is_that_of_strict(step: Step, combinations: int) -> None:
    assert (combinations, 0) == differences(step, WaitGroup)


MUTANTS = {mutant.name: mutant for mutant in PRODUCTION}


@pytest.mark.parametrize(
    ("mutant", "step", "different"),
    [
        ("zero-under-waiters", applied, 25),
        ("no-lower-bound", applied, 864),
        ("crossing-without-compare", crossed, 1_260),
        ("lost-wakeup", joined, 5),
        ("cancels-two", cancelled, 30),
    ],
)
def test_a_mutant_of_the_word_differs_in_so_many_combinations(mutant: str, step: Step, different: int) -> None:
    assert different == differences(step, mutated_module(MUTANTS[mutant]))[1]


@pytest.mark.parametrize(
    ("mutant", "step", "different"),
    [
        ("unbroken", whole_add, 0),
        ("no-lower-bound", apply_section, 2_160),
        ("no-wakeup", cross_section, 54),
        ("wakes-one", cross_section, 24),
        ("stale-queue", cross_section, 54),
        ("crossing-keeps-word", cross_section, 89),
        ("unlocked-grant", join_section, 60),
        ("cancel-without-count", cancel_section, 54),
        ("no-refusal", whole_add, 1_782),
    ],
)
def test_a_mutant_of_the_class_differs_in_so_many_combinations(mutant: str, step: Step, different: int) -> None:
    broken = production_with(MUTANTS.get(mutant, UNBROKEN))
    assert different == differences(step, broken)[1]
