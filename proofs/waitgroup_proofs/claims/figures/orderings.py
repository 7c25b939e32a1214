"""The pinned figures of the claims about memory orderings."""

from collections.abc import Mapping
from typing import Any

#: What goes wrong in Zig's event, whichever of the two minima it is.
IN_THE_EVENT = {
    "set_event=relaxed": 7,
    "register=relaxed": 4,
    "look=relaxed": 7,
    "announce_fails=relaxed": 8,
    "look_again=relaxed": 10,
}

FIGURES: Mapping[str, Mapping[str, Any]] = {
    # of each minimum, the states at each size up to symmetry, and of each weakening the steps to its flaw
    "orderings": {
        "go, the last done acquires": (
            (18, 40, 125, 335),
            {
                "done=release": 12,
                "done=acquire": 4,
                "reset=relaxed": 8,
                "release=relaxed": 9,
                "load=relaxed": 4,
                "acquire=relaxed": 9,
            },
        ),
        "go, reload acquires": (
            (18, 40, 125, 335),
            {
                "done=relaxed": 4,
                "reload=relaxed": 12,
                "reset=relaxed": 8,
                "release=relaxed": 9,
                "load=relaxed": 4,
                "acquire=relaxed": 9,
            },
        ),
        "strict_cas": (
            (19, 62, 92, 348),
            {"done=release": 11, "done=acquire": 5, "release=relaxed": 8, "load=relaxed": 5, "acquire=relaxed": 8},
        ),
        "latch": ((15, 33, 37, 105), {"done=relaxed": 4, "load=relaxed": 4}),
        "zig, the last done acquires": ((32, 70), {"done=release": 9, "done=acquire": 4, **IN_THE_EVENT}),
        "zig, it fences": ((32, 70), {"done=relaxed": 4, "fence=relaxed": 9, **IN_THE_EVENT}),
    },
    # how many assignments there are, and how many of them pass
    "orderings-of-go": {"go": (4_096, 96)},
    "orderings-of-others": {"strict_cas": (1_024, 32), "latch": (8, 2), "zig": (4_096, 48)},
    # steps
    "no-ordering-repairs": {
        "notify-after-zero": 6,
        "event-in-the-object": 6,
        "field-after-posting": 7,
        "two-words": 5,
    },
}
