"""The pinned figures of the zoo: what comes of each algorithm, one word a program, in the order of `PROGRAMS`."""

from collections.abc import Mapping

#: At sizes up to 2 x 2.
UP_TO_TWO = {
    "strict": "ok ok ok ok ok ok ok ok ok ok ok ok ok ok",
    "go_2011": "ok ok ok ok ok ok ok ok ok ok - - - ok",
    "condition_generation": "ok ok ok ok ok ok ok ok ok ok - - - ok",
    "go": (
        "ok differs:5:2x1 ok ok differs:5:1x2 differs:9:1x1 differs:5:1x2 "
        "differs:9:1x1 differs:2:1x1 differs:7:1x1 - - - differs:5:1x1"
    ),
    "go_1_17": (
        "ok differs:5:2x1 ok ok differs:5:1x2 differs:9:1x1 differs:5:1x2 "
        "differs:9:1x1 differs:2:1x1 differs:7:1x1 - - - differs:5:1x1"
    ),
    "condition_if": (
        "early:2:1x1 early:3:1x1 early:2:1x1 early:2:1x1 early:2:1x1 early:2:1x1 early:2:1x1 "
        "early:2:1x1 early:2:1x1 early:2:1x1 - - - early:2:1x1"
    ),
    "checks_then_parks": (
        "stranded:4:1x1 stranded:5:1x1 stranded:6:1x1 stranded:5:1x1 stranded:4:1x1 stranded:7:1x1 stranded:4:1x1 "
        "stranded:8:1x1 differs:3:1x1 stranded:5:1x1 - - - stranded:8:1x1"
    ),
    "two_words": (
        "stranded:4:1x1 stranded:5:1x1 stranded:6:1x1 stranded:5:1x1 stranded:4:1x1 stranded:7:1x1 stranded:4:1x1 "
        "ok differs:3:1x1 stranded:5:1x1 - - - stranded:7:1x1"
    ),
    "lost_update": (
        "stranded:5:2x1 early:7:2x1 early:7:2x1 refused:6:2x1 stranded:5:2x1 early:7:2x1 stranded:5:2x1 "
        "ok negative:6:2x1 stranded:5:1x1 - - - stranded:5:2x1"
    ),
    "polling": "ok ok ok ok ok ok ok stranded:3:1x1 negative:2:1x1 ok - - - stranded:4:1x1",
    "clamped": "ok ok ok ok ok ok ok ok negative:2:1x1 ok - - - ok",
    "condition_signal": (
        "stranded:4:1x2 stranded:5:1x2 stranded:6:1x2 stranded:5:1x2 stranded:4:1x2 stranded:6:1x2 stranded:4:1x2 "
        "stranded:4:1x1 stranded:5:1x2 stranded:5:1x2 - - - stranded:4:1x1"
    ),
    "condition_while": "ok ok ok ok ok ok ok stranded:4:1x1 ok ok - - - stranded:5:1x1",
    "release_before_reset": (
        "panic:7:1x1 differs:8:1x1 panic:9:1x1 panic:8:1x1 differs:7:1x1 differs:7:1x1 differs:7:1x1 "
        "differs:7:1x1 differs:2:1x1 differs:7:1x1 - - - differs:5:1x1"
    ),
    "event": "ok early:3:2x1 ok ok ok early:6:2x1 ok ok differs:3:1x1 ok - - - ok",
    "latch": "ok - - - - - - - negative:3:1x1 - - - - -",
    "zig": (
        "panic:2:1x2 differs:2:1x2 panic:2:1x2 - differs:4:1x1 differs:2:1x2 differs:4:1x1 "
        "differs:2:1x2 differs:2:1x1 - - - - differs:5:1x1"
    ),
    "strict_cas": "ok early:12:2x2 ok ok early:11:1x2 early:10:1x2 early:11:1x2 ok ok ok - - - ok",
    "one_semaphore": "ok early:6:2x2 ok ok early:6:1x2 early:5:1x2 early:6:1x2 ok ok ok - - - ok",
    "two_words_counted_first": (
        "ok early:7:2x1 ok ok early:8:1x1 early:7:1x2 early:8:1x1 ok differs:3:1x1 early:9:1x1 - - - ok"
    ),
    "go_2012": "ok early:9:2x1 ok ok early:9:1x1 early:9:2x1 early:9:1x1 ok differs:3:1x1 ok - - - ok",
    "go_1_4": "ok ok ok ok ok ok ok ok differs:3:1x1 ok - - - stranded:8:1x1",
}

#: Those of which something shows at 2 x 2 alone: without that size.
WITHOUT_THE_LARGEST = {
    "strict_cas": "ok ok ok ok early:11:1x2 early:10:1x2 early:11:1x2 ok ok ok - - - ok",
    "one_semaphore": "ok ok ok ok early:6:1x2 early:5:1x2 early:6:1x2 ok ok ok - - - ok",
}

FIGURES: Mapping[str, Mapping[str, str]] = {"zoo": UP_TO_TWO | WITHOUT_THE_LARGEST, "zoo-beyond": UP_TO_TWO}
