"""The programs that the zoo is tried in: the scenarios of the contract, and one more.

What the scenarios of the contract leave out is a group that is used again while its last done() has not returned and a
waiter is parked: whoever looks at the counter twice is caught there.
"""

from waitgroup_spec.scenarios import DONE, SCENARIOS, WAIT, Builder, Client, Scenario, Turn, add, scenario, waiters


def reuse_overlapping(w: int, v: int) -> Scenario:
    """All waiters are parked; then the workers: done(), and beside them one thread: wait(); add(1), left open."""
    closers = Client("worker", (DONE,), w, start=Turn(1))
    opener = Client("opener", (WAIT, add(1)), start=Turn(1))
    return scenario("reuse-overlapping", "a second generation beside the last done()", w, waiters(v), closers, opener)


PROGRAMS: dict[str, Builder] = {**SCENARIOS, "reuse-overlapping": reuse_overlapping}
