"""Claims: what the project says is true, each with the check that shows it, in what sense and up to which bound."""

import time
import traceback
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from waitgroup_proofs.evidence import Check, Evidence, Report


class Kind(Enum):
    """In what sense a claim is made."""

    PROVED = "proved for all sizes"
    EXHAUSTIVE = "exhaustive to a bound"
    TESTED = "tested"
    ASSUMED = "assumed"


class Claim(NamedTuple):
    """One row of the ledger.

    `pinned` are the figures that the check must find again, exactly. `full`: too slow for every day, run by
    `verify --full`. The check of an assumption only probes it; the claim stays an assumption.
    """

    id: str
    sentence: str
    kind: Kind
    bound: str
    check: Check
    pinned: Mapping[str, Any] = {}
    full: bool = False


class Checked(NamedTuple):
    """A claim and what came of it. `verdict` is holds, violated or inconclusive."""

    claim: Claim
    verdict: str
    seconds: float
    detail: str
    figures: Mapping[str, Any]


def check(claim: Claim, report: Report = lambda _words: None) -> Checked:
    """Run the check of one claim, and compare its figures with the pinned ones.

    A check that stops with an error has decided nothing: it is inconclusive, and the other claims are still checked.
    """
    begun = time.perf_counter()
    try:
        evidence = claim.check(report)
    except Exception:
        evidence = Evidence("inconclusive", {}, f"The check stopped with an error.\n{traceback.format_exc(limit=-3)}")
    verdict, detail = evidence.verdict, evidence.detail
    if verdict == "holds":
        changed = [
            f"{name}: pinned {expected}, found {evidence.figures.get(name)}"
            for name, expected in {**dict.fromkeys(evidence.figures if claim.pinned else ()), **claim.pinned}.items()
            if evidence.figures.get(name) != expected
        ]
        if changed:
            verdict, detail = "violated", "\n".join(["A pinned figure has changed.", *changed])
    return Checked(claim, verdict, time.perf_counter() - begun, detail, evidence.figures)
