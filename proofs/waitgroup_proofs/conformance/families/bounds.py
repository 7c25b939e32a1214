"""The bounds of the counter, 0 and 2^31 - 1, and deltas far outside of it: nothing is cut off, nothing comes round."""

from waitgroup_proofs.conformance.cases import case
from waitgroup_spec.scenarios import DONE, WAIT, add
from waitgroup_spec.word import COUNTER_MAX

CUT = 2**32

CASES = (
    case("the-largest", "the largest counter", add(COUNTER_MAX), flags=("Range",)),
    case("the-largest-and-back", "and back", add(COUNTER_MAX), add(-COUNTER_MAX), WAIT, flags=("Range",)),
    case("the-largest-less-one", "one less", add(COUNTER_MAX), DONE, add(1), flags=("Range",)),
    case("the-largest-in-two", "in two steps", add(2**30), add(2**30 - 1), flags=("Range",)),
    case(
        "the-largest-under-a-waiter",
        "with a waiter",
        add(1),
        WAIT,
        add(COUNTER_MAX - 1),
        add(-COUNTER_MAX),
        flags=("Range",),
    ),
    case("one-too-many", "one more than the largest", add(COUNTER_MAX), add(1), flags=("Overflow",), finding="F4"),
    case("one-too-many-at-once", "in one step", add(COUNTER_MAX + 1), flags=("Overflow",), finding="F4"),
    case(
        "one-too-many-under-a-waiter",
        "with a waiter",
        add(1),
        WAIT,
        add(COUNTER_MAX),
        DONE,
        flags=("Overflow",),
        finding="F4",
    ),
    case(
        "too-many-and-used-on",
        "after a refusal the counter is as it was",
        add(COUNTER_MAX),
        add(2),
        add(-COUNTER_MAX),
        WAIT,
        flags=("Overflow",),
        finding="F4",
    ),
    case(
        "twice-the-largest",
        "twice the largest, and two",
        add(COUNTER_MAX),
        add(COUNTER_MAX),
        add(2),
        flags=("Overflow",),
        finding="F4",
    ),
    case("a-word-of-32-bits", "2^32 is not nothing", add(CUT), flags=("Truncation",), finding="F5"),
    case("a-word-and-one", "2^32 + 1 is not one", add(CUT + 1), flags=("Truncation",), finding="F5"),
    case(
        "a-word-and-one-and-done",
        "and its unit cannot be done",
        add(CUT + 1),
        DONE,
        flags=("Truncation",),
        finding="F5",
    ),
    case(
        "a-word-and-the-largest",
        "2^32 + 2^31 - 1 is not the largest",
        add(CUT + COUNTER_MAX),
        flags=("Truncation",),
        finding="F5",
    ),
    case("less-than-a-word-and-three", "3 - 2^32 is not three", add(3 - CUT), flags=("Truncation",), finding="F5"),
    case("less-a-word", "-2^32 is not nothing", add(1), add(-CUT), flags=("Truncation",), finding="F5"),
    case(
        "less-a-word-and-one",
        "-2^32 - 1 is not a done",
        add(1),
        WAIT,
        add(-CUT - 1),
        flags=("Truncation",),
        finding="F5",
    ),
    case("the-lowest-of-32-bits", "-2^31 is too little", add(-(2**31)), flags=("Negative",), finding="F3"),
    case("the-lowest-from-one", "from one too", add(1), add(-(2**31)), flags=("Negative",), finding="F3"),
    case(
        "less-than-the-lowest",
        "-2^31 - 1 is too little, not the largest",
        add(-(2**31) - 1),
        flags=("Truncation",),
        finding="F5",
    ),
    case("the-largest-of-64-bits", "2^63 - 1 is too many", add(2**63 - 1), flags=("Truncation",), finding="F5"),
    case("the-lowest-of-64-bits", "-2^63 is too little", add(-(2**63)), flags=("Truncation",), finding="F5"),
)
