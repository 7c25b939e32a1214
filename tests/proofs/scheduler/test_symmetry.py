"""Permuting identical threads does not change the key of a state, and nothing else leaves it as it is."""

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from itertools import permutations

import pytest
from tests.proofs.scheduler.designs import EVENTS
from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.production import Production, strict_monitor
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import SCENARIOS, WAIT, Client, Scenario

Schedule = tuple[Choice, ...]


def walks(bench: Bench, count: int) -> Iterator[Schedule]:
    """Random runs to their ends; the same ones each time."""
    for seed in range(count):
        chance = random.Random(seed)
        with Run(bench) as run:
            run.follow(())
            while choices := run.choices():
                run.step(chance.choice(choices))
        yield tuple(run.schedule)


def prefixes(schedules: Iterable[Schedule]) -> set[Schedule]:
    return {schedule[:length] for schedule in schedules for length in range(len(schedule) + 1)}


def key(bench: Bench, schedule: Schedule) -> Hashable:
    with Run(bench) as run:
        run.follow(schedule)
        return run.key()


def swaps(scenario: Scenario) -> list[tuple[int, ...]]:
    """Every permutation of the threads that only exchanges threads of the same client."""
    clients = [number for number, client in enumerate(scenario.clients) for _ in range(client.threads)]
    return [p for p in permutations(range(len(clients))) if [clients[i] for i in p] == clients]


def swapped(schedule: Schedule, order: tuple[int, ...]) -> Schedule:
    return tuple(choice._replace(thread=order[choice.thread]) for choice in schedule)


@pytest.mark.parametrize("name", ["pre-added", "add-done", "timeout-race", "cancel"])
def test_exchanging_identical_threads_leaves_the_key(name: str) -> None:
    scenario = SCENARIOS[name](2, 3)
    bench = Bench(Written(EVENTS), scenario, ContractMonitor(), None, None)
    orders = swaps(scenario)
    assert len(orders) in (4, 12)
    chosen = random.Random(0).sample(sorted(prefixes(walks(bench, 2))), 20)
    keys = [{key(bench, swapped(schedule, order)) for order in orders} for schedule in chosen]
    assert [1] * 20 == [len(different) for different in keys]


@pytest.mark.parametrize("name", ["pre-added", "reuse", "timeout-race"])
def test_exchanging_identical_threads_leaves_the_key_of_production_and_of_strict(name: str) -> None:
    scenario = SCENARIOS[name](2, 3)
    bench = Bench(Production(), scenario, ContractMonitor(), strict_monitor(), None)
    chosen = random.Random(0).sample(sorted(prefixes(walks(bench, 2))), 20)
    keys = [{key(bench, swapped(schedule, order)) for order in swaps(scenario)} for schedule in chosen]
    assert [1] * 20 == [len(different) for different in keys]


Appearance = tuple[tuple[int, int], int, frozenset[tuple[object, int]]]


def appearance(run: Run, target: Production) -> Appearance:
    """What can be told of a state of production without the key: word, parked locks, and where threads stand."""
    threads = Counter((thread.client, thread.calls, run.position(thread), thread.finished) for thread in run.threads)
    group = run.instance
    return target.observe(group), len(group._state[1]), frozenset(threads.items())


def test_states_that_look_different_have_different_keys() -> None:
    target = Production()
    bench = Bench(target, SCENARIOS["timeout-race"](2, 2), ContractMonitor(), strict_monitor(), None)
    looks: dict[Hashable, set[Appearance]] = {}
    for schedule in prefixes(walks(bench, 20)):
        with Run(bench) as run:
            run.follow(schedule)
            looks.setdefault(run.key(), set()).add(appearance(run, target))
    assert 200 < len(looks)
    assert {1} == {len(different) for different in looks.values()}
    assert len(looks) >= len(set().union(*looks.values())) > 120


def test_threads_of_two_clients_are_never_exchanged() -> None:
    target = Production()
    clients = (Client("one", (WAIT,)), Client("other", (WAIT,)))
    bench = Bench(target, Scenario("two clients", "", 1, clients), ContractMonitor(), None, None)
    first, second = ((Choice(0),), (Choice(1),))
    assert key(bench, first) != key(bench, second)
    identical = bench._replace(scenario=Scenario("one client", "", 1, (Client("one", (WAIT,), 2),)))
    assert key(identical, first) == key(identical, second)


#: Two identical threads that differ in what they make of their identity.
UNLIKE = """
from threading import get_ident

class Group:
    def __init__(self):
        self.came = 0

    def wait(self):
        first = self.came == 0
        self.came = 1
        if not first and {identity} % 2 == {parity}:
            raise KeyError
        return True
"""


@pytest.mark.parametrize("parity", [0, 1])
@pytest.mark.parametrize("identity", ["get_ident()", "int(get_ident())", "(get_ident() + 1)", "hash(get_ident())"])
def test_threads_that_do_arithmetic_on_their_identity_are_not_taken_for_identical(identity: str, parity: int) -> None:
    scenario = Scenario("two waits", "", 0, (Client("waiter", (WAIT,), 2),))
    target = Written(UNLIKE.format(identity=identity, parity=parity))
    with pytest.raises(UnsupportedTarget) as refused:
        search(target, scenario)
    assert "a thread's identity is used for more than to be compared" == str(refused.value)
