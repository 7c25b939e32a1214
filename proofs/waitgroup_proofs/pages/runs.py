"""Runs of a protocol, to be stepped through on a page: what each step does, and how everything stands afterwards."""

from typing import Any

from waitgroup_proofs.play.levels import Solved
from waitgroup_proofs.report.states import colour, shared_as_data, standings
from waitgroup_proofs.report.tables import steps_of
from waitgroup_spec.scenarios import Scenario


def run_as_data(solved: Solved) -> dict[str, Any]:
    """A shortest run that wins the level: it is a counterexample to the goal."""
    level, system, path = solved.level, solved.system, solved.path
    threads = level.scenario.thread_names
    return {
        "name": level.name,
        "sentence": level.broken,
        "goal": level.goal.sentence,
        "program": program_in_words(level.scenario),
        "threads": threads,
        "colours": [colour(number) for number in range(len(threads))],
        "start": {"shared": shared_as_data(system.view(path[0])[0]), "stand": standings(system, path[0])},
        "steps": [
            {
                "thread": threads.index(thread),
                "action": action.name,
                "sentence": action.sentence,
                "shared": shared_as_data(shared),
                "stand": standings(system, state),
            }
            for (thread, action, _, shared), state in zip(steps_of(system, path), path[1:], strict=True)
        ],
    }


def program_in_words(scenario: Scenario) -> str:
    """Who calls what, and what is outstanding before."""
    calls = (f"{client.name} ({client.threads}): {'; '.join(map(str, client.calls))}" for client in scenario.clients)
    return f"{scenario.units or 'Nothing'} outstanding at first. {'. '.join(calls)}."
