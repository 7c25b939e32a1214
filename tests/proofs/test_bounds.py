"""At and next to every bound, in every combination: each step of the shipped class is that of `strict`.

Nothing here is random.
"""

from _thread import allocate_lock
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
from tests.proofs.machine import UNBROKEN, OnlyThread, production_with
from tests.proofs.side_by_side import answer_of, expected

from waitgroup import WaitGroup, core
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


def fields(shared: Shared) -> tuple[int, int]:
    """What the protocol's state has of the word."""
    return shared.counter, shared.waiters


def groups(production: Any, *others: tuple[int, ...]) -> Iterator[tuple[Any, list[Any], tuple[int, ...]]]:
    """A group at each word with each number of locks, the locks, and the values: both fields, the others, locks."""
    for counter, waiters, *rest, locks in product(FIELDS, FIELDS, *others, LOCKS):
        if locks <= waiters and (counter > 0 or waiters == 0):
            group = production()
            group._state[0] = core.cell_of(counter, waiters)
            grants = [held(production) for _ in range(locks)]
            group._state[1].update(dict.fromkeys(grants, 0))
            yield group, grants, (counter, waiters, *rest, locks)


def held(production: Any) -> Any:
    """A lock as production's waiters have it, which is held."""
    grant = allocate_lock() if production is WaitGroup else OnlyThread()
    grant.acquire()
    return grant


def seen(group: Any, grants: list[Any]) -> tuple[tuple[int, int], list[Any], list[bool]]:
    """The word, the queue, and which locks are held."""
    return core.fields_of(group._state[0]), list(group._state[1]), [grant.locked() for grant in grants]


def one_unit(production: Any) -> Iterator[Comparison]:
    """The steps of `add(1)` and `done()`, and the action `apply`: nobody is granted."""
    for group, grants, (counter, waiters, delta, locks) in groups(production, (1, -1)):
        shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
        guard = thread.result == Result.NONE
        answer = answer_of(partial(next, group._up if delta == 1 else group._down))
        yield (guard, fields(shared), grants, [True] * locks), (answer is None, *seen(group, grants))


def apply_step(production: Any) -> Iterator[Comparison]:
    """`_apply` and the action `apply`: nobody is granted."""
    for group, grants, (counter, waiters, delta, locks) in groups(production, NOT_ZERO):
        shared, thread = strict.apply(Shared(counter, waiters), Thread(Place.ADD_APPLY, delta=delta))
        guard = thread.result == Result.NONE
        yield (guard, fields(shared), grants, [True] * locks), (group._apply(delta), *seen(group, grants))


def cross_step(production: Any) -> Iterator[Comparison]:
    """`_cross` and the action `cross` of a thread that saw any word: everybody is granted, or nobody."""
    for group, grants, (counter, waiters, read, saved, locks) in groups(production, FIELDS, FIELDS):
        if read > 0 or saved == 0:
            thread = Thread(Place.ADD_CROSS, delta=-read, saved_waiters=saved)
            shared, after = strict.cross(Shared(counter, waiters), thread)
            guard = after.result == Result.NONE
            queue = [] if guard else grants
            answer = group._cross(core.cell_of(read, saved), group._state[1])
            yield (guard, fields(shared), queue, [not guard] * locks), (answer, *seen(group, grants))


def join_step(production: Any) -> Iterator[Comparison]:
    """`_join` and the action `join`, while there is room: who joins is parked behind those that are."""
    for group, grants, (counter, waiters, _) in groups(production):
        if waiters < FIELD_MAX:
            shared, thread = strict.join(Shared(counter, waiters), Thread(Place.WAIT_JOIN))
            guard = thread.place == Place.WAIT_PARKED
            grant = held(production)
            queue = [*grants, grant] if guard else grants
            answer = group._join(grant, 0)
            yield (guard, fields(shared), queue, [True] * len(queue)), (answer, *seen(group, queue))


def cancel_step(production: Any) -> Iterator[Comparison]:
    """`_cancel` and the action `cancel`, of the waiter that parked last, or, without locks, of one that is granted."""
    for group, grants, (counter, waiters, locks) in groups(production):
        grant = grants.pop() if grants else held(production)
        thread = Thread(Place.WAIT_CANCEL, reason=Result.FALSE)
        shared, after = strict.cancel(Shared(counter, waiters, generation=int(locks == 0)), thread)
        guard = after.result == Result.FALSE
        yield (guard, fields(shared), grants, [True] * len(grants)), (group._cancel(grant), *seen(group, grants))


def whole_add(production: Any) -> Iterator[Comparison]:
    """A whole `add` and the run of `strict` that nobody disturbs."""
    for group, _, (counter, waiters, delta, _) in groups(production, DELTAS):
        shared, thread = Shared(counter, waiters), strict.begin(Call(delta))
        while thread.result == Result.PENDING:
            (action,) = strict.strict.enabled(shared, thread)
            shared, thread = action.effect(shared, thread)
        answer = answer_of(group.done if delta == -1 else partial(group.add, delta))
        yield (expected(Call(delta), thread.result), fields(shared)), (answer, core.fields_of(group._state[0]))


def differences(step: Step, subject: Any) -> tuple[int, int]:
    """How many combinations there are, and on how many production does not do what `strict` does."""
    same = [of_strict == of_production for of_strict, of_production in step(subject)]
    return len(same), same.count(False)


STEPS = {one_unit: 152, apply_step: 4_104, cross_step: 2_356, join_step: 61, cancel_step: 76, whole_add: 4_180}


@pytest.mark.parametrize(("step", "combinations"), STEPS.items())
def test_at_every_bound_a_step_of_the_class_is_that_of_strict(step: Step, combinations: int) -> None:
    assert (combinations, 0) == differences(step, WaitGroup)


MUTANTS = {mutant.name: mutant for mutant in PRODUCTION}


@pytest.mark.parametrize(
    ("mutant", "step", "different"),
    [
        ("unbroken", whole_add, 0),
        ("no-wakeup", cross_step, 45),
        ("wakes-one", cross_step, 20),
        ("stale-queue", cross_step, 45),
        ("crossing-keeps-word", cross_step, 75),
        ("crossing-without-compare", cross_step, 2_280),
        ("waiters-push-up", join_step, 61),
        ("join-without-entry", join_step, 60),
        ("expired-waiter-stays", cancel_step, 76),
        ("cancel-without-count", cancel_step, 45),
        ("cancels-two", cancel_step, 45),
        ("no-refusal", whole_add, 1_782),
    ],
)
def test_a_mutant_of_the_class_differs_in_so_many_combinations(mutant: str, step: Step, different: int) -> None:
    broken = production_with(MUTANTS.get(mutant, UNBROKEN))
    assert different == differences(step, broken)[1]
