"""The monitors: which observations have an explanation, and which rule it is that refuses the others."""

from collections.abc import Sequence

import pytest
from tests.proofs.scheduler.designs import NAIVE
from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec import contract
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.scenarios import DONE, INTERRUPTED_WAIT, SCENARIOS, TIMED_WAIT, WAIT, add
from waitgroup_spec.word import COUNTER_MAX

TIMED = Call(timed=True)

#: What is seen of a thread: it enters a call, or its call answers.
Event = tuple[int, Call | Result]


def explanations(units: int, events: Sequence[Event], threads: int = 3) -> tuple[ContractMonitor, int]:
    monitor = ContractMonitor()
    number = monitor.initial(units, threads)
    for thread, event in events:
        if isinstance(event, Result):
            number = monitor.respond(number, thread, event)
        else:
            number = monitor.invoke(number, thread, event)
    return monitor, number


def explained(units: int, *events: Event, blocked: tuple[int, ...] | None = None) -> bool:
    """Whether the contract explains the events, and, if said, that these threads are blocked after them."""
    monitor, number = explanations(units, events)
    if blocked is not None:
        number = monitor.quiescent(number, blocked)
    return number != 0


# The contract


@pytest.mark.parametrize(
    ("units", "events", "expected"),
    [
        (0, [(0, WAIT), (0, Result.TRUE)], True),
        (1, [(0, WAIT), (0, Result.TRUE)], False),
        (1, [(0, WAIT), (1, DONE), (0, Result.TRUE)], True),
        (1, [(0, WAIT), (1, DONE), (1, Result.NONE), (0, Result.TRUE)], True),
        (1, [(1, DONE), (0, WAIT), (0, Result.TRUE), (1, Result.NONE)], True),
        (1, [(0, WAIT), (0, Result.FALSE)], False),
        (1, [(0, TIMED_WAIT), (0, Result.FALSE)], True),
        (0, [(0, TIMED_WAIT), (0, Result.FALSE)], False),
        (1, [(1, DONE), (1, Result.NONE), (0, TIMED_WAIT), (0, Result.FALSE)], False),
        (1, [(0, TIMED_WAIT), (1, DONE), (1, Result.NONE), (0, Result.FALSE)], True),
        (1, [(0, INTERRUPTED_WAIT), (0, Result.INTERRUPTED)], True),
        (1, [(0, WAIT), (0, Result.INTERRUPTED)], False),
        (0, [(0, INTERRUPTED_WAIT), (0, Result.INTERRUPTED)], False),
        (0, [(0, DONE), (0, Result.REJECTED)], True),
        (0, [(0, DONE), (0, Result.NONE)], False),
        (1, [(0, DONE), (0, Result.REJECTED)], False),
        (1, [(0, DONE), (1, DONE), (0, Result.REJECTED), (1, Result.NONE)], True),
        (1, [(0, DONE), (1, DONE), (0, Result.REJECTED), (1, Result.REJECTED)], False),
        (1, [(0, DONE), (1, DONE), (0, Result.NONE), (1, Result.NONE)], False),
        (0, [(0, add(1)), (1, DONE), (1, Result.NONE), (0, Result.NONE)], True),
        (0, [(1, DONE), (1, Result.NONE), (0, add(1)), (0, Result.NONE)], False),
        (0, [(0, add(0)), (0, Result.NONE)], True),
        (0, [(0, add(0)), (0, Result.REJECTED)], False),
        (COUNTER_MAX, [(0, add(1)), (0, Result.REJECTED)], True),
        (COUNTER_MAX, [(0, add(1)), (0, Result.NONE)], False),
        (3, [(0, WAIT), (1, add(-2)), (2, DONE), (1, Result.NONE), (2, Result.NONE), (0, Result.TRUE)], True),
    ],
)
def test_the_contract_explains(units: int, events: list[Event], expected: bool) -> None:
    assert expected == explained(units, *events)


ZERO_FOR_A_MOMENT: list[Event] = [
    (0, WAIT),
    (1, DONE),
    (1, Result.NONE),
    (1, add(1)),
    (1, Result.NONE),
]


def test_a_lost_wakeup_is_refused_by_quiescence_alone() -> None:
    """A naive condition: the waiter was parked, missed the zero, and waits for the next one."""
    monitor, number = explanations(1, ZERO_FOR_A_MOMENT[:1])
    number = monitor.quiescent(number, (0,))
    for thread, event in ZERO_FOR_A_MOMENT[1:]:
        if isinstance(event, Result):
            number = monitor.respond(number, thread, event)
        else:
            number = monitor.invoke(number, thread, event)
    assert number != 0
    assert 0 == monitor.quiescent(number, (0,))


def test_without_quiescence_the_scheduler_would_pass_the_naive_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = SCENARIOS["reuse-parked"](2, 2)
    assert "violated" == search(Written(NAIVE), scenario).verdict
    monkeypatch.setattr(ContractMonitor, "quiescent", lambda _monitor, number, *_threads: number)
    assert "holds" == search(Written(NAIVE), scenario).verdict


def test_a_wait_that_may_have_come_after_the_zero_may_be_blocked() -> None:
    assert explained(1, *ZERO_FOR_A_MOMENT, blocked=(0,))


def test_in_a_quiescent_run_every_blocked_wait_has_been_registered() -> None:
    monitor, number = explanations(1, [(0, WAIT), (1, WAIT)])
    quiescent = monitor.sets[monitor.quiescent(number, (0, 1))]
    places = {(c.threads[0].place, c.threads[1].place) for c in quiescent}
    assert {(contract.Place.WAIT_REGISTERED, contract.Place.WAIT_REGISTERED)} == places


@pytest.mark.parametrize("call", [add(1), DONE, add(0), add(-2)])
def test_a_blocked_add_is_never_legitimate(call: Call) -> None:
    assert explained(1, (0, call))
    assert not explained(1, (0, call), blocked=(0,))
    assert not explained(1, (0, WAIT), (1, call), blocked=(0, 1))


@pytest.mark.parametrize("wait", [WAIT, TIMED_WAIT, INTERRUPTED_WAIT])
def test_a_wait_may_be_blocked_while_work_is_outstanding_and_not_when_there_is_none(wait: Call) -> None:
    assert explained(1, (0, wait), blocked=(0,))
    assert not explained(0, (0, wait), blocked=(0,))
    assert not explained(1, (0, wait), (1, DONE), (1, Result.NONE), blocked=(0,))


def test_a_timed_wait_that_was_released_may_not_stay_blocked_until_its_timeout() -> None:
    monitor, number = explanations(1, [(0, TIMED)])
    number = monitor.quiescent(number, (0,))
    number = monitor.respond(monitor.invoke(number, 1, DONE), 1, Result.NONE)
    assert number != 0
    assert 0 == monitor.quiescent(number, (0,))


def test_a_timed_wait_may_have_expired_before_the_zero_and_say_so_after_it() -> None:
    monitor, number = explanations(1, [(0, TIMED)])
    number = monitor.respond(monitor.invoke(number, 1, DONE), 1, Result.NONE)
    assert 0 != monitor.respond(number, 0, Result.FALSE)
    assert 0 != monitor.respond(number, 0, Result.TRUE)


def test_nobody_blocked_needs_no_reason() -> None:
    assert explained(5, (0, DONE), (0, Result.NONE), blocked=())


def test_a_question_asked_twice_is_answered_once() -> None:
    monitor, number = explanations(2, [(0, WAIT), (1, DONE)])
    answers = len(monitor.answers)
    first = monitor.respond(number, 1, Result.NONE)
    assert (first, answers + 1) == (monitor.respond(number, 1, Result.NONE), len(monitor.answers))


def test_renaming_threads_renames_every_explanation_and_back() -> None:
    monitor, number = explanations(2, [(0, WAIT), (1, DONE)])
    renamed = monitor.renamed(number, (1, 2, 0))
    assert renamed != number
    assert number == monitor.renamed(renamed, (2, 0, 1))
    _, other = explanations(2, [(2, WAIT), (0, DONE)])
    assert explanations(2, [(2, WAIT), (0, DONE)])[0].sets[other] == monitor.sets[renamed]


# strict


def follow(calls: Sequence[tuple[int, Call]], units: int = 2) -> tuple[StrictMonitor, int]:
    monitor = strict_monitor()
    number = monitor.initial(units, 3)
    for thread, call in calls:
        number = monitor.invoke(number, thread, call)
    return monitor, number


def test_one_change_of_the_word_is_explained_and_two_are_not() -> None:
    monitor, number = follow([(0, DONE), (1, DONE)])
    assert 0 != monitor.stepped(number, 0, (2, 0))
    once = monitor.stepped(number, 0, (1, 0))
    assert 0 != once
    assert 0 == monitor.stepped(number, 0, (0, 0))
    assert 0 == monitor.stepped(once, 0, (0, 0))
    assert 0 != monitor.stepped(once, 1, (0, 0))


def test_a_step_that_changes_the_word_twice_is_refused_even_if_each_change_is_an_action() -> None:
    twice = Protocol(
        "twice", "Two actions of one thread.", lambda units: units, lambda _call: strict.Thread(strict.Place.ADD_APPLY)
    )

    @twice.action(strict.Place.ADD_APPLY)
    def first(shared: int, thread: strict.Thread) -> tuple[int, strict.Thread]:
        """The first change."""
        return shared + 1, thread._replace(place=strict.Place.ADD_READ)

    @twice.action(strict.Place.ADD_READ)
    def second(shared: int, _thread: strict.Thread) -> tuple[int, strict.Thread]:
        """The second change."""
        return shared + 1, strict.returned(Result.NONE)

    monitor = StrictMonitor(twice, seen=lambda shared: shared)
    number = monitor.invoke(monitor.initial(0, 1), 0, DONE)
    assert [True, True, False] == [monitor.stepped(number, 0, seen) != 0 for seen in (0, 1, 2)]
    assert 0 != monitor.stepped(monitor.stepped(number, 0, 1), 0, 2)


def test_the_change_of_another_thread_is_refused() -> None:
    monitor, number = follow([(0, WAIT), (1, DONE)])
    assert 0 == monitor.stepped(number, 0, (1, 0))
    assert 0 != monitor.stepped(number, 0, (2, 1))
    assert 0 == monitor.stepped(number, 2, (1, 0))


def test_a_result_must_fit_the_word_that_was_seen() -> None:
    monitor, number = follow([(0, WAIT), (1, add(-2))])
    assert 0 == monitor.respond(number, 0, Result.TRUE)
    zero = monitor.stepped(number, 1, (0, 0))
    assert 0 != monitor.respond(zero, 1, Result.NONE)
    assert 0 != monitor.respond(zero, 0, Result.TRUE)
    assert 0 == monitor.respond(zero, 1, Result.REJECTED)


def test_a_crossing_grants_exactly_those_who_are_parked_then() -> None:
    monitor, number = follow([(0, WAIT), (1, add(-2)), (2, WAIT)])
    parked = monitor.stepped(number, 0, (2, 1))
    crossed = monitor.stepped(parked, 1, (0, 0))
    assert 0 == monitor.quiescent(crossed, (0,))
    assert 0 != monitor.respond(crossed, 0, Result.TRUE)
    assert 0 == monitor.stepped(parked, 1, (0, 1))
    assert 0 != monitor.quiescent(parked, (0,))
    assert 0 == monitor.quiescent(parked, (1,))


def test_a_parked_timed_wait_is_blocked_although_it_may_expire() -> None:
    monitor, number = follow([(0, TIMED_WAIT), (1, INTERRUPTED_WAIT)])
    number = monitor.stepped(monitor.stepped(number, 0, (2, 1)), 1, (2, 2))
    assert 0 != monitor.quiescent(number, (0, 1))
