"""Loads instrumented copies of a package's modules, which import each other and the controlled stand-ins.

Importing is as Python has it: a package before what is in it, each module once, and one that is still being executed
is already there for those that it imports.
"""

import ast
import builtins
import gc
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from waitgroup_proofs.scheduler.calls import HOOKS
from waitgroup_proofs.scheduler.fiber import MUTABLE, UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.instrument import instrumented
from waitgroup_proofs.scheduler.patience import PATIENCE, TOO_DEEP
from waitgroup_proofs.scheduler.primitives import PRIMITIVES
from waitgroup_proofs.scheduler.refusals import Module
from waitgroup_proofs.scheduler.stand_ins import StandIns


class Loader:
    """The modules of one or more packages, each loaded once."""

    def __init__(self, sources: Mapping[str, tuple[Path, str]], stand_ins: StandIns | None = None) -> None:
        """`sources`: file and text by full module name."""
        self.sources = sources
        self.stand_ins = stand_ins or StandIns()
        self.modules: dict[str, ModuleType] = {}
        PATIENCE.begin()

    @property
    def texts(self) -> list[tuple[Path, str]]:
        """Files and texts of what was loaded, the standard library's included."""
        own = (self.sources[name] for name in sorted(self.modules) if name in self.sources)
        return [*own, *self.stand_ins.sources.values()]

    @property
    def files(self) -> frozenset[str]:
        """The files whose functions are instrumented."""
        return frozenset(str(path) for path, _ in self.texts)

    @property
    def packages(self) -> frozenset[str]:
        """Instances of classes from these packages are the code under test."""
        return frozenset({name.partition(".")[0] for name in self.sources} | set(self.stand_ins.sources))

    @property
    def digest(self) -> str:
        """Of all texts: the first digits of their SHA-256."""
        return hashlib.sha256("".join(text for _, text in self.texts).encode()).hexdigest()[:12]

    def load(self, name: str) -> ModuleType:
        """The instrumented module `name`, executed once, and before it the packages that it is in.

        As for Python itself, a module is known while it is executed, and forgotten if that fails; its package has it
        as an attribute afterwards.
        """
        package, _, last = name.rpartition(".")
        if package and self._known(package):
            self.load(package)
        if name not in self.modules:  # its package may have imported it
            self._refuse_late(name)
            self.modules[name] = ModuleType(name)
            try:
                self._execute(name, self.modules[name])
            except BaseException:
                del self.modules[name]
                raise
            if package in self.modules:
                setattr(self.modules[package], last, self.modules[name])
        return self.modules[name]

    def _execute(self, name: str, module: ModuleType) -> None:
        if name not in self.sources:  # a folder without a text of its own: what else is in it is not under control
            vars(module)["__getattr__"] = Module(name).__getattr__
            return
        path, text = self.sources[name]
        module.__file__ = str(path)
        module.__package__ = name.rpartition(".")[0]
        if path.name == "__init__.py":
            module.__package__, module.__path__ = name, [str(path.parent)]
        module.__dict__.update(HOOKS)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        PATIENCE.rounds = 0  # each module has its own
        code = compiled(text, str(path))
        try:
            exec(code, module.__dict__)
        except RecursionError:
            raise UnsupportedTarget(f"{name}: {TOO_DEEP}") from None
        PATIENCE.asked(module)

    def _known(self, name: str) -> bool:
        """Whether `name` is one of the modules, or a package that one of them is in."""
        return name in self.sources or any(one.startswith(f"{name}.") for one in self.sources)

    def _refuse_late(self, name: str) -> None:
        """A module that a thread is the first to import would be executed in one run and be there in the next."""
        fiber = controlled()
        if fiber is not None:
            fiber.abandon(UnsupportedTarget(f"{name} is first imported while threads run"))

    def lasting(self) -> frozenset[int]:
        """The ids of what the loaded modules hold, in variables, classes, defaults and closures, and can change."""
        todo: list[Any] = [value for module in self.modules.values() for value in vars(module).values()]
        seen: dict[int, Any] = {}
        for value in todo:
            if id(value) in seen or isinstance(value, (ModuleType, str, bytes, int, float)):
                continue
            seen[id(value)] = value
            if isinstance(value, (tuple, list, set, frozenset, deque)):
                todo += value
            elif isinstance(value, dict):
                todo += value.values()
            elif isinstance(value, FunctionType):
                cells = [cell.cell_contents for cell in value.__closure__ or ()]
                todo += [*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values(), *cells]
            elif isinstance(value, (classmethod, staticmethod)):
                todo.append(value.__func__)
            elif isinstance(value, type) and value.__module__ in self.modules:
                todo += vars(value).values()
            elif type(value).__module__ in self.modules:
                todo += gc.get_referents(value)
        kinds = (*MUTABLE, *PRIMITIVES)
        return frozenset(
            number
            for number, value in seen.items()
            if isinstance(value, kinds) or hasattr(value, "__next__") or type(value).__module__ in self.modules
        )

    def _import(
        self,
        name: str,
        importer: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
        names: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """The import statement inside a loaded module."""
        if level:
            name = resolve_name("." * level + name, (importer or {})["__package__"])
        if not self._known(name):
            stand_in = self.stand_ins.imported(name)
            return __import__(name, importer, local, names or ()) if stand_in is None else stand_in
        module = self.load(name)
        wanted = getattr(module, "__all__", ()) if names and "*" in names else names or ()
        for one in wanted:
            if self._known(f"{name}.{one}") and (name not in self.sources or not hasattr(module, one)):
                # While it is executed it is no attribute yet, and Python looks for it among all modules.
                setattr(module, one, self.load(f"{name}.{one}"))
        if names:
            return module
        parts = name.split(".")
        for depth in range(1, len(parts)):
            outer, inner = ".".join(parts[:depth]), ".".join(parts[: depth + 1])
            if parts[depth] not in vars(self.modules[outer]):
                setattr(self.modules[outer], parts[depth], self.modules[inner])
        return self.modules[parts[0]]


@cache
def compiled(text: str, path: str) -> CodeType:
    """The instrumented code of a module's text. It is kept, as mutants share most of their texts."""
    return compile(instrumented(ast.parse(text, path)), path, "exec")
