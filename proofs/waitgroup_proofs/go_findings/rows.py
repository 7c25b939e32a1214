"""The findings: F1, the documented rule is too weak; F2, Add(0) corrupts the semaphore; F3, nothing is rolled back."""

from waitgroup_proofs.go_findings.finding import GoFinding, Sight, StrictEnding, recovering
from waitgroup_proofs.report.words import WordStep
from waitgroup_spec.properties import everyone_returned
from waitgroup_spec.protocols import go
from waitgroup_spec.scenarios import DONE, SCENARIOS, Client, Scenario, When, add, scenario, waiters, workers


def steps(start: int, *taken: tuple[str, str, int, int]) -> tuple[WordStep, ...]:
    """The steps of a run from the word `start`: thread, action, word afterwards, permits afterwards."""
    befores = (start, *(word for _, _, word, _ in taken))
    return tuple(
        WordStep(thread, action, before, word, permits)
        for before, (thread, action, word, permits) in zip(befores, taken, strict=False)
    )


def panicked(threads: tuple[go.Thread, ...], program: Scenario, name: str) -> bool:
    """Whether the thread of this name has panicked."""
    return threads[program.thread_names.index(name)] == go.PANICKED


# F1

#: All three are in their calls from the beginning, when the counter is 1.
STARTED_IN_TIME = scenario(
    "started-in-time",
    "a Wait, a Done and an Add that start while the counter is 1",
    1,
    waiters(1),
    workers(1),
    Client("adder", (add(1), DONE)),
)


def adder_panics(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """The Add is told that it misuses the group."""
    return shared.panic == go.Panic.MISUSE_ADD and panicked(threads, STARTED_IN_TIME, "adder")


F1 = GoFinding(
    "f1-documented-rule",
    "An Add(1) that starts while the counter is positive, as Go's documentation allows, can panic as a misuse.",
    (
        Sight(
            "The counter has come to zero under a waiter between the start of the Add and its atomic step.",
            go.go,
            STARTED_IN_TIME,
            adder_panics,
            steps(
                0x00000001_00000000,
                ("waiter", "load", 0x00000001_00000000, 0),
                ("waiter", "compare_and_swap", 0x00000001_00000001, 0),
                ("worker", "apply", 0x00000000_00000001, 0),
                ("adder", "apply", 0x00000001_00000001, 0),
            ),
            frozenset({StrictEnding("all returned", 0, 0)}),
        ),
    ),
)

# F2

ZERO_DELTA = SCENARIOS["zero-delta"](1, 1)


def stray_permit(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """All calls have returned, and the semaphore is not as new."""
    return everyone_returned(shared, threads) and shared.permits > 0


def next_generation_panics(shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """The waiter of the next generation is told that the group is reused."""
    return shared.panic == go.Panic.REUSED and panicked(threads, ZERO_DELTA, "late waiter")


#: Add(0) finds the counter at zero and a waiter: both callers take themselves for the zeroer, and both release.
TWO_ZEROERS = (
    ("waiter", "load", 0x00000001_00000000, 0),
    ("waiter", "compare_and_swap", 0x00000001_00000001, 0),
    ("worker", "apply", 0x00000000_00000001, 0),
    ("worker", "reload", 0x00000000_00000001, 0),
    ("extra", "apply", 0x00000000_00000001, 0),
    ("extra", "reload", 0x00000000_00000001, 0),
    ("worker", "reset", 0x00000000_00000000, 0),
    ("worker", "release", 0x00000000_00000000, 1),
    ("waiter", "acquire", 0x00000000_00000000, 0),
    ("waiter", "recheck", 0x00000000_00000000, 0),
    ("extra", "reset", 0x00000000_00000000, 0),
    ("extra", "release", 0x00000000_00000000, 1),
    ("owner", "apply", 0x00000001_00000000, 1),
)
F2 = GoFinding(
    "f2-add-zero",
    "An Add(0) beside the last Done leaves a permit behind, and the next generation, legal and alone, panics.",
    (
        Sight(
            "Every call has returned, and a permit is left.",
            go.go,
            ZERO_DELTA,
            stray_permit,
            steps(
                0x00000001_00000000,
                *TWO_ZEROERS,
                ("owner", "apply", 0x00000000_00000000, 1),
                ("late waiter", "load", 0x00000000_00000000, 1),
            ),
            frozenset({StrictEnding("all returned", 0, 0)}),
        ),
        Sight(
            "The waiter of the next generation takes the permit, finds its own unit outstanding, and panics.",
            go.go,
            ZERO_DELTA,
            next_generation_panics,
            steps(
                0x00000001_00000000,
                *TWO_ZEROERS,
                ("late waiter", "load", 0x00000001_00000000, 1),
                ("late waiter", "compare_and_swap", 0x00000001_00000001, 1),
                ("late waiter", "acquire", 0x00000001_00000001, 0),
                ("late waiter", "recheck", 0x00000001_00000001, 0),
            ),
            frozenset({StrictEnding("all returned", 0, 0)}),
        ),
    ),
)

# F3

TAKER = Client("taker", (add(-2),), start=When.QUIESCENT)
TAKES_TOO_MUCH = scenario("takes-too-much", "add(-2) at counter 1 while a waiter is parked", 1, waiters(1), TAKER)
DONE_AS_WELL = scenario(
    "done-as-well",
    "the same, and the Done for which the waiter waits",
    1,
    waiters(1),
    TAKER,
    workers(1)._replace(start=When.QUIESCENT),
)


def waiter_stranded(_shared: go.Shared, threads: tuple[go.Thread, ...]) -> bool:
    """The waiter is parked, and all the others have panicked."""
    waiter, *others = threads
    return waiter.place == go.Place.WAIT_ACQUIRE and all(thread == go.PANICKED for thread in others)


F3 = GoFinding(
    "f3-no-rollback",
    "An Add that panics is not rolled back: Add(-2) at counter 1 blocks the waiter for ever, also if it is recovered.",
    (
        Sight(
            "The counter is -1, nothing can step, and the waiter is parked.",
            recovering(go.go),
            TAKES_TOO_MUCH,
            waiter_stranded,
            steps(
                0x00000001_00000000,
                ("waiter", "load", 0x00000001_00000000, 0),
                ("waiter", "compare_and_swap", 0x00000001_00000001, 0),
                ("taker", "apply", 0xFFFFFFFF_00000001, 0),
            ),
            # The add is refused and changes nothing: the waiter waits for a unit that is still outstanding.
            frozenset({StrictEnding("1 blocked, 1 refused", 1, 1)}),
        ),
        Sight(
            "The Done for which the waiter waits panics as well.",
            recovering(go.go),
            DONE_AS_WELL,
            waiter_stranded,
            steps(
                0x00000001_00000000,
                ("waiter", "load", 0x00000001_00000000, 0),
                ("waiter", "compare_and_swap", 0x00000001_00000001, 0),
                ("taker", "apply", 0xFFFFFFFF_00000001, 0),
                ("worker", "apply", 0xFFFFFFFE_00000001, 0),
            ),
            frozenset({StrictEnding("all returned, 1 refused", 0, 0)}),
        ),
    ),
)

FINDINGS = (F1, F2, F3)
