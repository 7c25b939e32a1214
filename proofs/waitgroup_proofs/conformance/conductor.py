"""Plays a case on a driver, turn by turn, and compares what it shows with what the contract allows.

What has returned is told from what is blocked by waiting until nothing changes. As soon as what is seen is an outcome
that is allowed, it need only stay so for a moment; anything else is given `patience` seconds to become one.
"""

import time
from enum import StrEnum
from typing import Any, Final, NamedTuple

from waitgroup_proofs.conformance.cases import LONG, SHORT, Case, turn_of
from waitgroup_proofs.conformance.driver import (
    COUNTER_MAX,
    OBSERVED,
    Driver,
    DriverFault,
    Hello,
    LacksError,
    known,
    one_line,
)
from waitgroup_proofs.conformance.expected import WORDS, Expected, expected
from waitgroup_proofs.conformance.outcomes import BLOCKED, Outcome
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import After, Client, When

#: Seconds for which what is seen must stay as it is, with somebody blocked, to be taken for what it will be; and where
#: the waiters cannot be seen, so that one who has not come to its wait yet looks like one who is blocked in it.
SETTLED: Final = 0.03
BLIND: Final = 0.1
#: Seconds between two looks.
LOOK_AGAIN: Final = 0.001


class Verdict(StrEnum):
    """What a case says of an implementation."""

    PASSED = "passed"
    ACCEPTABLE = "acceptable"  # a misuse: not what the contract wants, but what Go may do
    FINDING = "finding"  # not allowed, and exactly what Go is known to do
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    UNDECIDED = "undecided"


class Played(NamedTuple):
    """A case that has been played; `told`: in words, what was seen instead, or why it could not be.

    `late`: somebody was blocked, or had only not come to a call yet.
    """

    case: Case
    verdict: Verdict
    told: str = ""
    late: bool = False


def timeout_of(case: Case, client: Client, call: Call) -> float | None:
    """The seconds of a wait that has a timeout."""
    return case.timeouts.get(client.name, SHORT if call.timed else None)


def lacking(case: Case, hello: Hello) -> str:
    """What the implementation lacks for the case; empty if nothing."""
    needed: set[str] = set()
    deltas = [case.scenario.units]
    for client in case.scenario.clients:
        for number, call in enumerate(client.calls, 1):
            if call.delta is None:
                needed.add("wait" if timeout_of(case, client, call) is None else "timed wait")
            elif tasks_of(case, client, number):
                needed.add("go")
            elif call.delta != -1 or client.name in case.adds:
                needed.add("add")
                deltas.append(call.delta)
    if needed - hello.calls:
        return f"it has no {' and no '.join(sorted(needed - hello.calls))}"
    if max(map(abs, deltas)) > hello.widest:
        return f"its deltas end at {hello.widest}"
    outcomes = [outcome for turn in expected(case) for outcome in turn.contract]
    overflows = any("raised overflow" in words for outcome in outcomes for _, words in outcome.results)
    peak = max(outcome.counter or 0 for outcome in outcomes)
    other = hello.largest != COUNTER_MAX and overflows
    return f"its largest counter is {hello.largest}" if other or peak > hello.largest else ""


def tasks_of(case: Case, client: Client, number: int) -> list[Client]:
    """The task that this call starts, if it is a `go`."""
    return [
        other
        for other in case.scenario.clients
        if other.name in case.tasks and other.start == After(client.name, number)
    ]


def thread_names(client: Client) -> list[str]:
    """Those of its threads."""
    return [client.name if client.threads == 1 else f"{client.name} {n}" for n in range(1, client.threads + 1)]


def play(case: Case, driver: Driver, hello: Hello, patience: float, settled: float = 0.0) -> Played:
    """Play it once; what is seen stays as it is for at least `settled` seconds in each turn. Raises DriverFault."""
    if lack := lacking(case, hello):
        return Played(case, Verdict.NOT_APPLICABLE, lack)
    try:
        return Play(case, driver, hello, patience, settled).played()
    except LacksError as lack:
        return Played(case, Verdict.NOT_APPLICABLE, str(lack))


class Play:
    """One case on one driver."""

    def __init__(self, case: Case, driver: Driver, hello: Hello, patience: float, settled: float) -> None:
        """Nothing has started yet."""
        self.settled = max(SETTLED if "waiters" in hello.observes else BLIND, case.hold, settled)
        self.case, self.driver, self.hello = case, driver, hello
        self.patience = patience + max([SHORT, *(seconds for seconds in case.timeouts.values() if seconds < LONG)])
        #: Whose outcomes need not be waited out: another one may still become the contract's.
        self.acceptable = ("contract", "go") if case.racy else ("contract",)
        #: The threads that have calls, and how many.
        self.given: dict[str, int] = {}

    def played(self) -> Played:
        """Play all the turns, or as many as go well. Raises DriverFault."""
        scenario, blocked, as_go = self.case.scenario, False, False
        self.driver.ask(do="create", units=scenario.units)
        for turn, allowed in enumerate(expected(self.case)):
            clients = [client for client in scenario.clients if turn_of(client, scenario) == turn]
            self._start([c for c in clients if c.start is not When.RETURNED or not blocked], follow=False)
            seen = self._settled(allowed, [client for client in clients if isinstance(client.start, After)])
            whose = allowed.whose(seen)
            as_go = as_go or whose == "go"
            if not whose or (whose == "go" and not self.case.racy):
                known = whose and self.case.finding and "word" in self.hello.observes
                verdict = Verdict.FINDING if known else Verdict.FAILED
                late = blocked or any(BLOCKED in words for _, words in seen.results)
                return Played(self.case, verdict, f"turn {turn + 1}: {in_words(seen, allowed)}", late)
            blocked = any(BLOCKED in words for _, words in seen.results)
        return Played(self.case, Verdict.ACCEPTABLE if as_go else Verdict.PASSED)

    def _start(self, clients: list[Client], follow: bool) -> None:
        """Give these threads their calls, and let them go; those that follow another one only if they are to."""
        now = [client for client in clients if follow or not isinstance(client.start, After)]
        for client in now:
            for name in thread_names(client):
                self._give(name, client)
        if now:
            self.driver.ask(do="start")

    def _give(self, thread: str, client: Client) -> None:
        """Tell the driver the calls of a thread, and those of the tasks that it starts."""
        calls = client.calls[:-1] if client.name in self.case.tasks else client.calls
        self.given[thread] = len(calls)
        for number, call in enumerate(calls, 1):
            is_done = call.delta == -1 and client.name not in self.case.adds
            request: dict[str, Any] = {"call": "done"} if is_done else {"call": "add", "delta": call.delta}
            if call.delta is None:
                seconds = timeout_of(self.case, client, call)
                request = {"call": "wait"} | ({} if seconds is None else {"timeout": seconds})
            for task in tasks_of(self.case, client, number):
                self._give(task.name, task)
                request = {"call": "go", "task": task.name}
            self.driver.ask(do="call", thread=thread, **request)

    def _settled(self, allowed: Expected, following: list[Client]) -> Outcome:
        """What is seen when nothing changes any more. Those that follow a call are started as it has returned."""
        seen, since = None, 0.0
        following = [client for client in following if client.name not in self.case.tasks]
        while True:
            looked = self._look()
            ready = [client for client in following if may_start(client, looked)]
            following = [client for client in following if client not in ready]
            self._start(ready, follow=True)
            if ready or looked != seen:
                seen, since = looked, time.monotonic()
                if ready:
                    continue
            pending = any(BLOCKED in words for _, words in looked.results)
            if allowed.whose(looked) in self.acceptable or not allowed.can_become(looked):
                enough = self.settled if pending else 0.0
            else:
                enough = self.patience
            if time.monotonic() - since >= enough:
                return looked
            time.sleep(LOOK_AGAIN)

    def _look(self) -> Outcome:
        """What is seen now. Raises DriverFault."""
        answer = self.driver.ask(do="poll").get("results")
        if not isinstance(answer, dict):
            raise DriverFault("the answer to poll has no results")
        results = []
        for thread, calls in self.given.items():
            words = answer.get(thread, [])
            if not known(words, WORDS) or len(words) > calls:
                raise DriverFault(f"the results of {thread} are no list of at most {calls} words: {one_line(words)}")
            results.append((thread, (*words, BLOCKED) if len(words) < calls else tuple(words)))
        return Outcome(tuple(results), *observed(self.driver, self.hello))


def may_start(client: Client, seen: Outcome) -> bool:
    """Whether the calls that it follows have returned."""
    assert isinstance(client.start, After)
    words = dict(seen.results).get(client.start.client, ())
    return sum(word != BLOCKED for word in words) >= client.start.calls


def observed(driver: Driver, hello: Hello) -> tuple[int | None, int | None, int | None]:
    """Counter, waiters and word, each if it can be observed. Raises DriverFault."""
    answer = driver.ask(do="observe") if hello.observes else {}
    counter, waiters, word = (answer.get(what) if what in hello.observes else None for what in OBSERVED)
    for number in (counter, waiters):
        if isinstance(number, bool) or not isinstance(number, int | None):
            raise DriverFault(f"it observes a counter or waiters that are no integers: {one_line(number)}")
    try:
        return counter, waiters, None if word is None else int(word, 16)
    except (TypeError, ValueError):
        raise DriverFault(f"it observes a word that is no hexadecimal number: {one_line(word)}") from None


def in_words(seen: Outcome, allowed: Expected) -> str:
    """What was seen, and what is allowed."""
    may_be = sorted({said(outcome) for outcome in allowed.contract})
    return f"{said(seen)}, instead of {' or '.join(may_be[:3])}{' or others' if len(may_be) > 3 else ''}"


def said(outcome: Outcome) -> str:
    """The outcome in words."""
    threads = [f"{name} {', '.join(words) or 'idle'}" for name, words in outcome.results]
    word = None if outcome.word is None else f"0x{outcome.word:016x}"
    numbers = zip(OBSERVED, (outcome.counter, outcome.waiters, word), strict=True)
    return "; ".join([*threads, *(one_line(f"{what} {value}")[:60] for what, value in numbers if value is not None)])
