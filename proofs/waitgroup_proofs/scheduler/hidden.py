"""What cannot be run under control: the forms of Python that hide a value or an access from the scheduler.

A function that holds one refuses to run, and so does every function inside it: the verdict is then inconclusive, never
wrong. Everything that is not here is rewritten by `instrument`, or has nothing to do with shared state.
"""

import ast

#: Names that reach what stands in a frame or an instance past all hooks.
PAST_HOOKS = {"locals", "globals", "vars", "eval", "exec", "dir", "__dict__"}

#: What hides values from the locals of the function it stands in.
HIDING = (
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.ClassDef,
    ast.Global,
    ast.Nonlocal,
    ast.Match,
    ast.TryStar,
)
#: What a rewriting would put a hook in front of.
HOOKED = (ast.Attribute, ast.Subscript, ast.Call)


def escapes(node: ast.AST) -> bool:
    """What reaches a field without a hook, by its name or as the target of `del`, of a loop, of a with statement."""
    targets: list[ast.expr | None] = []
    if isinstance(node, (ast.Name, ast.Attribute)):
        return (node.id if isinstance(node, ast.Name) else node.attr) in PAST_HOOKS
    if isinstance(node, ast.For):
        targets = [node.target]
    if isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items]
    return any(isinstance(inner, HOOKED) for target in targets if target for inner in ast.walk(target))


def hides(node: ast.AST) -> bool:
    """Whether the function that `node` stands in cannot be run under control."""
    return isinstance(node, HIDING) or escapes(node)
