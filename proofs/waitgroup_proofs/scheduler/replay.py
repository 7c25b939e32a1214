"""Replay tokens: one schedule as a line of text, and what happens step by step when it is followed.

    wg1:production:reuse-parked:2x2:9f86d081884c:0*3,2,1*4,1e

are the format, the target (`production`, `production~MUTANT`, or what says which class somebody else's is), scenario,
workers x waiters, a digest of the source under test, and the schedule: thread numbers, each with a repeat count, `e`
for a timeout that ends, `i` for an interrupt. Schedules in tokens are at the finest granularity, every shared access a
step, so that they depend on the source and on nothing else.
"""

import hashlib
import re
from collections.abc import Hashable
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote, unquote

from waitgroup_proofs.monitor import ContractMonitor, StrictMonitor
from waitgroup_proofs.mutants import StaleMutant, mutated
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import Foreign, Named, TargetError
from waitgroup_proofs.scheduler.production import Production, shipped_sources, strict_monitor
from waitgroup_proofs.scheduler.run import Choice, Run, Violation
from waitgroup_proofs.scheduler.search import ENDLESS
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import SCENARIOS

FORMAT = "wg1"
SUFFIX = {"run": "", "expire": "e", "interrupt": "i"}
HOW = {suffix: how for how, suffix in SUFFIX.items()}


class TokenError(ValueError):
    """A token that cannot be followed; the message is one line that says why."""


class Token(NamedTuple):
    """What a token says. `schedule` is at the finest granularity; `foreign` is empty for production."""

    mutant: str
    scenario: str
    workers: int
    waiters: int
    digest: str
    schedule: tuple[Choice, ...]
    foreign: str = ""

    def __str__(self) -> str:
        """The line of text."""
        ours = f"production~{self.mutant}" if self.mutant else "production"
        target = quote(self.foreign, safe="") if self.foreign else ours
        return f"{FORMAT}:{target}:{self.scenario}:{self.workers}x{self.waiters}:{self.digest}:{encoded(self.schedule)}"


class Step(NamedTuple):
    """One step of a replay: who, how, at which line of the source, and the word's fields afterwards, if it has one."""

    thread: str
    how: str
    operation: str
    place: str
    line: str
    counter: int | None
    waiters: int | None


class Replay(NamedTuple):
    """The steps, and what is wrong with the last of them, if anything is."""

    steps: tuple[Step, ...]
    violation: str | None


def encoded(schedule: tuple[Choice, ...]) -> str:
    """The schedule, run-length coded."""
    runs = ((choice, len(list(group))) for choice, group in groupby(schedule))
    return ",".join(f"{c.thread}{SUFFIX[c.how]}" + (f"*{count}" if count > 1 else "") for c, count in runs)


def decoded(text: str) -> tuple[Choice, ...]:
    """The inverse of `encoded`. Raises TokenError."""
    schedule: list[Choice] = []
    for part in text.split(",") if text else ():
        found = re.fullmatch(r"(\d{1,3})([ei]?)(?:\*(\d{1,5}))?", part)
        if found is None:
            raise TokenError(f"{part!r} is no part of a schedule; write THREAD, THREADe or THREADi, and *COUNT")
        schedule += [Choice(int(found[1]), HOW[found[2]])] * int(found[3] or 1)
    return tuple(schedule)


def parsed(text: str) -> Token:
    """The token that `text` is. Raises TokenError."""
    parts = text.strip().split(":")
    if len(parts) != 6 or parts[0] != FORMAT:
        raise TokenError(f"a token has six parts and begins with {FORMAT}:; copy it whole")
    _, target, scenario, sizes, digest, schedule = parts
    name, _, mutant = target.partition("~")
    foreign = "" if name == "production" else unquote(target)
    if (not foreign and mutant and mutant not in {m.name for m in PRODUCTION}) or (foreign and ":" not in foreign):
        raise TokenError(f"{target!r} is no target; a token is for production, production~MUTANT, or a class")
    if scenario not in SCENARIOS:
        raise TokenError(f"{scenario!r} is no scenario; choose from {', '.join(SCENARIOS)}")
    found = re.fullmatch(r"([1-9]\d?)x([1-9]\d?)", sizes)
    if found is None:
        raise TokenError(f"{sizes!r} are no sizes; write WORKERSxWAITERS, both from 1 to 99")
    return Token(mutant, scenario, int(found[1]), int(found[2]), digest, decoded(schedule), foreign)


def production(mutant: str = "") -> tuple[Production, str]:
    """The shipped source, or a mutant of it, as a target, and the digest of its text."""
    sources = shipped_sources()
    for one in PRODUCTION:
        if one.name == mutant:
            sources[one.module] = (sources[one.module][0], mutated(one))
    digest = hashlib.sha256("".join(text for _, text in sources.values()).encode()).hexdigest()[:12]
    return Production(sources), digest


def prepared(token: Token) -> tuple[Production | Foreign, str, StrictMonitor | None]:
    """The target that a token is for, the digest of its source, and, for production, the monitor of its protocol."""
    try:
        if token.foreign:
            foreign = Foreign(Named.parsed(token.foreign))
            return foreign, foreign.digest, None
        return *production(token.mutant), strict_monitor()
    except (StaleMutant, TargetError, UnsupportedTarget) as error:
        raise TokenError(str(error)) from None


def replay(token: Token) -> Replay:
    """Follow the token's schedule. Raises TokenError if the source is another one, or the schedule leaves its path."""
    target, digest, strict = prepared(token)
    if digest != token.digest:
        then = token.digest.encode("unicode_escape").decode()
        raise TokenError(f"the source has changed since this token was made ({digest} now, {then} then)")
    scenario = SCENARIOS[token.scenario](token.workers, token.waiters)
    bench = Bench(target, scenario, ContractMonitor(), strict, None)
    steps: list[Step] = []
    violation = None
    seen: set[Hashable] = set()
    with Run(bench) as run:
        try:
            run.follow(())
        except Violation as found:  # before anybody has made a step
            return Replay((), str(found))
        for number, choice in enumerate(token.schedule, 1):
            if choice not in run.choices():
                raise TokenError(
                    f"step {number}: thread {choice.thread} cannot {choice.how} here; the schedule diverges"
                )
            thread = run.threads[choice.thread]
            operation, (place, line) = thread.operation.what, target.line(run.position(thread))
            seen.add(run.key())
            try:
                run.step(choice)
                violation = ENDLESS if run.key() in seen else None
            except Violation as found:
                violation = str(found)
            name = scenario.thread_names[choice.thread]
            word = target.observe(run.instance) or (None, None)
            steps.append(Step(name, choice.how, operation, place, line, *word))
            if violation:
                break
    return Replay(tuple(steps), violation)
