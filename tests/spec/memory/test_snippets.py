"""The examples in C11, C++20 and Rust have the orderings of a minimum of the model, and ThreadSanitizer finds no race.

Each site is also weakened in their texts. The model refutes all of these. ThreadSanitizer, which does not reorder but
knows what happens before what, reports a race for each but one: to it, a relaxed store ends no release sequence, so it
does not object to a relaxed reset. What it reported when this was written, it reported in five runs of five.
"""

import os
import re
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

from waitgroup_spec.memory.minima import GO_LAST_DONE_ACQUIRES, LATCH_MINIMUM
from waitgroup_spec.memory.ordering import ACQUIRE, RELAXED, RELEASE, Ordering
from waitgroup_spec.memory.programs import pre_added
from waitgroup_spec.memory.search import Exploration, explore
from waitgroup_spec.memory.subjects import GO, LATCH

FILES = ("waitgroup.c", "waitgroup.cpp", "waitgroup.rs")
TEXTS = {
    file: (Path(__file__).parents[3] / "docs" / "examples" / "orderings" / file).read_text(encoding="utf-8")
    for file in FILES
}
ALGORITHMS = {"go": (GO, GO_LAST_DONE_ACQUIRES), "latch": (LATCH, LATCH_MINIMUM)}
#: The site that only C++ has: what its wait() compares with is not used.
SLEEP = "sleep"

OPERATION = re.compile(r"\batomic_(?!init\b)\w+\(|\.(?:load|store|fetch_\w+|compare_exchange\w*)\(|\.wait\((?!\))")
ORDERING = re.compile(r"(memory_order_|Ordering::)(\w+)")
SITE = re.compile(r"// site: (\w+)$", re.MULTILINE)

Assigned = dict[str, Ordering]


def parts(text: str) -> dict[str, str]:
    """A text in two: the latch comes after Go's algorithm."""
    before, marker, after = text.partition("// The latch")
    return {"go": before, "latch": marker + after}


def written(part: str) -> Assigned:
    """The orderings that a text gives to the model's sites. Raises ValueError where it does not say it plainly."""
    found: dict[str, set[Ordering]] = {}
    for line in part.splitlines():
        names, site = [name for _, name in ORDERING.findall(line)], SITE.search(line)
        if bool(names) != bool(site):
            raise ValueError(f"an ordering without a site, or a site without an ordering: {line}")
        if site:
            success, *failure = (Ordering[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()] for name in names)
            if failure not in ([], [RELAXED]):
                raise ValueError(f"in the model, a swap that fails is relaxed: {line}")
            found.setdefault(site[1], set()).add(success)
    if len(OPERATION.findall(part)) != len(SITE.findall(part)):
        raise ValueError("there is an atomic operation that names no site")
    if any(len(orderings) != 1 for orderings in found.values()):
        raise ValueError("a site has two orderings")
    assigned = {site: ordering for site, (ordering,) in found.items()}
    if assigned.pop(SLEEP, RELAXED) != RELAXED:
        raise ValueError("what is slept on is read for nothing and must be relaxed")
    return assigned


def weakened(text: str, algorithm: str, site: str, ordering: Ordering) -> str:
    """The text with another ordering at one site."""

    def other(line: str) -> str:
        spelled = str(ordering) if "memory_order_" in line else str(ordering).title()
        return ORDERING.sub(rf"\g<1>{spelled}", line, count=1) if line.endswith(f"// site: {site}") else line

    changed = parts(text)
    changed[algorithm] = "\n".join(map(other, changed[algorithm].split("\n")))
    assert "".join(changed.values()) != text
    return "".join(changed.values())


RACE = "race on result 1"
FALSE_PANIC = "waiter 1: sync: WaitGroup is reused before previous Wait has returned"

#: What the model finds once a site is weakened: how many workers and waiters it takes, the flaw, and in how many steps.
FLAWS: dict[tuple[str, str, Ordering], tuple[tuple[int, int], str, int]] = {
    ("go", "done", RELAXED): ((1, 1), RACE, 4),
    ("go", "done", ACQUIRE): ((1, 1), RACE, 4),
    ("go", "done", RELEASE): ((2, 1), RACE, 12),
    ("go", "reset", RELAXED): ((1, 2), RACE, 8),
    ("go", "release", RELAXED): ((1, 1), FALSE_PANIC, 9),
    ("go", "load", RELAXED): ((1, 1), RACE, 4),
    ("go", "acquire", RELAXED): ((1, 1), FALSE_PANIC, 9),
    ("latch", "done", RELAXED): ((1, 1), RACE, 4),
    ("latch", "load", RELAXED): ((1, 1), RACE, 4),
}
OVERLOOKED = ("go", "reset", RELAXED)


@cache
def explored(algorithm: str, size: tuple[int, int], assigned: frozenset[tuple[str, Ordering]]) -> Exploration:
    """The model's answer, once for the three texts."""
    return explore(pre_added(ALGORITHMS[algorithm][0], size), dict(assigned))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_three_texts_have_the_orderings_of_a_minimum(algorithm: str) -> None:
    _subject, minimum = ALGORITHMS[algorithm]
    assert [written(parts(text)[algorithm]) for text in TEXTS.values()] == [minimum, minimum, minimum]


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("file", FILES)
def test_the_model_finds_no_flaw_in_what_is_written(file: str, algorithm: str, size: tuple[int, int]) -> None:
    assigned = written(parts(TEXTS[file])[algorithm])
    assert explored(algorithm, size, frozenset(assigned.items())).flaw is None


@pytest.mark.parametrize("weakening", FLAWS)
@pytest.mark.parametrize("file", FILES)
def test_the_model_finds_the_flaw_once_a_site_is_weakened_in_the_text(
    file: str, weakening: tuple[str, str, Ordering]
) -> None:
    algorithm, site, weaker = weakening
    size, what, steps = FLAWS[weakening]
    assigned = written(parts(weakened(TEXTS[file], algorithm, site, weaker))[algorithm])
    assert assigned[site] == weaker
    flaw = explored(algorithm, size, frozenset(assigned.items())).flaw
    assert flaw is not None
    assert (what, steps) == (flaw.what, len(flaw.steps))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_no_weakening_is_left_out_so_what_is_written_is_a_minimum(algorithm: str) -> None:
    weakenings = {
        (site, weaker)
        for site, needed in written(parts(TEXTS["waitgroup.c"])[algorithm]).items()
        for weaker in ALGORITHMS[algorithm][0].choices[site]
        if weaker != needed and weaker in needed
    }
    tried = {(site, weaker) for name, site, weaker in FLAWS if name == algorithm}
    assert weakenings == tried


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("word.load(std::memory_order_acquire);", "an ordering without a site"),
        ("word.load(); // site: load", "a site without an ordering"),
        ("word.load();", "there is an atomic operation that names no site"),
        ("atomic_store(&word, 0);", "there is an atomic operation that names no site"),
        ("count.wait(left);", "there is an atomic operation that names no site"),
        ("count.wait(left, std::memory_order_acquire); // site: sleep", "must be relaxed"),
        ("word.load(Ordering::Relaxed); // site: load", "a site has two orderings"),
        (
            "word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Acquire); // site: acquire",
            "a swap that fails is relaxed",
        ),
    ],
)
def test_a_text_that_does_not_say_its_orderings_plainly_is_refused(line: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        written(f"word.load(Ordering::Acquire); // site: load\n{line}\n")


COMMON = ("-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2", "-pthread")
#: Rust's standard library comes without the sanitizer, which therefore does not see what the library itself does.
SANITIZED = ("-Zsanitizer=thread", "-Cunsafe-allow-abi-mismatch=sanitizer")
COMPILERS = {
    "waitgroup.c": ("gcc", "-std=c11", *COMMON, "-fsanitize=thread"),
    "waitgroup.cpp": ("g++", "-std=c++20", *COMMON, "-fsanitize=thread"),
    "waitgroup.rs": ("rustc", "--edition=2021", "--deny=warnings", "-O", *SANITIZED),
}
NEEDED = {"gcc": "Debian's gcc", "g++": "Debian's g++", "rustc": "rustc 1.95 or newer"}


def ran(file: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Compile a text under ThreadSanitizer, and run it. Without a compiler that can, the test fails as inconclusive."""
    (folder / file).write_text(text, encoding="utf-8")
    command = (*COMPILERS[file], file, "-o", "program")
    if shutil.which(command[0]) is None:
        pytest.fail(f"inconclusive: {command[0]} is not here: install {NEEDED[command[0]]}", pytrace=False)
    # The sanitizer is among the things that a stable rustc only does on request.
    settings = os.environ | {"RUSTC_BOOTSTRAP": "1", "TSAN_OPTIONS": "halt_on_error=1"}
    compiled = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, timeout=120, check=False
    )
    if compiled.returncode != 0:
        pytest.fail(f"inconclusive: {' '.join(command)} failed:\n{compiled.stderr}", pytrace=False)
    return subprocess.run(
        (folder / "program",), cwd=folder, env=settings, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_thread_sanitizer_finds_no_race_in_an_example(file: str, tmp_path: Path) -> None:
    run = ran(file, TEXTS[file], tmp_path)
    assert (0, "", "") == (run.returncode, run.stdout, run.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("weakening", [weakening for weakening in FLAWS if weakening != OVERLOOKED])
@pytest.mark.parametrize("file", FILES)
def test_thread_sanitizer_finds_the_race_once_a_site_is_weakened(
    file: str, weakening: tuple[str, str, Ordering], tmp_path: Path
) -> None:
    run = ran(file, weakened(TEXTS[file], *weakening), tmp_path)
    assert (66, True) == (run.returncode, "WARNING: ThreadSanitizer: data race" in run.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_thread_sanitizer_overlooks_a_relaxed_reset(file: str, tmp_path: Path) -> None:
    run = ran(file, weakened(TEXTS[file], *OVERLOOKED), tmp_path)
    assert (0, "", "") == (run.returncode, run.stdout, run.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_an_example_aborts_if_its_counter_becomes_negative(file: str, tmp_path: Path) -> None:
    text = re.sub(r"add\((&group, )?WORKERS( as i32)?\)", r"add(\1-1)", TEXTS[file])
    assert text != TEXTS[file]
    run = ran(file, text, tmp_path)
    assert (-signal.SIGABRT, "waitgroup: negative counter\n") == (run.returncode, run.stderr)
