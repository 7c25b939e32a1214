"""Checks claims in several processes at once: a claim is checked by one of them, and all of them end with the caller.

A worker finds the claim in the ledger by its id, because a check cannot be sent to another process; what it found can.
A worker that is killed has decided nothing: what it had in hand, and what nobody is left to take, is inconclusive.

Each worker leads a session of its own, with whatever its checks start, such as a run of the tests. So Ctrl-C in a
terminal reaches the caller alone, who ends whole sessions at once; and a worker whose caller is gone ends its own.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from queue import Empty
from typing import Any

from waitgroup_proofs.claims import Checked, Claim, check
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.evidence import Report
from waitgroup_proofs.processes import begin

#: The claims that take longest are begun first, or a processor would be idle at the end.
LONGEST = ("production-conforms-beyond", "kill-matrix", "two-solvers")
#: How often it is looked whether the workers are still there, in seconds.
PULSE = 0.5


def checked(claims: Sequence[Claim], jobs: int, report: Report) -> Iterator[Checked]:
    """What came of each claim, in the order in which they are decided; `report` is told what is being checked."""
    if jobs == 1 or len(claims) == 1 or not hasattr(os, "setsid"):
        for claim in claims:

            def tell(words: str, claim: Claim = claim) -> None:
                report(f"{claim.id}: {words}")

            tell("")
            yield check(claim, tell)
        return
    yield from checked_by_workers(claims, jobs, report)


def checked_by_workers(claims: Sequence[Claim], jobs: int, report: Report) -> Iterator[Checked]:
    """The same, by at most `jobs` processes."""
    context = get_context("spawn")
    todo: Any = context.Queue()
    found: Any = context.Queue()
    left = {claim.id: claim for claim in claims}
    jobs = min(jobs, len(claims))
    for id in sorted(left, key=lambda id: LONGEST.index(id) if id in LONGEST else len(LONGEST)):
        todo.put(id)
    for _ in range(jobs):
        todo.put(None)
    workers = [context.Process(target=work, args=(todo, found), daemon=True) for _ in range(jobs)]
    try:
        for worker in workers:
            worker.start()
        while left:
            there = any(worker.is_alive() for worker in workers)
            try:
                id, words, answer = found.get(timeout=PULSE)
            except Empty:
                if there:
                    continue
                break
            if answer is None:
                report(f"{id}: {words}")
            else:
                yield Checked(left.pop(id), *answer)
    finally:
        for worker in workers:
            worker.kill()
            if worker.pid is not None:
                with suppress(ProcessLookupError):  # it had no session yet, or nothing in it is left
                    os.killpg(worker.pid, signal.SIGKILL)
            worker.join()
    for claim in left.values():
        yield Checked(claim, "inconclusive", 0.0, "The process that was to check this has been ended.", {})


def work(todo: Any, found: Any) -> None:
    """A worker: check one claim after the other, until there is none left."""
    begin()
    known = {claim.id: claim for claim in LEDGER}
    while (id := todo.get()) is not None:
        found.put((id, "", None))

        def tell(words: str, id: str = id) -> None:
            found.put((id, words, None))

        done = check(known[id], tell)
        found.put((id, "", (done.verdict, done.seconds, done.detail, dict(done.figures))))
