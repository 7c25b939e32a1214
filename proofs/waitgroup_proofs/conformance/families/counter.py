"""The counter: what is added is there, what is taken is gone, whoever does it and in whatever order."""

from waitgroup_proofs.conformance.cases import case, together
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import DONE, WAIT, add


def sums(name: str, *deltas: int) -> tuple[Call, ...]:
    """The calls that add these, one after the other."""
    return tuple(DONE if delta == -1 else add(delta) for delta in deltas)


ONE_BY_ONE = {
    "one": (1,),
    "one-and-done": (1, -1),
    "two-and-two-done": (1, 1, -1, -1),
    "up-and-down": (1, -1, 1, -1, 1, -1),
    "at-once": (5,),
    "at-once-and-at-once-away": (5, -5),
    "at-once-and-one-by-one-away": (3, -1, -1, -1),
    "one-by-one-and-at-once-away": (1, 1, 1, -3),
    "some-of-them-away": (7, -4),
    "more-while-some-are-there": (2, 3, -1, 4, -8),
    "nothing": (0,),
    "nothing-while-some-are-there": (2, 0, 0, -1),
    "nothing-after-the-last": (1, -1, 0),
    "a-hundred": (100, -99, -1),
    "a-million": (1_000_000, -999_999),
}

CASES = (
    *(
        case(f"sum-{name}", "the counter is the sum", *sums(name, *deltas), flags=("Sum",))
        for name, deltas in ONE_BY_ONE.items()
    ),
    *(
        case(
            f"{threads}-threads-add",
            "threads that add at the same time lose nothing",
            together(*(add(1),) * threads),
            flags=("LostUpdate",),
        )
        for threads in (2, 3, 4)
    ),
    *(
        case(
            f"{threads}-threads-are-done",
            "threads that are done at the same time lose nothing",
            together(*(DONE,) * threads),
            units=threads,
            flags=("LostUpdate",),
        )
        for threads in (2, 3, 4, 5)
    ),
    case(
        "adds-and-dones-together",
        "adds and dones at the same time, never below one",
        together(add(2), DONE, add(1), DONE),
        units=3,
        flags=("LostUpdate",),
    ),
    case(
        "a-thread-adds-while-another-is-done",
        "two threads move the counter both ways",
        together((add(1), add(1), DONE, DONE), (add(1), DONE)),
        units=1,
        flags=("LostUpdate",),
    ),
    case(
        "add-minus-one",
        "add(-1) is a done()",
        add(2),
        add(-1),
        add(-1),
        WAIT,
        flags=("Sum",),
        adds=("thread 2", "thread 3"),
    ),
    case(
        "add-minus-one-beside-dones",
        "beside dones",
        together(add(-1), DONE, add(-1)),
        units=3,
        flags=("LostUpdate",),
        adds=("thread 1", "thread 3"),
    ),
    case("units-that-were-there-at-first", "a group begins with some", DONE, WAIT, DONE, units=2, flags=("Sum",)),
)
