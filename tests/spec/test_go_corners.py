"""Go's corner cases, stepped by hand through the protocol's actions: the rows measured on real Go 1.27.3, bit for bit.

A row that goes on after a panic was measured with the panic recovered: `recovered` goes on in the same way.
"""

import pytest

from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import go
from waitgroup_spec.word import WAITERS_MAX, Word, pack

MAX = 2**31 - 1
NEGATIVE, MISUSE, RELOAD, REUSED, BUBBLE = (
    go.Panic.NEGATIVE_COUNTER,
    go.Panic.MISUSE_ADD,
    go.Panic.MISUSE_RELOAD,
    go.Panic.REUSED,
    go.Panic.BUBBLE,
)


def step(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """The one step that the thread can take: Go's steps leave no choice."""
    (action,) = go.go.enabled(shared, thread)
    shared, thread = action.effect(shared, thread)
    return shared, thread


def alone(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """Let one thread run until its call ends, or it is blocked, or the program has died."""
    while go.go.enabled(shared, thread):
        shared, thread = step(shared, thread)
    return shared, thread


def add(shared: go.Shared, delta: int) -> go.Shared:
    """The shared state after a whole Add(delta), whatever became of the call."""
    return alone(shared, go.begin(Call(delta=delta)))[0]


def wait(shared: go.Shared) -> tuple[go.Shared, go.Thread]:
    """A Wait as far as it goes alone."""
    return alone(shared, go.begin(Call()))


def recovered(shared: go.Shared) -> go.Shared:
    """The program goes on after a panic that was caught; the word is as the panicking step left it."""
    return shared._replace(panic=go.Panic.NONE)


def bits(shared: go.Shared) -> int:
    return pack(shared.word)


NEW = go.initial(0)


@pytest.mark.parametrize(
    ("delta", "word", "panic"),
    [
        (1 << 32, 0, go.Panic.NONE),  # a silent no-op: only the low 32 bits arrive
        ((1 << 32) + 1, 0x00000001_00000000, go.Panic.NONE),
        (-(1 << 32) + 3, 0x00000003_00000000, go.Panic.NONE),  # a negative delta raises the counter
        (1 << 31, 0x80000000_00000000, NEGATIVE),
        (MAX, 0x7FFFFFFF_00000000, go.Panic.NONE),
        (-1, 0xFFFFFFFF_00000000, NEGATIVE),
        (-(1 << 63), 0, go.Panic.NONE),
        (0, 0, go.Panic.NONE),
    ],
)
def test_one_add_on_a_new_group_leaves_this_word(delta: int, word: int, panic: go.Panic) -> None:
    after = add(NEW, delta)
    assert (word, panic, 0) == (bits(after), after.panic, after.permits)


def test_one_unit_above_the_maximum_panics_as_negative_although_it_is_an_overflow() -> None:
    after = add(add(NEW, MAX), 1)
    assert (0x80000000_00000000, NEGATIVE) == (bits(after), after.panic)


def test_twice_the_maximum_panics_and_two_more_units_look_like_the_end_of_all_work() -> None:
    overflowed = add(add(NEW, MAX), MAX)
    assert (0xFFFFFFFE_00000000, NEGATIVE) == (bits(overflowed), overflowed.panic)
    after = add(recovered(overflowed), 2)
    assert (0, go.Panic.NONE) == (bits(after), after.panic)
    assert Result.TRUE is wait(after)[1].result


def test_a_done_at_zero_is_not_rolled_back_and_the_next_add_is_swallowed() -> None:
    after = add(NEW, -1)
    assert (0xFFFFFFFF_00000000, NEGATIVE) == (bits(after), after.panic)
    assert 0 == bits(add(recovered(after), 1))


def test_a_wait_at_minus_one_blocks_until_an_add_makes_the_counter_zero_and_nobody_panics() -> None:
    shared, waiter = wait(recovered(add(NEW, -1)))
    assert (0xFFFFFFFF_00000001, go.Place.WAIT_ACQUIRE) == (bits(shared), waiter.place)
    shared = add(shared, 1)
    assert (0, 1, go.Panic.NONE) == (bits(shared), shared.permits, shared.panic)
    assert (NEW, go.WAITED) == alone(shared, waiter)


def test_f3_an_add_that_fails_is_not_rolled_back_and_strands_the_parked_waiter_for_ever() -> None:
    shared, waiter = wait(go.initial(1))
    assert (0x00000001_00000001, go.Place.WAIT_ACQUIRE) == (bits(shared), waiter.place)
    shared = add(shared, -2)
    assert (0xFFFFFFFF_00000001, NEGATIVE, 0) == (bits(shared), shared.panic, shared.permits)
    assert [] == go.go.enabled(recovered(shared), waiter)


def test_the_2_to_the_31th_waiter_carries_into_the_bubble_flag_and_is_lost() -> None:
    full = go.Shared(word=Word(counter=1, waiters=WAITERS_MAX))
    shared, waiter = wait(full)
    assert (0x00000001_80000000, 0) == (bits(shared), shared.word.waiters)
    assert [] == go.go.enabled(shared, waiter)
    # Every Add outside of a synctest bubble is fatal from now on, the last Done among them.
    after = add(shared, -1)
    assert (0x00000000_80000000, BUBBLE) == (bits(after), after.panic)


def test_one_waiter_before_that_is_counted_like_any_other() -> None:
    shared, waiter = wait(go.Shared(word=Word(counter=1, waiters=WAITERS_MAX - 1)))
    assert (0x00000001_7FFFFFFF, go.Place.WAIT_ACQUIRE) == (bits(shared), waiter.place)


def test_a_wait_on_a_word_with_nothing_but_the_bubble_flag_returns_at_once() -> None:
    shared = go.Shared(word=Word(counter=0, bubble=1))
    assert (shared, go.WAITED) == wait(shared)


def test_an_add_takes_one_step_unless_it_brings_the_counter_to_zero_under_waiters() -> None:
    _, thread = step(go.initial(2), go.begin(Call(delta=-1)))
    assert go.ADDED == thread
    _, thread = step(go.Shared(word=Word(counter=1)), go.begin(Call(delta=-1)))
    assert go.ADDED == thread
    _, thread = step(go.Shared(word=Word(counter=1, waiters=3)), go.begin(Call(delta=-1)))
    assert go.Thread(go.Place.ADD_RELOAD, saved=Word(waiters=3)) == thread


def test_the_zeroer_reloads_resets_and_releases_one_permit_a_waiter() -> None:
    shared, thread = step(go.Shared(word=Word(counter=1, waiters=3)), go.begin(Call(delta=-1)))
    trace = []
    while go.go.enabled(shared, thread):
        name = go.go.enabled(shared, thread)[0].name
        shared, thread = step(shared, thread)
        trace.append((name, bits(shared), shared.permits))
    assert [("reload", 3, 0), ("reset", 0, 0), ("release", 0, 1), ("release", 0, 2), ("release", 0, 3)] == trace
    assert go.ADDED == thread


def test_a_waiter_whose_compare_and_swap_fails_loads_again() -> None:
    shared = go.initial(2)
    _, waiter = step(shared, go.begin(Call()))
    shared = add(shared, -1)
    assert (shared, go.begin(Call())) == step(shared, waiter)


def test_a_parked_waiter_cannot_step_without_a_permit_and_takes_exactly_one() -> None:
    parked = go.Thread(go.Place.WAIT_ACQUIRE)
    assert [] == go.go.enabled(go.Shared(word=Word(waiters=1)), parked)
    shared, woken = step(go.Shared(permits=2), parked)
    assert (1, go.Place.WAIT_RECHECK) == (shared.permits, woken.place)


@pytest.mark.parametrize("word", [Word(counter=1), Word(waiters=1), Word(bubble=1), Word(counter=-1)])
def test_a_woken_waiter_panics_at_any_word_but_zero(word: Word) -> None:
    shared, thread = step(go.Shared(word=word), go.Thread(go.Place.WAIT_RECHECK))
    assert (word, REUSED, go.PANICKED) == (shared.word, shared.panic, thread)


@pytest.mark.parametrize(
    ("before", "delta", "panic"),
    [
        (Word(0, 0, 1), 1, MISUSE),  # from zero while a waiter is registered
        (Word(0, 0, 1), 1 << 32, MISUSE),  # the test compares the truncated delta
        (Word(0, 0, 0), 1, go.Panic.NONE),
        (Word(1, 0, 1), 1, go.Panic.NONE),
        (Word(-1, 0, 1), 2, go.Panic.NONE),
        (Word(1, 0, 1), -2, NEGATIVE),
        (Word(0, 1, 0), 1, BUBBLE),  # comes before the others
        (Word(0, 1, 0), -1, BUBBLE),
    ],
)
def test_add_panics_on_exactly_these_words(before: Word, delta: int, panic: go.Panic) -> None:
    shared, _ = step(go.Shared(word=before), go.begin(Call(delta=delta)))
    assert panic is shared.panic


def test_f2_add_zero_between_the_last_done_and_its_reset_leaves_a_permit_that_fells_the_next_generation() -> None:
    shared, waiter = wait(go.initial(1))
    shared, done = step(shared, go.begin(Call(delta=-1)))
    shared, zero = step(shared, go.begin(Call(delta=0)))
    assert (go.Place.ADD_RELOAD, go.Place.ADD_RELOAD) == (done.place, zero.place)
    shared, done = step(shared, done)
    shared, zero = step(shared, zero)
    shared, done = alone(shared, done)
    shared, zero = alone(shared, zero)
    shared, waiter = alone(shared, waiter)
    assert (go.ADDED, go.ADDED, go.WAITED) == (done, zero, waiter)
    assert go.Shared(permits=1) == shared  # everyone has returned, and a stray permit is left
    shared, late = wait(add(shared, 1))
    assert (REUSED, go.PANICKED) == (shared.panic, late)


def test_f1_an_add_that_only_starts_while_the_counter_is_positive_may_panic() -> None:
    shared = go.initial(1)
    shared, waiter = step(shared, go.begin(Call()))
    starting = go.begin(Call(delta=1))  # at this moment the counter is 1
    shared, waiter = step(shared, waiter)
    shared, _ = step(shared, go.begin(Call(delta=-1)))
    shared, thread = step(shared, starting)
    assert (0x00000001_00000001, MISUSE, go.PANICKED) == (bits(shared), shared.panic, thread)


def test_the_panics_are_numbered_as_the_oracle_numbers_them() -> None:
    assert [1, 2, 3, 4, 5] == [NEGATIVE, MISUSE, RELOAD, REUSED, BUBBLE]


def test_each_panic_has_the_message_that_go_prints() -> None:
    assert {
        "panic 1": "sync: negative WaitGroup counter",
        "panic 2": "sync: WaitGroup misuse: Add called concurrently with Wait",
        "panic 3": "sync: WaitGroup misuse: Add called concurrently with Wait",
        "panic 4": "sync: WaitGroup is reused before previous Wait has returned",
        "panic 5": "sync: WaitGroup.Add called from inside and outside synctest bubble",
    } == go.go.legend


def test_a_program_that_has_panicked_takes_no_further_step() -> None:
    dead = go.initial(1)._replace(panic=NEGATIVE)
    calls = [Call(), Call(delta=1), Call(delta=-1)]
    assert [[], [], []] == [go.go.enabled(dead, go.begin(call)) for call in calls]


@pytest.mark.parametrize("call", [Call(timed=True), Call(interrupted=True)])
def test_go_has_no_wait_that_expires_or_can_be_interrupted(call: Call) -> None:
    with pytest.raises(ValueError, match=r"^Go's Wait has no timeout and cannot be interrupted$"):
        go.begin(call)
