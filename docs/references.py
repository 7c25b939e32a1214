"""What the pages refer to: links into the repository, and names that a source file defines.

Links are written as they work in a checkout, `[plus_delta](../spec/waitgroup_spec/word.py#plus_delta)`: a path, and
after `#` the name of something that is defined there. The site makes pages of these files (`source_pages.py`), and
`tests/docs/test_references.py` holds every page to what is there.
"""

import ast
import re
from pathlib import Path

#: A Markdown link to a path, which may end in a name.
LINK = re.compile(r"\]\((?P<path>[^()\s#:]+)(?:#(?P<name>[\w.-]+))?\)")


def names(file: Path) -> dict[str, int]:
    """What a Python file defines, with its line: functions, classes, what is assigned; members as `Class.member`."""
    found: dict[str, int] = {}

    def collect(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    found[prefix + name] = node.lineno
                case ast.ClassDef(name=name, body=inner):
                    found[prefix + name] = node.lineno
                    collect(inner, f"{prefix}{name}.")
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    found[prefix + name] = node.lineno

    if file.suffix == ".py":
        collect(ast.parse(file.read_text("utf-8")).body, "")
    return found


def fault(origin: Path, match: re.Match[str]) -> str | None:
    """What is wrong with a link in the file `origin`: nothing is there, or nothing of that name."""
    target = origin.parent / match["path"]
    if not target.exists():
        return f"{match['path']} does not exist"
    if match["name"] and target.suffix == ".py" and match["name"] not in names(target):
        return f"{match['path']} defines no {match['name']}"
    return None
