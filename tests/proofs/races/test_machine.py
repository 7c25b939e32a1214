"""The machine that runs the racing programs: what orders accesses and what does not, and that folding loses nothing."""

from collections.abc import Mapping

import pytest

from waitgroup_proofs.races.clocks import ATOMICS, PROMISE, Rule, knows, merged, ticked
from waitgroup_proofs.races.language import Body, Case, Receive, Recovered, Send, Start, read, start, write
from waitgroup_proofs.races.machine import Machine
from waitgroup_proofs.races.programs import SMALLER_CASES
from waitgroup_proofs.races.search import Found, search
from waitgroup_spec.protocols.go import Panic, Shared
from waitgroup_spec.scenarios import DONE, WAIT, add
from waitgroup_spec.word import Word

#: Too many states without folding for a test that is run every day.
LARGE = {
    "NoRaceWaitGroupMultipleWait3",
    "NoRaceWaitGroupReuse2",
    "RaceWaitGroupReuse 2,2",
    "NoRaceWaitGroupConcurrentAdd",
}
X = "x"


def race_in(program: Mapping[str, Body], rule: Rule = PROMISE, folded: bool = True) -> Found:
    return search(Machine(program, rule, folded), lambda step: step.race is not None)


def test_a_clock_that_has_ticked_knows_the_one_before_and_not_the_other_way_round() -> None:
    clock = ticked((1, 0, 2), 1)
    assert (1, 1, 2) == clock
    assert [True, False] == [knows(clock, (1, 0, 2)), knows((1, 0, 2), clock)]
    assert (3, 1, 2) == merged(clock, (3, 0, 0))


@pytest.mark.parametrize(
    ("main", "other", "racy"),
    [
        ((Start("other"), write(X)), (write(X),), True),
        ((Start("other"), read(X)), (write(X),), True),
        ((Start("other"), write(X)), (read(X),), True),
        ((Start("other"), read(X)), (read(X),), False),
        ((Start("other"), write(X)), (write("y"),), False),
        ((write(X), Start("other")), (write(X),), False),
        ((Start("other"), Receive(1), write(X)), (write(X), Send()), False),
        ((Start("other"), Receive(1), write(X)), (Send(), write(X)), True),
        ((Start("other"), WAIT, write(X)), (write(X),), True),
        ((write(X), Recovered(DONE), Start("other"), write(X)), (write(X),), True),
    ],
    ids=[
        "writes",
        "write-then-read",
        "read-then-write",
        "reads-do-not-race",
        "two-variables",
        "a-start-orders",
        "a-message-orders-what-came-before-it",
        "and-not-what-comes-after-it",
        "a-wait-without-a-done-orders-nothing",
        "nor-does-a-recovered-panic",
    ],
)
@pytest.mark.parametrize("rule", [PROMISE, ATOMICS], ids=lambda rule: rule.name)
@pytest.mark.parametrize("folded", [True, False], ids=["folded", "unfolded"])
def test_two_goroutines_race_unless_something_orders_them(
    main: Body, other: Body, racy: bool, rule: Rule, folded: bool
) -> None:
    assert racy == (race_in({"main": main, "other": other}, rule, folded).race is not None)


def races_along(program: Mapping[str, Body], rule: Rule, *actions: str) -> list[bool]:
    """Which of these steps, one after the other, show a race."""
    machine, shown = Machine(program, rule), []
    state = machine.initial().state
    for action in actions:
        [step] = [step for step in machine.steps(state) if step.action == action]
        shown.append(step.race is not None)
        state = step.state
    return shown


def test_adding_units_orders_nothing_by_the_promise_but_an_atomic_add_comes_after_the_one_it_sees() -> None:
    program: dict[str, Body] = {"main": (Start("reader"), write(X), add(1)), "reader": (add(1), read(X))}
    run = ("main: add(1): apply", "reader: add(1): apply")
    assert [False, True] == races_along(program, PROMISE, *run)
    assert [False, False] == races_along(program, ATOMICS, *run)
    assert [True, False] == races_along(program, ATOMICS, *reversed(run))


def test_a_store_hides_the_add_whose_effect_it_overwrites() -> None:
    """add(0) slips in between the zeroer's second look and its store (finding F2): a later load sees the store."""
    program: dict[str, Body] = {
        "main": (add(1), *start("waiter", "zero", "reader"), DONE),
        "waiter": (WAIT,),
        "zero": (write(X), add(0)),
        "reader": (WAIT, read(X)),
    }
    run = (
        "main: add(1): apply",
        "waiter: wait(): load",
        "waiter: wait(): compare_and_swap",
        "main: done(): apply",
        "main: done(): reload",
        "zero: add(0): apply",
    )
    assert [False] * 7 == races_along(program, ATOMICS, *run, "reader: wait(): load")
    assert [False] * 7 + [True] == races_along(program, ATOMICS, *run, "main: done(): reset", "reader: wait(): load")


def test_what_is_fatal_cannot_be_recovered_and_nobody_goes_on_after_it() -> None:
    machine = Machine({"main": (Start("other"), Recovered(add(1)), write(X)), "other": (write(X),)}, PROMISE, False)
    state = machine.initial().state._replace(shared=Shared(Word(bubble=1)))
    for action in ("main: go other", "main: recovered add(1)", "main: recovered add(1): apply"):
        state = next(step.state for step in machine.steps(state) if step.action == action)
    assert Panic.BUBBLE == state.shared.panic
    assert [] == list(machine.steps(state))


@pytest.mark.parametrize("folded", [True, False], ids=["folded", "unfolded"])
def test_a_panic_that_is_not_recovered_ends_the_program(folded: bool) -> None:
    program: dict[str, Body] = {"main": (Start("other"), DONE, write(X)), "other": (add(0), add(0), write(X))}
    assert race_in(program, folded=folded).race is None
    assert race_in({**program, "main": (Start("other"), Recovered(DONE), write(X))}, folded=folded).race is not None


def test_main_waits_for_as_many_messages_as_it_asks_for() -> None:
    senders: dict[str, Body] = {"one": (WAIT, write(X), Send()), "two": (WAIT, Send())}
    found = [race_in({"main": (*start("one", "two"), Receive(n), write(X)), **senders}) for n in (1, 2)]
    assert [True, False] == [it.race is not None for it in found]


def test_only_main_may_receive() -> None:
    with pytest.raises(ValueError, match="only main receives"):
        Machine({"main": (Start("other"), Send()), "other": (Receive(1),)}, PROMISE)


@pytest.mark.parametrize("case", [case for case in SMALLER_CASES if case.name not in LARGE], ids=lambda case: case.name)
@pytest.mark.parametrize("rule", [PROMISE, ATOMICS], ids=lambda rule: rule.name)
def test_folding_changes_no_verdict(case: Case, rule: Rule) -> None:
    folded, unfolded = (race_in(case.program, rule, folded) for folded in (True, False))
    assert (folded.race is None) == (unfolded.race is None)
    assert folded.states < unfolded.states
