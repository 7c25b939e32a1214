"""Mutants of Go's protocol: what its text would mean with one passage left out, weakened or reordered."""

from waitgroup_proofs.mutants import Mutant

GO = "waitgroup_spec.protocols.go"

SLOW_PATH = "if word.counter > 0 or word.waiters == 0:"
RELEASES = "releases=thread.saved.waiters)"
RESET = "return shared._replace(word=ZERO), Thread(Place.ADD_RELEASE"
RETRY = "        return shared, Thread(Place.WAIT_LOAD)\n"
COMPARE = f"    if shared.word != thread.saved:\n{RETRY}"
READ_MODIFY_WRITE = """\
    word = plus_delta(shared.word, thread.delta)
    shared = shared._replace(word=word)
"""
CHECKS = """\
    if word.bubble != 0:
        return panicked(shared, Panic.BUBBLE)
    if word.counter < 0:
        return panicked(shared, Panic.NEGATIVE_COUNTER)
    if word.waiters != 0 and thread.delta > 0 and word.counter == to_signed(thread.delta):
        return panicked(shared, Panic.MISUSE_ADD)
    if word.counter > 0 or word.waiters == 0:
        return shared, ADDED
    return shared, Thread(Place.ADD_RELOAD, saved="""
#: The first visit of a step that has been split: the word is loaded, and the thread stays where it is.
LOAD_FIRST = """\
    if thread.releases == 0:
        return shared, thread._replace(saved=shared.word, releases=-1)
"""

#: What only a misuse can set off: no legal run tells whether it is there.
MISUSE_ONLY = (
    Mutant(
        "go-no-negative-check",
        "an Add does not look at the sign of the counter",
        GO,
        "    if word.counter < 0:\n        return panicked(shared, Panic.NEGATIVE_COUNTER)\n",
        "",
        "surplus",
        "outcomes",
    ),
    Mutant(
        "go-no-misuse-check",
        "an Add from zero does not mind the waiters",
        GO,
        "    if word.waiters != 0 and thread.delta > 0 and word.counter == to_signed(thread.delta):\n"
        "        return panicked(shared, Panic.MISUSE_ADD)\n",
        "",
        "add-done",
        "outcomes",
    ),
    Mutant(
        "go-no-reload-check",
        "the zeroer does not look again before it resets the word",
        GO,
        "    if shared.word != thread.saved:\n        return panicked(shared, Panic.MISUSE_RELOAD)\n",
        "",
        "zero-delta",
        "outcomes",
    ),
    Mutant(
        "go-no-recheck",
        "a woken waiter does not look at the word",
        GO,
        "    if shared.word != ZERO:\n        return panicked(shared, Panic.REUSED)\n",
        "",
        "add-done",
        "outcomes",
    ),
)

EQUIVALENT = (
    Mutant(
        "go-resets-waiters-alone",
        "the zeroer clears the waiters and keeps the counter",
        GO,
        RESET,
        "return shared._replace(word=shared.word._replace(waiters=0)), Thread(Place.ADD_RELEASE",
        engine="",
        survives="Between the zeroer's apply and its reset the counter is zero, since whoever changes it panics: no "
        "proof fails, and every scenario has the same states. A panic that is recovered would tell.",
    ),
)

GO_MUTANTS = (
    Mutant(
        "go-no-waiters-test",
        "the last Done takes the slow path although nobody waits",
        GO,
        SLOW_PATH,
        "if word.counter > 0:",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-slow-path-too-early",
        "any Done with waiters takes the slow path",
        GO,
        SLOW_PATH,
        "if word.waiters == 0:",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-store-after-releases",
        "the zeroer releases the permits before it resets the word",
        GO,
        '''\
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
''',
        '''\
    return shared, Thread(Place.ADD_RELEASE, releases=thread.saved.waiters)


@go.action(Place.ADD_RESET)
def reset(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """The whole word is stored as zero, which ends the call."""
    return shared._replace(word=ZERO), ADDED


@go.action(Place.ADD_RELEASE)
def release(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """One permit for each waiter that was registered; the last one leads on to the reset."""
    shared = shared._replace(permits=shared.permits + 1)
    if thread.releases == 1:
        return shared, Thread(Place.ADD_RESET)
''',
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-one-release-more",
        "the zeroer releases a permit too many",
        GO,
        RELEASES,
        "releases=thread.saved.waiters + 1)",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-no-reset",
        "the zeroer leaves the waiters registered",
        GO,
        RESET,
        "return shared, Thread(Place.ADD_RELEASE",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-stores-what-it-saw",
        "a waiter stores the word it loaded, plus one",
        GO,
        f"{COMPARE}    return shared._replace(word=plus_waiter(shared.word))",
        "    return shared._replace(word=plus_waiter(thread.saved))",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-swap-without-compare",
        "a waiter registers on whatever the word has become",
        GO,
        COMPARE,
        "",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-no-retry",
        "a waiter whose swap fails returns",
        GO,
        RETRY,
        "        return shared, WAITED\n",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-acquires-nothing",
        "a parked waiter goes on without a permit",
        GO,
        "@go.action(Place.WAIT_ACQUIRE, guard=permit_left)",
        "@go.action(Place.WAIT_ACQUIRE)",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "go-split-read-modify-write",
        "an Add loads the word in one step and stores the sum in another",
        GO,
        READ_MODIFY_WRITE,
        f"{LOAD_FIRST}    word = plus_delta(thread.saved, thread.delta)\n    shared = shared._replace(word=word)\n",
        "nested",
        "assertions",
    ),
    Mutant(
        "go-checks-before-adding",
        "an Add checks a word that it loaded before, and then adds",
        GO,
        f"{READ_MODIFY_WRITE}{CHECKS}word)",
        f"{LOAD_FIRST}    word = plus_delta(thread.saved, thread.delta)\n"
        f"    shared = shared._replace(word=plus_delta(shared.word, thread.delta))\n{CHECKS}shared.word)",
        "pre-added",
        "endings",
    ),
    Mutant(
        "go-one-release-less",
        "the zeroer releases a permit too few",
        GO,
        "    return shared._replace(word=ZERO), Thread(Place.ADD_RELEASE, releases=thread.saved.waiters)\n",
        "    shared = shared._replace(word=ZERO)\n"
        "    if thread.saved.waiters == 1:\n"
        "        return shared, ADDED\n"
        "    return shared, Thread(Place.ADD_RELEASE, releases=thread.saved.waiters - 1)\n",
        "pre-added",
        "endings",
    ),
    Mutant(
        "go-wakes-one",
        "the zeroer releases a single permit",
        GO,
        RELEASES,
        "releases=1)",
        "pre-added",
        "endings",
    ),
    Mutant(
        "go-parks-unregistered",
        "a waiter whose swap fails parks all the same",
        GO,
        RETRY,
        "        return shared, Thread(Place.WAIT_ACQUIRE)\n",
        "pre-added",
        "endings",
    ),
    *MISUSE_ONLY,
    *EQUIVALENT,
)
