"""Whether CPython with its global lock can show a violation, or only a build without one, or another Python.

With the lock, CPython 3.11 to 3.13 changes threads only as a function begins, after a call, and round a loop: no update
is lost by `self.n += 1`, and some are with a call in between. The scheduler changes them at every shared access, as the
language allows and as builds without the lock do.
"""

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.interrupts import kind_of
from waitgroup_proofs.scheduler.search import Search, search
from waitgroup_proofs.scheduler.target import Target

#: So many seconds may be spent on the question.
SECONDS = 5.0


def with_lock(target: Target, found: Search, seconds: float = SECONDS) -> bool | None:
    """Whether anything is violated where threads change only there; None if that was not decided in time.

    Nor is it where something comes between two bytecodes: then more than threads would have to be held back.
    """
    if seconds <= 0 or kind_of(found.scenario):
        return None
    try:
        locked = search(target, found.scenario, seconds=seconds, shortest=False, only_after_calls=True)
    except UnsupportedTarget:
        return None
    return {"violated": True, "holds": False}.get(locked.verdict)


def words(locked: bool | None) -> str:
    """The answer as a sentence."""
    if locked is None:
        return "Whether CPython with its global lock can show a violation here was not decided."
    if locked:
        return "CPython with its global lock can show a violation here."
    return (
        "CPython with its global lock shows no violation here, as it changes threads only after calls and where loops "
        "come round; builds without the lock, and other Pythons, do."
    )
