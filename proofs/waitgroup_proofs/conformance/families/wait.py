"""Waiting: a wait at zero returns, any other blocks, the zero wakes everybody, and nothing else wakes anybody."""

from waitgroup_proofs.conformance.cases import HELD, case, together
from waitgroup_proofs.conformance.families.scenarios import of_scenario
from waitgroup_spec.scenarios import DONE, WAIT, add

CASES = (
    case("at-zero", "a wait on a new group returns", WAIT, flags=("WaitAtZero",)),
    case("again-at-zero", "so does another one", WAIT, WAIT, (WAIT, WAIT, WAIT), flags=("WaitAtZero",)),
    case("together-at-zero", "and many at once", together(*(WAIT,) * 4), flags=("WaitAtZero",)),
    case("after-the-last-done", "a wait that comes late returns", add(1), DONE, WAIT, flags=("WaitAtZero",)),
    case("after-an-add-of-nothing", "add(0) gives nothing to wait for", add(0), WAIT, flags=("WaitAtZero",)),
    case("blocks", "a wait blocks while there is a unit", add(1), WAIT, flags=("ReturnsEarly",)),
    case("until-the-last", "and until the last one is done", add(2), WAIT, DONE, DONE, flags=("ReturnsEarly",)),
    case("until-all-at-once", "a negative delta ends it too", add(3), WAIT, add(-3), flags=("BulkZero",)),
    case("until-the-rest-at-once", "and so does the rest", add(3), WAIT, DONE, add(-2), flags=("BulkZero",)),
    case("in-the-same-thread", "who has added can wait", (add(1), DONE, WAIT), flags=("WaitAtZero",)),
    case(
        "more-units-while-parked",
        "a parked waiter waits for what comes as well",
        add(1),
        WAIT,
        add(1),
        DONE,
        DONE,
        flags=("AddWhileParked",),
    ),
    case(
        "many-more-while-parked",
        "whatever comes",
        add(1),
        WAIT,
        add(4),
        add(-4),
        add(0),
        DONE,
        flags=("AddWhileParked",),
    ),
    case("nothing-wakes-nobody", "add(0) wakes nobody", add(1), WAIT, add(0), flags=("ReturnsEarly",)),
    case(
        "another-wait-wakes-nobody",
        "a second waiter parks beside the first",
        add(1),
        WAIT,
        WAIT,
        DONE,
        flags=("WakesOne",),
    ),
    case(
        "late-beside-parked",
        "one that comes late beside one that is parked",
        add(2),
        WAIT,
        DONE,
        WAIT,
        DONE,
        flags=("WakesOne",),
    ),
    *(
        case(
            f"wakes-{waiters}",
            "the zero wakes everybody",
            add(1),
            together(*(WAIT,) * waiters),
            DONE,
            flags=("WakesOne",),
        )
        for waiters in (2, 3, 4, 5)
    ),
    *(
        case(
            f"wakes-{waiters}-one-after-the-other",
            "whenever they came",
            add(1),
            *(WAIT,) * waiters,
            DONE,
            flags=("WakesOne",),
        )
        for waiters in (3, 5)
    ),
    case(
        "waits-again-after-it", "who has been woken can wait again", add(1), (WAIT, WAIT), DONE, flags=("WaitAtZero",)
    ),
    case(
        "a-done-beside-a-wait",
        "the last done and a wait at the same time",
        together(DONE, WAIT),
        units=1,
        flags=("LostWakeup",),
    ),
    case(
        "a-done-beside-three-waits", "and many waits", together(DONE, WAIT, WAIT, WAIT), units=1, flags=("LostWakeup",)
    ),
    case(
        "each-is-done-and-waits",
        "each thread is done and then waits",
        together((DONE, WAIT), (DONE, WAIT)),
        units=2,
        flags=("LostWakeup",),
    ),
    case(
        "until-add-minus-one",
        "add(-1) wakes as done() does",
        add(1),
        WAIT,
        WAIT,
        add(-1),
        flags=("BulkZero",),
        adds=("thread 4",),
    ),
    case("for-as-long-as-it-takes", "a wait does not give up", add(1), WAIT, DONE, flags=("ReturnsEarly",), hold=HELD),
    case(
        "two-waiters-on-two-units",
        "waiters that come before the last unit",
        add(2),
        WAIT,
        WAIT,
        DONE,
        DONE,
        flags=("WakesOne",),
    ),
    case("wakes-8", "and a crowd", add(1), together(*(WAIT,) * 4), together(*(WAIT,) * 4), DONE, flags=("WakesOne",)),
    *of_scenario("pre-added", "LostWakeup"),
    *of_scenario("nested", "AddWhileParked"),
    *of_scenario("mixed", "BulkZero"),
)
