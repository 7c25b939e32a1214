"""Anybody's WaitGroup as a target: a class in a file or in a package, whatever its methods are called.

Its modules are loaded through the instrumenter, and it is left as it is: nothing of it is written to, registered, or
installed. What the scheduler does not control is refused with its name, and then the verdict is inconclusive.
"""

import hashlib
import inspect
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.hooks import HOOKS
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.production import A_WHILE
from waitgroup_proofs.scheduler.stand_ins import imported
from waitgroup_proofs.scheduler.target import told
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import Scenario

#: What the three operations are called if nothing else is said.
METHODS = {"add": "add", "done": "done", "wait": "wait"}


class TargetError(ValueError):
    """A target that cannot be found or made; the message is one line that says why."""


class Named(NamedTuple):
    """What a user says of a target: where the class is, its methods' names, and how to make an instance."""

    place: str
    methods: Mapping[str, str] = METHODS
    construct: str = ""

    def __str__(self) -> str:
        """As one line, for tokens: the class, and what differs from what is usual."""
        said = {operation: name for operation, name in self.methods.items() if METHODS[operation] != name}
        if self.construct:
            said["construct"] = self.construct
        return f"{self.place}?{urlencode(said)}" if said else self.place

    @staticmethod
    def parsed(text: str) -> "Named":
        """The inverse of `str`."""
        place, _, more = text.partition("?")
        said = dict(parse_qsl(more))
        construct = said.pop("construct", "")
        return Named(place, METHODS | {name: said[name] for name in METHODS if name in said}, construct)


def located(place: str) -> tuple[str, dict[str, tuple[Path, str]], str]:
    """The module, the sources of it and of all that is beside it in its package, and the class. Raises TargetError."""
    where, _, name = place.rpartition(":")
    if not where or not name.isidentifier():
        raise TargetError(f"{place!r} names no class: write file.py:Class or module:Class")
    if where.endswith(".py"):
        path = Path(where)
        return path.stem, {path.stem: (path, text_of(path))}, name
    try:
        spec = find_spec(where)
    except (ImportError, ValueError) as error:
        raise TargetError(f"{where}: {error}") from None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise TargetError(f"{where}: no Python source of such a module can be found")
    package = where.partition(".")[0]
    top = find_spec(package)
    folders = list(top.submodule_search_locations or ()) if top is not None else []
    sources = {where: (Path(spec.origin), text_of(Path(spec.origin)))}
    for folder in map(Path, folders):
        for path in sorted(folder.rglob("*.py")):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            sources[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = (path, text_of(path))
    return where, sources, name


def text_of(path: Path) -> str:
    """The text of a source file. Raises TargetError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


class Foreign:
    """The target. Raises TargetError if it cannot be made, UnsupportedTarget if its modules cannot be loaded."""

    def __init__(self, named: Named) -> None:
        """Load the modules, and look at what the class can do."""
        module, sources, name = located(named.place)
        self.package = module.partition(".")[0]
        self.files = frozenset(str(path) for path, _ in sources.values())
        self.lines = {str(path): text.splitlines() for path, text in sources.values()}
        self.digest = hashlib.sha256("".join(text for _, text in sources.values()).encode()).hexdigest()[:12]
        loader = Loader(self.package, sources, imported, HOOKS)
        try:
            self.module = loader.load(module)
        except (UnsupportedTarget, RecursionError):
            raise
        except Exception as error:
            raise TargetError(f"{named.place} cannot be loaded: {type(error).__name__}: {error}") from None
        self.lasting = loader.lasting()
        self.kind = getattr(self.module, name, None)
        if not isinstance(self.kind, type):
            raise TargetError(f"{module} has no class {name}")
        self.methods = {operation: called for operation, called in named.methods.items() if self._has(called)}
        if "wait" not in self.methods:
            raise TargetError(f"{name} has no method {named.methods['wait']}: say what it is called, --map wait=NAME")
        self.construction = compiled(named.construct or f"{name}()")
        self.counts_itself = "units" in self.construction.co_names
        self._made_once(named)
        self.timed = self._takes_a_timeout()

    def _made_once(self, named: Named) -> None:
        """That it cannot be made in this way is the user's mistake, and no fault of the class."""
        try:
            self._made(1)
        except UnsupportedTarget:
            raise
        except Exception as error:
            how = named.construct or "without arguments"
            raise TargetError(
                f"{named.place} cannot be made {how}: {type(error).__name__}: {error}; say how: --construct EXPR"
            ) from None

    def _made(self, units: int) -> Any:
        return eval(self.construction, {**vars(self.module), "units": units})

    def _has(self, method: str) -> bool:
        return callable(getattr(self.kind, method, None))

    def _takes_a_timeout(self) -> bool:
        """Whether `wait` can be given an argument."""
        try:
            inspect.signature(getattr(self.kind, self.methods["wait"])).bind(None, A_WHILE)
        except (TypeError, ValueError):
            return False
        return True

    def construct(self, units: int) -> Any:
        """An instance with so many units outstanding."""
        instance = self._made(units)
        if units and not self.counts_itself:
            getattr(instance, self.methods["add"])(units)
        return instance

    def perform(self, instance: Any, call: Call) -> object:
        """Make the call, by the method that does it."""
        if call.delta is None:
            waiting = getattr(instance, self.methods["wait"])
            return waiting(A_WHILE) if call.timed else waiting()
        if call.delta == -1 and "done" in self.methods:
            return getattr(instance, self.methods["done"])()
        return getattr(instance, self.methods["add"])(call.delta)

    def missing(self, scenario: Scenario) -> str:
        """What the scenario needs and the class does not have; empty if it has everything."""
        calls = {call for client in scenario.clients for call in client.calls}
        deltas = {call.delta for call in calls if call.delta is not None}
        if "add" not in self.methods and (deltas - {-1} or (scenario.units and not self.counts_itself)):
            return "no add"
        if -1 in deltas and "done" not in self.methods and not self._takes_away():
            return "no done"
        if any(call.timed for call in calls) and not self.timed:
            return "no timeout"
        return "no negative delta" if any(delta < -1 for delta in deltas) and not self._takes_away() else ""

    def _takes_away(self) -> bool:
        """Whether `add` takes a negative delta: one call, with nobody else there."""
        if "add" not in self.methods:
            return False
        try:
            getattr(self.construct(2), self.methods["add"])(-2)
        except Exception:
            return False
        return True

    def observe(self, _instance: Any) -> tuple[int, int] | None:
        """Nothing is known of its fields."""
        return None

    def line(self, position: tuple[str, int] | None) -> tuple[str, str]:
        """A position as `file:line` and the text that stands there."""
        return told(self.lines, position)

    def broken(self, _instance: Any) -> str | None:
        """Nor of what must be true of them."""
        return None


def compiled(expression: str) -> Any:
    """The code of an expression. Raises TargetError."""
    try:
        return compile(expression, "--construct", "eval")
    except SyntaxError as error:
        raise TargetError(f"{expression!r} is no expression: {error.msg}") from None
