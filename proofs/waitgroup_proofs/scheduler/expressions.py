"""Rewrites expressions, for `instrument`: shared accesses go through hooks, and their values are kept."""

import ast
from typing import Any

#: Where Python computes without a call that is written.
OPERATORS = (ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.IfExp, ast.Compare)


class Expressions(ast.NodeTransformer):
    """Rewrites the expressions of functions."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.temporaries = 0
        self.functions = 0
        self.comprehensions = 0
        self.classes: list[str] = []

    # Building blocks

    def _hook(self, name: str, *arguments: ast.expr) -> ast.Call:
        return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])

    def _temporary(self) -> str:
        self.temporaries += 1
        return f"__value_{self.temporaries}"

    def _kept(self, node: ast.expr) -> ast.expr:
        """The value of `node`, which also stays in a local.

        Not so in a comprehension: C gathers its elements, and what happens below C is told apart by its history.
        """
        return node if self.comprehensions else ast.NamedExpr(ast.Name(self._temporary(), ast.Store()), node)

    def _attribute(self, name: str) -> ast.Constant:
        """The attribute's name, mangled as Python mangles it."""
        if self.classes and name.startswith("__") and not name.endswith("__"):
            name = f"_{self.classes[-1].lstrip('_')}{name}"
        return ast.Constant(name)

    def _used(self, node: ast.expr) -> ast.expr:
        """The value of `node`, which Python is about to look into."""
        visited = self.visit(node)
        return visited if isinstance(node, ast.Constant) else ast.copy_location(self._hook("__use__", visited), node)

    def _asked(self, node: ast.expr) -> ast.expr:
        """The value of `node`, whose truth Python is about to ask."""
        visited = self._bare(node)
        return visited if isinstance(node, ast.Constant) else ast.copy_location(self._hook("__test__", visited), node)

    def _bare(self, node: ast.expr) -> ast.expr:
        """The value of `node`, which is used up before anything else is looked at: an operator's need not be kept."""
        visited: ast.expr = self.visit(node)
        return visited.value if isinstance(node, OPERATORS) and isinstance(visited, ast.NamedExpr) else visited

    # Expressions

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Each operand is tested, but for the last."""
        node.values = [*map(self._asked, node.values)]
        return self._kept(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """The operand is looked into."""
        node.operand = (self._asked if isinstance(node.op, ast.Not) else self._used)(node.operand)
        return self._kept(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Both operands are looked into."""
        node.left, node.right = self._used(node.left), self._used(node.right)
        return self._kept(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """The test is asked."""
        node.test, node.body, node.orelse = self._asked(node.test), self.visit(node.body), self.visit(node.orelse)
        return self._kept(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Each part becomes text when its turn comes."""
        return ast.copy_location(self._kept(self._hook("__text__", *map(self.visit, node.values))), node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        """What becomes text is looked into."""
        form = self.visit(node.format_spec) if node.format_spec else ast.Constant("")
        part = self._hook("__shown__", self.visit(node.value), ast.Constant(node.conversion), form)
        return ast.copy_location(self._kept(part), node)

    def visit_Slice(self, node: ast.Slice) -> ast.expr:
        """The object that a slice is."""
        bounds = [self.visit(one) if one else ast.Constant(None) for one in (node.lower, node.upper, node.step)]
        return ast.copy_location(self._hook("__slice__", *bounds), node)

    def visit_List(self, node: ast.List) -> ast.expr:
        """A new list."""
        return self._displayed(node)

    def visit_Set(self, node: ast.Set) -> ast.expr:
        """A new set."""
        return self._displayed(node)

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        """A new dict; what is spread into it is looked into."""
        spread = [key is None for key in node.keys]
        node.keys = [None if key is None else self.visit(key) for key in node.keys]
        values = zip(node.values, spread, strict=True)
        node.values = [self._spread(value, "__spread_dict__") if one else self.visit(value) for value, one in values]
        return ast.copy_location(self._kept(self._hook("__display__", node)), node)

    def _spread(self, value: ast.expr, hook: str) -> ast.expr:
        """What is in `value` at this moment."""
        return ast.copy_location(self._kept(self._hook(hook, self.visit(value))), value)

    def _displayed(self, node: ast.expr) -> ast.expr:
        visited: ast.expr = self.generic_visit(node)  # type: ignore[assignment]
        return ast.copy_location(self._kept(self._hook("__display__", visited)), node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        """Gathered from a generator."""
        return self._gathered("__list__", node.elt, node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        """Gathered from a generator."""
        return self._gathered("__set__", node.elt, node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        """Gathered from a generator of pairs."""
        return self._gathered("__dict_of__", ast.Tuple([node.key, node.value], ast.Load()), node)

    def _gathered(self, kind: str, element: ast.expr, node: Any) -> ast.expr:
        iterated, generator = self._generator(element, node)
        gathered = self._hook("__gather__", ast.Name(kind, ast.Load()), iterated, generator)
        return ast.copy_location(self._kept(gathered), node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        """What it iterates over first is evaluated where it stands."""
        return ast.copy_location(self._kept(self._hook("__second__", *self._generator(node.elt, node))), node)

    def _generator(self, element: ast.expr, node: Any) -> tuple[ast.expr, ast.GeneratorExp]:
        """What a comprehension iterates over first, kept in a local, and its generator, which takes it from there."""
        first, *others = node.generators
        iterated, name = self._iterated(first), self._temporary()
        self.comprehensions += 1
        for one in others:
            one.iter = self._iterated(one)
        for one in node.generators:
            one.ifs = [*map(self._asked, one.ifs)]
        element = self.visit(element)
        self.comprehensions -= 1
        if self.comprehensions:  # no local can be kept here, and need not be
            first.iter = iterated
            return ast.Constant(None), ast.GeneratorExp(element, node.generators)
        first.iter = ast.Name(name, ast.Load())
        kept = ast.NamedExpr(ast.Name(name, ast.Store()), iterated)
        return kept, ast.GeneratorExp(element, node.generators)

    def _iterated(self, one: ast.comprehension) -> ast.expr:
        taken_apart = ast.Constant(isinstance(one.target, (ast.Tuple, ast.List)))
        return self._hook("__iterate__", self.visit(one.iter), taken_apart)

    def visit_Starred(self, node: ast.Starred) -> ast.expr:
        """What is spread is looked into; a target stays as it is."""
        if isinstance(node.ctx, ast.Load):
            node.value = self._spread(node.value, "__spread__")
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
            return ast.copy_location(self._kept(ast.UnaryOp(ast.Not(), asked)) if negated else asked, node)
        # Whether two names are the same object is no question about what is in it.
        if not all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
            node.left, node.comparators = self._used(node.left), [*map(self._used, node.comparators)]
            return self._kept(node)
        return self._kept(self.generic_visit(node))  # type: ignore[arg-type]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call, of Python or of C."""
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return node  # it looks at the frame it stands in, and so must stay as it is
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [
            ast.keyword(word.arg, self.visit(word.value) if word.arg else self._spread(word.value, "__spread_dict__"))
            for word in node.keywords
        ]
        called = ast.Call(ast.Name("__call__", ast.Load()), [self.visit(node.func), *arguments], keywords)
        return ast.copy_location(self._kept(called), node)
