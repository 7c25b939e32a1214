"""Free-running stress of the shipped WaitGroup, recorded: `python -m tests.conformance.stress SECONDS FILE [SEED]`.

Eight threads use a group in legal and illegal ways: refused dones, adds beyond the largest counter, timed waits, reuse
that races with waits. The history is for `waitgroup history`. Exit code 1 if a call did not return.
"""

import random
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from waitgroup import WaitGroup
from waitgroup_proofs.conformance.recorder import Recording
from waitgroup_spec.word import COUNTER_MAX

WORKERS, WAITERS = 6, 2
#: The largest number of calls of a thread, and how many seconds a call may take when all is over.
MOST_CALLS, PATIENCE = 5_000, 10.0


def calls(recording: Recording, chance: random.Random) -> list[Callable[[], object]]:
    """What a worker does, one of them at a time."""
    counter = recording.group.statistics().counter
    delta = chance.randint(1, 3)
    return [
        lambda: recording.add(delta),
        lambda: recording.add(-delta),
        recording.done,
        recording.done,
        lambda: recording.wait(chance.choice([0, 0.0001, 0.001])),
        lambda: recording.add(-counter),
        lambda: recording.add(0),
    ]


def work(recording: Recording, chance: random.Random, end: float) -> None:
    """Random calls until the time is over."""
    for _ in range(MOST_CALLS):
        if time.monotonic() > end:
            return
        with suppress(ValueError, OverflowError):
            if chance.random() < 0.002:
                recording.add(COUNTER_MAX)  # others are refused until somebody has emptied the group
            chance.choice(calls(recording, chance))()


def wait(recording: Recording, _chance: random.Random, end: float) -> None:
    """Waits without a timeout, which the end of the run lets go."""
    for _ in range(MOST_CALLS):
        if time.monotonic() > end:
            return
        recording.wait()


def stress(seconds: float, seed: int) -> Recording:
    """One run. A call that has not returned when nothing can change any more is in it, with a quiet moment."""
    recording = Recording(WaitGroup())
    end = time.monotonic() + seconds
    bodies = [work] * WORKERS + [wait] * WAITERS
    threads = [
        threading.Thread(
            target=body,
            args=(recording, random.Random(f"{seed} {number}"), end),
            name=f"{body.__name__} {number + 1}",
            daemon=True,
        )
        for number, body in enumerate(bodies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads[:WORKERS]:
        thread.join(max(0.0, end - time.monotonic()) + PATIENCE)
    patience = time.monotonic() + PATIENCE
    while any(thread.is_alive() for thread in threads) and time.monotonic() < patience:
        if left := recording.group.statistics().counter:
            recording.add(-left)
        time.sleep(0.001)
    if any(thread.is_alive() for thread in threads):
        recording.quiet()
    return recording


def main(arguments: list[str]) -> int:
    """Run and write; the exit code. A thread that ends in another error is a mistake of ours, and is not hidden."""
    mistakes: list[threading.ExceptHookArgs] = []

    def keep(mistake: threading.ExceptHookArgs) -> None:
        mistakes.append(mistake)
        threading.__excepthook__(mistake)

    threading.excepthook = keep
    recording = stress(float(arguments[0]), int(arguments[2]) if len(arguments) > 2 else 0)
    recording.write(arguments[1])
    return int(recording.is_quiet or bool(mistakes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
