"""What a handler or an exception breaks in production, what a right design survives, and tokens that show it."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import waitgroup
from tests.proofs.scheduler.interrupted import (
    CAME,
    NUMBER,
    ONE_CALL,
    RAISED,
    STUCK,
    TWO_CALLS,
    Latch,
    searched,
    violations,
    walked,
)

from waitgroup_proofs.scheduler.boundaries import interrupted, said
from waitgroup_proofs.scheduler.interrupts import monitor_of, program
from waitgroup_proofs.scheduler.production import Production
from waitgroup_proofs.scheduler.replay import TokenError, decoded, encoded, parsed, production, replay
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import WAIT, Client, Scenario

# Production: nothing breaks it where one call into C is a step; with the lock, an exception where none can come.

#: After the body of a `with` statement and before the lock is given back: the interpreter raises nothing there, because
#: it looks for signals only after calls, at the beginning of functions, and where loops come round.
EXCEPTION_WITH_LOCK = {
    *(
        STUCK.format(who) + RAISED.format("worker", "done()", "with self.mutex:")
        for who in ("inspector is", "waiter and inspector are")
    ),
    STUCK.format("inspector is") + RAISED.format("worker", "done()", "with self._mutex:"),
    STUCK.format("worker is") + RAISED.format("waiter", "wait()", "with self._mutex:"),
    STUCK.format("inspector is") + RAISED.format("waiter", "wait()", "with self._mutex:"),
}


def with_source(sentence: str) -> str:
    """The text of the line that a sentence names, in place of its number."""
    sources = {Path(file).name: lines for file, lines in Production().lines.items()}
    return re.sub(r"(\w+\.py):(\d+)", lambda found: sources[found[1]][int(found[2]) - 1].strip(), sentence)


@pytest.mark.parametrize(
    "name", ["pre-added+handler", "reuse-parked+handler", pytest.param("pre-added+exception", marks=pytest.mark.slow)]
)
def test_what_comes_at_any_bytecode_does_not_break_production(name: str) -> None:
    assert {} == violations(Production(), program(name, 1, 1))


@pytest.mark.parametrize("name", ["pre-added+handler", "reuse-parked+handler"])
def test_a_handler_at_any_bytecode_does_not_break_production_with_its_lock(name: str) -> None:
    assert {} == violations(Production(locked=True), program(name, 1, 1))


@pytest.mark.slow
def test_an_exception_breaks_production_with_its_lock_only_where_the_interpreter_raises_none() -> None:
    found = violations(Production(locked=True), program("pre-added+exception", 1, 1))
    assert EXCEPTION_WITH_LOCK == {with_source(sentence) for sentence in found}


def command(*arguments: str) -> tuple[int, dict[str, Any]]:
    ran = waitgroup(*arguments, "--json", "-")
    return ran.code, ran.json


AT_ONE = ("--workers", "1", "--waiters", "1", "--scenario", "pre-added")


@pytest.mark.slow
def test_check_passes_production_with_interrupts() -> None:
    code, found = command("check", "waitgroup.group:WaitGroup", *AT_ONE, "--interrupts")
    assert (0, "holds") == (code, found["verdict"])
    assert ["holds"] * 3 == [row["verdict"] for row in found["scenarios"]]


def test_without_interrupts_nothing_is_said_of_them() -> None:
    code, found = command("check", "waitgroup.group:WaitGroup", *AT_ONE)
    # As many states as without the lock, which it takes only where one call into C is not one step.
    assert (0, [("pre-added", 9)]) == (code, [(row["name"], row["states"]) for row in found["scenarios"]])


def test_check_passes_a_right_design_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    made = ("--construct", "Group(units)", *AT_ONE, "--interrupts")
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(ONE_CALL)
    wrong.write_text(TWO_CALLS)
    code, found = command("check", f"{right}:Group", *made)
    assert (0, "holds") == (code, found["verdict"])
    assert ["pre-added", "pre-added+handler", "pre-added+exception"] == [row["name"] for row in found["scenarios"]]
    code, found = command("check", f"{wrong}:Group", *made)
    assert (1, REFUSED.replace("small.py:", "wrong.py:")) == (code, found["violation"])
    code, replayed = command("replay", found["replay"])
    assert (1, found["violation"]) == (code, replayed["violation"])


# Right designs, and wrong ones.


@pytest.mark.parametrize(
    ("name", "sizes", "states"),
    [
        ("pre-added", (1, 1), 9),
        ("pre-added+handler", (1, 1), 41),
        ("pre-added+exception", (1, 1), 30),
        ("pre-added+handler", (2, 1), 96),
        ("pre-added+exception", (2, 1), 54),
        ("pre-added+handler", (1, 2), 198),
        ("pre-added+exception", (1, 2), 117),
        ("surplus+handler", (2, 1), 297),
    ],
)
def test_a_design_whose_steps_are_calls_of_c_survives_everything(
    name: str, sizes: tuple[int, int], states: int
) -> None:
    found = searched(Latch(ONE_CALL), name, *sizes)
    assert ("holds", True, states) == (found.verdict, found.exhausted, found.states)


@pytest.mark.parametrize("kind", ["handler", pytest.param("exception", marks=pytest.mark.slow)])
def test_every_boundary_a_choice_and_every_access_a_step_the_right_design_survives_it(kind: str) -> None:
    found = searched(Latch(ONE_CALL), f"pre-added+{kind}", 1, 1, reduced=False)
    assert ("holds", True) == (found.verdict, found.exhausted)


LOST = STUCK.format("waiter is") + CAME.format("worker", "done()", "small.py:14")
REFUSED = "inspector got REJECTED, which no run of contract allows" + RAISED.format("worker", "done()", "small.py:16")


@pytest.mark.parametrize(
    ("source", "name", "sentence"),
    [(NUMBER, "pre-added+handler", LOST), (TWO_CALLS, "pre-added+exception", REFUSED)],
)
def test_what_an_interrupt_breaks_is_found_and_nothing_is_without_it(source: str, name: str, sentence: str) -> None:
    assert "holds" == searched(Latch(source), "pre-added", 1, 1).verdict
    assert "violated" == searched(Latch(source), name, 1, 1).verdict
    assert sentence in violations(Latch(source), program(name, 1, 1))


def test_a_handler_wakes_the_thread_that_it_runs_on_top_of() -> None:
    scenario = Scenario("alone+handler", "", 1, (Client("waiter", (WAIT,)),))
    ended = [run for run, wrong in walked(Bench(Production(), scenario, monitor_of(scenario), None, None)) if not wrong]
    assert any(run.threads[0].finished for run in ended)


SWALLOWS = ONE_CALL.replace(
    "        any(map(any, map(_releasing, map(_pop, (self._units,)))))\n",
    """        try:
            any(map(any, map(_releasing, map(_pop, (self._units,)))))
        except KeyboardInterrupt:
            pass
""",
)


def test_a_call_that_catches_the_exception_must_do_its_work() -> None:
    found = violations(Latch(SWALLOWS), program("pre-added+exception", 1, 1))
    blocked = STUCK.format("waiter is") + "; an exception was raised in worker's done()"
    assert {blocked} == {sentence.partition(" at ")[0] for sentence in found}


@pytest.mark.parametrize("how", ["handler@17", "exception@0", "expire+exception@3", "start+exception@2"])
def test_what_comes_is_said_in_a_choice_and_in_a_token(how: str) -> None:
    base, injection = interrupted(how)
    assert injection is not None
    schedule = (Choice(0), Choice(0), Choice(12, how))
    assert (how, schedule) == (said(base, injection), decoded(encoded(schedule)))


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        ([Choice(0, "handler@17")], "0h17"),
        ([Choice(0), Choice(0, "exception@17"), Choice(0)], "0,0x17,0"),
        ([Choice(1, "expire+exception@1")] * 2, "1ex1*2"),
        ([Choice(1, "start+exception@4")], "1sx4"),
    ],
)
def test_tokens_are_short(schedule: list[Choice], text: str) -> None:
    assert text == encoded(tuple(schedule))


@pytest.mark.parametrize(
    ("scenario", "schedule", "complaint"),
    [
        ("pre-added+storm", "0", "'pre-added+storm' is no scenario"),
        ("pre-added+", "0", "'pre-added+' is no scenario"),
        ("pre-added+handler", "0y1", "'0y1' is no part of a schedule"),
        ("pre-added+handler", "0x1", "step 1: thread 0 cannot exception@1 here; the schedule diverges"),
        ("pre-added", "0h1", "step 1: thread 0 cannot handler@1 here; the schedule diverges"),
        ("pre-added+handler", "0h9999", "step 1: thread 0 cannot handler@9999 here; the schedule diverges"),
        ("pre-added+handler", "0h1,1h1", "step 2: thread 1 cannot handler@1 here; the schedule diverges"),
    ],
)
def test_a_token_that_cannot_be_followed_is_refused(scenario: str, schedule: str, complaint: str) -> None:
    with pytest.raises(TokenError) as refused:
        replay(parsed(f"wg1:production:{scenario}:1x1:{production()[1]}:{schedule}"))
    assert str(refused.value).startswith(complaint)
