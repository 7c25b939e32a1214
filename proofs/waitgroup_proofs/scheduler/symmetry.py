"""One key for all states that differ by a permutation of identical threads.

Each thread has a *view*: where it stands, and what it sees of the objects, those that it alone can reach numbered for
itself. Threads are put in order by their views, and by what the monitors' explanations tell of them. Threads that look
the same are most often interchangeable: then their order makes no difference. Where that is not certain, every order
of those that look the same is tried, and the least is taken. So equal states get equal keys, and nothing of how a state
was reached is in its key: a search finds the same states in whatever order, and in however many processes, it goes.
"""

from collections.abc import Hashable, Iterator
from itertools import accumulate, chain, groupby, islice, permutations, product
from typing import TYPE_CHECKING, Any

from waitgroup_proofs.scheduler.digests import Part, digests_of
from waitgroup_proofs.scheduler.keys import Walk

if TYPE_CHECKING:
    from waitgroup_proofs.scheduler.run import Run
    from waitgroup_proofs.scheduler.scenario_thread import Thread

Order = tuple[int, ...]


def key_of(run: "Run", outcomes: bool, apart: bool = False) -> Hashable:
    """The key of the state that a run is in; with `outcomes`, it also says what calls have answered.

    `apart`: identical threads are told apart, by their numbers.
    """
    digests = digests_of(run.bench.target)
    surroundings = run.surroundings
    walk = Walk(surroundings.packages, surroundings.objects, surroundings.now)
    target = walk.value(run.instance)
    walks = [walk.further() for _ in run.threads]
    views = [digests.part(_view(run, *pair, outcomes)) for pair in zip(run.threads, walks, strict=True)]
    looks = [(view.digest, *_looks(run, number)) for number, view in enumerate(views)]
    order = tuple(sorted(range(len(looks)), key=looks.__getitem__))
    if apart:
        order = tuple(range(len(looks)))
        return (target, _together(run, order, walk, outcomes), *_explained(run, order))
    alike = [tuple(group) for _, group in groupby(order, key=looks.__getitem__)]
    told: list[tuple[Any, ...]]
    if _are_apart(walks, len(walk.number)):
        states = tuple(views[number] for number in order)
        orders = [order] if _exchangeable(run, order, alike) else _orders(alike)
        told = [(states, *_explained(run, one)) for one in orders]
    else:
        told = [(_together(run, one, walk, outcomes), *_explained(run, one)) for one in _orders(alike)]
    return (target, *(told[0] if len(told) == 1 else min(told, key=digests.of)))


def _view(run: "Run", thread: "Thread", walk: Walk, outcomes: bool) -> tuple[Any, ...]:
    """All that a thread is determined by, in the numbering of `walk`."""
    return (
        thread.client,
        thread.calls,
        thread.results if outcomes else (),
        thread.started,
        thread.invoked,
        thread.interrupted,
        thread.frames.shape,
        walk.value(thread.identity),
        walk.value(None if thread.finished else thread.handling),
        # What C keeps while it calls Python cannot be looked at: such a state is like no other.
        tuple(run.schedule) if thread.calls_of_c else None,
        thread.unseen,
        thread.called and run.bench.only_after_calls,
        *map(walk.local, thread.frames.objects),
    )


def _together(run: "Run", order: Order, walk: Walk, outcomes: bool) -> tuple[Any, ...]:
    """The views of threads that share what the group does not lead to: they are numbered together."""
    further = walk.further()
    return tuple(_view(run, run.threads[number], further, outcomes) for number in order)


def _are_apart(walks: list[Walk], shared: int) -> bool:
    """Whether no two threads reach the same object, except through the group, whose `shared` objects come first."""
    own = [one for walk in walks for one in islice(walk.number, shared, None)]
    return len(own) == len(set(own))


def _looks(run: "Run", number: int) -> Iterator[bytes]:
    """What the explanations tell of a thread, whatever it is called."""
    yield run.bench.contract.look(run.contract, number)
    if run.bench.strict is not None:
        yield run.bench.strict.look(run.strict, number)


def _explained(run: "Run", order: Order) -> Iterator[Part]:
    """The explanations, with the threads in this order."""
    contract, strict = run.bench.contract, run.bench.strict
    yield contract.explained(contract.renamed(run.contract, order))
    if strict is not None:
        yield strict.explained(strict.renamed(run.strict, order))


def _exchangeable(run: "Run", order: Order, alike: list[Order]) -> bool:
    """Whether the explanations stay what they are if two threads that look the same are exchanged."""
    straight = tuple(_explained(run, order))
    places = accumulate(map(len, alike), initial=0)
    ties = [place + i for place, group in zip(places, alike, strict=False) for i in range(1, len(group))]
    exchanged = ((*order[: i - 1], order[i], order[i - 1], *order[i + 1 :]) for i in ties)
    return all(tuple(_explained(run, one)) == straight for one in exchanged)


def _orders(alike: list[Order]) -> list[Order]:
    """Every order of the threads in which only those that look the same have changed places."""
    return [tuple(chain(*one)) for one in product(*map(permutations, alike))]
