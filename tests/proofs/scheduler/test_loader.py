"""The loader imports as Python does: what is executed, in which order, and which names are there at each moment.

Each program is a few modules that write down what they see while they are executed. Python itself is the oracle: it
imports the same files, and must write down the same.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from tests.proofs.scheduler.targets import Written

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import sources_of
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.scenarios import SCENARIOS

#: File names and texts; `seen` is what they write to.
Files = dict[str, str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Files], None]:
    """Writes the modules of the package `small`, with a module `seen` that they can write to, where Python finds it."""

    def write(files: Files) -> None:
        (tmp_path / "small_seen.py").write_text("SEEN = []\n", encoding="utf-8")
        for name, text in files.items():
            path = tmp_path / "small" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    monkeypatch.syspath_prepend(tmp_path)
    return write


def by_python(name: str) -> list[object]:
    """What the modules write down if Python imports `name`, and how it ends."""
    before = set(sys.modules)
    try:
        try:
            import_module(name)
        except (ImportError, AttributeError, ZeroDivisionError) as error:
            return [*import_module("small_seen").SEEN, type(error).__name__]
        return [*import_module("small_seen").SEEN]
    finally:
        for new in set(sys.modules) - before:
            del sys.modules[new]


def by_the_loader(name: str) -> list[object]:
    """The same by the loader."""
    loader = Loader(sources_of("small") | sources_of("small_seen"))
    try:
        loader.load(name)
    except (ImportError, AttributeError, ZeroDivisionError) as error:
        return [*loader.load("small_seen").SEEN, type(error).__name__]
    return [*loader.load("small_seen").SEEN]


def saw(name: str, text: str = "") -> str:
    """The text of a module that first writes down that it is executed."""
    return f"from small_seen import SEEN\nSEEN.append({name!r})\n{text}"


PACKAGES: dict[str, tuple[str, Files]] = {
    "a module after its package": ("small.one", {"__init__.py": saw("small"), "one.py": saw("one")}),
    "a circle that only starts at the package": (
        "small.one",
        {
            "__init__.py": saw("small", "from small.one import First\nfrom small.two import Second"),
            "one.py": saw("one", "class First: pass\nfrom small.two import Second"),
            "two.py": saw("two", "from small.one import First\nclass Second: pass"),
        },
    ),
    "a circle that is none if the package is first": (
        "small.one",
        {
            "__init__.py": saw("small", "from small.two import Second"),
            "one.py": saw("one", "from small.two import Second\nclass First: pass"),
            "two.py": saw("two", "class Second: pass\nfrom small.one import First"),
        },
    ),
    "a module that its package has imported": (
        "small.one",
        {"__init__.py": saw("small", "from . import one"), "one.py": saw("one", "from . import __name__ as n")},
    ),
    "packages in packages": (
        "small.inner.one",
        {
            "__init__.py": saw("small", "from .inner.two import last"),
            "inner/__init__.py": saw("inner", "from .. import __name__ as outer"),
            "inner/one.py": saw("one", "from .two import last\nfrom .. import inner\nSEEN.append(inner.two.last)"),
            "inner/two.py": saw("two", "last = 2"),
        },
    ),
    "a folder without a text of its own": (
        "small.inner.one",
        {
            "__init__.py": saw("small"),
            "inner/one.py": saw("one", "import small.inner.two\nSEEN.append(small.inner.two.last)"),
            "inner/two.py": saw("two", "last = 2"),
        },
    ),
    "a part that is not executed to its end": (
        "small",
        {
            "__init__.py": saw("small", "from . import one"),
            "one.py": saw("one", "from . import two\nvalue = 1"),
            "two.py": saw("two", "from . import one\nSEEN.append(hasattr(one, 'value'))\nimport small.one as again"),
        },
    ),
    "a name that is not there yet": (
        "small",
        {
            "__init__.py": saw("small", "from .one import value"),
            "one.py": saw("one", "from .two import other\nvalue = 1"),
            "two.py": saw("two", "from .one import value\nother = 2"),
        },
    ),
    "a name that hides a module": (
        "small.one",
        {
            "__init__.py": saw("small", "from .one import one"),
            "one.py": saw("one", "def one(): pass\nfrom . import two"),
            "two.py": saw("two", "import small.one\nSEEN.append(small.__name__)"),
        },
    ),
    "everything that a package lists": (
        "small.one",
        {
            "__init__.py": saw("small", "__all__ = ['two']"),
            "one.py": saw("one", "from small import *\nSEEN.append(two.__name__)"),
            "two.py": saw("two"),
        },
    ),
    "a module that fails is executed again": (
        "small",
        {
            "__init__.py": saw("small", "try:\n    import small.one\nexcept ZeroDivisionError:\n    import small.one"),
            "one.py": saw("one", "1 / 0"),
        },
    ),
    "a package that fails": ("small.one", {"__init__.py": saw("small", "1 / 0"), "one.py": saw("one")}),
    "a package that is in the middle of it": (
        "small.one",
        {
            "__init__.py": saw("small", "from . import one\nvalue = 1"),
            "one.py": saw("one", "import small\nSEEN.append(hasattr(small, 'value'))\nsmall.value"),
        },
    ),
}


@pytest.mark.parametrize(("name", "files"), PACKAGES.values(), ids=PACKAGES)
def test_modules_are_executed_in_the_order_of_python_and_see_what_they_see_there(
    name: str, files: Files, package: Callable[[Files], None]
) -> None:
    package(files)
    expected = by_python(name)
    assert expected == by_the_loader(name)


def test_a_package_is_executed_once_and_has_its_modules(package: Callable[[Files], None]) -> None:
    package({"__init__.py": saw("small"), "one.py": saw("one", "from . import two"), "two.py": saw("two")})
    loader = Loader(sources_of("small") | sources_of("small_seen"))
    one, small = loader.load("small.one"), loader.load("small")
    assert (one, loader.modules["small.two"]) == (small.one, small.two)
    assert ["small", "one", "two"] == loader.load("small_seen").SEEN


def test_a_module_that_a_thread_is_the_first_to_import_is_refused(package: Callable[[Files], None]) -> None:
    package(
        {
            "__init__.py": "",
            "one.py": "class Group:\n    def add(self, delta): from . import two\n    def wait(self): pass\n",
            "two.py": "",
        }
    )
    target = Written("")
    loader = Loader(sources_of("small"))
    target.module = loader.load("small.one")
    target.packages, target.files, target.lasting = loader.packages, loader.files, loader.lasting()
    with pytest.raises(UnsupportedTarget) as refused:
        search(target, SCENARIOS["add-done"](1, 1))
    assert "small.two is first imported while threads run" == str(refused.value)
