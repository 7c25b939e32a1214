"""Waits with a timeout: what ends them, and that one that has expired has left nothing behind. Go has none."""

from waitgroup_proofs.conformance.cases import HELD, LONG, LOOK, case, together
from waitgroup_proofs.conformance.families.scenarios import of_scenario
from waitgroup_spec.scenarios import DONE, TIMED_WAIT, WAIT, add

CASES = (
    case("at-zero", "a timed wait at zero returns", TIMED_WAIT, flags=("TimedWait",)),
    case("look-at-zero", "so does one that only looks", TIMED_WAIT, flags=("TimedWait",), timeouts={"thread 1": LOOK}),
    case("expires", "a timed wait ends by its timeout", add(1), TIMED_WAIT, flags=("TimedWait",)),
    case("look", "one that only looks says no", add(1), TIMED_WAIT, flags=("TimedWait",), timeouts={"thread 2": LOOK}),
    case("in-time", "a done in time ends it", add(1), WAIT, DONE, flags=("TimedWait",), timeouts={"thread 2": LONG}),
    case(
        "two-in-time",
        "and two of them",
        add(1),
        WAIT,
        WAIT,
        DONE,
        flags=("WakesOne",),
        timeouts={"thread 2": LONG, "thread 3": LONG},
    ),
    case("expires-beside-one-that-stays", "who stays is woken", add(1), WAIT, TIMED_WAIT, DONE, flags=("StaleWaiter",)),
    case("expires-before-one-that-stays", "whoever came first", add(1), TIMED_WAIT, WAIT, DONE, flags=("StaleWaiter",)),
    case(
        "expires-between-two-that-stay", "and both of two", add(1), WAIT, TIMED_WAIT, WAIT, DONE, flags=("StaleWaiter",)
    ),
    case(
        "two-expire",
        "two expire beside one that stays",
        add(1),
        together(TIMED_WAIT, TIMED_WAIT, WAIT),
        DONE,
        flags=("StaleWaiter",),
    ),
    case(
        "expires-and-waits-again",
        "who has expired can wait again",
        add(1),
        (TIMED_WAIT, TIMED_WAIT),
        DONE,
        TIMED_WAIT,
        flags=("StaleWaiter",),
    ),
    case(
        "expires-and-the-next-round-blocks",
        "an expired wait takes no wakeup of the next round",
        add(1),
        TIMED_WAIT,
        DONE,
        add(1),
        WAIT,
        flags=("StolenWakeup",),
    ),
    case(
        "expires-and-the-next-round-is-woken",
        "nor lets one be lost",
        add(1),
        TIMED_WAIT,
        DONE,
        add(1),
        WAIT,
        DONE,
        flags=("StolenWakeup",),
    ),
    case(
        "many-expire", "many expire one after the other", add(1), *(TIMED_WAIT,) * 4, WAIT, DONE, flags=("StaleWaiter",)
    ),
    case(
        "expires-then-refused",
        "a refusal after an expired wait",
        add(1),
        TIMED_WAIT,
        add(-2),
        DONE,
        flags=("Rollback",),
    ),
    case(
        "not-before-its-time",
        "five seconds do not end at once",
        add(1),
        WAIT,
        DONE,
        flags=("TimedWait",),
        timeouts={"thread 2": 5.0},
        hold=HELD,
    ),
    *(
        case(
            f"reopened-at-once-under-{waiters}",
            "timed waits belong to a generation",
            add(1),
            *(WAIT,) * waiters,
            (DONE, add(1)),
            flags=("Generation",),
            racy=True,
            timeouts={f"thread {n}": LONG for n in range(2, waiters + 2)},
        )
        for waiters in (1, 2)
    ),
    *of_scenario("timeout-race", "StolenWakeup"),
    *of_scenario("timeout-reuse", "StolenWakeup"),
)
