"""The pinned figures of the claims about the proofs."""

from collections.abc import Mapping
from typing import Any

FIGURES: Mapping[str, Mapping[str, Any]] = {
    "packing": {"obligations": 14},
    "non-negative-counter": {"obligations": 697},
    "no-panic": {"obligations": 258},
    "wakeup-on-zero": {"obligations": 655},
    "no-lost-waiters": {"obligations": 683},
    "termination": {"obligations": 697},
    "contract-refinement": {"obligations": 1_095},
    "contract-clauses": {"obligations": 221},
    "happens-before": {"obligations": 885},
    "bounds": {"obligations": 659},
    "go-beyond-its-bounds": {"obligations": 9},
    "shipped-word": {"obligations": 8},
    "proofs-can-fail": {"obligations": 141},
    "two-solvers": {"obligations": 1_896},
}
