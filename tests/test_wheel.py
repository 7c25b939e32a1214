"""The wheel that users get: three typed packages, no dependency, and the production tests pass against it.

Everything else here runs against the source tree, where a file that the wheel forgets is still found.
"""

import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGES = {"waitgroup", "waitgroup_spec", "waitgroup_proofs"}

# Runs pytest in a process where `waitgroup` was imported first, and from where it should be.
AGAINST_THE_WHEEL = """
import sys, pathlib, pytest, waitgroup
assert pathlib.Path(waitgroup.__file__).is_relative_to(sys.argv[1]), waitgroup.__file__
sys.exit(pytest.main(["-q", "-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider", "tests/impl"]))
"""


def run(*command: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command at the repository's root, with `path` as the only directory that PYTHONPATH names."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)


def succeed(*command: str | Path) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the working tree."""
    directory = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that holds the installed wheel and nothing else."""
    directory = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    succeed(*pip, "--no-deps", "--no-index", "--target", directory, wheel)
    return directory


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that sees the standard library only."""
    directory = tmp_path_factory.mktemp("bare")
    succeed(sys.executable, "-m", "venv", "--without-pip", directory)
    return directory / "bin" / "python"


def test_the_wheel_needs_nothing_unless_an_extra_is_asked_for(installed: Path) -> None:
    (metadata,) = installed.glob("*.dist-info")
    requirements = Distribution.at(metadata).requires or []
    assert requirements != []
    assert [requirement for requirement in requirements if "extra ==" not in requirement] == []


def test_the_wheel_holds_exactly_three_packages_and_each_is_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert {name for name in names if name.endswith("py.typed")} == {f"{package}/py.typed" for package in PACKAGES}


def test_the_wheel_holds_every_file_of_the_packages_templates_and_all(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.partition("/")[0] in PACKAGES}
    roots = [REPOSITORY / root for root in ("spec", "impl", "proofs")]
    files = {path.relative_to(root).as_posix() for root in roots for path in root.glob("*/**/*") if path.is_file()}
    kept = {name for name in files if "__pycache__" not in name}
    assert {"waitgroup_proofs/pages/play.js", "waitgroup_proofs/exports/tla.tla"} < kept
    assert kept == packed


SMALL = ("--workers", "1", "--waiters", "1")


@pytest.mark.parametrize(
    ("file", "begins", "arguments"),
    [
        ("strict.pml", "/* strict: ", ("export", "promela", "strict", *SMALL, "--out")),
        ("strict.tla", "---------------- MODULE strict ", ("export", "tla", "strict", *SMALL, "--out")),
        ("strict.smt2", "; strict: ", ("export", "smt2", "strict", "--out")),
        ("play.html", "<!DOCTYPE html>", ("play", "--out")),
        ("check.html", "<!DOCTYPE html>", ("check", "waitgroup:WaitGroup", "--scenario", "nested", *SMALL, "--html")),
        ("verify.html", "<!DOCTYPE html>", ("verify", "--only", "packing", "--html")),
    ],
)
def test_the_installed_command_has_its_templates(
    file: str, begins: str, arguments: tuple[str, ...], installed: Path, tmp_path: Path
) -> None:
    done = run(sys.executable, installed / "bin" / "waitgroup", *arguments, tmp_path / file, path=installed)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / file).read_text("utf-8").startswith(begins)


def test_a_bare_interpreter_imports_the_production_package(bare: Path, installed: Path) -> None:
    done = run(bare, "-W", "error", "-c", "import waitgroup; print(waitgroup.__file__)", path=installed)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).is_relative_to(installed)


def test_a_bare_interpreter_is_told_in_one_line_to_install_the_extra(bare: Path, installed: Path) -> None:
    done = run(bare, installed / "bin" / "waitgroup", "verify", path=installed)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"waitgroup: the command line needs \w+: pip install 'waitgroup\[verify\]'\n", done.stderr)


@pytest.mark.slow
def test_the_production_tests_pass_against_the_installed_wheel(installed: Path) -> None:
    done = run(sys.executable, "-c", AGAINST_THE_WHEEL, installed, path=installed)
    assert done.returncode == 0, done.stdout + done.stderr
