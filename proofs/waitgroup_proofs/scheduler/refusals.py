"""What cannot be run under control: the forms of Python that hide a value or an access from the scheduler.

A function that holds one refuses to run, and so does every function inside it: the verdict is then inconclusive, never
wrong. Everything that is not here is rewritten by `instrument`, or has nothing to do with shared state.
"""

import ast

#: Names that reach what stands in a frame or an instance past all hooks.
PAST_HOOKS = {"locals", "globals", "vars", "eval", "exec", "dir", "__dict__"}

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
    ast.Match,
    ast.Slice,
    ast.TryStar,
)
#: What a rewriting would put a hook in front of.
HOOKED = (ast.Attribute, ast.Subscript, ast.Call)


def escapes(node: ast.AST) -> bool:
    """What reaches a field without a hook, by its name or as the target of `del`, of a loop, of a with statement."""
    targets: list[ast.expr | None] = []
    if isinstance(node, (ast.Name, ast.Attribute)):
        return (node.id if isinstance(node, ast.Name) else node.attr) in PAST_HOOKS
    if isinstance(node, ast.Delete):
        return any(isinstance(target, ast.Attribute) for target in node.targets)
    if isinstance(node, ast.For):
        targets = [node.target]
    if isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items]
    return any(isinstance(inner, HOOKED) for target in targets if target for inner in ast.walk(target))


def hides_text(node: ast.AST) -> bool:
    """An f-string of several parts that are looked up: the text of the first is hidden while the next is."""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return sum(any(isinstance(inner, HOOKED) for inner in ast.walk(part)) for part in parts) > 1


def hides(node: ast.AST) -> bool:
    """Whether the function that `node` stands in cannot be run under control."""
    return isinstance(node, HIDING) or hides_text(node) or escapes(node)
