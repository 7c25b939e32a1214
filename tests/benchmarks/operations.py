"""The operations that are measured on every WaitGroup, and what each is held against.

What is measured in one sitting is measured in rounds in one process, so that a disturbance hits no single subject.
"""

from typing import NamedTuple

from tests.benchmarks.waitgroups import BARE, CONDITION, EMPTY, FLOOR, SUBJECTS


class Operation(NamedTuple):
    """One of them."""

    name: str
    what: str
    unit: str
    #: The function of `with_waitgroups` that makes its steps, and how many threads take part, if it asks for that.
    kind: str
    threads: tuple[int, ...] = ()
    #: The operation and the subject that stand for 1; without a subject, the same one.
    reference: tuple[str, str] = ("pair", FLOOR)
    #: Whether the ratio is one of speeds, so that more is better.
    speed: bool = False
    #: The floors that have it.
    floors: tuple[str, ...] = ()

    @property
    def subjects(self) -> list[str]:
        """Who is measured."""
        return [name for name in SUBJECTS if name not in (FLOOR, EMPTY, BARE) or name in self.floors]

    @property
    def against(self) -> str:
        """What stands for 1, in words."""
        operation, subject = self.reference
        if not subject:
            return f"its {operation}"
        return subject if operation == self.name else f"{subject}'s {operation}"


class Sitting(NamedTuple):
    """What one process measures, and in how many rounds."""

    rounds: int
    operations: tuple[Operation, ...]


def wake(threads: int) -> Operation:
    """Waking so many threads."""
    name = f"wake {threads}"
    return Operation(
        name, f"waking {threads:,} thread{'s' * (threads > 1)}", "ms", "woken", (threads,), (name, CONDITION)
    )


def counted(name: str, what: str, kind: str = "", threads: tuple[int, ...] = (), unit: str = "ns") -> Operation:
    """What the floors that count have too, and is held against the lock floor's."""
    return Operation(name, what, unit, kind or name, threads, (name, FLOOR), floors=(FLOOR, EMPTY))


ALONE = counted("one thread", "pair in one thread", "hammered", (1,))
SITTINGS = (
    Sitting(
        25,
        (
            counted("pair", "add(1), done()"),
            counted("eight", "add(8), 8 x done()"),
            Operation("wait", "wait() at zero", "ns", "wait"),
            Operation("look", "wait(0) at one", "ns", "look"),
            counted("construction", "construction")._replace(reference=("pair", FLOOR)),
        ),
    ),
    Sitting(1, (counted("size", "bytes, with all it holds", unit="bytes"),)),
    Sitting(
        25,
        (
            ALONE,
            ALONE._replace(
                name="threads", what="pair in 8 threads", threads=(8,), reference=(ALONE.name, ""), speed=True
            ),
        ),
    ),
    Sitting(15, (wake(1), wake(10), wake(100))),
    Sitting(9, (wake(1000),)),
    Sitting(25, (Operation("async", "await zero", "ns", "awaited", (), ("async", BARE), floors=(BARE,)),)),
)

OPERATIONS = {operation.name: operation for sitting in SITTINGS for operation in sitting.operations}
