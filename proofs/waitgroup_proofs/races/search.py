"""Every interleaving of the seventeen programs, breadth first: the races they show, and the shortest run to each.

The check behind the two verdicts: a case that must race has a run that shows a race; one that must not has none.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from waitgroup_proofs.races.clocks import ATOMICS, PROMISE, Rule
from waitgroup_proofs.races.language import Case
from waitgroup_proofs.races.machine import Machine, Race, State, Step
from waitgroup_proofs.races.programs import CASES, SMALL_REUSE, SMALLER_CASES


class Found(NamedTuple):
    """What a search came to: how many states it saw and, if it found what it looked for, a shortest run to that.

    `run` names the steps of the run; the last one shows what `step` says. No step: the states are all that there are.
    """

    states: int
    step: Step | None
    run: tuple[str, ...]

    @property
    def race(self) -> Race | None:
        """The race, if there is one."""
        return self.step.race if self.step else None

    def __str__(self) -> str:
        """As the answer to a search for a race."""
        if self.race is None:
            return f"no race; states: {self.states}"
        return f"race in step {len(self.run)}: {self.race.first}, {self.race.second}; states: {self.states}"


def search(machine: Machine, sought: Callable[[Step], bool]) -> Found:
    """Every state of the machine, each expanded once, until a step is what is sought."""
    first = machine.initial()
    if sought(first):
        return Found(1, first, ())
    #: For each state, the one before it and the action in between.
    before: dict[State, tuple[State, str] | None] = {first.state: None}
    todo = [first.state]
    for state in todo:
        for step in machine.steps(state):
            if sought(step):
                return Found(len(before), step, (*run_to(before, state), step.action))
            if step.state not in before:
                before[step.state] = (state, step.action)
                todo.append(step.state)
    return Found(len(before), None, ())


def run_to(before: dict[State, tuple[State, str] | None], state: State) -> tuple[str, ...]:
    """The actions that led to `state`."""
    actions = []
    while (previous := before[state]) is not None:
        state, action = previous
        actions.append(action)
    return tuple(reversed(actions))


def races(case: Case, rule: Rule = PROMISE) -> Found:
    """Search a case for a race."""
    return search(Machine(case.program, rule), lambda step: step.race is not None)


def early_returns(case: Case, rule: Rule = PROMISE) -> Found:
    """Search a case for a Wait that returns without knowing of a done() that had been applied."""
    return search(Machine(case.program, rule), lambda step: step.early)


#: The races that atomic operations hide, and why. The promise shows every race that is expected.
HIDDEN: Mapping[str, Mapping[str, str]] = {
    PROMISE.name: {},
    ATOMICS.name: {
        "RaceWaitGroupWrongAdd": "There is no variable: only the promise says that an add may race with a wait.",
        SMALL_REUSE.name: "Whatever a late waiter sees, it comes after the workers of its own generation: "
        "only the promise says that it may race with the next add.",
    },
}


def cases_under(rule: Rule) -> tuple[Case, ...]:
    """The cases; the atomics, mutated or not, are given the reduced ones."""
    return SMALLER_CASES if rule.name == ATOMICS.name else CASES


def verdicts(rule: Rule = PROMISE) -> dict[str, Found]:
    """What each case comes to, by its name."""
    return {case.name: races(case, rule) for case in cases_under(rule)}


def surprises(found: Mapping[str, Found], rule: Rule = PROMISE) -> list[str]:
    """The cases that do not come to what is expected of them under `rule`."""
    return [
        f"{case.name}: {found[case.name]}"
        for case in cases_under(rule)
        if (found[case.name].race is not None) != (case.racy and case.name not in HIDDEN[rule.name])
    ]
