"""One group, used again: after every wait has returned, which is legal, and sooner, which Go calls a misuse."""

from waitgroup_proofs.conformance.cases import case, together
from waitgroup_proofs.conformance.families.scenarios import of_scenario
from waitgroup_spec.scenarios import DONE, WAIT, add

ROUND = (add(1), WAIT, DONE)

CASES = (
    *(
        case(f"{rounds}-rounds", "a round after the other, each with a waiter", *ROUND * rounds, flags=("Reuse",))
        for rounds in (2, 3, 4, 8)
    ),
    case("rounds-without-waiters", "rounds that nobody waits for", (add(1), DONE) * 3, WAIT, flags=("Reuse",)),
    case("rounds-in-one-thread", "a thread goes round by itself", (add(1), DONE, WAIT) * 3, flags=("Reuse",)),
    case(
        "a-larger-round-after-a-small-one", "the rounds differ", *ROUND, add(3), WAIT, DONE, add(-2), flags=("Reuse",)
    ),
    case("two-waiters-then-one", "the waiters differ", add(1), WAIT, WAIT, DONE, *ROUND, flags=("StrayWakeup",)),
    case("one-waiter-then-two", "and grow", *ROUND, add(1), WAIT, WAIT, DONE, flags=("StrayWakeup",)),
    case(
        "the-next-round-blocks",
        "what woke the first round wakes no second",
        *ROUND,
        add(1),
        WAIT,
        flags=("StrayWakeup",),
    ),
    case(
        "the-next-round-blocks-all",
        "nor any of a crowd",
        add(1),
        together(WAIT, WAIT, WAIT),
        DONE,
        add(1),
        together(WAIT, WAIT, WAIT),
        flags=("StrayWakeup",),
    ),
    case(
        "the-next-round-of-one-who-was-woken",
        "nor one who was there before",
        add(1),
        (WAIT, add(1), WAIT),
        DONE,
        flags=("StrayWakeup",),
    ),
    case(
        "nothing-in-the-next-round",
        "add(0) wakes nobody in a second round",
        *ROUND,
        add(1),
        WAIT,
        add(0),
        DONE,
        flags=("StrayWakeup",),
    ),
    case(
        "reopened-at-once",
        "the last done, and the first add of the next round at once",
        add(1),
        WAIT,
        (DONE, add(1)),
        flags=("Generation",),
        racy=True,
    ),
    case(
        "reopened-at-once-under-two",
        "with two waiters",
        add(1),
        WAIT,
        WAIT,
        (DONE, add(1)),
        flags=("Generation",),
        racy=True,
    ),
    case(
        "reopened-at-once-by-two",
        "with more than one unit",
        add(1),
        WAIT,
        (DONE, add(2)),
        DONE,
        DONE,
        flags=("Generation",),
        racy=True,
    ),
    case(
        "reopened-by-another",
        "by another thread",
        add(1),
        WAIT,
        together(DONE, (add(1), DONE)),
        flags=("Generation",),
        racy=True,
    ),
    *of_scenario("reuse", "Generation", racy=True),
    *of_scenario("reuse-eager", "Generation", racy=True),
    *of_scenario("reuse-open", "Generation", racy=True),
    *of_scenario("reuse-parked", "Generation", racy=True),
)
