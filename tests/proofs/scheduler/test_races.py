"""Races of real code: found, with both lines, where nothing orders two accesses, and nowhere else."""

from collections.abc import Iterator, Sequence

import pytest
from tests.proofs.scheduler.raced import FIRST_LINE, seen, told
from tests.proofs.scheduler.targets import Program
from tests.proofs.scheduler.test_happens_before import AFTERWARDS, COUNTER, ORDERED
from tests.proofs.scheduler.test_standard_library import group

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.dpor import dpor
from waitgroup_proofs.scheduler.production import Production
from waitgroup_proofs.scheduler.races import Watched, races
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import SCENARIOS, Scenario


def test_a_counter_without_a_lock_races_with_itself_at_its_line() -> None:
    source = group("self.n = 0", go="self.n += 1")
    line = FIRST_LINE
    assert "        self.n += 1" == source.splitlines()[line - 1]
    expected = {("Group.n", f"load {line}", f"store {line}"), ("Group.n", f"store {line}", f"store {line}")}
    assert expected == seen(source, ["go"], ["go"])


def test_a_check_of_a_flag_races_with_the_act_that_follows_it_elsewhere() -> None:
    source = group("self.open = False", go="if not self.open:\n    self.open = True")
    assert {
        ("Group.open", f"load {FIRST_LINE}", f"store {FIRST_LINE + 1}"),
        ("Group.open", f"store {FIRST_LINE + 1}", f"store {FIRST_LINE + 1}"),
    } == seen(source, ["go"], ["go"])


def test_loads_alone_are_no_race() -> None:
    assert set() == seen(group("self.n = 0", go="return self.n"), ["go"], ["go"])


def test_an_event_that_is_only_asked_is_a_race_in_the_library_and_orders_nothing() -> None:
    source = group(
        "self.e = threading.Event(); self.n = 0",
        tell="self.n = 1\nself.e.set()",
        learn="if self.e.is_set():\n    return self.n",
    )
    assert {"Event._flag", "Group.n"} == {name for name, _, _ in seen(source, ["tell"], ["learn"])}


def test_an_object_that_is_handed_over_without_order_races_with_its_own_making() -> None:
    source = "class Box:\n    def __init__(self):\n        self.n = 1\n" + group(
        "self.box = None", tell="self.box = Box()", learn="box = self.box\nif box is not None:\n    return box.n"
    )
    store, load = FIRST_LINE + 3, FIRST_LINE + 5
    expected = {("Group.box", f"store {store}", f"load {load}"), ("Box.n", "store 3", f"load {load + 2}")}
    assert expected == seen(source, ["tell"], ["learn"])


def test_operations_of_a_container_are_a_race_of_their_own_kind_unless_a_lock_orders_them() -> None:
    setup = "self.l = threading.Lock(); self.items = []"
    free = Program(group(setup, put="self.items.append(1)", look="return len(self.items)"), ["put"], ["look"])
    found = races(free, free.scenario)
    assert {("group.items", f"store {FIRST_LINE}", f"load {FIRST_LINE + 2}")} == told(found)
    assert [True] == [race.items for race in found.races]
    locked = {"put": "with self.l:\n    self.items.append(1)", "look": "with self.l:\n    return len(self.items)"}
    assert set() == seen(group(setup, **locked), ["put"], ["look"])


@pytest.mark.parametrize(
    "look", ["len(self.d)", "list(self.d)", "1 in self.d", "self.d.get(1)", "list(self.d.values())"]
)
def test_two_looks_at_a_container_are_no_race(look: str) -> None:
    assert set() == seen(group("self.d = {}", go=f"{look}"), ["go"], ["go"])


@pytest.mark.parametrize(
    "change", ["self.d[1] = 2", "self.d.pop(1, None)", "self.d.update({1: 2})", "self.d |= {1: 2}"]
)
def test_a_change_of_a_dict_races_with_a_look_at_its_values(change: str) -> None:
    source = group("self.d = {}", go=f"{change}", look="list(self.d.values())")
    assert ("group.d", f"store {FIRST_LINE}", f"load {FIRST_LINE + 2}") in seen(source, ["go"], ["look"])


def schedules(watched: Watched, scenario: Scenario) -> Iterator[tuple[Choice, ...]]:
    """Every schedule, followed to its end."""
    bench = Bench(watched, scenario, ContractMonitor(), None, None)
    todo: list[tuple[Choice, ...]] = [()]
    while todo:
        with Run(bench) as run:
            run.follow(todo.pop())
            while choices := run.choices():
                todo.extend((*run.schedule, choice) for choice in choices[1:])
                run.step(choices[0])
            yield tuple(run.schedule)


BRANCHES = group(
    "self.l = threading.Lock(); self.n = 0; self.m = 0",
    one="if self.n == 0:\n    self.m = 1\nwith self.l:\n    self.n = 1",
    two="with self.l:\n    self.n = 2\nif self.m:\n    self.n = 3",
)


#: Small enough to follow every schedule.
SMALL = {
    "a counter": (COUNTER, ["go"], ["late"]),
    "a store after a release": (AFTERWARDS, ["tell"], ["learn"]),
    "branches": (BRANCHES, ["one"], ["two"]),
} | {name: (ORDERED[name][0], ["tell"], ["learn"]) for name in ("a lock", "a simple queue", "a deque")}


@pytest.mark.parametrize(("source", "one", "other"), SMALL.values(), ids=SMALL)
def test_one_run_of_each_class_shows_the_races_of_all_runs(source: str, one: list[str], other: list[str]) -> None:
    program = Program(source, one, other)
    all_runs, classes = Watched(program, program.scenario), Watched(program, program.scenario)
    followed = sum(1 for _ in schedules(all_runs, program.scenario))
    found = dpor(classes, program.scenario)
    assert found.exhausted
    assert found.runs < followed
    assert set(all_runs.races) == set(classes.races)


def test_a_race_comes_with_a_schedule_that_ends_with_the_later_access() -> None:
    program = Program(COUNTER, ["go"], ["late"])
    found = races(program, program.scenario)
    for race, schedule in found.races.items():
        with Run(Bench(program, program.scenario, ContractMonitor(), None, None)) as run:
            run.follow(schedule[:-1])
            position = run.position(run.threads[schedule[-1].thread])
        assert position in {race.first[:2], race.second[:2]}


def test_what_was_cut_short_is_not_complete() -> None:
    program = Program(COUNTER, ["go"], ["go"])
    assert not races(program, program.scenario, max_runs=101).complete
    assert not races(program, program.scenario, seconds=0.0).complete


#: Where production touches its state: each is one call into C, or one look.
LOOKS = ["word = self._state[WORD]", "word, generation = self._state"]
CALLS = ["deque(chain(*stages), maxlen=0)", "next(self._down)", "next(self._up)"]
#: Where it does so under its lock.
LOCKED_CALLS = ["deque(chain(*stages), maxlen=0)", "return next(self.steps)"]


FEW = ("pre-added", "surplus", "reuse-eager", "timeout-race")


SCENARIOS_AND_RUNS = pytest.mark.parametrize(
    ("names", "runs"), [(FEW, 60), pytest.param([*SCENARIOS], 300, marks=pytest.mark.slow)], ids=["few", "all"]
)


def races_of(production: Production, names: Sequence[str], runs: int) -> tuple[list[str], list[str]]:
    """The lines of production that race with others: those that only look, and those that store."""
    found = [race for name in names for race in races(production, SCENARIOS[name](2, 2), max_runs=runs).races]
    assert {"group._state", "a dict"} == {race.name for race in found}
    assert all(race.items for race in found)
    accesses = {one for race in found for one in (race.first, race.second)}
    looks, stores = ({production.line(one[:2])[1] for one in accesses if one.storing == what} for what in (False, True))
    return sorted(looks), sorted(stores)


@SCENARIOS_AND_RUNS
def test_production_is_not_ordered_by_locks_but_touches_its_state_in_two_looks_and_three_calls_into_c(
    names: Sequence[str], runs: int
) -> None:
    assert (LOOKS, CALLS) == races_of(Production(), names, runs)


@SCENARIOS_AND_RUNS
def test_production_with_its_lock_looks_at_its_state_without_it_in_two_places_and_races_in_no_other_way(
    names: Sequence[str], runs: int
) -> None:
    production = Production(locked=True)
    assert (LOOKS, LOCKED_CALLS) == races_of(production, names, runs)
    found = [race for name in names for race in races(production, SCENARIOS[name](2, 2), max_runs=runs).races]
    assert not any(race.first.storing and race.second.storing for race in found)
