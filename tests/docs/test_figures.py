"""What is drawn is so: the bits of the word, and a run that the protocol has."""

import re
from itertools import pairwise

from tests.docs.pages import ROOT

from waitgroup_proofs.report.words import word_steps
from waitgroup_spec.explorer.system import System
from waitgroup_spec.protocols.go import go
from waitgroup_spec.scenarios import pre_added
from waitgroup_spec.word import Word, pack, unpack

IMAGES = ROOT / "docs" / "images"
#: The run that is drawn: the thread of each step and its action.
RUN = (
    ("worker 1", "apply"),
    ("waiter", "load"),
    ("waiter", "compare_and_swap"),
    ("worker 2", "apply"),
    ("worker 2", "reload"),
    ("worker 2", "reset"),
    ("worker 2", "release"),
    ("waiter", "acquire"),
    ("waiter", "recheck"),
)


def texts(picture: str) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", (IMAGES / picture).read_text("utf-8"))


def drawn(picture: str, kind: str) -> list[int]:
    found = re.findall(rf'<text class="{kind}"[^>]*>(\d+)</text>', (IMAGES / picture).read_text("utf-8"))
    return [int(value) for value in found]


def test_the_bits_that_are_drawn_are_those_of_the_word_that_is_named() -> None:
    assert f"{pack(Word(counter=3, waiters=2)):064b}" == "".join(map(str, drawn("word.svg", "bit")))
    assert {"counter, 32 bits, signed: 3", "waiters, 31 bits: 2", "bubble flag, 1 bit: 0"} <= set(texts("word.svg"))


def test_the_run_that_is_drawn_is_one_of_the_protocol_and_ends_with_all_returned() -> None:
    system = System(go, pre_added(2, 1))
    path = [system.initial]
    for thread, action in RUN:
        (state,) = (
            after
            for position, move, after in system.successors(path[-1])
            if (system.scenario.thread_names[position - 1], move.action) == (thread, action)
        )
        path.append(state)
    steps = word_steps(system, tuple(path))
    words = [unpack(steps[0].before), *(unpack(step.after) for step in steps)]
    assert "all returned" == system.outcome(path[-1])
    assert [word.counter for word in words] == drawn("run.svg", "counter")
    assert [word.waiters for word in words] == drawn("run.svg", "waiters")
    assert [0, *(step.permits for step in steps)] == drawn("run.svg", "permits")
    shown = texts("run.svg")
    named = [pair for pair in pairwise(shown) if pair in RUN]
    assert list(RUN) == named
