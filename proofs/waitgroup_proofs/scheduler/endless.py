"""Runs that never end, and whether that is wrong: cycles among the states of a search, under a fair scheduler.

A fair scheduler lets every thread that can go on do so again and again; time passes, so a sleep or a timed wait ends;
whoever could take a lock again and again, or start, does so at last.
A cycle that no fair run can stay in for ever is no fault of the code. On one that a fair run can stay in, the calls
under way never return, as if they were blocked: that is wrong unless the contract has an explanation for it.

The states are those of a search that tells all threads apart: symmetry does not say who has stepped.
"""

from collections.abc import Callable, Collection, Iterator

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import run_of
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Schedule
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.explorer.liveness import components, round_trip

ENDLESS = "the run never ends: it has come back to where it was"


class Steps:
    """The states of a search and the steps between them: for each state, the choices and the states they lead to."""

    def __init__(self) -> None:
        """No state."""
        self.steps: list[list[tuple[Choice, int]]] = []

    def targets_of(self, state: int) -> Iterator[int]:
        """The states that its steps lead to."""
        return (target for _, target in self.steps[state])

    def steps_of(self, state: int) -> Iterator[tuple[int, str, int]]:
        """Its steps: the thread, how it goes on, and the state afterwards."""
        return ((choice.thread, choice.how, target) for choice, target in self.steps[state])


def has_cycle(graph: Steps) -> bool:
    """Whether a run could come back to where it was."""
    return next(components(graph, range(len(graph.steps))), None) is not None


def goes_on(thread: int) -> Callable[[int, str], bool]:
    """The steps that a fair scheduler owes a thread: interrupts may stay away."""
    return lambda stepping, how: stepping == thread and how in ("run", "expire")


def endless(bench: Bench, graph: Steps, reached: list[Schedule]) -> Schedule | None:
    """A schedule to a state, and round to it again, of a run that wrongly never ends; None if there is none.

    `reached` is a schedule to each state. Raises UnsupportedTarget where a thread that goes round and never blocks
    keeps another one, which is to start when all are blocked, from ever starting, so that the scenario is not tried.
    """
    kept_back = ""
    for component in sorted(fair_components(graph), key=lambda one: shortest(one, reached)):
        entry = min(component, key=lambda state: len(reached[state]))
        with run_of(bench) as run:
            run.follow(reached[entry])
            if run.goes_on_wrongly():
                demands = [goes_on(thread.number) for thread in run.threads]
                return (*reached[entry], *way_round(graph, round_trip(graph, component, entry, demands), entry))
            waiting = [thread for thread in run.threads if not thread.started and thread.starts_when_blocked]
            kept_back = kept_back or next((run.name(thread) for thread in waiting), "")
    if kept_back:
        raise UnsupportedTarget(f"a thread goes round for ever without blocking, so that {kept_back} never starts")
    return None


def wrongly_endless(run: Run, way: Schedule) -> bool:
    """Whether it is wrong to go round for ever: the way that a run has just gone, from where it is to there again."""
    owed = {choice.thread for choice in run.choices() if goes_on(choice.thread)(choice.thread, choice.how)}
    return bool(way) and owed <= {choice.thread for choice in way} and run.goes_on_wrongly()


def fair_components(graph: Steps) -> Iterator[set[int]]:
    """Where a run can stay for ever although every thread that can go on again and again does so again and again.

    Of a strongly connected component in which a thread never steps, only those states are left where it cannot: a run
    that visits others again and again is not fair to it.
    """
    todo: list[Collection[int]] = [range(len(graph.steps))]
    while todo:
        for component in components(graph, todo.pop()):
            able: dict[int, set[int]] = {}
            stepping = set()
            for state in component:
                for thread, how, target in graph.steps_of(state):
                    if goes_on(thread)(thread, how):
                        able.setdefault(thread, set()).add(state)
                        if target in component:
                            stepping.add(thread)
            kept_out = [able[thread] for thread in sorted(able.keys() - stepping)]
            if kept_out:
                todo.append(component.difference(*kept_out))
            else:
                yield component


def shortest(component: Collection[int], reached: list[Schedule]) -> int:
    """How many steps the component is away."""
    return min(len(reached[state]) for state in component)


def way_round(graph: Steps, states: list[int], before: int) -> Iterator[Choice]:
    """The choices that lead from a state through these."""
    for after in states:
        yield next(choice for choice, target in graph.steps[before] if target == after)
        before = after
