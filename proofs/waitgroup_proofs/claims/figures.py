"""The pinned figures: what each check found when its claim was last looked at, and must find again, exactly.

States of the model are up to symmetry. States of real code are those of the scheduler, with its reduction; they are the
same on every CPython. A figure that changes is a question: what in the text made the difference?
"""

from collections.abc import Mapping
from typing import Any

FIGURES: Mapping[str, Mapping[str, Any]] = {
    "packing": {
        "obligations": 20,
    },
    "non-negative-counter": {
        "obligations": 253,
    },
    "no-panic": {
        "obligations": 236,
    },
    "wakeup-on-zero": {
        "obligations": 242,
    },
    "no-lost-waiters": {
        "obligations": 252,
    },
    "termination": {
        "obligations": 253,
    },
    "proofs-can-fail": {
        "obligations": 44,
    },
    "state-counts": {
        # (states, transitions, states up to symmetry, depth)
        "legal 1,1": (11, 12, 11, 7),
        "legal 2,1": (23, 33, 16, 8),
        "legal 2,2": (183, 364, 69, 12),
        "legal 3,2": (393, 896, 103, 13),
        "legal 3,3": (4_078, 11_700, 433, 17),
        "reuse 1,1": (187, 338, 187, 15),
        "reuse 2,2": (3_815, 9_962, 1_624, 23),
    },
    "go-legal-use": {
        "pre-added 4,4": 2_750,
        "nested 4,4": 8_860,
        "mixed 4,4": 14_075,
    },
    "go-misuse": {
        "pre-added": "all returned",
        "add-done": "all returned | panic 2 | panic 4",
        "nested": "all returned",
        "mixed": "all returned",
        "reuse": "all returned | panic 2 | panic 4",
        "reuse-eager": "all returned | panic 2 | panic 4",
        "reuse-open": "1 blocked | 2 blocked | panic 2 | panic 4",
        "reuse-parked": "all returned | panic 4",
        "surplus": "panic 1",
        "zero-delta": "all returned | panic 3 | panic 4",
    },
    "strict-every-use": {
        "pre-added 3,3": 72,
        "add-done 3,3": 555,
        "nested 3,3": 168,
        "mixed 3,3": 138,
        "reuse 3,3": 418,
        "reuse-eager 3,3": 312,
        "reuse-open 3,3": 211,
        "reuse-parked 3,3": 20,
        "surplus 3,3": 417,
        "zero-delta 3,3": 165,
        "timeout-race 3,3": 227,
        "timeout-reuse 3,3": 247,
        "cancel 3,3": 272,
    },
    "go-conforms": {
        "pre-added 3,3": 1_326,
        "nested 3,3": 4_333,
        "mixed 3,3": 4_512,
    },
    "strict-conforms": {
        "pre-added 3,2": 81,
        "add-done 3,2": 1_753,
        "nested 3,2": 233,
        "mixed 3,2": 185,
        "reuse 3,2": 324,
        "reuse-eager 3,2": 513,
        "reuse-open 3,2": 171,
        "reuse-parked 3,2": 14,
        "surplus 3,2": 448,
        "zero-delta 3,2": 205,
        "timeout-race 3,2": 220,
        "timeout-reuse 3,2": 240,
        "cancel 3,2": 265,
    },
    "strict-conforms-beyond": {
        "pre-added 3,3": 231,
        "add-done 3,3": 11_511,
        "nested 3,3": 659,
        "mixed 3,3": 533,
        "reuse 3,3": 1_519,
        "reuse-eager 3,3": 1_994,
        "reuse-open 3,3": 656,
        "reuse-parked 3,3": 20,
        "surplus 3,3": 1_484,
        "zero-delta 3,3": 561,
        "timeout-race 3,3": 763,
        "timeout-reuse 3,3": 783,
        "cancel 3,3": 811,
    },
    "protocol-mutants": {
        "refused": 17,
    },
    "production-conforms": {
        "add-done": 1_037,
        "cancel": 831,
        "pre-added": 186,
        "reuse": 1_388,
        "reuse-parked": 26,
        "surplus": 2_006,
        "zero-delta": 215,
        "timeout-race": 802,
    },
    "production-conforms-everywhere": {
        "pre-added": 186,
        "add-done": 1_037,
        "nested": 939,
        "mixed": 838,
        "reuse": 1_388,
        "reuse-eager": 2_287,
        "reuse-open": 478,
        "reuse-parked": 26,
        "surplus": 2_006,
        "zero-delta": 215,
        "timeout-race": 802,
        "timeout-reuse": 814,
        "cancel": 831,
    },
    "production-conforms-beyond": {
        "pre-added": 4_512,
        "reuse-parked": 76,
        "timeout-race": 29_513,
    },
    "transitions-are-actions": {
        "confirmed": 4,
    },
    "production-mutants": {
        "refused": 21,
    },
}
