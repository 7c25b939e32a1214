"""What Go is known to do otherwise than the contract, by the names that tests have for it; see `docs/findings.md`."""

TITLES = {
    "F1": "an Add(1) that starts while the counter is positive, as the documentation allows, can panic as a misuse",
    "F2": "an Add(0) beside the last Done leaves a permit behind, and the next round panics",
    "F3": "an Add that panics is not rolled back",
    "F4": "a counter beyond 2^31 - 1 comes round, is reported as negative, and is not rolled back",
    "F5": "a delta is cut to its low 32 bits",
}
