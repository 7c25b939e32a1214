"""What a worker of a split search does, in whatever process: follow schedules, and say through which states they lead.

States are told by their digests, which are the same in every process. A worker remembers, as long as a search lasts,
what it has come through, and goes no further where it has been.
"""

import os
import pickle
import sys
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.digests import digests_of
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import monitor_of, run_of
from waitgroup_proofs.scheduler.outcomes import Outcome, outcome
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.schedules import Choice, Schedule, Violation
from waitgroup_proofs.scheduler.target import Bench, Target
from waitgroup_spec.scenarios import Scenario

#: Every process must instrument the same library: the texts of the standard library are not sent with a target.
INTERPRETER = (sys.version, os.__file__)


class Shared(NamedTuple):
    """What all tasks of a search have in common. `number` tells it from others; `target` is pickled."""

    number: int
    target: bytes
    scenario: Scenario
    outcomes: bool
    apart: bool
    #: Whether to go on from the end of a schedule.
    further: bool
    interpreter: tuple[str, str] = INTERPRETER


class Arrival(NamedTuple):
    """A state: its digest, how it can go on, and the outcome if it cannot and that is asked."""

    digest: bytes
    choices: tuple[Choice, ...]
    outcome: Outcome | None


class Answer(NamedTuple):
    """What came of a task: the states at and after the end of each schedule, each led to by the first choice before.

    `violated`: the step after the last of them is a violation. `learnt`: there is nothing but new knowledge.
    """

    chains: list[list[Arrival]]
    knowledge: Knowledge
    violated: bool = False
    learnt: bool = False


@lru_cache(2)
def target_of(pickled: bytes) -> Target:
    """The target, made once in each process."""
    target: Target = pickle.loads(pickled)
    return target


@lru_cache(4)
def monitor_for(scenario: Scenario) -> ContractMonitor:
    """The contract for it, which remembers what it was asked."""
    return monitor_of(scenario)


#: Whatever threads an executor has: two runs in one process would be in each other's way.
_ONE_AT_A_TIME = Lock()


@lru_cache(1)
def seen_in(_number: int) -> set[bytes]:
    """The digests that this process has seen in the search with this number."""
    return set()


def followed(shared: Shared, knowledge: Knowledge, schedules: list[Schedule]) -> Answer:
    """Do a task, in whatever process. Raises UnsupportedTarget."""
    if shared.interpreter != INTERPRETER:
        raise UnsupportedTarget(f"a worker runs Python {INTERPRETER}, and not {shared.interpreter} as the caller does")
    with _ONE_AT_A_TIME:
        mine = deepcopy(knowledge)
        bench = Bench(target_of(shared.target), shared.scenario, monitor_for(shared.scenario), None, mine)
        chains: list[list[Arrival]] = []
        try:
            for schedule in schedules:
                chains.append([])
                chains[-1].extend(arrivals(bench, schedule, shared))
        except Learnt:
            return Answer([], mine, learnt=True)
        except Violation:
            return Answer(chains, mine, violated=True)
        return Answer(chains, mine)


def arrivals(bench: Bench, schedule: Schedule, shared: Shared) -> Iterator[Arrival]:
    """The state where a schedule leads, and those after it while they are new. Raises Violation."""
    seen = seen_in(shared.number)
    digests = digests_of(bench.target)
    with run_of(bench) as run:
        run.follow(schedule)
        while True:
            digest = digests.of(run.key(shared.outcomes, shared.apart))
            choices = tuple(run.choices())
            yield Arrival(digest, choices, outcome(run) if shared.outcomes and not choices else None)
            if not shared.further or not choices or digest in seen:
                return
            seen.add(digest)
            run.step(choices[0])
