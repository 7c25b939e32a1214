"""Simpler counterexamples: the same violation, in no more steps, with fewer calls stopped, the same every time."""

import pytest

from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.scheduler.endless import ENDLESS
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.replay import Token, prepared, replay
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_proofs.scheduler.search import Found, search
from waitgroup_proofs.scheduler.shrink import Cost, about_somebody, changed, followed, shrunk
from waitgroup_proofs.scheduler.target import Bench

MUTANTS = {mutant.name: mutant for mutant in PRODUCTION}
#: What is hard to follow in the schedule that the search finds, and in the simpler one: preemptions, parts, steps.
COSTS = {
    "generation-bug": (Cost(0, 5, 35), Cost(0, 5, 35)),
    "wakes-one": (Cost(0, 5, 31), Cost(0, 5, 31)),
    "crossing-without-compare": (Cost(3, 5, 20), Cost(1, 5, 19)),
    "no-wakeup": (Cost(0, 4, 24), Cost(0, 4, 24)),
}


def found_in(name: str) -> tuple[Token, Bench, Found]:
    """The token without its schedule, the bench, and what the search finds."""
    token = Token(name, MUTANTS[name].killed_by, 2, 2, "", ())
    target, digest, bench = prepared(token)
    found = search(target, bench.scenario, strict_monitor()).violation
    assert found is not None
    return token._replace(digest=digest), bench, found


def cost(bench: Bench, found: Found) -> Cost:
    tried = followed(bench, found.finest, len(found.finest))
    assert tried is not None
    return tried.cost


@pytest.mark.parametrize("name", COSTS)
def test_a_simpler_schedule_stops_fewer_calls_and_shows_the_same_on_the_real_code(name: str) -> None:
    token, bench, found = found_in(name)
    simplest = shrunk(bench, found)
    assert COSTS[name] == (cost(bench, found), cost(bench, simplest))
    assert about_somebody(bench, found.sentence) == about_somebody(bench, simplest.sentence)
    replayed = replay(token._replace(schedule=simplest.finest))
    assert (simplest.sentence, len(simplest.finest)) == (replayed.violation, len(replayed.steps))


def test_the_same_schedule_always_becomes_the_same_one_and_that_stays_as_it_is() -> None:
    _, bench, found = found_in("generation-bug")
    simplest = shrunk(bench, found)
    assert simplest == shrunk(bench, found) == shrunk(bench, simplest)


def test_no_more_runs_are_made_than_allowed() -> None:
    _, bench, found = found_in("crossing-without-compare")
    as_found = shrunk(bench, found, most_runs=0).finest  # but for what comes after the step that is wrong
    assert found.finest[: len(as_found)] == as_found
    costs = [cost(bench, shrunk(bench, found, most_runs=runs)) for runs in (0, 5, 20, 80, 400)]
    assert costs[0] > costs[-1]
    assert sorted(costs, reverse=True) == costs


def test_steps_that_show_nothing_are_left_out_and_so_are_threads() -> None:
    _, bench, found = found_in("interrupt-leaves-waiter")
    needless = Found(found.sentence, found.schedule, (Choice(0), Choice(1), *found.finest))
    assert (Cost(2, 3, 10), Cost(0, 1, 8)) == (cost(bench, needless), cost(bench, shrunk(bench, needless)))


def test_another_violation_is_no_simpler_one() -> None:
    _, bench, found = found_in("generation-bug")
    other = Found("something else", found.schedule, found.finest)
    assert other == shrunk(bench, other)


def test_a_run_that_never_ends_is_left_as_it_is() -> None:
    _, bench, found = found_in("no-wakeup")
    endless = Found(ENDLESS, found.schedule, found.finest[:3])
    assert endless == shrunk(bench, endless)


def test_what_a_blocked_thread_does_before_it_is_blocked_is_added_where_it_is_missing() -> None:
    _, bench, found = found_in("no-wakeup")
    short = Found(found.sentence, found.schedule, found.finest[:-3])
    assert None is followed(bench, short.finest, len(short.finest))
    assert found.sentence == shrunk(bench, short).sentence


def test_what_cannot_be_controlled_is_no_simpler_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    _, bench, found = found_in("no-wakeup")

    def refuse(_run: Run, _choice: Choice) -> None:
        raise UnsupportedTarget("something else")

    monkeypatch.setattr(Run, "step", refuse)
    assert None is followed(bench, found.finest, len(found.finest))


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("nobody can run, and waiter 2 is blocked", "nobody can run, and somebody blocked"),
        ("nobody can run, and waiter 1 and waiter 2 are blocked", "nobody can run, and somebody blocked"),
        ("worker 1 got NONE, which no run allows", "somebody got NONE, which no run allows"),
        ("2 waiters are registered", "2 waiters are registered"),
    ],
)
def test_which_threads_it_is_about_does_not_matter(sentence: str, kind: str) -> None:
    bench = prepared(Token("", "pre-added", 2, 2, "", ()))[2]
    assert kind == about_somebody(bench, sentence)


def test_the_changes_of_a_schedule_are_of_the_kinds_that_are_named() -> None:
    a, b = Choice(0), Choice(1)
    schedules = list(changed((a, b, b, a)))
    for simpler in ((b, b), (a, a), (a, b, b), (b, b, a), (a, a, b, b), (b, b, a, a)):
        assert simpler in schedules
    assert [] == list(changed(()))
