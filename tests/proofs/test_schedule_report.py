"""How a schedule of real code is drawn: columns, rows that fold, any width, and where no explanation is left."""

import json
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import Any

import pytest

from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.report.findings import counterexample
from waitgroup_proofs.report.schedule import VIOLATED, access, drawn, folded
from waitgroup_proofs.scheduler.explanations import Explanation
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.replay import MOST_KEPT, Replay, parsed, production, replay
from waitgroup_proofs.scheduler.search import search
from waitgroup_spec.scenarios import SCENARIOS

DIGEST = production()[1]
PLAIN = replay(parsed(f"wg1:production:pre-added:1x1:{DIGEST}:1*7,0*9,1*2,0*3"))


@cache
def broken(name: str, size: tuple[int, int] = (2, 2)) -> Replay:
    """What is shown of a mutant."""
    mutant = next(mutant for mutant in PRODUCTION if mutant.name == name)
    found = search(production(name)[0], SCENARIOS[mutant.killed_by](*size), strict_monitor())
    return counterexample(found, name, size).replayed


DRAWN: dict[str, Callable[[], Replay]] = {
    "plain": lambda: PLAIN,
    "generation-bug": lambda: broken("generation-bug"),
    "timeout": lambda: broken("expired-although-granted", (1, 1)),
}


@pytest.fixture(params=DRAWN)
def replayed(request: pytest.FixtureRequest) -> Replay:
    """Each of the runs that are drawn."""
    return DRAWN[request.param]()


def test_every_thread_has_a_column_and_its_steps_in_one_line_are_one_row() -> None:
    lines = drawn(PLAIN, 160).plain.splitlines()
    worker, waiter = lines[0].index("worker"), lines[0].index("waiter")
    assert ["step", "word", "ways", "worker", "waiter"] == lines[0].split()
    assert "wait()" == lines[1][waiter:]
    assert lines[2][waiter:].startswith("word = self._state[WORD]  load _state, load an item  core.py:")
    assert ["1-2", "1,0", "2"] == lines[2][:worker].split()
    assert {"|"} == {line[worker] for line in lines[1:8]}
    assert "deque(chain(*stages), maxlen=0)  call deque" in lines[7]
    assert ["7", "1,1", "2"] == lines[7][:worker].split()


def test_every_step_is_in_one_row_and_a_row_is_one_thread_in_one_line_of_one_call(replayed: Replay) -> None:
    rows = list(folded(replayed.steps))
    assert replayed.steps == tuple(chain.from_iterable(row.steps for row in rows))
    assert [1, *(row.first + len(row.steps) for row in rows)][:-1] == [row.first for row in rows]
    for row in rows:
        assert 1 == len({(step.number, step.position, step.call) for step in row.steps})
        assert not any(step.returns for step in row.steps[:-1])
    beginnings = [(row.last.thread, row.last.call) for row in rows if row.begins]
    assert sorted(beginnings) == sorted({(row.last.thread, row.last.call) for row in rows})


@pytest.mark.parametrize("width", [50, 60, 80, 100, 160, 300])
def test_nothing_is_wider_than_the_terminal_and_nothing_is_left_out(replayed: Replay, width: int) -> None:
    text = drawn(replayed, width).plain
    assert [] == [line for line in text.splitlines() if len(line) > width]
    said = "".join(text.replace("|", "").split())
    for row in folded(replayed.steps):
        assert "".join(row.last.line.split()) in said
        assert "".join(row.accesses.split()) in said
        assert "".join(row.last.place.split()) in said


def test_eighteen_threads_have_columns_of_their_own_on_a_narrow_terminal() -> None:
    replayed = replay(parsed(f"wg1:production:pre-added:9x9:{DIGEST}:{','.join(map(str, range(0, 18, 3)))}"))
    names = [step.thread for step in replayed.steps]
    lines = drawn(replayed, 60).plain.splitlines()
    assert [] == [line for line in lines if len(line) > 60]
    head = next(number for number, line in enumerate(lines) if "()" in line)
    starts = [next(line.index(name) for line in lines[:head] if name in line) for name in names]
    assert sorted(set(starts)) == starts
    assert starts == [line.index(call) for line in lines[head:] for call in ("done()", "wait()") if call in line]


def styles(replayed: Replay) -> list[str]:
    """The rows that are marked as wrong."""
    text = drawn(replayed, 160)
    return [text.plain[span.start : span.end].strip() for span in text.spans if span.style == VIOLATED]


def test_the_first_row_in_which_no_explanation_is_left_is_red_and_says_none() -> None:
    violated = broken("generation-bug")
    last = violated.steps[-1]
    assert (0, ()) == (last.ways, last.explanations)
    assert all(step.ways for step in violated.steps[:-1])
    marked = styles(violated)
    assert ["34-35", "1,0", "none"] == marked[:3]
    assert last.line in marked[3]
    assert [] == styles(PLAIN)
    assert "none" not in drawn(PLAIN, 160).plain.split()


def test_how_the_contract_explained_the_run_before_is_said_in_words_and_the_rest_is_counted() -> None:
    violated = broken("generation-bug")
    lines = drawn(violated, 160).plain.splitlines()
    before = "Before step 35 the contract explained the run like this, but not what happened then:"
    words = lines[lines.index(before) + 1 :]
    assert "  counter 1, waiter 1 let through, waiter 2 let through, worker returned" == words[0]
    assert (4, 4, "  and 1 more") == (violated.steps[-2].ways, len(words), words[-1])


def test_the_explanations_are_every_state_that_the_contract_could_be_in() -> None:
    first, joined, *_ = PLAIN.steps
    assert (Explanation(1, ("not called", "invoked")), Explanation(1, ("not called", "registered"))) == (
        first.explanations
    )
    assert first.explanations == joined.explanations
    assert [2] * 7 + [5] * 10 + [1] * 4 == [step.ways for step in PLAIN.steps]
    assert (Explanation(0, ("returned", "returned")),) == PLAIN.steps[-1].explanations


def test_no_more_explanations_are_kept_than_can_be_read() -> None:
    replayed = replay(parsed(f"wg1:production:pre-added:1x4:{DIGEST}:1,2,3,4"))
    last = replayed.steps[-1]
    assert (16, MOST_KEPT) == (last.ways, len(last.explanations))


def test_what_a_terminal_would_obey_is_not_drawn() -> None:
    step = PLAIN.steps[0]._replace(line="x = '\x1b[31m\a'\t# \u202e", operation="load \x1b]0;x\a")
    text = drawn(PLAIN._replace(steps=(step,)), 160).plain
    assert "x = '?[31m?' # ?  load ?]0;x?" in text


def test_a_schedule_without_steps_says_so() -> None:
    assert "No step was made." == drawn(PLAIN._replace(steps=()), 80).plain


def test_what_is_done_over_and_over_in_one_line_is_said_once() -> None:
    step = PLAIN.steps[0]
    (row,) = folded([step, step, step._replace(how="expire")])
    assert "load _state x 2, load _state, times out" == row.accesses
    assert "load _state, handler comes, returns" == access(step._replace(how="handler@3", returns=True))


def test_a_step_can_be_written_as_json() -> None:
    found: dict[str, Any] = json.loads(json.dumps(broken("generation-bug").steps[-2].as_json))
    assert ("waiter 2", "load _state", 1, 0, 4) == tuple(
        found[key] for key in ("thread", "operation", "counter", "waiters", "ways")
    )
    assert {"counter": 1, "threads": ["let through", "let through", "returned"]} == found["explanations"][0]
