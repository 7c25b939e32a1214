"""Rewrites a module's source so that a hook stands in front of every shared access; nothing else about it changes.

Inside functions, these expressions are rewritten (on the syntax tree, in memory):

    obj.attr         __load__(obj, "attr")              obj.attr = v      __store__(v, obj, "attr")
    obj[key]         __get_item__(obj, key)             obj[key] = v      __set_item__(v, obj, key)
    key in obj       __contains__(key, obj)             del obj[key]      __delete_item__(obj, key)
    f(...)           __call__(f, ...)                   for x in obj      for x in __iterate__(obj)
    if obj: ...      if __use__(obj): ...               obj + 1           __use__(obj) + 1

The hooks (`waitgroup_proofs.scheduler.hooks`) decide which accesses are shared, and hand control to the scheduler.

Each rewritten expression also leaves its value in a local variable of its own. The state of a suspended function is
then in its locals and its position: nothing that matters hides on the evaluation stack, so states can be told apart.
Where that would fail, the function refuses to run under the scheduler (`refusals`).
"""

import ast
from typing import Any

from waitgroup_proofs.scheduler.refusals import hides


class Instrumenter(ast.NodeTransformer):
    """Rewrites the functions of one module."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.temporaries = 0
        self.functions = 0
        self.classes: list[str] = []

    # Scopes: only function bodies are rewritten.

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Methods are rewritten, the class body itself is not."""
        self.classes.append(node.name)
        visited = self.generic_visit(node)
        self.classes.pop()
        return visited

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """The body is rewritten. Decorators and defaults belong to where the function stands."""
        node.decorator_list = [self.visit(child) for child in node.decorator_list]
        node.args = self.visit(node.args)
        hiding = next((child for child in ast.walk(node) if hides(child)), None)
        if hiding is not None:
            reason = f"{node.name}: line {getattr(hiding, 'lineno', 0)} hides values from the scheduler"
            return self._refusing(node, reason)
        self.functions += 1
        node.body = [line for child in node.body for line in self._statement(child)]
        self.functions -= 1
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """As a function that is one expression."""
        node.args = self.visit(node.args)
        if any(hides(child) for child in ast.walk(node)):
            return self._refusing(node, f"a lambda: line {node.lineno} hides values from the scheduler")
        self.functions += 1
        node.body = self.visit(node.body)
        self.functions -= 1
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Coroutines are not under control."""
        return self._refusing(node, f"{node.name}: line {node.lineno} is a coroutine")

    def _refusing(self, node: ast.AST, reason: str) -> ast.AST:
        """The function as it is, but it, and every function in it, refuses to run under control."""
        for inner in ast.walk(node):
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner.body.insert(0, ast.Expr(self._hook("__refuse__", ast.Constant(reason))))
            elif isinstance(inner, ast.Lambda):
                refusal = self._hook("__refuse__", ast.Constant(reason))
                inner.body = ast.BoolOp(ast.Or(), [refusal, inner.body])
        return node

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        rewritten = self.visit(node)
        return rewritten if isinstance(rewritten, list) else [rewritten]

    def visit(self, node: ast.AST) -> Any:
        """Outside functions nothing is rewritten, but functions are looked for."""
        if self.functions or isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef)):
            return super().visit(node)
        return self.generic_visit(node)

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

    def _used(self, node: ast.expr) -> ast.expr:
        """The value of `node`, which Python is about to look into."""
        visited = self.visit(node)
        return visited if isinstance(node, ast.Constant) else ast.copy_location(self._hook("__use__", visited), node)

    # Expressions

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Each operand is tested, but for the last."""
        node.values = [*map(self._used, node.values)]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """The operand is looked into."""
        node.operand = self._used(node.operand)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Both operands are looked into."""
        node.left, node.right = self._used(node.left), self._used(node.right)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """The test is looked into."""
        node.test, node.body, node.orelse = self._used(node.test), self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        """What becomes text is looked into."""
        node.value = self._used(node.value)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.expr:
        """What is spread is looked into."""
        node.value = self._used(node.value)
        return node

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
        # Whether two names are the same object is no question about what is in it.
        if not all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
            node.left, node.comparators = self._used(node.left), [*map(self._used, node.comparators)]
            return node
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call, of Python or of C."""
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return node  # it looks at the frame it stands in, and so must stay as it is
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [ast.keyword(word.arg, self.visit(word.value)) for word in node.keywords]
        called = ast.Call(ast.Name("__call__", ast.Load()), [self.visit(node.func), *arguments], keywords)
        return ast.copy_location(self._kept(called), node)

    # Statements

    def visit_If(self, node: ast.If) -> ast.AST:
        """The test is looked into."""
        return self._tested(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """The test is looked into, each time."""
        return self._tested(node)

    def _tested(self, node: ast.If | ast.While) -> ast.AST:
        node.test = self._used(node.test)
        node.body = [line for child in node.body for line in self._statement(child)]
        node.orelse = [line for child in node.orelse for line in self._statement(child)]
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """The test is looked into."""
        node.test = self._used(node.test)
        node.msg = self.visit(node.msg) if node.msg else None
        return node

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
        unpacked = any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets)
        value, stores = self._used(node.value) if unpacked else self.visit(node.value), list[ast.stmt]()
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
            name = ast.Name(node.target.id, ast.Load())
            return ast.copy_location(ast.Assign([node.target], self._operated(name, node)), node)
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
        value = self._operated(self._kept(self._hook(load, *place)), node)
        return self._located([*before, ast.Expr(self._hook(store, value, *place))], node)

    def _operated(self, old: ast.expr, node: ast.AugAssign) -> ast.expr:
        """The new value. Nothing that would change in place comes so far: `__use__` refuses it."""
        return ast.BinOp(self._hook("__use__", old), node.op, self._used(node.value))

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
        if isinstance(target, ast.Starred):
            target.value = self._target(target.value, stores)
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
