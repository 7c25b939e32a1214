"""Sequential consistency, and the clocks of payloads, on random programs: against the plainest way to say each.

Under `Model.SEQUENTIAL` a program does what its interleavings do, tried here one by one; whether one of them has a race
is asked of RC11's happens-before. And a race is found just if it is found when every touch has a clock of its own,
which the model does not give it, so that what spins comes to an end; here, loops are short.
"""

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest
from tests.spec.memory.axiomatic import NOBODY, Event, events_of, execute, guesses, happens_before, racy
from tests.spec.memory.test_axiomatic import LOCATIONS, random_instruction

from waitgroup_spec.memory import machine
from waitgroup_spec.memory.language import Instruction, Touch, exchange, jump, label, observed, program
from waitgroup_spec.memory.ordering import RELAXED, Model
from waitgroup_spec.memory.search import Exploration, explore

Threads = dict[str, list[Instruction]]
PAYLOADS = ("one", "other")
KINDS = ("store add exchange fence", "load load store add swap fence")


def random_threads(random: Random) -> Threads:
    """Two or three threads, of which nearly every other instruction touches one payload or both."""
    lengths, numbers = random.choice([[3, 3], [4, 3], [2, 2, 2], [3, 1, 3]]), count(1)
    return {
        f"thread {position}": [
            Touch(random.choice([PAYLOADS, PAYLOADS[:1], PAYLOADS[1:]]), random.random() < 0.5)
            if random.random() < 0.35
            else random_instruction(random, next(numbers), random.choice("yyx"), KINDS[min(position, 1)])
            for _step in range(length)
        ]
        for position, length in enumerate(lengths)
    }


def interleavings(threads: Threads) -> Iterator[list[tuple[str, Instruction]]]:
    """Every order of the instructions in which each thread's own are in order."""
    if not any(threads.values()):
        yield []
    for name, steps in threads.items():
        if steps:
            for rest in interleavings({**threads, name: steps[1:]}):
                yield [(name, steps[0]), *rest]


def run(steps: list[tuple[str, Instruction]]) -> tuple[dict[str, int], bool]:
    """The registers and last values of one interleaving, and whether it has a race."""
    (events,) = guesses(LOCATIONS, {})
    newest, sources = {name: number for number, name in enumerate(LOCATIONS)}, {}
    for number, (thread, instruction) in enumerate(steps, len(events)):
        alternatives = list(events_of(thread, instruction))  # a compare-and-swap is only one of these
        if alternatives[0].reads:
            sources[number] = newest[alternatives[0].location]
        event = next(one for one in alternatives if executed([*events, one], sources))
        events.append(event)
        if event.writes:
            newest[event.location] = number
    ran = executed(events, sources)
    assert ran is not None
    registers, written = ran
    before = happens_before(events, program_order(events), sources, Model.CPP20)
    return {**registers, **{name: written[number] for name, number in newest.items()}}, racy(events, before)


def executed(events: list[Event], sources: dict[int, int]) -> tuple[dict[str, int], dict[int, int]] | None:
    """The registers and what was written; None if the last compare-and-swap does not do that."""
    everything = {(i, j) for j in range(len(events)) for i in range(j)}
    return execute(LOCATIONS, events, sources, everything)


def program_order(events: list[Event]) -> set[tuple[int, int]]:
    """The first writes come before all others, and each thread's events are in order."""
    return {
        (i, j)
        for j, later in enumerate(events)
        for i, earlier in enumerate(events[:j])
        if earlier.thread == later.thread or (earlier.thread == NOBODY and later.thread != NOBODY)
    }


def ends(found: Exploration, threads: Threads) -> set[tuple[tuple[str, int], ...]]:
    """All final values."""
    text = program(LOCATIONS, PAYLOADS, **threads)
    return {tuple(sorted(observed(text, state).items())) for state in found.finals}


def test_under_sequential_consistency_programs_do_what_their_interleavings_do() -> None:
    random, races, values = Random(1), 0, 0
    for _ in range(80):
        threads = random_threads(random)
        found = explore(program(LOCATIONS, PAYLOADS, **threads), model=Model.SEQUENTIAL)
        ran = [run(steps) for steps in interleavings(threads)]
        assert (found.flaw is not None) == any(race for _values, race in ran), threads
        if found.flaw:
            races += 1
        else:
            expected = {tuple(sorted(registers.items())) for registers, _race in ran}
            assert ends(found, threads) == expected
            values += len(expected)
    assert (races, values) == (33, 206)


def looping(random: Random, threads: Threads) -> tuple[dict[str, int], Threads]:
    """The program with a part of each thread done twice; each counts in a location of its own."""

    def twice(name: str, steps: list[Instruction]) -> list[Instruction]:
        first = random.randrange(len(steps))
        last = random.randrange(first, len(steps)) + 1
        again = jump("again", when=lambda own: own[f"turn {name}"] == 0)
        turn = exchange(f"turn {name}", name, 1, RELAXED)
        return [*steps[:first], label("again"), *steps[first:last], turn, again, *steps[last:]]

    return {**LOCATIONS, **dict.fromkeys(threads, 0)}, {name: twice(name, steps) for name, steps in threads.items()}


@pytest.mark.parametrize(("programs", "races"), [(12, 8), pytest.param(80, 41, marks=pytest.mark.slow)])
def test_races_are_those_that_are_found_if_every_touch_has_a_clock_of_its_own(
    programs: int, races: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random, flaws = Random(1), 0
    for number in range(programs):
        locations, threads = looping(random, random_threads(random))
        text = program(locations, PAYLOADS, **threads)
        if number % 2:
            text = text._replace(object="one", outside=("y",))
        model = list(Model)[number % 3]
        found = explore(text, model=model)
        with monkeypatch.context() as patched:
            patched.setattr(machine, "told", lambda *_known: True)
            expected = explore(text, model=model)
        assert found.flaw == expected.flaw, threads
        flaws += found.flaw is not None
    assert flaws == races
