"""Replay tokens: every schedule survives the way through a token, and a token that cannot be followed says why."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waitgroup_proofs.mutants import Mutant, StaleMutant
from waitgroup_proofs.mutants import production as production_mutants
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.scheduler import replay as replay_module
from waitgroup_proofs.scheduler.endless import ENDLESS
from waitgroup_proofs.scheduler.interrupts import run_of
from waitgroup_proofs.scheduler.production import strict_monitor
from waitgroup_proofs.scheduler.reduction import Knowledge, Learnt
from waitgroup_proofs.scheduler.replay import Token, TokenError, decoded, encoded, parsed, prepared, production, replay
from waitgroup_proofs.scheduler.schedules import Choice, Schedule, Violation
from waitgroup_proofs.scheduler.search import Found, search
from waitgroup_spec.scenarios import SCENARIOS

CHOICES = st.builds(Choice, st.integers(0, 999), st.sampled_from(["run", "expire", "interrupt"]))
SCHEDULES = st.lists(st.tuples(CHOICES, st.integers(1, 4)), max_size=12).map(
    lambda runs: tuple(choice for choice, count in runs for _ in range(count))
)
TOKENS = st.builds(
    Token,
    mutant=st.sampled_from(["", *(mutant.name for mutant in PRODUCTION)]),
    scenario=st.sampled_from(list(SCENARIOS)),
    workers=st.integers(1, 99),
    waiters=st.integers(1, 99),
    digest=st.text("0123456789abcdef", min_size=12, max_size=12),
    schedule=SCHEDULES,
    foreign=st.just(""),
)
FOREIGN = st.builds(
    Token._replace,
    TOKENS,
    mutant=st.just(""),
    foreign=st.sampled_from(["a/b.py:C", "m.n:C?add=Add&construct=C%28units%29"]),
)
DIGEST = production()[1]
#: How many accesses of its transaction come after the one that is wrong.
LEFT_OVER = {
    "wakes-next-generation": 1,
    "stale-queue": 3,
    "crossing-keeps-word": 3,
    "crossing-with-units-left": 3,
    "add-in-two-steps": 1,
    "expired-waiter-stays": 3,
    "cancel-without-count": 4,
    "cancels-two": 4,
}
#: A search looks only where a transaction ends, and there first at what the call has answered. A replay looks after
#: every access, so here it sees what the crossing has left behind before done() returns.
SAID_EARLIER = {"crossing-keeps-word": "the word counts 1 waiters, and 0 are parked"}
EVERY_MUTANT = pytest.mark.parametrize(
    "mutant",
    [pytest.param(m, id=m.name, marks=[pytest.mark.slow] if i % 3 else []) for i, m in enumerate(PRODUCTION)],
)


@given(SCHEDULES)
def test_decoding_is_the_inverse_of_encoding(schedule: tuple[Choice, ...]) -> None:
    assert schedule == decoded(encoded(schedule))


@given(TOKENS | FOREIGN)
def test_parsing_is_the_inverse_of_writing_a_token(token: Token) -> None:
    assert token == parsed(str(token))
    assert token == parsed(f"  {token}\n")


def test_a_token_is_as_short_as_its_runs() -> None:
    schedule = (Choice(0),) * 3 + (Choice(2), Choice(1, "expire"), Choice(1, "interrupt"), Choice(1, "interrupt"))
    token = Token("no-retry", "add-done", 2, 3, "0123456789ab", schedule)
    assert "wg1:production~no-retry:add-done:2x3:0123456789ab:0*3,2,1e,1i*2" == str(token)


def lines(text: str) -> int:
    """How many lines are said about a text that is no token, or written for one that is."""
    try:
        said = str(parsed(text))
    except TokenError as error:
        said = str(error)
    return len(said.splitlines())


@given(st.text())
def test_a_text_is_a_token_or_refused_in_one_line(text: str) -> None:
    assert 1 == lines(text)


@given(
    st.lists(st.sampled_from(["wg1", "production", "~", ":", "pre-added", "2x2", "0", ",", "*", "e", "i", "-", " "]))
)
def test_what_looks_like_a_token_is_one_or_refused_in_one_line(parts: list[str]) -> None:
    for text in ("".join(parts), f"wg1:production:pre-added:2x2:{DIGEST}:{''.join(parts)}"):
        assert 1 == lines(text)


@cache
def shown(mutant: Mutant, workers: int = 2, waiters: int = 2) -> tuple[Found, Token]:
    """The violation that the search finds, and its token."""
    target, digest = production(mutant.name)
    found = search(target, SCENARIOS[mutant.killed_by](workers, waiters), strict_monitor(), shortest=False).violation
    assert found is not None
    return found, Token(mutant.name, mutant.killed_by, workers, waiters, digest, found.finest)


def accesses(token: Token, schedule: Schedule) -> tuple[str | None, Schedule]:
    """What is wrong where the transactions of a schedule end, and every access in them."""
    bench = prepared(token)[2]._replace(knowledge=Knowledge())
    while True:
        with run_of(bench) as run:
            try:
                run.follow(schedule)
            except Learnt:
                continue
            except Violation as violation:
                return str(violation), tuple(run.finest)
            return None, tuple(run.finest)


@EVERY_MUTANT
def test_the_token_of_a_mutant_shows_the_same_violation_and_nothing_before_its_last_step(mutant: Mutant) -> None:
    found, token = shown(mutant)
    replayed = replay(parsed(str(token)))
    assert SAID_EARLIER.get(mutant.name, found.sentence) == replayed.violation
    before = replay(token._replace(schedule=token.schedule[: len(replayed.steps) - 1]))
    assert (replayed.steps[:-1], None) == (before.steps, before.violation)


@EVERY_MUTANT
def test_what_is_left_over_of_a_token_is_of_the_transaction_whose_step_is_wrong(mutant: Mutant) -> None:
    found, token = shown(mutant)
    assert (found.sentence, found.finest) == accesses(token, found.schedule)
    wrong, before = accesses(token, found.schedule[:-1])
    steps = replay(token).steps
    assert (None, token.schedule[: len(before)]) == (wrong, before)
    assert len(before) < len(steps) <= len(token.schedule)
    assert {steps[-1].number} == {choice.thread for choice in token.schedule[len(before) :]}
    assert LEFT_OVER.get(mutant.name, 0) == len(token.schedule) - len(steps)


def test_a_replay_says_who_steps_how_and_what_the_word_is_then() -> None:
    replayed = replay(parsed(f"wg1:production:pre-added:1x1:{DIGEST}:1*7,0*9,1*2,0*3"))
    assert (None, ["waiter"] * 7 + ["worker"] * 9 + ["waiter"] * 2 + ["worker"] * 3) == (
        replayed.violation,
        [step.thread for step in replayed.steps],
    )
    assert [(1, 0)] * 6 + [(1, 1)] * 9 + [(0, 0)] * 6 == [(step.counter, step.waiters) for step in replayed.steps]
    stores = [step.line for step in replayed.steps if step.operation.startswith(("store", "call"))]
    commit = "deque(chain(*stages), maxlen=0)"
    assert [commit, "next(self._down)", commit] == stores
    woken = replayed.steps[16]
    assert ("waiter", "run", "acquire", "return grant.acquire(timeout=seconds)") == (*woken[:3], woken.line)


def test_an_empty_schedule_is_followed() -> None:
    replayed = replay(parsed(f"wg1:production:pre-added:2x2:{DIGEST}:"))
    assert ((), None) == (replayed.steps, replayed.violation)


def refused(text: str) -> str:
    with pytest.raises(TokenError) as error:
        replay(parsed(text))
    said = str(error.value)
    assert 1 == len(said.splitlines())
    return said


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "a token has six parts and begins with wg1:; copy it whole"),
        ("wg1:production:pre-added:2x2:0", "a token has six parts and begins with wg1:; copy it whole"),
        (f"wg2:production:pre-added:2x2:{DIGEST}:0", "a token has six parts and begins with wg1:; copy it whole"),
        (
            f"wg1:other:pre-added:2x2:{DIGEST}:0",
            "'other' is no target; a token is for production, production~MUTANT, or a class",
        ),
        (
            f"wg1:production~none:pre-added:2x2:{DIGEST}:0",
            "'production~none' is no target; a token is for production, production~MUTANT, or a class",
        ),
        (
            f"wg1:production:nothing:2x2:{DIGEST}:0",
            f"'nothing' is no scenario; choose from {', '.join(SCENARIOS)}",
        ),
        (f"wg1:production:pre-added:0x2:{DIGEST}:0", "'0x2' are no sizes; write WORKERSxWAITERS, both from 1 to 99"),
        (
            f"wg1:production:pre-added:2x100:{DIGEST}:0",
            "'2x100' are no sizes; write WORKERSxWAITERS, both from 1 to 99",
        ),
        (
            f"wg1:production:pre-added:2x2:{DIGEST}:0,x",
            "'x' is no part of a schedule; write THREAD, THREADe or THREADi, and *COUNT",
        ),
        (
            f"wg1:production:pre-added:2x2:{DIGEST}:0,,1",
            "'' is no part of a schedule; write THREAD, THREADe or THREADi, and *COUNT",
        ),
        (
            f"wg1:production:pre-added:2x2:{DIGEST}:0*999999",
            "'0*999999' is no part of a schedule; write THREAD, THREADe or THREADi, and *COUNT",
        ),
        (
            "wg1:production:pre-added:2x2:000000000000:0",
            f"the source has changed since this token was made ({DIGEST} now, 000000000000 then)",
        ),
        (
            f"wg1:production:pre-added:2x2:{DIGEST}:0,4",
            "step 2: thread 4 cannot run here; the schedule diverges",
        ),
        (
            f"wg1:production:pre-added:2x2:{DIGEST}:0e",
            "step 1: thread 0 cannot expire here; the schedule diverges",
        ),
        (
            f"wg1:production:pre-added:2x2:{DIGEST}:0*2,1*99,2i",
            "step 5: thread 1 cannot run here; the schedule diverges",
        ),
    ],
)
def test_a_token_that_cannot_be_followed_is_refused(token: str, reason: str) -> None:
    assert reason == refused(token)


def test_a_digest_of_several_lines_is_refused_in_one() -> None:
    assert "the source has changed" in refused("wg1:production:pre-added:2x2:00\n\x1b[31m00:0")


def test_the_token_of_a_mutant_that_is_stale_is_refused_as_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = PRODUCTION[0]._replace(old="no such passage")
    monkeypatch.setattr(replay_module, "PRODUCTION", (stale, *PRODUCTION[1:]))
    with pytest.raises(StaleMutant):
        production(stale.name)
    assert stale.name in refused(f"wg1:production~{stale.name}:pre-added:2x2:{DIGEST}:0")


def test_a_digest_is_of_the_text_that_runs() -> None:
    digests = [production(mutant.name)[1] for mutant in production_mutants.PRODUCTION]
    assert len(PRODUCTION) + 1 == len({DIGEST, *digests})
    assert all(re.fullmatch(r"[0-9a-f]{12}", digest) for digest in digests)


def test_the_token_of_a_run_that_never_ends_shows_where_it_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = "        word = self._state[WORD]\n        if word == ZERO:\n"
    spins = "        while True:\n            word = self._state[WORD]\n        if word == ZERO:\n"
    mutant = Mutant("spins", "a waiter spins for ever", "waitgroup.core", looks, spins, "pre-added")
    monkeypatch.setattr(replay_module, "PRODUCTION", (*PRODUCTION, mutant))
    found, token = shown(mutant, 1, 1)
    assert ENDLESS == found.sentence
    assert ENDLESS == replay(parsed(str(token))).violation
