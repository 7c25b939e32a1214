"""What a module under test gets when it imports: stand-ins for what must be controlled, refusals for what cannot be.

What the standard library builds of locks in Python (Condition, Semaphore, Event, Barrier, Queue) is its own text,
loaded through the instrumenter; what it builds in C has a stand-in (`primitives`, `clock`).
"""

import ast
import builtins
import os
from _queue import Empty
from collections import deque
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from waitgroup_proofs.scheduler.calls import HOOKS
from waitgroup_proofs.scheduler.clock import monotonic, sleep
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.instrument import instrumented
from waitgroup_proofs.scheduler.primitives import Lock, RLock, SimpleQueue, get_ident
from waitgroup_proofs.scheduler.refusals import Module
from waitgroup_proofs.scheduler.threads import Thread

#: As on most systems: the longest timeout that a lock takes.
TIMEOUT_MAX = 4_294_967.0

#: No thread of a run is the main thread, to which signals come: handlers come wherever they are asked for.
MAIN = Thread(name="MainThread")

#: Modules of the standard library that do not wait. Whatever else is imported is refused. (What a target makes with
#: them that outlives a run, such as a cache, is not noticed.)
HARMLESS = frozenset(
    {
        "__future__", "abc", "collections", "collections.abc", "contextlib", "dataclasses", "datetime", "enum",
        "functools", "heapq", "itertools", "logging", "math", "numbers", "operator", "sys", "types", "typing",
        "typing_extensions", "warnings", "weakref",
    }
)  # fmt: skip

#: What is taken from the text of a module of the standard library, by name.
BORROWED = {
    "threading": {"Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier", "BrokenBarrierError"},
    "queue": {"Full", "Queue", "PriorityQueue", "LifoQueue", "ShutDown"},
}


@cache
def borrowed(name: str) -> tuple[Path, str, CodeType]:
    """File and text of a module of the standard library, and the instrumented code of what is borrowed from it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise UnsupportedTarget(f"the source of {name} cannot be found")
    path = Path(spec.origin)
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text, str(path))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in BORROWED[name]]
    tree.body = [*(node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))), *classes]
    return path, text, compile(instrumented(tree), str(path), "exec")


class StandIns:
    """The stand-ins, each made once; `sources` are the texts of the standard library that were instrumented."""

    def __init__(self) -> None:
        """What needs no text is there from the start."""
        clock = {"monotonic": monotonic, "time": monotonic, "perf_counter": monotonic, "sleep": sleep}
        locks = {"get_ident": get_ident, "TIMEOUT_MAX": TIMEOUT_MAX, "RLock": RLock}
        self.sources: dict[str, tuple[Path, str]] = {}
        self.modules: dict[str, Module] = {
            "_thread": Module("_thread", allocate_lock=Lock, LockType=Lock, **locks),
            "threading": Module(
                "threading", Lock=Lock, Thread=Thread, ThreadError=RuntimeError, main_thread=lambda: MAIN, **locks
            ),
            "time": Module("time", **clock),
            "queue": Module("queue", SimpleQueue=SimpleQueue, Empty=Empty),
            # No fork under the scheduler: an instrumented copy must not stay registered for the real ones.
            "os": Module("os", environ=os.environ, path=os.path),
        }

    def imported(self, name: str) -> Any:
        """The stand-in for a module; None if the real one does no harm."""
        if name in BORROWED and name not in self.sources:
            self._borrow(name)
        if name in self.modules:
            return self.modules[name]
        return None if name in HARMLESS else Module(name)

    def _borrow(self, name: str) -> None:
        """Run the definitions that are borrowed from a module's text, in a module that has what they need."""
        path, text, code = borrowed(name)
        self.sources[name] = (path, text)
        module = ModuleType(name)
        module.__dict__.update(HOOKS | vars(self.modules[name]))
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        # The library's own names for what it imports in a roundabout way.
        module.__dict__.update(_allocate_lock=Lock, _deque=deque, _islice=islice, _time=monotonic)
        exec(code, module.__dict__)
        vars(self.modules[name]).update({one: vars(module)[one] for one in BORROWED[name] if one in vars(module)})

    def _import(self, name: str, *_scope: Any) -> Any:
        """The import statement of the borrowed text."""
        stand_in = self.imported(name)
        return __import__(name, *_scope) if stand_in is None else stand_in
