"""The orderings of Go's WaitGroup, asked of Relacy: a race detector by others that simulates C++'s orderings.

`relacy.cpp` is the algorithm once more, in C++ atomics, written by hand beside the protocol. Relacy (relacy-dev in
Debian) runs it under every interleaving, and a load reads the newest value or the one before it. That is less than
`waitgroup_spec.memory` covers: nothing older is read, a read-modify-write and a compare-and-swap that fails read the
newest, and every store comes last in modification order. In these programs it is enough to find all the same.

Its release sequences are nobody's. A store by the thread that wrote the value before passes on all that this value
passed on, also what other threads released and the storing thread never acquired. C++20 and Rust end the sequence at
every store; C++11 and C17 continue only what the storing thread itself released. So Relacy accepts programs that are
wrong in all of them. Such a store is to Relacy what an exchange is in all of them: it continues every sequence. The
rule is one line of Relacy's `thread.hpp`, so the program is also compiled with C++20's instead.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from waitgroup_spec.memory.assignments import Assignment, assignments
from waitgroup_spec.memory.ordering import Ordering
from waitgroup_spec.memory.subjects import GO

SOURCE = Path(__file__).with_suffix(".cpp")
HEADER = Path("/usr/include/relacy/relacy.hpp")
COMPILER = "g++"
#: With the checks that Relacy makes of itself.
OPTIONS = ("-std=c++17", "-O2", "-DRL_DO_ASSERT=1")

#: When a write continues the release sequences of the value before it.
CONTINUES = "prev.busy_ && (rmw || (index_ == prev.thread_id_))"
CONTINUES_IN_CPP20 = "prev.busy_ && rmw"

#: The sites of `relacy.cpp`: all that have a choice.
SITES = [site for site, choices in GO.choices.items() if len(choices) > 1]


class Answer(NamedTuple):
    """ "pass" or what went wrong, and how many executions were tried; to pass, all of them were."""

    verdict: str
    executions: int


def built(into: Path, cpp20: bool = False) -> Path:
    """The program, compiled with Relacy as it is or with C++20's release sequences.

    Raises RuntimeError if Relacy or the compiler is not here, or the rule is not where it was: then nothing is known.
    """
    if not HEADER.exists() or shutil.which(COMPILER) is None:
        raise RuntimeError("inconclusive: Relacy needs the Debian packages relacy-dev and g++: make crosscheck")
    if cpp20:
        text = shutil.copytree(HEADER.parent, into / HEADER.parent.name) / "thread.hpp"
        before, *after = text.read_text("utf-8").split(CONTINUES)
        if len(after) != 1:
            raise RuntimeError(f"inconclusive: this Relacy has another rule: {CONTINUES}")
        text.write_text(CONTINUES_IN_CPP20.join((before, *after)), "utf-8")
    program = into / "program"
    subprocess.run((COMPILER, *OPTIONS, "-I", into, SOURCE, "-o", program), check=True)
    return program


def answers(program: Path, workers: int, waiters: int) -> dict[Assignment, Answer]:
    """What Relacy says to each assignment; every processor has its share of them."""
    processors = os.cpu_count() or 1
    every = list(assignments(GO.choices))
    found: dict[Assignment, Answer] = {}
    with ThreadPoolExecutor(processors) as pool:
        shares = [every[first::processors] for first in range(processors)]
        for answered in pool.map(lambda share: asked(program, workers, waiters, share), shares):
            found.update(answered)
    return found


def asked(program: Path, workers: int, waiters: int, share: Sequence[Assignment]) -> dict[Assignment, Answer]:
    """What one process says to some assignments."""
    command = (program, str(workers), str(waiters))
    asks = "".join(f"{line(assignment)}\n" for assignment in share)
    ran = subprocess.run(command, input=asks, stdout=subprocess.PIPE, text=True, check=True)
    said = (text.split("\t") for text in ran.stdout.splitlines())
    return {one: Answer(verdict, int(count)) for one, (verdict, count) in zip(share, said, strict=True)}


def line(assignment: Assignment) -> str:
    """An assignment as the program reads it."""
    return " ".join(f"{site}={ordering}" for site, ordering in sites(assignment).items())


def sites(assignment: Assignment) -> dict[str, Ordering]:
    """The orderings of an assignment that are a choice."""
    chosen = dict(zip(GO.choices, assignment, strict=True))
    return {site: chosen[site] for site in SITES}
