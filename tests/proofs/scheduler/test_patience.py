"""Code that goes on without touching anything shared: it is given up, wherever it does so, and is no pass.

Three places: a call that a thread makes, the making of a group, and the loading of a module.
"""

from pathlib import Path
from textwrap import dedent, indent

import pytest
from tests.command_line import waitgroup
from tests.proofs.scheduler.targets import Program, Written

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler import calls, loops
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.patience import LONGEST_SILENCE, PATIENCE, TOO_DEEP
from waitgroup_proofs.scheduler.program import PROGRAM
from waitgroup_proofs.scheduler.program import Program as OwnProgram
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import search
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import SCENARIOS

REASON = "more than 100,000 rounds of loops and calls without touching anything that others can see: small.py:{}"

#: What goes on for ever, and the line of it that is named.
ENDLESS = {
    "a loop that asks nothing": ("while True: pass", 1),
    "a loop that asks a variable": ("n = 1\nwhile n: pass", 2),
    "a loop with a body": ("n = 1\nwhile True:\n    n += 1\n    n = -n", 2),
    "a loop that catches everything": ("while True:\n    try:\n        while True: pass\n    except: pass", 3),
    "a loop over numbers": ("for n in range(10 ** 12): pass", 1),
    "a list that is gathered": ("all([n for n in range(10 ** 12)])", 1),
    "a generator within C": ("sum(n for n in range(10 ** 12))", 1),
    "an inner generator within C": ("sum(n for m in (1,) for n in range(10 ** 12))", 1),
    "a function that C calls": ("[*map(lambda n: n, range(10 ** 12))]", 1),
    "calls that double": ("twice = lambda self, n: n and self(self, n - 1) + self(self, n - 1)\ntwice(twice, 60)", 1),
}
#: Besides, where no thread runs.
UNCONTROLLED = {
    "a loop over what has no end": ("from itertools import count\nfor n in count(): pass", 2),
    "a generator of its own": ("def gen():\n    while True: yield 1\nsum(gen())", 2),
    "a loop in a generator": ("def gen():\n    for n in range(10 ** 12): yield n\nsum(gen())", 2),
    "a failure that is caught": ("try:\n    while True: pass\nexcept Exception: pass", 2),
}

GROUP = """\
class Group:
    def __init__(self):
        self.n = 0
        {init}
    def add(self, delta):
        self.n += delta
    def done(self): self.add(-1)
    def wait(self):
        self.n
        {wait}
"""


def group(wait: str = "", init: str = "") -> str:
    """The source of a group; its `__init__` ends, or its `wait` goes on, with these statements."""
    texts = {"wait": wait or "pass", "init": init or "pass"}
    return GROUP.format(**{name: indent(text, " " * 8).strip() for name, text in texts.items()})


def refusal(source: str) -> str:
    """Why the search of a group with this source has no verdict."""
    with pytest.raises(UnsupportedTarget) as refused:
        search(Written(source), SCENARIOS["pre-added"](1, 1))
    return str(refused.value)


@pytest.mark.parametrize(("text", "line"), ENDLESS.values(), ids=ENDLESS)
def test_a_thread_that_goes_on_unseen_is_given_up_at_its_line(text: str, line: int) -> None:
    assert REASON.format(9 + line) == refusal(group(wait=text))


@pytest.mark.parametrize(("text", "line"), (ENDLESS | UNCONTROLLED).values(), ids=ENDLESS | UNCONTROLLED)
def test_a_group_that_is_never_made_is_given_up_at_its_line(text: str, line: int) -> None:
    assert REASON.format(3 + line) == refusal(group(init=text))


@pytest.mark.parametrize(("text", "line"), (ENDLESS | UNCONTROLLED).values(), ids=ENDLESS | UNCONTROLLED)
def test_a_module_that_is_never_loaded_is_given_up_at_its_line(text: str, line: int) -> None:
    assert REASON.format(line) == refusal(f"{text}\n{group()}")


def test_a_class_that_is_never_complete_is_given_up_at_its_line() -> None:
    assert REASON.format(2) == refusal(f"class Other:\n    while True: pass\n{group()}")


@pytest.mark.parametrize("where", ["wait", "init", "module"])
def test_the_answer_is_inconclusive_with_the_exit_code_of_that(where: str, tmp_path: Path) -> None:
    endless = "while True: pass"
    source = f"{endless}\n{group()}" if where == "module" else group(**{where: endless})
    (tmp_path / "small.py").write_text(source, encoding="utf-8")
    arguments = ["--scenario", "pre-added", "--workers", "1", "--waiters", "1", "--json", "-"]
    ran = waitgroup("check", f"{tmp_path / 'small.py'}:Group", *arguments)
    line = {"wait": 10, "init": 4, "module": 1}[where]
    assert (3, "inconclusive", REASON.format(line)) == (ran.code, ran.json["verdict"], ran.json["scenarios"][-1]["why"])


def test_a_long_loop_that_ends_is_followed_to_its_end() -> None:
    halves = f"for n in range({LONGEST_SILENCE // 2}): pass"
    found = search(Written(group("while self.n: pass\nself.n\n" + halves)), SCENARIOS["pre-added"](1, 1))
    assert "holds" == found.verdict


def few(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    """Let no more rounds follow each other unseen."""
    monkeypatch.setattr(loops, "LONGEST_SILENCE", rounds)
    monkeypatch.setattr(calls, "LONGEST_SILENCE", rounds)


LONG = "for one in range(1000): {look}"


@pytest.mark.parametrize("look", ["self.n", "mine.append(1)"])
def test_what_others_are_let_in_for_is_not_counted(look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, 300)
    program = Program(group(init=f"self.go = 0\ndef go(self):\n    mine = []\n    {LONG.format(look=look)}"), ["wait"])
    assert program.searched(reduced=True).violation is None
    looking = f"    def go(self):\n        mine = []\n        {LONG.format(look=look)}\n"
    found = Program(group() + looking, ["go"]).searched(reduced=True)
    assert (None, {(("None",),)}) == (found.violation, found.results)
    with pytest.raises(UnsupportedTarget):
        Program(group() + looking.replace(look, "pass"), ["go"]).searched(reduced=True)


def test_each_call_and_each_run_is_waited_for_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, 300)
    going = "    def go(self):\n        for one in range(200): pass\n"
    program = Program(group(init="for one in range(200): pass") + going, ["go", "go"], ["go"])
    assert program.searched(reduced=True).violation is None


@pytest.mark.parametrize("reduced", [True, False])
def test_a_loop_that_catches_everything_does_not_outlive_its_run(reduced: bool) -> None:
    polling = "while self.n > 0:\n    try: self.n\n    except: pass"
    target, scenario = Written(group(wait=polling)), SCENARIOS["pre-added"](1, 1)
    assert "holds" == search(target, scenario, reduced=reduced).verdict
    with Run(Bench(target, scenario, ContractMonitor(), None, None)) as run:
        run.follow([Choice(1)] * 4)
    assert PATIENCE.rounds < 10


def test_a_failure_that_the_making_of_a_group_has_caught_is_none_that_it_gets_past() -> None:
    target = Written(group(init=UNCONTROLLED["a failure that is caught"][0]))
    with pytest.raises(UnsupportedTarget) as refused:
        search(target, SCENARIOS["add-done"](1, 1))
    assert REASON.format(5) == str(refused.value)


DEEP = "def deep(n):\n    return deep(n + 1)\n"


@pytest.mark.parametrize("where", ["wait", "init"])
def test_calls_that_nest_too_deeply_are_no_verdict(where: str) -> None:
    assert TOO_DEEP == refusal(DEEP + group(**{where: "deep(0)"}))


def test_modules_whose_calls_nest_too_deeply_are_no_verdict() -> None:
    assert f"small: {TOO_DEEP}" == refusal(DEEP + "deep(0)\n" + group())


def test_a_program_whose_calls_nest_too_deeply_has_no_verdict() -> None:
    loader = Loader({"small": (Path("small.py"), dedent(f"{DEEP}\ndef main(): deep(0)"))})
    with pytest.raises(UnsupportedTarget) as refused:
        search(OwnProgram(loader, loader.load("small").main), PROGRAM)
    assert TOO_DEEP == str(refused.value)
