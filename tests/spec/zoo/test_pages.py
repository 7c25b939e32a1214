"""The pages of the zoo: each stands on its own, says what it must, and does at its level what the explorer can see."""

import pytest

from waitgroup_spec.explorer import explore
from waitgroup_spec.properties import Kind, Property, properties_of
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols import PROTOCOLS, go
from waitgroup_spec.scenarios import DONE, SCENARIOS, WAIT, Turn, add
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX, Word
from waitgroup_spec.zoo import EXHIBITS, LEVELS, PROGRAMS, ZOO, Exhibit, Failure, event, go_1_4
from waitgroup_spec.zoo.calls import Thread
from waitgroup_spec.zoo.clamped import clamped
from waitgroup_spec.zoo.go_1_17 import go_1_17

WRONG = {name: level.goal for name, level in LEVELS.items() if level.goal}


@pytest.fixture(params=EXHIBITS, ids=list(ZOO))
def exhibit(request: pytest.FixtureRequest) -> Exhibit:
    assert isinstance(request.param, Exhibit)
    return request.param


def test_the_zoo_holds_twenty_two_algorithms_and_the_proofs_know_only_two_of_them() -> None:
    assert 22 == len(ZOO) == len(EXHIBITS)
    assert {"go": go.go, "strict": ZOO["strict"]} == PROTOCOLS
    assert PROTOCOLS.items() <= ZOO.items()


def test_seventeen_are_wrong_and_every_failure_but_a_false_refusal_is_the_smallest_of_some() -> None:
    assert 17 == len(WRONG)
    assert set(Failure) - {Failure.REFUSED} == set(WRONG.values())


def test_every_page_says_where_it_comes_from_and_whether_it_is_right_or_wrong(exhibit: Exhibit) -> None:
    if exhibit.protocol.name in PROTOCOLS:
        return
    verdict = "\nWrong" if exhibit.level.goal else "\nRight"
    assert ["\nOrigin: ", verdict] == [said for said in ("\nOrigin: ", verdict) if said in exhibit.page]


def test_every_page_states_its_counter_and_begins_a_wait_at_a_place_of_a_wait(exhibit: Exhibit) -> None:
    protocol = exhibit.protocol
    assert protocol.begin(WAIT).place.name.startswith("WAIT")
    assert protocol.begin(DONE).place.name.startswith("ADD")
    if protocol.name not in PROTOCOLS:
        assert protocol.counter is not None
        assert [0, 3] == [protocol.counter(protocol.initial(units)) for units in (0, 3)]


def test_a_level_is_a_program_of_the_zoo(exhibit: Exhibit) -> None:
    level = exhibit.level
    assert level.scenario in PROGRAMS
    assert len(PROGRAMS[level.scenario](level.workers, level.waiters).thread_names) <= 5


@pytest.mark.parametrize("call", [Call(timed=True), Call(interrupted=True)])
def test_a_call_that_an_algorithm_does_not_know_is_refused(call: Call, exhibit: Exhibit) -> None:
    if exhibit.protocol.name == "strict":
        assert Result.PENDING is exhibit.protocol.begin(call).result
        return
    with pytest.raises(ValueError, match="no timeout and cannot be interrupted"):
        exhibit.protocol.begin(call)


def test_the_zoo_s_own_program_parks_all_waiters_before_anybody_calls_done() -> None:
    program = PROGRAMS["reuse-overlapping"](2, 3)
    assert list(SCENARIOS) == list(PROGRAMS)[:-1]
    assert 2 == program.units
    assert [("waiter", (WAIT,), 3), ("worker", (DONE,), 2), ("opener", (WAIT, add(1)), 1)] == [
        (client.name, client.calls, client.threads) for client in program.clients
    ]
    assert [Turn(1), Turn(1)] == [client.start for client in program.clients[1:]]


# What the explorer sees of each at its level, by its properties; what it does not see, only the contract does.

SEEN = {
    "condition_if": ["not_early 2"],
    "checks_then_parks": ["waits_for_work 4", "everyone_returned 4"],
    "two_words": ["waits_for_work 4", "everyone_returned 4"],
    "lost_update": ["everyone_returned 5"],
    "polling": ["not_negative 2"],
    "clamped": [],
    "condition_signal": [],
    "condition_while": [],
    "release_before_reset": ["not_halted 7", "everyone_returned 7"],
    "event": [],
    "latch": ["not_negative 3", "waits_for_work 5"],
    "zig": ["not_halted 2", "everyone_returned 2"],
    "strict_cas": [],
    "one_semaphore": [],
    "two_words_counted_first": [],
    "go_2012": [],
    "go_1_4": [],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_properties_see_of_a_wrong_algorithm_is_pinned(name: str) -> None:
    level = LEVELS[name]
    program = PROGRAMS[level.scenario](level.workers, level.waiters)
    found = explore(ZOO[name], program, properties_of(ZOO[name], program))
    seen = [
        f"{verdict.property.holds.__name__} {len(verdict.path) - 1}"
        for verdict in found.verdicts
        if verdict.verdict == "violated" and verdict.property.kind in (Kind.ALWAYS, Kind.AT_ENDINGS)
    ]
    assert SEEN[name] == seen
    assert ("violated" if seen else "holds") == found.verdict


def test_a_protocol_that_states_no_counter_has_no_properties() -> None:
    mute = Protocol("mute", "Says nothing.", lambda units: units, lambda call: call)
    with pytest.raises(ValueError, match="mute does not say what its counter is"):
        properties_of(mute, SCENARIOS["pre-added"](1, 1))


# What single pages say


def registered(protocol: Protocol, word: Word) -> Word:
    """The word after one waiter more."""
    shared, thread = go.Shared(word=word), go.Thread(go.Place.WAIT_SWAP, saved=word)
    after: Word = protocol.actions["compare_and_swap"].effect(shared, thread)[0].word
    return after


def test_go_1_17_counts_the_waiter_that_go_carries_into_the_bubble_flag() -> None:
    full = Word(counter=1, waiters=WAITERS_MAX)
    assert Word(counter=1, bubble=1, waiters=0) == registered(go.go, full)
    assert Word(counter=1, bubble=0, waiters=2**31) == registered(go_1_17, full)


def test_the_last_waiter_of_go_1_17_carries_into_the_counter() -> None:
    assert Word(counter=2, waiters=0) == registered(go_1_17, Word(counter=1, waiters=2**32 - 1))
    assert Word(counter=0, waiters=0) == registered(go_1_17, Word(counter=-1, waiters=2**32 - 1))
    assert Word(counter=-(2**31), waiters=0) == registered(go_1_17, Word(COUNTER_MAX, waiters=2**32 - 1))


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name not in ("timeout-race", "timeout-reuse", "cancel")])
def test_below_the_top_go_1_17_is_go(name: str) -> None:
    old, new = (explore(protocol, PROGRAMS[name](2, 2), symmetry=True) for protocol in (go_1_17, go.go))
    assert (new.states, new.transitions, new.depth, new.outcomes) == (
        old.states,
        old.transitions,
        old.depth,
        old.outcomes,
    )


@pytest.mark.parametrize("name", ["go_2011", "go_2012", "go_1_4"])
def test_a_semaphore_for_each_generation_is_left_without_a_permit(name: str) -> None:
    def nothing_left(shared: go_1_4.Shared, _threads: object) -> bool:
        return (0, 0, 0) == (shared.counter, shared.waiters, sum(shared.permits))

    everything = Property(Kind.AT_ENDINGS, "Nothing is left.", nothing_left)
    parked = Property(Kind.SOMETIMES, "Two permits are out.", lambda shared, _threads: shared.permits == (2,))
    found = explore(ZOO[name], SCENARIOS["pre-added"](2, 2), (everything, parked), symmetry=True)
    assert ["holds", "holds"] == [verdict.verdict for verdict in found.verdicts]


def test_an_event_can_stay_set_while_work_is_outstanding_and_nobody_is_in_a_call_to_clear_it() -> None:
    def set_for_good(shared: event.Shared, threads: tuple[Thread, ...]) -> bool:
        adding = any(thread.place in (event.Place.ADD_SET, event.Place.ADD_CLEAR) for thread in threads)
        return shared.is_set and shared.counter > 0 and not adding

    (verdict,) = explore(
        event.event, SCENARIOS["add-done"](2, 1), (Property(Kind.SOMETIMES, "It stays set.", set_for_good),)
    ).verdicts
    assert ("holds", 6) == (verdict.verdict, len(verdict.path) - 1)


def test_a_clamped_counter_lets_a_wait_return_while_somebody_works() -> None:
    """The mistake is one worker's second done(); the wait has returned before the other worker has called its own."""
    program = SCENARIOS["surplus"](2, 1)
    worker, waiter = (program.thread_names.index(name) for name in ("worker", "waiter"))

    def too_soon(_shared: object, threads: tuple[Thread, ...]) -> bool:
        return threads[worker].result is Result.PENDING and threads[waiter].result is Result.TRUE

    (verdict,) = explore(clamped, program, (Property(Kind.SOMETIMES, "A wait ends too soon.", too_soon),)).verdicts
    assert ("holds", 3) == (verdict.verdict, len(verdict.path) - 1)
