"""Loads a module's source with a hook in front of every shared access; nothing else about it changes.

Inside functions, these expressions are rewritten (on the syntax tree, in memory):

    obj.attr         __load__(obj, "attr")              obj.attr = v      __store__(v, obj, "attr")
    obj[key]         __get_item__(obj, key)             obj[key] = v      __set_item__(v, obj, key)
    key in obj       __contains__(key, obj)             del obj[key]      __delete_item__(obj, key)
    f(...)           __call__(f, ...)                   for x in obj      for x in __iterate__(obj)

The hooks (`waitgroup_proofs.scheduler.hooks`) decide which accesses are shared, and hand control to the scheduler.

Each rewritten expression also leaves its value in a local variable of its own. The state of a suspended function is
then in its locals and its position: nothing that matters hides on the evaluation stack, so states can be told apart.
Where that would fail (comprehensions, generators, `global`), the function refuses to run under the scheduler.
"""

import ast
import builtins
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

#: Calls that look at the frame they stand in, and so must stay as they are.
FRAME_CALLS = {"super", "locals", "globals", "vars", "eval", "exec", "dir"}

#: What hides values from the locals of the function it stands in.
HIDING = (
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.ClassDef,
    ast.Global,
    ast.Nonlocal,
    ast.NamedExpr,
)
#: What a rewriting would put a hook in front of.
HOOKED = (ast.Attribute, ast.Subscript, ast.Call)


def hides_text(node: ast.AST) -> bool:
    """An f-string of several parts that are looked up: the text of the first is hidden while the next is."""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return sum(any(isinstance(inner, HOOKED) for inner in ast.walk(part)) for part in parts) > 1


class Instrumenter(ast.NodeTransformer):
    """Rewrites the functions of one module."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.temporaries = 0
        self.functions = 0
        self.classes: list[str] = []

    # Scopes: only function bodies are rewritten.

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        """Methods are rewritten, the class body itself is not."""
        self.classes.append(node.name)
        node.body = [self.visit(child) if isinstance(child, ast.FunctionDef) else child for child in node.body]
        self.classes.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """The body is rewritten; decorators, defaults and annotations are not."""
        hiding = next((child for child in ast.walk(node) if isinstance(child, HIDING) or hides_text(child)), None)
        if hiding is not None:
            reason = f"{node.name}: line {getattr(hiding, 'lineno', 0)} hides values from the scheduler"
            node.body.insert(0, ast.Expr(self._hook("__refuse__", ast.Constant(reason))))
            return node
        self.functions += 1
        node.body = [line for child in node.body for line in self._statement(child)]
        self.functions -= 1
        return node

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        rewritten = self.visit(node)
        return rewritten if isinstance(rewritten, list) else [rewritten]

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Outside functions nothing is rewritten, but functions are looked for."""
        if self.functions or isinstance(node, (ast.Module, ast.If, ast.Try)):
            return super().generic_visit(node)
        return node

    # Building blocks

    def _hook(self, name: str, *arguments: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])

    def _temporary(self) -> str:
        self.temporaries += 1
        return f"__value_{self.temporaries}"

    def _kept(self, node: ast.expr) -> ast.NamedExpr:
        """The value of `node`, which also stays in a local."""
        return ast.NamedExpr(ast.Name(self._temporary(), ast.Store()), node)

    def _attribute(self, name: str) -> ast.Constant:
        """The attribute's name, mangled as Python mangles it."""
        if self.classes and name.startswith("__") and not name.endswith("__"):
            name = f"_{self.classes[-1].lstrip('_')}{name}"
        return ast.Constant(name)

    # Expressions

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A load of an attribute."""
        return ast.copy_location(
            self._kept(self._hook("__load__", self.visit(node.value), self._attribute(node.attr))), node
        )

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """A load of an item."""
        return ast.copy_location(
            self._kept(self._hook("__get_item__", self.visit(node.value), self.visit(node.slice))), node
        )

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """`in` and `not in` ask the container; other comparisons stay."""
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            asked = self._kept(self._hook("__contains__", self.visit(node.left), self.visit(node.comparators[0])))
            negated = isinstance(node.ops[0], ast.NotIn)
            return ast.copy_location(ast.UnaryOp(ast.Not(), asked) if negated else asked, node)
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call, of Python or of C."""
        if isinstance(node.func, ast.Name) and node.func.id in FRAME_CALLS:
            return node
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [ast.keyword(word.arg, self.visit(word.value)) for word in node.keywords]
        called = ast.Call(ast.Name("__call__", ast.Load()), [self.visit(node.func), *arguments], keywords)
        return ast.copy_location(self._kept(called), node)

    # Statements

    def visit_With(self, node: ast.With) -> ast.With:
        """The manager stays in a local; entering and leaving it is its own affair."""
        for item in node.items:
            item.context_expr = self._kept(self.visit(item.context_expr))
        node.body = [line for child in node.body for line in self._statement(child)]
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        """Each round asks the scheduler before it looks at what is iterated over."""
        node.iter = self._kept(self._hook("__iterate__", self.visit(node.iter)))
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """The value is computed first; each target that is shared is then stored through a hook."""
        value, stores = self.visit(node.value), list[ast.stmt]()
        targets = [self._target(target, stores) for target in node.targets]
        return self._located([ast.Assign(targets, value), *stores], node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt] | ast.stmt:
        """An annotated assignment is a plain one; without a value it does nothing."""
        if node.value is None:
            return node
        return self.visit_Assign(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt] | ast.stmt:
        """`x.a += v` loads, computes, and stores: three steps, as the language has it."""
        if isinstance(node.target, ast.Name):
            return self.generic_visit(node)  # type: ignore[return-value]
        if isinstance(node.target, ast.Attribute):
            owner = self._temporary()
            first = ast.Assign([ast.Name(owner, ast.Store())], self.visit(node.target.value))
            place: list[ast.expr] = [ast.Name(owner, ast.Load()), self._attribute(node.target.attr)]
            load, store, before = "__load__", "__store__", [first]
        else:
            owner, key = self._temporary(), self._temporary()
            before = [
                ast.Assign([ast.Name(owner, ast.Store())], self.visit(node.target.value)),
                ast.Assign([ast.Name(key, ast.Store())], self.visit(node.target.slice)),
            ]
            place = [ast.Name(owner, ast.Load()), ast.Name(key, ast.Load())]
            load, store = "__get_item__", "__set_item__"
        value = ast.BinOp(self._kept(self._hook(load, *place)), node.op, self.visit(node.value))
        return self._located([*before, ast.Expr(self._hook(store, value, *place))], node)

    def visit_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        """Items are deleted through a hook."""
        lines: list[ast.stmt] = []
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                lines.append(
                    ast.Expr(self._hook("__delete_item__", self.visit(target.value), self.visit(target.slice)))
                )
            else:
                lines.append(ast.Delete([target]))
        return self._located(lines, node)

    def _target(self, target: ast.expr, stores: list[ast.stmt]) -> ast.expr:
        """A local to assign to in place of `target`; the store through the hook is added to `stores`."""
        if isinstance(target, (ast.Tuple, ast.List)):
            target.elts = [self._target(element, stores) for element in target.elts]
            return target
        if not isinstance(target, (ast.Attribute, ast.Subscript)):
            return target
        name = self._temporary()
        value = ast.Name(name, ast.Load())
        if isinstance(target, ast.Attribute):
            call = self._hook("__store__", value, self.visit(target.value), self._attribute(target.attr))
        else:
            call = self._hook("__set_item__", value, self.visit(target.value), self.visit(target.slice))
        stores.append(ast.Expr(call))
        return ast.Name(name, ast.Store())

    def _located(self, lines: list[ast.stmt], node: ast.stmt) -> list[ast.stmt]:
        return [ast.copy_location(line, node) for line in lines]


def instrumented(source: str, filename: str) -> ast.Module:
    """The rewritten syntax tree of `source`; line numbers are those of the source."""
    tree = ast.parse(source, filename)
    Instrumenter().visit(tree)
    return ast.fix_missing_locations(tree)


class Loader:
    """Loads instrumented copies of a package's modules, which import each other and the controlled modules."""

    def __init__(
        self,
        package: str,
        sources: Mapping[str, tuple[Path, str]],
        controlled: Mapping[str, Any],
        hooks: Mapping[str, Callable[..., Any]],
    ) -> None:
        """`sources`: file and text by full module name; `controlled`: stand-ins for real modules, by name."""
        self.package = package
        self.sources = sources
        self.controlled = controlled
        self.hooks = hooks
        self.modules: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        """The instrumented module `name`, executed once."""
        if name in self.modules:
            return self.modules[name]
        path, text = self.sources[name]
        module = self.modules[name] = ModuleType(name)
        module.__file__ = str(path)
        module.__dict__.update(self.hooks)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        exec(compile(instrumented(text, str(path)), str(path), "exec"), module.__dict__)
        return module

    def _import(self, name: str, *arguments: Any) -> Any:
        """The import statement inside a loaded module."""
        if name in self.sources:
            return self.load(name)
        return self.controlled[name] if name in self.controlled else __import__(name, *arguments)
