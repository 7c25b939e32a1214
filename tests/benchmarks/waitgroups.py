"""What is measured beside production's WaitGroup: other people's packages, two naive classes, and floors.

`LockFloor` is what counting under a lock costs at least, `EmptyFloor` what two method calls cost at least, and
`BareFuture` what it costs to wake a coroutine from any thread. A subject is loaded only where it is measured, in the
environment of the peers. The sizes are those of the object with all that it holds.
"""

import importlib
import importlib.util
from asyncio import AbstractEventLoop, Future, get_running_loop, run_coroutine_threadsafe, sleep
from collections.abc import Callable
from threading import Lock
from typing import Any, NamedTuple

from tests.benchmarks import programs


class LockFloor:
    """Two methods that count under a lock."""

    def __init__(self) -> None:
        """Zero."""
        self.n = 0
        self.lock = Lock()

    def add(self, delta: int) -> None:
        """More."""
        with self.lock:
            self.n += delta

    def done(self) -> None:
        """One less."""
        with self.lock:
            self.n -= 1


class EmptyFloor:
    """Two methods that do nothing."""

    def add(self, delta: int) -> None:
        """Nothing."""

    def done(self) -> None:
        """Nothing."""


class BareFuture:
    """A future that is resolved in its event loop's own time. Made in the thread of the loop."""

    loop: AbstractEventLoop
    future: "Future[bool]"

    def add(self, _delta: int) -> None:
        """Something to wait for."""
        self.loop = get_running_loop()
        self.future = self.loop.create_future()

    def done(self) -> None:
        """It is there."""
        self.loop.call_soon_threadsafe(self.future.set_result, True)

    async def wait(self) -> bool:
        """Wait for it."""
        return await self.future


class Subject(NamedTuple):
    """How one of them is made and called. An empty name: it has no such method."""

    #: What makes one at zero; if it is `one_shot`, with the units that are outstanding.
    make: Callable[..., Any]
    add: str = "add"
    done: str = "done"
    #: What blocks a thread until zero, and whether it takes a timeout.
    wait: str = "wait"
    timeout: bool = True
    #: What a coroutine awaits until zero.
    wait_async: str = ""
    #: The attribute that tells the units outstanding.
    units: str = "n"
    #: It never leaves zero, so what is measured on others at zero is measured with one unit outstanding.
    one_shot: bool = False
    #: Returns when what the calls have left to another thread is done.
    settle: Callable[[], object] = lambda: None

    def group(self, units: int = 0) -> Any:
        """A new one with so many units outstanding."""
        if self.one_shot:
            return self.make(units)
        group = self.make()
        if units:
            getattr(group, self.add)(units)
        return group


def ours() -> Subject:
    """Production, as it is on this interpreter."""
    found = importlib.import_module("waitgroup").WaitGroup
    return Subject(found, units="counter", wait_async="wait_async")


def locked() -> Subject:
    """Production with a lock around each step, as it is on an interpreter without a global lock."""
    core: Any = importlib.import_module("waitgroup.core")
    group = importlib.import_module("waitgroup").WaitGroup

    def make() -> Any:
        before, core.LOCKED = core.LOCKED, True
        try:
            return group()
        finally:
            core.LOCKED = before

    return Subject(make, units="counter", wait_async="wait_async")


def pygo_routines() -> Subject:
    """A condition."""
    return Subject(importlib.import_module("pyroutine").WaitGroup, units="_count")


def pygoroutine() -> Subject:
    """A lock, and an asyncio event in a thread of its own, which is told of every zero."""
    module = importlib.import_module("pygoroutine.app")

    def settle() -> None:
        run_coroutine_threadsafe(sleep(0), module._default_manager._loop).result()

    return Subject(module.WaitGroup, timeout=False, units="_counter", settle=settle)


def pygoic() -> Subject:
    """A lock and a future; only coroutines can wait."""
    return Subject(importlib.import_module("pygoic.sync").WaitGroup, wait="", wait_async="wait", units="_state")


def zeroconnect() -> Subject:
    """A condition. The module is loaded by itself: the package needs what is not installed."""
    package = importlib.util.find_spec("zeroconnect")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'zeroconnect'")
    path = f"{package.submodule_search_locations[0]}/utils/waitgroup.py"
    spec = importlib.util.spec_from_file_location("zeroconnect_waitgroup", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module in {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Subject(module.WaitGroup, timeout=False, units="count")


def latchkit() -> Subject:
    """A condition that never leaves zero again."""
    latch = importlib.import_module("latchkit").CountDownLatch
    return Subject(latch, "try_count_up", "count_down", units="remaining", one_shot=True)


OURS, LOCKED = "waitgroup", "waitgroup, locked"
CONDITION, FLOOR, EMPTY, BARE = "naive Condition", "lock floor", "empty calls", "bare future"

#: How each is loaded, in the order of the tables.
SUBJECTS: dict[str, Callable[[], Subject]] = {
    OURS: ours,
    LOCKED: locked,
    "pygo-routines": pygo_routines,
    "pygoroutine": pygoroutine,
    "pygoic": pygoic,
    "zeroconnect": zeroconnect,
    "latchkit": latchkit,
    CONDITION: lambda: Subject(programs.Naive),
    "naive Event": lambda: Subject(programs.Unlocked),
    FLOOR: lambda: Subject(LockFloor),
    EMPTY: lambda: Subject(EmptyFloor, units=""),
    BARE: lambda: Subject(BareFuture, wait_async="wait"),
}
