"""Replay tokens: one schedule as a line of text, and what happens step by step when it is followed.

    wg1:production:reuse-parked:2x2:9f86d081884c:0*3,2,1*4,1e

are the format, the target (`production`, `production~MUTANT`, or what says which class somebody else's is), scenario,
workers x waiters, a digest of the source under test, and the schedule: thread numbers, each with a repeat count, `e`
for a timeout that ends, `i` for an interrupt. Schedules in tokens are at the finest granularity, every shared access a
step, so that they depend on the source and on nothing else.

In `0h17` a handler comes on top of thread 0 at boundary 17 of that step, in `0x17` an exception; in `0s` before the
thread's first access (`boundaries`). The scenario is then called `pre-added+handler` or `pre-added+exception`.
"""

import hashlib
import re
from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from waitgroup_proofs.mutants import StaleMutant, mutated
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.scheduler.boundaries import EXCEPTION, HANDLER, Injection, interrupted, said
from waitgroup_proofs.scheduler.endless import ENDLESS, wrongly_endless
from waitgroup_proofs.scheduler.explanations import Explanation, callers, explanations
from waitgroup_proofs.scheduler.fiber import UnsupportedTarget
from waitgroup_proofs.scheduler.foreign import Foreign, Named, TargetError
from waitgroup_proofs.scheduler.interrupts import kind_of, monitor_of, program, run_of
from waitgroup_proofs.scheduler.production import Production, shipped_sources, strict_monitor
from waitgroup_proofs.scheduler.program import Program
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.schedules import Choice, Violation
from waitgroup_proofs.scheduler.target import Bench
from waitgroup_spec.scenarios import SCENARIOS

Position = tuple[str, int] | None

FORMAT = "wg1"
SUFFIX = {"run": "", "expire": "e", "interrupt": "i", "start": "s"}
HOW = {suffix: how for how, suffix in SUFFIX.items()}
#: What comes on top of a thread in a step.
COMES = {HANDLER: "h", EXCEPTION: "x"}
KIND = {letter: kind for kind, letter in COMES.items()}
#: What may follow a scenario's name.
COMING = {("", ""), *(("+", kind) for kind in COMES)}

#: So many explanations of a step are kept; the others are only counted.
MOST_KEPT = 6


#: The targets that can say which line of a source a position is.
Told = Production | Foreign | Program


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

    @property
    def target(self) -> str:
        """What the token is for, in words."""
        return self.foreign or (f"production~{self.mutant}" if self.mutant else "production")

    def __str__(self) -> str:
        """The line of text."""
        target = quote(self.target, safe="") if self.foreign else self.target
        return f"{FORMAT}:{target}:{self.scenario}:{self.workers}x{self.waiters}:{self.digest}:{encoded(self.schedule)}"


class Step(NamedTuple):
    """One step of a replay: who, how, at which line of the source, and how things are afterwards.

    `call` is the one that the step belongs to, and `returns` whether it is over then. `counter` and `waiters` are the
    word's fields, if it has one. `positions`: where each thread stands. `ways`: in how many ways the contract explains
    the run up to here, and `explanations` at most MOST_KEPT of them.
    """

    thread: str
    how: str
    operation: str
    place: str
    line: str
    counter: int | None
    waiters: int | None
    number: int
    call: str
    returns: bool
    position: Position
    positions: tuple[Position, ...]
    ways: int
    explanations: tuple[Explanation, ...]

    @property
    def as_json(self) -> dict[str, Any]:
        """The step for programs, without what only a drawing needs."""
        said = {"thread", "how", "operation", "place", "line", "counter", "waiters", "call", "returns", "ways"}
        told = {name: value for name, value in self._asdict().items() if name in said}
        return told | {"explanations": [found._asdict() for found in self.explanations]}


class Replay(NamedTuple):
    """The steps, and what is wrong with the last of them, if anything is.

    `threads` are those whose calls the explanations tell of; `sources` are the lines of each file that a step is in.
    `contract`: whether there is one; a program of its own has none.
    """

    steps: tuple[Step, ...]
    violation: str | None
    threads: tuple[str, ...]
    sources: Mapping[str, Sequence[str]]
    contract: bool = True


class ProgramToken(NamedTuple):
    """One schedule of a program of its own, for example of a test: `wg1:program:9f86d081884c:0*3,1`."""

    digest: str
    schedule: tuple[Choice, ...]

    def __str__(self) -> str:
        """The line of text."""
        return f"{FORMAT}:program:{self.digest}:{encoded(self.schedule)}"

    @staticmethod
    def parsed(text: str) -> "ProgramToken":
        """The inverse of `str`. Raises TokenError."""
        parts = text.strip().split(":")
        if len(parts) != 4 or parts[:2] != [FORMAT, "program"]:
            raise TokenError(f"the token of a program has four parts and begins with {FORMAT}:program:; copy it whole")
        return ProgramToken(parts[2], decoded(parts[3]))


def encoded(schedule: tuple[Choice, ...]) -> str:
    """The schedule, run-length coded."""
    runs = ((choice, len(list(group))) for choice, group in groupby(schedule))
    return ",".join(f"{c.thread}{suffix(c.how)}" + (f"*{count}" if count > 1 else "") for c, count in runs)


def suffix(how: str) -> str:
    """How a step is made, as tokens have it."""
    base, injection = interrupted(how)
    return SUFFIX[base] + (f"{COMES[injection.kind]}{injection.boundary}" if injection else "")


def decoded(text: str) -> tuple[Choice, ...]:
    """The inverse of `encoded`. Raises TokenError."""
    schedule: list[Choice] = []
    for part in text.split(",") if text else ():
        found = re.fullmatch(r"(\d{1,3})([eis]?)(?:([hx])(\d{1,5}))?(?:\*(\d{1,5}))?", part)
        if found is None:
            raise TokenError(f"{part!r} is no part of a schedule; write THREAD, THREADe or THREADi, and *COUNT")
        base = HOW[found[2]]
        how = said(base, Injection(KIND[found[3]], int(found[4]))) if found[3] else base
        schedule += [Choice(int(found[1]), how)] * int(found[5] or 1)
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
    if scenario.partition("+")[0] not in SCENARIOS or scenario.partition("+")[1:] not in COMING:
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


def prepared(token: Token) -> tuple[Production | Foreign, str, Bench]:
    """The target that a token is for, the digest of its source, and the bench on which all accesses are steps."""
    target: Production | Foreign
    try:
        if token.foreign:
            foreign = Foreign(Named.parsed(token.foreign))
            target, digest = foreign, foreign.digest
        else:
            target, digest = production(token.mutant)
    except (StaleMutant, TargetError, UnsupportedTarget) as error:
        raise TokenError(str(error)) from None
    scenario = program(token.scenario, token.workers, token.waiters)
    # What an interrupt may do is said by the contract alone.
    strict = None if token.foreign or kind_of(scenario) else strict_monitor()
    return target, digest, Bench(target, scenario, monitor_of(scenario), strict, None)


def replay(token: Token) -> Replay:
    """Follow the token's schedule. Raises TokenError if the source is another one, or the schedule leaves its path."""
    target, digest, bench = prepared(token)
    same_source(digest, token.digest)
    return followed(target, bench, token.schedule)


def same_source(now: str, then: str) -> None:
    """Raises TokenError if a token was made for another source than the one that is there now."""
    if now != then:
        then = then.encode("unicode_escape").decode()
        raise TokenError(f"the source has changed since this token was made ({now} now, {then} then)")


def followed(target: Told, bench: Bench, schedule: tuple[Choice, ...]) -> Replay:
    """Follow a schedule, every access a step. Raises TokenError if it leaves its path."""
    steps: list[Step] = []
    violation = None
    seen: dict[Hashable, int] = {}
    with run_of(bench) as run:
        try:
            run.follow(())
        except Violation as found:  # before anybody has made a step
            violation = str(found)
        for choice in schedule if violation is None else ():
            if choice not in run.choices():
                raise TokenError(
                    f"step {len(steps) + 1}: thread {choice.thread} cannot {choice.how} here; the schedule diverges"
                )
            seen.setdefault(run.key(), len(steps))
            step, violation = made(run, choice, target)
            steps.append(step)
            if violation:
                break
        if violation is None and steps and wrongly_endless(run, schedule[seen.get(run.key(), len(schedule)) :]):
            violation = ENDLESS
    files = {step.position[0] for step in steps if step.position}
    sources = {file: lines for file, lines in target.lines.items() if file in files}
    threads = callers(bench.scenario) if not isinstance(target, Program) else tuple(map(run.name, run.threads))
    return Replay(tuple(steps), violation, threads, sources, not isinstance(target, Program))


def made(run: Run, choice: Choice, target: Told) -> tuple[Step, str | None]:
    """Make one step of a run, and tell of it; and what is wrong with it, if anything is."""
    thread, scenario = run.threads[choice.thread], run.bench.scenario
    calls, operation, position = thread.calls, thread.operation.what, run.position(thread)
    place, line = target.line(position)
    violation = None
    try:
        run.step(choice)
    except Violation as found:
        violation = str(found)
    ways = explanations(run) if not isinstance(target, Program) else []
    counter, waiters = word_of(run, target)
    return Step(
        run.name(thread),
        choice.how,
        operation,
        place,
        line,
        counter,
        waiters,
        choice.thread,
        str(scenario.clients[thread.client].calls[calls]),
        run.threads[choice.thread].calls > calls,
        position,
        tuple(map(run.position, run.threads)),
        len(ways),
        tuple(ways[:MOST_KEPT]),
    ), violation


def word_of(run: Run, target: Told) -> tuple[int, int] | tuple[None, None]:
    """The word's two fields; none if the target has no word, or is so broken that it cannot be looked at."""
    try:
        return target.observe(run.instance) or (None, None)
    except Exception:
        return None, None
