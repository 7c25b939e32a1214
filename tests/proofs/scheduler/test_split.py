"""A split search finds what the search in one process finds, whoever does the tasks, or says that somebody is lost."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import distributed
import pytest
from tests.proofs.scheduler.designs import NAIVE
from tests.proofs.scheduler.test_endless import PAUSES, POLLING

from waitgroup_proofs.scheduler import split as split_module
from waitgroup_proofs.scheduler.executors import NoWorkers, cluster, processes
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import Foreign, Named
from waitgroup_proofs.scheduler.interrupts import program
from waitgroup_proofs.scheduler.reduction import Knowledge
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.split import Item, Split, Workers, split
from waitgroup_proofs.scheduler.tasks import Answer, Arrival, Shared, followed

PRODUCTION = Foreign(Named("waitgroup.group:WaitGroup"))


@pytest.fixture(scope="module")
def crews() -> Iterator[dict[str, Workers]]:
    """One, two and three workers, and one that is a thread of this process."""
    with ExitStack() as stack:
        thread = stack.enter_context(ThreadPoolExecutor(1))
        crews = {f"{number} processes": stack.enter_context(processes(number)) for number in (1, 2, 3)}
        yield {"a thread": Workers(thread, ()), **crews}


@pytest.fixture(autouse=True)
def nothing_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the smallest search is split."""
    monkeypatch.setattr(split_module, "ALONE", 1)


def target_of(source: str, tmp_path: Path) -> Foreign:
    """The class `Group` of a source text."""
    (tmp_path / "target.py").write_text(source, encoding="utf-8")
    return Foreign(Named(f"{tmp_path / 'target.py'}:Group"))


def found(one: Search) -> tuple[object, ...]:
    """All that is to be the same."""
    violation = one.violation and len(one.violation.schedule)
    return (one.verdict, one.exhausted, one.exhausted and one.outcomes, one.why, violation)


@pytest.mark.parametrize(
    ("name", "workers", "waiters"),
    [
        ("pre-added", 2, 1),
        ("reuse", 1, 1),
        ("cancel", 1, 1),
        ("timeout-race", 1, 1),
        ("surplus+handler", 1, 1),
        pytest.param("pre-added", 2, 2, marks=pytest.mark.slow),
        pytest.param("reuse", 1, 2, marks=pytest.mark.slow),
        pytest.param("timeout-race", 1, 2, marks=pytest.mark.slow),
        pytest.param("pre-added+exception", 1, 1, marks=pytest.mark.slow),
    ],
)
def test_all_crews_find_what_one_process_finds(
    name: str, workers: int, waiters: int, crews: dict[str, Workers]
) -> None:
    scenario = program(name, workers, waiters)
    alone = search(PRODUCTION, scenario, outcomes=True)
    for crew in crews.values():
        together = split(PRODUCTION, scenario, outcomes=True, workers=crew)
        assert found(alone) == found(together)
        if alone.exhausted:
            assert (alone.states, alone.runs) == (together.states, together.runs)


def test_all_crews_find_the_same_shortest_violation(crews: dict[str, Workers], tmp_path: Path) -> None:
    target = target_of(NAIVE, tmp_path)
    scenario = program("reuse-parked", 1, 2)
    alone = search(target, scenario)
    together = [split(target, scenario, workers=crew) for crew in crews.values()]
    assert {found(alone)} == {found(one) for one in together}
    assert 1 == len({(one.violation, one.states, one.runs) for one in together})


@pytest.mark.parametrize(("name", "verdict"), [("pre-added", "holds"), ("reuse-parked", "violated")])
def test_all_crews_judge_runs_that_never_end_alike(
    name: str, verdict: str, crews: dict[str, Workers], tmp_path: Path
) -> None:
    target = target_of(POLLING.format(pause=PAUSES["sleep"]), tmp_path)
    scenario = program(name, 1, 1)
    every = [search(target, scenario), *(split(target, scenario, workers=crew) for crew in crews.values())]
    assert [verdict] * 5 == [one.verdict for one in every]
    assert 1 == len({found(one) for one in every})


@pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_dask_cluster_finds_what_one_process_finds(processes: bool) -> None:
    scenario = program("reuse", 1, 1)
    with (
        distributed.LocalCluster(n_workers=2, processes=processes, dashboard_address=None) as local,
        cluster(local.scheduler_address) as crew,
    ):
        together = split(PRODUCTION, scenario, outcomes=True, workers=crew)
    assert search(PRODUCTION, scenario, outcomes=True)._replace(seconds=0) == together._replace(seconds=0)


@pytest.mark.parametrize("address", ["nonsense", "nowhere://1:2", "tcp://127.0.0.1:1", ""])
def test_an_address_where_no_dask_scheduler_is_is_refused_in_one_line(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waitgroup_proofs.scheduler.executors.ANSWER_SECONDS", 1)
    with pytest.raises(NoWorkers) as refused, cluster(address):
        pass
    assert f"no Dask scheduler at {address!r}: " == str(refused.value)[: len(address) + 25]
    assert 1 == len(str(refused.value).splitlines())


def test_a_worker_that_is_killed_makes_the_search_inconclusive() -> None:
    scenario = program("pre-added", 3, 2)
    with processes(2) as crew:
        victim = crew.executor.submit(os.getpid).result()

        def progress(_states: int, runs: int) -> None:
            if runs == 1:
                os.kill(victim, signal.SIGKILL)

        one = split(PRODUCTION, scenario, progress=progress, workers=crew)
    assert ("inconclusive", "a worker is lost") == (one.verdict, one.why.partition(":")[0])


def test_a_search_stops_when_its_time_is_used(crews: dict[str, Workers], monkeypatch: pytest.MonkeyPatch) -> None:
    # All of the time is that of the crew, however busy the machine.
    monkeypatch.setattr(split_module, "ALONE", 0)
    begun = time.perf_counter()
    one = split(PRODUCTION, program("mixed", 4, 4), seconds=1.0, workers=crews["2 processes"])
    # On a busy machine the time is used before there is anything to split, and then nothing else could have been.
    assert "inconclusive" == one.verdict
    assert one.why in ("the runs or the time are used", "")
    assert time.perf_counter() - begun < 10


def test_progress_tells_of_states_and_runs(crews: dict[str, Workers]) -> None:
    told: list[tuple[int, int]] = []
    one = split(
        PRODUCTION, program("pre-added", 2, 2), progress=lambda *now: told.append(now), workers=crews["a thread"]
    )
    assert (one.states, one.runs) == told[-1]


def test_what_a_search_is_refused_for_is_refused_here_too(crews: dict[str, Workers], tmp_path: Path) -> None:
    source = NAIVE.replace("self.counter += delta", "self.counter += delta; self.log.add(object())").replace(
        "self.counter = 0\n", "self.counter = 0\n        self.log = set()\n", 1
    )
    target = target_of(source, tmp_path)
    with pytest.raises(UnsupportedTarget, match="the state holds"):
        split(target, program("pre-added", 1, 1), workers=crews["1 processes"])


def test_a_worker_of_another_python_is_refused() -> None:
    shared = Shared(0, b"", program("pre-added", 1, 1), False, False, True, ("2.7", "nowhere"))
    with pytest.raises(UnsupportedTarget, match="a worker runs Python"):
        followed(shared, Knowledge(), [])


def test_a_worker_that_sees_something_else_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    def another(*task: object) -> Answer:
        answer = followed(*task)  # type: ignore[arg-type]
        return answer._replace(violated=True) if answer.chains and len(answer.chains[0][0].choices) < 2 else answer

    monkeypatch.setattr(split_module, "followed", another)
    with ThreadPoolExecutor(1) as thread, pytest.raises(UnsupportedTarget, match="the same in every process"):
        split(PRODUCTION, program("pre-added", 1, 1), workers=Workers(thread, ()))


def test_states_that_one_digest_stands_for_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Split._taken

    def forgetful(self: Split, items: list[Item], answer: Answer) -> object:
        chains = [
            [Arrival(b"%d" % (len(item.schedule) + i), *one[1:]) for i, one in enumerate(chain)]
            for item, chain in zip(items, answer.chains, strict=False)
        ]
        return taken(self, items, answer._replace(chains=chains))

    monkeypatch.setattr(Split, "_taken", forgetful)
    with ThreadPoolExecutor(1) as thread:
        one = split(PRODUCTION, program("pre-added", 3, 2), workers=Workers(thread, ()))
    assert one.states < search(PRODUCTION, program("pre-added", 3, 2)).states
