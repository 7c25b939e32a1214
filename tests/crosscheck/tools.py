"""Spin and TLC, run to the end on an export, and what they counted."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from waitgroup_proofs.exports.tla import CONFIGURATION

#: Seconds that a tool may take for one program.
LONGEST = 120
#: The commands of the tools, and the Debian package that has each.
PACKAGES = {"spin": "spin", "gcc": "gcc", "java": "default-jre-headless"}


class Counts(NamedTuple):
    """How many states there are, and how many steps lead from one to another.

    `values`: the states themselves, each in one form, by whoever can say.
    """

    states: int
    steps: int
    values: frozenset[str] | None = None

    def agrees(self, other: "Counts") -> bool:
        """Whether the counts are the same, and so are the values where both are known."""
        values_agree = self.values is None or other.values is None or self.values == other.values
        return self[:2] == other[:2] and values_agree


class Undecided(Exception):
    """A tool that did not search everything: it says nothing."""


def missing(commands: tuple[str, ...]) -> str:
    """In words, what is not here; `make crosscheck` installs it, once and before two tests need it at the same time."""
    packages = [PACKAGES[command] for command in commands if shutil.which(command) is None]
    return f"needs the Debian packages {' '.join(packages)}" if packages else ""


def ran(command: tuple[str, ...], folder: Path) -> str:
    """What a command says. Raises Undecided if it takes too long or cannot be run."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Undecided(f"{command[0]}: {error}") from None
    return done.stdout + done.stderr


def found(pattern: str, said: str) -> tuple[int, ...]:
    """The numbers of a pattern that must be there. Raises Undecided."""
    match = re.search(pattern, said)
    if match is None:
        wrong = [line for line in said.splitlines() if "rror" in line or "violated" in line]
        raise Undecided(f"no {pattern!r}: {' '.join(' '.join(wrong or said.splitlines()).split())[-600:]}")
    return tuple(map(int, match.groups()))


def spin(model: str, folder: Path) -> Counts:
    """Spin's counts of a model, in an empty folder. Raises Undecided, also if Spin finds an error.

    Spin stores one state more, in which `init` has not set the first; and what it counts as transitions are the steps,
    the one that sets the first state, and the storing of the state before it.
    """
    (folder / "model.pml").write_text(model, encoding="utf-8")
    said = ran(("spin", "-a", "model.pml"), folder)
    if not (folder / "pan.c").exists():
        raise Undecided(f"spin: {' '.join(said.split())[-600:]}")
    said = ran(("gcc", "-O1", "-w", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"), folder)
    if not (folder / "pan").exists():
        raise Undecided(f"gcc: {' '.join(said.split())[-600:]}")
    said = ran(("./pan", "-m1000000"), folder)
    found("Full statespace search", said)
    found(r"errors: 0\s", said)
    if "not completed" in said or "depth too small" in said:
        raise Undecided("spin: the search was cut short")
    (stored,) = found(r"\s(\d+) states, stored\s", said)
    (transitions,) = found(r"\s(\d+) transitions ", said)
    return Counts(stored - 1, transitions - 2)


def tlc(module: str, folder: Path, jar: Path) -> Counts:
    """TLC's counts and states of the module `Model`, in an empty folder. Raises Undecided, also if TLC finds an error.

    TLC counts the initial state among those that it generates.
    """
    (folder / "Model.tla").write_text(module, encoding="utf-8")
    (folder / "Model.cfg").write_text("\n".join(CONFIGURATION), encoding="utf-8")
    # TLC unpacks its modules to the directory for temporary files, where another one may be reading them.
    java = ("java", "-XX:+UseSerialGC", "-Xmx1g", f"-Djava.io.tmpdir={folder}", "-cp", str(jar.resolve()), "tlc2.TLC")
    said = ran((*java, "-deadlock", "-workers", "1", "-dump", "states", "-config", "Model.cfg", "Model.tla"), folder)
    found("Model checking completed. No error has been found.", said)
    generated, distinct = found(r"\n(\d+) states generated, (\d+) distinct states found, 0 states left on queue", said)
    return Counts(distinct, generated - 1, read((folder / "states.dump").read_text("utf-8")))


#: Values as TLC writes them, in JSON: records, functions, sequences and truth values.
AS_JSON = {"|->": ":", ":>": ":", "@@": ",", "[": "{", "]": "}", "(": "{", ")": "}", "<<": "[", ">>": "]"}
AS_JSON |= {"TRUE": "true", "FALSE": "false"}


def read(dump: str) -> frozenset[str]:
    """The states that TLC has written to a file."""
    tokens = re.compile("|".join(map(re.escape, AS_JSON)))
    found = []
    for state in re.split(r"State \d+:\n", dump)[1:]:
        values = {}
        for variable in state.split("/\\ ")[1:]:
            name, _, value = variable.partition(" = ")
            keyed = re.sub(r"(\w+) \|->", r'"\1" |->', value)
            values[name] = json.loads(tokens.sub(lambda token: AS_JSON[token.group()], keyed))
        found.append(json.dumps(values, sort_keys=True))
    return frozenset(found)
