"""Loads instrumented copies of a package's modules, which import each other and the controlled stand-ins."""

import ast
import builtins
import gc
import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from importlib.util import resolve_name
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from waitgroup_proofs.scheduler.calls import HOOKS
from waitgroup_proofs.scheduler.fiber import MUTABLE
from waitgroup_proofs.scheduler.instrument import instrumented
from waitgroup_proofs.scheduler.primitives import PRIMITIVES
from waitgroup_proofs.scheduler.stand_ins import StandIns


class Loader:
    """The modules of one or more packages, each loaded once."""

    def __init__(self, sources: Mapping[str, tuple[Path, str]], stand_ins: StandIns | None = None) -> None:
        """`sources`: file and text by full module name."""
        self.sources = sources
        self.stand_ins = stand_ins or StandIns()
        self.modules: dict[str, ModuleType] = {}

    @property
    def texts(self) -> list[tuple[Path, str]]:
        """Files and texts of what was loaded, the standard library's included."""
        return [*(self.sources[name] for name in sorted(self.modules)), *self.stand_ins.sources.values()]

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
        """The instrumented module `name`, executed once."""
        if name in self.modules:
            return self.modules[name]
        path, text = self.sources[name]
        module = self.modules[name] = ModuleType(name)
        module.__file__ = str(path)
        module.__package__ = name if path.name == "__init__.py" else name.rpartition(".")[0]
        module.__dict__.update(HOOKS)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        exec(compile(instrumented(ast.parse(text, str(path))), str(path), "exec"), module.__dict__)
        return module

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
        if name not in self.sources:
            stand_in = self.stand_ins.imported(name)
            return __import__(name, importer, local, names or ()) if stand_in is None else stand_in
        module = self.load(name)
        for one in names or ():
            if f"{name}.{one}" in self.sources and not hasattr(module, one):
                setattr(module, one, self.load(f"{name}.{one}"))
        if names:
            return module
        parts = name.split(".")
        for depth in range(len(parts) - 1, 0, -1):
            outer = ".".join(parts[:depth])
            if outer in self.sources:
                setattr(self.load(outer), parts[depth], self.load(".".join(parts[: depth + 1])))
        return self.load(parts[0]) if parts[0] in self.sources else module
