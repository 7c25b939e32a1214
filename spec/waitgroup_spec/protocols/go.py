"""Go 1.27.3's `sync.WaitGroup`, bit for bit and misuse included, one atomic step an action.

Source: `src/sync/waitgroup.go` and `src/runtime/sema.go` of Go 1.27.3. Read it beside them: the actions `apply`,
`reload`, `reset`, `release` are Add from top to bottom, `load`, `compare_and_swap`, `acquire`, `recheck` are Wait;
Done is Add(-1).

Vocabulary. The *word* packs counter, bubble flag and waiters. A *permit* is one unit of the semaphore. A waiter is
*parked* once it stands at WAIT_ACQUIRE. The *zeroer* is the Add that brought the counter to zero under waiters.

Assumptions.
  1. Atomic operations are sequentially consistent, as Go's are.
  2. The semaphore is a counting semaphore: any parked waiter may take any permit (the runtime's fast path barges).
  3. Every caller is outside synctest bubbles: the flag is set by no caller, only by a carry.
  4. The race detector's annotations are left out; they do not change the word.
"""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.word import ZERO, Word, plus_delta, plus_waiter, to_signed


class Panic(IntEnum):
    """Why the program died; numbered as in the counts that are pinned against other model checkers."""

    NONE = 0
    NEGATIVE_COUNTER = 1
    MISUSE_ADD = 2  # from the checks of Add
    MISUSE_RELOAD = 3  # from the zeroer: its caller may be innocent
    REUSED = 4
    BUBBLE = 5  # fatal: it cannot be recovered


#: What Go prints.
MESSAGES = {
    Panic.NEGATIVE_COUNTER: "sync: negative WaitGroup counter",
    Panic.MISUSE_ADD: "sync: WaitGroup misuse: Add called concurrently with Wait",
    Panic.MISUSE_RELOAD: "sync: WaitGroup misuse: Add called concurrently with Wait",
    Panic.REUSED: "sync: WaitGroup is reused before previous Wait has returned",
    Panic.BUBBLE: "sync: WaitGroup.Add called from inside and outside synctest bubble",
}


class Place(IntEnum):
    """Where a thread stands: the atomic operation it does next."""

    RETURNED = 0
    PANICKED = 1
    ADD_APPLY = 2
    ADD_RELOAD = 3
    ADD_RESET = 4
    ADD_RELEASE = 5
    WAIT_LOAD = 6
    WAIT_SWAP = 7
    WAIT_ACQUIRE = 8
    WAIT_RECHECK = 9


class Shared(NamedTuple):
    """The WaitGroup's two fields, and the panic that ended the program."""

    word: Word = ZERO
    permits: int = 0  # the semaphore
    panic: Panic = Panic.NONE


class Thread(NamedTuple):
    """One goroutine inside a call. A local that no later step reads is reset."""

    place: Place
    delta: int = 0  # Add's argument, until it is applied
    saved: Word = ZERO  # the word as this thread last saw it
    releases: int = 0  # permits the zeroer has still to release
    result: Result = Result.PENDING


ADDED = Thread(Place.RETURNED, result=Result.NONE)
WAITED = Thread(Place.RETURNED, result=Result.TRUE)
PANICKED = Thread(Place.PANICKED, result=Result.PANICKED)


def initial(units: int) -> Shared:
    """The zero value after Add(units)."""
    return Shared(word=Word(counter=units))


def begin(call: Call) -> Thread:
    """A goroutine that enters `call`. Go's Wait knows neither timeout nor cancellation."""
    if call.timed or call.interrupted:
        raise ValueError("Go's Wait has no timeout and cannot be interrupted")
    if call.delta is None:
        return Thread(Place.WAIT_LOAD)
    return Thread(Place.ADD_APPLY, delta=call.delta)


go = Protocol(
    "go",
    "Go 1.27.3's sync.WaitGroup: one packed word and a semaphore; four panics and no rollback.",
    initial,
    begin,
    halted=lambda shared: shared.panic != Panic.NONE,
    outcome=lambda shared: f"panic {int(shared.panic)}",
    legend={f"panic {int(panic)}": message for panic, message in MESSAGES.items()},
)


def panicked(shared: Shared, panic: Panic) -> tuple[Shared, Thread]:
    """The program dies here; what the panicking step did to the word stays done."""
    return shared._replace(panic=panic), PANICKED


# Add(delta)


@go.action(Place.ADD_APPLY)
def apply(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The delta is added to the counter, before any check and for good; the checks look at the word this made."""
    word = plus_delta(shared.word, thread.delta)
    shared = shared._replace(word=word)
    if word.bubble != 0:
        return panicked(shared, Panic.BUBBLE)
    if word.counter < 0:
        return panicked(shared, Panic.NEGATIVE_COUNTER)
    if word.waiters != 0 and thread.delta > 0 and word.counter == to_signed(thread.delta):
        return panicked(shared, Panic.MISUSE_ADD)
    if word.counter > 0 or word.waiters == 0:
        return shared, ADDED
    return shared, Thread(Place.ADD_RELOAD, saved=word)


@go.action(Place.ADD_RELOAD)
def reload(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The zeroer looks again: a word that moved since means that Add and Wait ran at the same time."""
    if shared.word != thread.saved:
        return panicked(shared, Panic.MISUSE_RELOAD)
    return shared, thread._replace(place=Place.ADD_RESET)


@go.action(Place.ADD_RESET)
def reset(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The whole word is stored as zero: no waiter is registered any more."""
    return shared._replace(word=ZERO), Thread(Place.ADD_RELEASE, releases=thread.saved.waiters)


@go.action(Place.ADD_RELEASE)
def release(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """One permit for each waiter that was registered; the last one ends the call."""
    shared = shared._replace(permits=shared.permits + 1)
    if thread.releases == 1:
        return shared, ADDED
    return shared, thread._replace(releases=thread.releases - 1)


# Wait()


@go.action(Place.WAIT_LOAD)
def load(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Wait returns at once if the counter is zero; a negative counter blocks like a positive one."""
    if shared.word.counter == 0:
        return shared, WAITED
    return shared, Thread(Place.WAIT_SWAP, saved=shared.word)


@go.action(Place.WAIT_SWAP)
def compare_and_swap(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The waiter is registered if the word has not moved since it was loaded; else Wait begins again."""
    if shared.word != thread.saved:
        return shared, Thread(Place.WAIT_LOAD)
    return shared._replace(word=plus_waiter(shared.word)), Thread(Place.WAIT_ACQUIRE)


def permit_left(shared: Shared, _thread: Thread) -> bool:
    """Whether the semaphore has a permit to take."""
    return shared.permits > 0


@go.action(Place.WAIT_ACQUIRE, guard=permit_left)
def acquire(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The parked waiter takes a permit, whoever it was meant for."""
    return shared._replace(permits=shared.permits - 1), Thread(Place.WAIT_RECHECK)


@go.action(Place.WAIT_RECHECK)
def recheck(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The woken waiter returns if the word is still zero: anything else is a generation that began too early."""
    if shared.word != ZERO:
        return panicked(shared, Panic.REUSED)
    return shared, WAITED
