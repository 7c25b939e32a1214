"""What cannot be run under control: the forms of Python that hide a value or an access from the scheduler.

A function that holds one refuses to run, and so does every function inside it: the verdict is then inconclusive, never
wrong. Everything that is not here is rewritten by `instrument`, or has nothing to do with shared state.
"""

import ast
from collections.abc import Iterator

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
#: What is taken apart.
UNPACKED = (ast.Tuple, ast.List)


def escapes(node: ast.AST) -> bool:
    """What reaches a field without a hook, by its name or as the target of `del`, of a loop, of a with statement."""
    targets: list[ast.expr | None] = []
    if isinstance(node, (ast.Name, ast.Attribute)):
        return (node.id if isinstance(node, ast.Name) else node.attr) in PAST_HOOKS
    if isinstance(node, (ast.For, ast.comprehension)):
        targets = [node.target]
    if isinstance(node, (ast.Assign, ast.For, ast.comprehension)):
        whole = node.targets if isinstance(node, ast.Assign) else [node.target]
        inner = [part for target in whole if isinstance(target, UNPACKED) for part in target.elts]
        if any(isinstance(part, UNPACKED) for part in inner):
            return True  # what is taken apart within what is taken apart is so unseen
    if isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items]
    return any(isinstance(inner, HOOKED) for target in targets if target for inner in ast.walk(target))


def shared_variable(function: ast.FunctionDef) -> ast.AST | None:
    """Where a variable is bound that an inner function reads, if others could see it change: no hook stands there.

    A parameter, or a variable that is bound once, before the inner function is there, does not change.
    """
    inner = [node for node in inside(function) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
    for one in inner:
        loaded = {node.id for node in ast.walk(one) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        bound = [node for node in inside(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        for name in loaded & {node.id for node in bound}:
            places = [node for node in bound if node.id == name]
            if len(places) > 1 or places[0].lineno >= one.lineno or _in_a_loop(function, places[0]):
                return places[-1]
    return None


def inside(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, those of functions inside it left out, but for the inner function itself."""
    todo = list(ast.iter_child_nodes(function))
    for node in todo:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)


def _in_a_loop(function: ast.AST, place: ast.AST) -> bool:
    loops = (node for node in ast.walk(function) if isinstance(node, (ast.For, ast.While)))
    return any(node is place for loop in loops for node in ast.walk(loop))


def hides(node: ast.AST) -> bool:
    """Whether the function that `node` stands in cannot be run under control."""
    return isinstance(node, HIDING) or escapes(node)
