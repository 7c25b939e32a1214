"""Rewrites a module's source so that a hook stands in front of every shared access; nothing else about it changes.

Inside functions, these expressions are rewritten (on the syntax tree, in memory):

    obj.attr         __load__(obj, "attr")              obj.attr = v      __store__(v, obj, "attr")
    obj[key]         __get_item__(obj, key)             obj[key] = v      __set_item__(v, obj, key)
    key in obj       __contains__(key, obj)             del obj[key]      __delete_item__(obj, key)
    f(...)           __call__(f, ...)                   for x in obj      for x in __iterate__(obj)
    if obj: ...      if __test__(obj): ...              obj + 1           __use__(obj) + 1
    [obj]            __display__([obj])                 obj += 1          obj = __augment__("iadd", obj, 1)
    f"{obj}"         __text__(__shown__(obj, -1, ""))   [f(x) for x in y] __gather__(list, (f(x) for x in y))

Every round of a `while` loop asks `__again__()` first, so that one that never ends is noticed. Outside functions, that
is where a module is loaded, loops are counted and nothing else is rewritten.

The hooks (`waitgroup_proofs.scheduler.hooks`) decide which accesses are shared, and hand control to the scheduler.

A function also says when it is entered (`__entered__`): C that calls Python can be interrupted there.

Each rewritten expression also leaves its value in a local variable of its own. The state of a suspended function is
then in its locals and its position: nothing that matters hides on the evaluation stack, so states can be told apart.
Where that would fail, the function refuses to run under the scheduler (`hidden`).
"""

import ast
from typing import Any

from waitgroup_proofs.scheduler.expressions import Expressions
from waitgroup_proofs.scheduler.hidden import hides, shared_variable

#: What `operator` calls the operations that assign.
IN_PLACE: dict[type[ast.operator], str] = {
    ast.Add: "iadd",
    ast.Sub: "isub",
    ast.Mult: "imul",
    ast.MatMult: "imatmul",
    ast.Div: "itruediv",
    ast.FloorDiv: "ifloordiv",
    ast.Mod: "imod",
    ast.Pow: "ipow",
    ast.LShift: "ilshift",
    ast.RShift: "irshift",
    ast.BitAnd: "iand",
    ast.BitOr: "ior",
    ast.BitXor: "ixor",
}


def instrumented(tree: ast.Module) -> ast.Module:
    """The syntax tree, rewritten in place; line numbers are those of the source."""
    Instrumenter().visit(tree)
    return ast.fix_missing_locations(tree)


class Instrumenter(Expressions):
    """Rewrites the functions of one module."""

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
        hiding = next((child for child in ast.walk(node) if hides(child)), None) or shared_variable(node)
        if hiding is not None:
            reason = f"{node.name}: line {getattr(hiding, 'lineno', 0)} hides values from the scheduler"
            return self._refusing(node, reason)
        self.functions += 1
        body = [line for child in node.body for line in self._statement(child)]
        self.functions -= 1
        described = ast.get_docstring(node, clean=False) is not None
        node.body = [*body[:described], ast.copy_location(ast.Expr(self._hook("__entered__")), node), *body[described:]]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """As a function that is one expression."""
        node.args = self.visit(node.args)
        if self.comprehensions or any(hides(child) for child in ast.walk(node)):
            return self._refusing(node, f"a lambda: line {node.lineno} hides values from the scheduler")
        self.functions += 1
        node.body = ast.BoolOp(ast.Or(), [self._hook("__entered__"), self.visit(node.body)])
        self.functions -= 1
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Coroutines are not under control."""
        return self._refusing(node, f"{node.name}: line {node.lineno} is a coroutine")

    def _refusing(self, node: ast.AST, reason: str) -> ast.AST:
        """The function as it is, but it, and every function in it, refuses to run under control."""
        for inner in ast.walk(node):
            self._counted(inner)
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
        """Outside functions nothing is rewritten, but functions are looked for, and the rounds of loops counted."""
        if self.functions or isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef)):
            return super().visit(node)
        self._counted(node)
        return self.generic_visit(node)

    def _counted(self, node: ast.AST) -> None:
        """The rounds of a loop are counted, and nothing else about it changes."""
        if isinstance(node, ast.While):
            node.test = ast.BoolOp(ast.And(), [self._hook("__again__"), node.test])
        elif isinstance(node, ast.For) or (isinstance(node, ast.comprehension) and not node.is_async):
            node.iter = ast.copy_location(self._hook("__each__", node.iter), node.iter)

    # Statements

    def visit_Return(self, node: ast.Return) -> ast.Return:
        """The value is kept: a `finally` may come before it is given."""
        if node.value is not None and not isinstance(node.value, ast.Constant):
            visited = self.visit(node.value)
            node.value = visited if isinstance(visited, ast.NamedExpr) else self._kept(visited)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """The test is looked into."""
        return self._tested(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        """The test is looked into, each time."""
        visited = self._tested(node)
        self._counted(node)
        return visited

    def _tested(self, node: ast.If | ast.While) -> ast.AST:
        node.test = self._asked(node.test)
        node.body = [line for child in node.body for line in self._statement(child)]
        node.orelse = [line for child in node.orelse for line in self._statement(child)]
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """The test is asked."""
        node.test = self._asked(node.test)
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
        taken_apart = ast.Constant(isinstance(node.target, (ast.Tuple, ast.List)))
        node.iter = self._kept(self._hook("__iterate__", self.visit(node.iter), taken_apart))
        node.body = [line for child in node.body for line in self._statement(child)]
        node.orelse = [line for child in node.orelse for line in self._statement(child)]
        return node

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """The value is computed first; each target that is shared is then stored through a hook."""
        unpacked = any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets)
        value, stores = self._used(node.value) if unpacked else self._bare(node.value), list[ast.stmt]()
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
        """The new value, or the old one changed in place."""
        return self._kept(self._hook("__augment__", ast.Constant(IN_PLACE[type(node.op)]), old, self._used(node.value)))

    def visit_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        """Items and fields are deleted through a hook."""
        lines: list[ast.stmt] = []
        targets = list(node.targets)
        for target in targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                targets += target.elts
            elif isinstance(target, ast.Subscript):
                lines.append(
                    ast.Expr(self._hook("__delete_item__", self.visit(target.value), self.visit(target.slice)))
                )
            elif isinstance(target, ast.Attribute):
                lines.append(ast.Expr(self._hook("__delete__", self.visit(target.value), self._attribute(target.attr))))
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
