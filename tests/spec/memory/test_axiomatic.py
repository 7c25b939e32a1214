"""The model by views and RC11's axioms, checked by brute force, agree on random small programs."""

from itertools import count
from random import Random

import pytest
from tests.spec.memory.axiomatic import Outcomes, outcomes

from waitgroup_spec.memory.language import (
    Instruction,
    compare_and_swap,
    exchange,
    fence,
    fetch_add,
    load,
    observed,
    program,
    read,
    store,
    write,
)
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, RELAXED, RELEASE, Model, Ordering
from waitgroup_spec.memory.search import explore

LOCATIONS = {"x": 0, "y": 0}
UPDATES = [RELAXED, ACQUIRE, RELEASE, ACQ_REL]
#: For a role, the locations and kinds of a thread's first, middle and last instructions. A sender tends to write data
#: and then a flag, which handlers handle, and a receiver to look at the flag and then at the data: programs of anybody
#: seldom show release sequences and fences at work.
ANY = ("xy", "load load load store store store exchange add swap fence read write")
FLAG = ("y", "store store add exchange swap fence")
KINDS = {
    "any": (ANY, ANY, ANY),
    "sender": (("x", "store store write read"), FLAG, FLAG),
    "handler": (FLAG, FLAG, FLAG),
    "receiver": (("y", "load load swap add"), ("y", "load fence"), ("x", "load load store read write")),
}


def by_views(threads: dict[str, list[Instruction]], model: Model) -> Outcomes:
    """What the model says; without the values if there is a race, since the search ends with it."""
    text = program(LOCATIONS, ["data"], **threads)
    found = explore(text, model=model)
    if found.flaw:
        assert found.flaw.what == "race on data"
        return Outcomes(frozenset(), True)
    return Outcomes(frozenset(tuple(sorted(observed(text, state).items())) for state in found.finals), False)


def by_axioms(threads: dict[str, list[Instruction]], model: Model) -> Outcomes:
    """What the axioms say, in the same form."""
    found = outcomes(LOCATIONS, threads, model)
    return Outcomes(frozenset(), True) if found.race else found


def random_threads(random: Random) -> dict[str, list[Instruction]]:
    """Two to four threads with at most seven instructions together; each written value is another one."""
    lengths = random.choice([[2, 2], [3, 2], [3, 3], [3, 1, 2], [2, 2, 2], [3, 1, 3], [1, 1, 2, 2], [2, 1, 1, 2]])
    roles = random.choice([["any"] * 4, ["sender", *["handler"] * (len(lengths) - 2), "receiver"]])
    numbers = count(1)
    return {
        f"thread {position}": [
            random_instruction(random, next(numbers), *KINDS[role][0 if step == 0 else 2 if step + 1 == length else 1])
            for step in range(length)
        ]
        for position, (role, length) in enumerate(zip(roles, lengths, strict=False))
    }


def random_instruction(random: Random, number: int, locations: str, kinds: str) -> Instruction:
    """An instruction whose register is named after its number, and whose value is the number."""
    location, into = random.choice(locations), f"r{number}"
    match random.choice(kinds.split()):
        case "load":
            return load(into, location, random.choice([RELAXED, ACQUIRE]))
        case "store":
            return store(location, number, random.choice([RELAXED, RELEASE]))
        case "exchange":
            return exchange(into, location, number, random.choice(UPDATES))
        case "add":
            return fetch_add(into, location, 10 * number, random.choice(UPDATES))
        case "swap":
            expected, failure = random.choice([0, 1, 2, 3]), random.choice([RELAXED, ACQUIRE])
            return compare_and_swap(into, location, expected, number, random.choice(UPDATES), failure)
        case "fence":
            return fence(random.choice([ACQUIRE, RELEASE, ACQ_REL]))
        case "read":
            return read("data")
    return write("data")


def compared(seed: int, programs: int) -> tuple[int, int]:
    """Compare so many programs, every other one under the old rule; how many have races, how many outcomes others."""
    random, races, values = Random(seed), 0, 0
    for number in range(programs):
        threads, model = random_threads(random), (Model.CPP20, Model.CPP11)[number % 2]
        found = by_views(threads, model)
        assert found == by_axioms(threads, model), threads
        races += found.race
        values += len(found.values)
    return races, values


def test_both_allow_the_same_outcomes_and_races_of_a_thousand_programs() -> None:
    assert compared(seed=1, programs=1_000) == (145, 7_085)


@pytest.mark.slow
def test_both_allow_the_same_outcomes_and_races_of_ten_thousand_programs() -> None:
    assert compared(seed=2, programs=10_000) == (1_534, 68_272)


@pytest.mark.parametrize(("between", "may_miss"), [(ACQUIRE, True), (RELEASE, True), (ACQ_REL, False)])
def test_what_was_read_before_a_fence_is_passed_on_only_if_it_acquires_and_releases(
    between: Ordering, may_miss: bool
) -> None:
    threads: dict[str, list[Instruction]] = {
        "sender": [store("x", 1, RELAXED), store("y", 1, RELEASE)],
        "handler": [load("a", "y", RELAXED), fence(between), store("y", 2, RELAXED)],
        "receiver": [load("b", "y", ACQUIRE), load("c", "x", RELAXED)],
    }
    found = by_views(threads, Model.CPP20)
    assert found == by_axioms(threads, Model.CPP20)
    missed = {("a", 1), ("b", 2), ("c", 0)}
    assert any(missed <= {*outcome} for outcome in found.values) is may_miss
