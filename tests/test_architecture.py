"""The layout holds: who imports whom, one package a source root, and no file too long to read in one sitting.

The checks read the source text and import nothing, so an import hidden in a function counts like any other. Each check
is also fed something forbidden, because a check that cannot fail proves nothing.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGES = {"spec": "waitgroup_spec", "impl": "waitgroup", "proofs": "waitgroup_proofs"}
IMPORTERS = {"import_module", "__import__"}
# An import by a name computed at run time: nobody can tell where it leads, so only proofs may do it.
COMPUTED = "<computed>"
FORBIDDEN = {
    "spec": {"waitgroup", "waitgroup_proofs", COMPUTED},
    "impl": {"waitgroup_spec", "waitgroup_proofs", COMPUTED},
    "proofs": set[str](),
}
LONGEST = 300


def imports(source: str) -> Iterator[tuple[int, str]]:
    """Each import in the text: its line and the top-level package. Relative ones cannot leave theirs."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name.partition(".")[0]) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module.partition(".")[0]
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in IMPORTERS:
                arguments = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "name")]
                literal = arguments[0].value if isinstance(arguments[0], ast.Constant) else COMPUTED
                yield node.lineno, str(literal).partition(".")[0]


def trespasses(root: str, source: str) -> list[str]:
    """The imports in the text that a file under this root must not make."""
    found = []
    for line, package in imports(source):
        foreign = root == "impl" and package not in {*sys.stdlib_module_names, "waitgroup"}
        if package in FORBIDDEN[root] or foreign:
            found.append(f"line {line} imports {package}")
    return found


def strays(root: Path, package: str) -> list[str]:
    """What would install as a second top-level name, or the package itself when it is missing."""
    modules = {path.name for path in root.glob("*.py")}
    directories = {path.name for path in root.iterdir() if path.is_dir() and path.name != "__pycache__"}
    return sorted(modules | (directories ^ {package}))


def overlong(source: str) -> bool:
    return len(source.splitlines()) > LONGEST


def files(*roots: str) -> dict[str, str]:
    """The text of each Python file under these roots, by its path in the repository."""
    paths = sorted(path for root in roots for path in (REPOSITORY / root).rglob("*.py"))
    return {str(path.relative_to(REPOSITORY)): path.read_text("utf-8") for path in paths}


@pytest.mark.parametrize("root", PACKAGES)
def test_no_file_imports_what_its_source_root_must_not(root: str) -> None:
    sources = files(root)
    assert f"{root}/{PACKAGES[root]}/__init__.py" in sources
    assert {name: found for name, text in sources.items() if (found := trespasses(root, text))} == {}


@pytest.mark.parametrize("root", PACKAGES)
def test_each_source_root_holds_exactly_one_package_and_no_loose_module(root: str) -> None:
    assert strays(REPOSITORY / root, PACKAGES[root]) == []


def test_no_python_file_is_longer_than_300_lines() -> None:
    sources = files(*PACKAGES, "tests")
    assert "tests/test_architecture.py" in sources
    assert {name: len(text.splitlines()) for name, text in sources.items() if overlong(text)} == {}


@pytest.mark.parametrize(
    ("root", "source", "culprit"),
    [
        ("spec", "import waitgroup", "waitgroup"),
        ("spec", "from waitgroup_proofs.cli import main", "waitgroup_proofs"),
        ("impl", "import os, waitgroup_spec.word as word", "waitgroup_spec"),
        ("impl", "def f():\n    from waitgroup_spec import word", "waitgroup_spec"),
        ("impl", "import importlib\nimportlib.import_module('waitgroup_spec.word')", "waitgroup_spec"),
        ("impl", "from importlib import import_module\nimport_module(name='waitgroup_proofs')", "waitgroup_proofs"),
        ("spec", "__import__('waitgroup')", "waitgroup"),
        ("impl", "import greenlet", "greenlet"),
        ("spec", "__import__(chosen)", COMPUTED),
    ],
)
def test_the_import_check_reports_a_forbidden_import(root: str, source: str, culprit: str) -> None:
    assert trespasses(root, source) == [f"line {len(source.splitlines())} imports {culprit}"]


@pytest.mark.parametrize(
    ("root", "source"),
    [
        ("spec", "from . import word\nimport waitgroup_spec.word"),
        ("impl", "from collections import deque\nfrom ._core import WaitGroup\nfrom waitgroup import errors"),
        ("proofs", "import waitgroup, waitgroup_spec, z3"),
    ],
)
def test_the_import_check_passes_an_allowed_import(root: str, source: str) -> None:
    assert trespasses(root, source) == []


def test_the_layout_check_reports_a_loose_module_a_second_package_and_a_missing_one(tmp_path: Path) -> None:
    (tmp_path / "loose.py").touch()
    (tmp_path / "second").mkdir()
    assert strays(tmp_path, "only") == ["loose.py", "only", "second"]


def test_the_length_check_reports_line_301_and_not_line_300() -> None:
    assert [overlong("pass\n" * lines) for lines in (LONGEST, LONGEST + 1)] == [False, True]
