"""Anybody's WaitGroup as a target: a class in a file or in a package, whatever its methods are called.

Its modules are loaded through the instrumenter, and it is left as it is: nothing of it is written to, registered, or
installed. What the scheduler does not control is refused with its name, and then the verdict is inconclusive.
"""

import inspect
import tokenize
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.target import A_WHILE, told
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


#: The module, the sources of it and of all that is beside it in its package, and the class.
Located = tuple[str, dict[str, tuple[Path, str]], str]


def located(place: str) -> Located:
    """The module, the sources of it and of all that is beside it in its package, and the class. Raises TargetError."""
    if "?" in place:
        raise TargetError(f"{place!r}: no token can name a path with a question mark: call it something else")
    where, _, name = place.rpartition(":")
    if not where or (":" in where and not where.endswith(".py")) or not name.isidentifier():
        raise TargetError(f"{place!r} names no class: write file.py:Class or module:Class")
    if where.endswith(".py"):
        path = Path(where)
        return path.stem, {path.stem: (path, text_of(path))}, name
    try:
        sources = sources_of(where.partition(".")[0])
    except (ImportError, ValueError) as error:
        raise TargetError(f"{where}: {error}") from None
    if where not in sources:
        raise TargetError(f"{where}: no Python source of such a module can be found")
    return where, sources, name


def sources_of(package: str) -> dict[str, tuple[Path, str]]:
    """File and text of each module of a package, or of a module that is a file; nothing of it is executed."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    files: dict[str, Path] = {}
    for folder in map(Path, folders):
        for path in sorted(folder.rglob("*.py")):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    if spec is not None and spec.origin is not None and spec.origin.endswith(".py") and not folders:
        files[package] = Path(spec.origin)
    return {name: (path, text_of(path)) for name, path in files.items()}


def text_of(path: Path) -> str:
    """The text of a source file. Raises TargetError."""
    if path.exists() and not path.is_file():
        raise TargetError(f"cannot read {path}: it is no file")
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, ValueError, SyntaxError) as error:
        said = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise TargetError(f"cannot read {path}: {said}") from None


def is_theirs(name: str, kind: type) -> bool:
    """Whether a class of a module that was loaded is none that the scheduler has put there."""
    return not name.startswith("__") and not kind.__module__.startswith(str(__package__))


class Foreign:
    """The target. Raises TargetError if it cannot be made, UnsupportedTarget if its modules cannot be loaded."""

    def __init__(self, named: Named, found: Located | None = None) -> None:
        """Load the modules, from what was found before if that is given, and look at what the class can do."""
        self.made_of = (named, found or located(named.place))
        module, sources, name = self.made_of[1]
        loader = Loader(sources)
        try:
            self.module = loader.load(module)
        except UnsupportedTarget:
            raise
        except RecursionError:
            raise UnsupportedTarget(f"{named.place}: the source nests more deeply than can be followed") from None
        except (Exception, SystemExit) as error:
            raise TargetError(f"{named.place} cannot be loaded: {type(error).__name__}: {error}") from None
        self.lasting = loader.lasting()
        self.packages, self.files = loader.packages, loader.files
        self.lines = {str(path): text.splitlines() for path, text in loader.texts}
        self.digest = loader.digest
        self.kind = vars(self.module).get(name)
        if not isinstance(self.kind, type):
            held = [one for one, kind in vars(self.module).items() if isinstance(kind, type) and is_theirs(one, kind)]
            raise TargetError(f"{module} has no class {name}: it has {', '.join(held) or 'none'}")
        self.methods = {operation: called for operation, called in named.methods.items() if self._has(called)}
        for operation, called in named.methods.items():
            if called != METHODS[operation] and operation not in self.methods:
                raise TargetError(f"{name} has no method {called}: --map {operation}=NAME must name one that it has")
        if "wait" not in self.methods:
            raise TargetError(f"{name} has no method {named.methods['wait']}: say what it is called, --map wait=NAME")
        self.construction = compiled(named.construct or f"{name}()")
        self.counts_itself = "units" in self.construction.co_names
        self._made_once(named)
        self.timed = self._takes_a_timeout()

    def __reduce__(self) -> tuple[type["Foreign"], tuple[Named, Located]]:
        """In another process it is made of the same texts."""
        return Foreign, self.made_of

    def _made_once(self, named: Named) -> None:
        """That it cannot be made in this way is the user's mistake, and no fault of the class."""
        try:
            self._made(1)
        except UnsupportedTarget:
            raise
        except (Exception, SystemExit) as error:
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
        except UnsupportedTarget:
            return True  # a search will say why
        except (Exception, SystemExit):
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
