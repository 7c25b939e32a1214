"""The orderings an atomic operation may have, and the operations that the memory model knows.

An operation is what one thread does next, in one step. It names its ordering or the *site* whose ordering it takes: a
search gives sites their orderings and leaves the text alone. An effect is a pure function from the value that is read.
"""

from collections.abc import Callable, Hashable
from enum import Enum, Flag
from typing import Any, NamedTuple


class Ordering(Flag):
    """Stronger is more bits: `weaker in stronger`. There is no seq_cst, see `waitgroup_spec.memory`."""

    RELAXED = 0
    ACQUIRE = 1
    RELEASE = 2
    ACQ_REL = 3

    @property
    def acquires(self) -> bool:
        """Whether a read takes over what the message it reads has released."""
        return bool(self.value & 1)

    @property
    def releases(self) -> bool:
        """Whether a write passes on all that its thread knows."""
        return bool(self.value & 2)

    def __str__(self) -> str:
        return (self.name or "").lower()


RELAXED, ACQUIRE, RELEASE, ACQ_REL = Ordering.RELAXED, Ordering.ACQUIRE, Ordering.RELEASE, Ordering.ACQ_REL


class Model(Enum):
    """The rules that a program runs under.

    C++20's, which are Rust's; C++11's and C17's, where later stores of the thread that released continue its release
    sequence; and sequential consistency: every read takes the newest value, and every store is the newest one.
    """

    CPP20 = "cpp20"
    CPP11 = "cpp11"
    SEQUENTIAL = "sequential"


#: What a location holds: anything hashable. Any, since effects compute with it.
Value = Any

#: Where a thread stands, with its registers: anything hashable.
Local = Hashable

#: An ordering, or the name of the site that decides.
Site = Ordering | str

#: What an access does with the value it reads: what it writes (NOTHING for a mere read) and where the thread then
#: stands. None: with this value, the access is not enabled.
Effect = Callable[[Value], tuple[Value, Local] | None]


class Nothing:
    """The value of an access that writes no value."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()


class Failed(NamedTuple):
    """Where a thread stands that has found the program to be wrong."""

    why: str


class Access(NamedTuple):
    """A load, a read-modify-write or a compare-and-swap, as the effect decides.

    `success` is the ordering if it writes, `failure` the ordering if it only reads.
    """

    location: str
    success: Site
    failure: Site
    effect: Effect


class Write(NamedTuple):
    """A store that reads nothing."""

    location: str
    value: Value
    ordering: Site
    then: Local


class Fence(NamedTuple):
    """An atomic fence."""

    ordering: Site
    then: Local


class Touch(NamedTuple):
    """A plain access to payloads; it races with every other one that it is not ordered with, unless both read."""

    payloads: tuple[str, ...]
    writes: bool
    then: Local


class Sleep(NamedTuple):
    """FUTEX_WAIT: from the location's newest value, whether to sleep until somebody wakes, and where to go on."""

    location: str
    effect: Callable[[Value], tuple[bool, Local]]


class Wake(NamedTuple):
    """FUTEX_WAKE of everybody who sleeps on the location. It needs the address alone: that is no access."""

    location: str
    then: Local


Operation = Access | Write | Fence | Touch | Sleep | Wake


class Member(NamedTuple):
    """A thread that others are just like, and the payloads that are its own."""

    thread: str
    payloads: tuple[str, ...] = ()


class Program(NamedTuple):
    """Atomic locations with their first values, payloads, and threads by name.

    A thread is where it starts, and a pure function from where it stands to what it does next: None, nothing more.
    """

    locations: dict[str, Value]
    payloads: tuple[str, ...]
    threads: dict[str, tuple[Local, Callable[[Any], Operation | None]]]
    #: The object that the locations are in, all but those `outside`, if it may be freed: a payload that is written
    #: then, and that every access to one of these locations reads. After that, no access is right, in whatever order.
    object: str = ""
    outside: tuple[str, ...] = ()
    #: Threads that may be exchanged for one another, with their payloads.
    alike: tuple[tuple[Member, ...], ...] = ()
