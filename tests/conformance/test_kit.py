"""What the kit makes of what it sees: whose outcome it is, what applies, the worst of some tries, the verdict."""

import sys
import time
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from tests.command_line import waitgroup
from tests.conformance.broken import LooksAgain
from tests.conformance.in_process import InProcess, played
from tests.conformance.right import Right

from waitgroup_proofs.conformance import kit
from waitgroup_proofs.conformance.cases import Case, turns_of
from waitgroup_proofs.conformance.conductor import Played, Verdict, lacking, play
from waitgroup_proofs.conformance.driver import Hello
from waitgroup_proofs.conformance.expected import expected
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.kit import Asked, Report, chosen, races
from waitgroup_proofs.conformance.outcomes import Outcome

CASES = {f"{family}/{case.name}": case for family, cases in FAMILIES.items() for case in cases}
OURS = ("tests.conformance.drivers.python.driver", "waitgroup")
GO = Hello(
    "go",
    "go1.27.3",
    frozenset({"add", "done", "wait", "go"}),
    frozenset({"counter", "waiters", "word"}),
    2**31 - 1,
    2**63,
)


def seen(counter: int, waiters: int, word: int | None, **results: str) -> Outcome:
    """What is seen of threads, whose names are without their blank here."""
    said = ((name.replace("_", " "), tuple(words.split(", "))) for name, words in results.items())
    return Outcome(tuple(said), counter, waiters, word)


REFUSED = CASES["misuse/done-at-zero"]


@pytest.mark.parametrize(
    ("outcome", "whose"),
    [
        (seen(0, 0, None, thread_1="raised negative"), "contract"),
        (seen(0, 0, None, thread_1="raised"), "contract"),
        (seen(-1, 0, None, thread_1="raised negative"), "go"),
        (seen(-1, 0, 0xFFFFFFFF_00000000, thread_1="raised negative"), "go"),
        (seen(-1, 0, 0xFFFFFFFF_00000001, thread_1="raised negative"), ""),
        (seen(0, 0, 0, thread_1="raised negative"), "contract"),
        (seen(0, 0, 1, thread_1="raised negative"), ""),
        (seen(0, 0, None, thread_1="raised overflow"), ""),
        (seen(0, 0, None, thread_1="returned"), ""),
        (seen(0, 0, None, thread_2="raised negative"), ""),
    ],
)
def test_what_is_seen_is_the_contract_s_outcome_or_go_s_or_nobody_s(outcome: Outcome, whose: str) -> None:
    assert whose == expected(REFUSED)[0].whose(outcome)


def test_what_cannot_be_seen_is_not_asked_for() -> None:
    unseen = Outcome((("thread 1", ("raised",)),), None, None)
    assert "contract" == expected(REFUSED)[0].whose(unseen)


def test_a_call_that_may_still_return_keeps_what_is_seen_open_and_one_that_has_gone_wrong_does_not() -> None:
    (turn,) = expected(CASES["wait/pre-added-2x1"])
    assert turn.can_become(seen(1, 1, None, worker_1="returned", worker_2="blocked", waiter="blocked"))
    assert not turn.can_become(seen(1, 1, None, worker_1="raised", worker_2="blocked", waiter="blocked"))
    assert not turn.can_become(seen(1, 1, None, worker_1="returned, returned", worker_2="blocked", waiter="blocked"))


@pytest.mark.parametrize(
    ("name", "changed", "told"),
    [
        ("timeout/expires", {}, "it has no timed wait"),
        ("go/one-task", {"calls": frozenset({"done", "wait"})}, "it has no go"),
        ("counter/sum-one", {"calls": frozenset({"done", "wait"})}, "it has no add"),
        ("counter/2-threads-are-done", {"calls": frozenset({"done", "wait"})}, ""),
        ("bounds/the-largest", {"largest": 65_535}, "its largest counter is 65535"),
        ("bounds/one-too-many", {"largest": 2**63 - 1}, "its largest counter is 9223372036854775807"),
        ("bounds/the-largest", {"largest": 2**63 - 1}, ""),
        ("bounds/a-word-of-32-bits", {"widest": 2**31}, "its deltas end at 2147483648"),
        ("bounds/less-a-word", {}, ""),
    ],
)
def test_a_case_applies_unless_the_implementation_lacks_something(
    name: str, changed: dict[str, Any], told: str
) -> None:
    assert told == lacking(CASES[name], GO._replace(**changed))


class Late(Right):
    """Right, on a slow machine: each wait begins late, and ends late."""

    def wait(self, timeout: float | None = None) -> bool:
        """After a moment."""
        time.sleep(0.06)
        ended = super().wait(timeout)
        time.sleep(0.06)
        return ended


@pytest.mark.parametrize(
    "name", ["misuse/surplus-2x2", "misuse/a-wait-after-a-refusal-at-zero", "reuse/reuse-parked-1x2"]
)
def test_a_right_class_passes_if_its_threads_are_late(name: str) -> None:
    assert Verdict.PASSED is played(CASES[name], Late, patience=1.0, tries=1).verdict


def test_a_failure_that_may_be_a_late_thread_is_undecided_unless_it_shows_again() -> None:
    class Blind(InProcess):
        """Shows nothing."""

        def ask(self, **request: object) -> dict[str, Any]:
            """Without what it observes."""
            said = super().ask(**request)
            return said | {"observes": []} if request["do"] == "hello" else said

    class TooLate(Right):
        """Later than anybody waits, at first."""

        slow: ClassVar = [0.5]

        def wait(self, timeout: float | None = None) -> bool:
            """Late once."""
            time.sleep(self.slow.pop() if self.slow else 0)
            return super().wait(timeout)

    for make, verdict in ((TooLate, Verdict.UNDECIDED), (LooksAgain, Verdict.FAILED)):
        driver = Blind(make)
        case = CASES["reuse/reopened-at-once"]
        assert verdict is kit.tried(case, driver, driver.hello(), Asked(1, 0.3, 10.0)).verdict


def test_a_misuse_that_ends_as_in_go_is_acceptable_a_known_finding_only_for_who_shows_go_s_word() -> None:
    class Keeps(Right):
        """Keeps what it has refused, as Go does."""

        def add(self, delta: int) -> None:
            """Too late."""
            self.counter += delta
            if self.counter < 0:
                raise ValueError("negative counter")

        @property
        def word(self) -> str:
            """As Go packs it."""
            return f"0x{self.counter % 2**32:08x}{self.waiters:08x}"

    class Shows(InProcess):
        """Shows the word too."""

        def ask(self, **request: object) -> dict[str, Any]:
            """With what it observes."""
            said = super().ask(**request)
            if request["do"] == "hello":
                said["observes"] = ["counter", "waiters", "word"]
            return said | {"word": self.group.group.word} if request["do"] == "observe" else said

    assert Verdict.FAILED is played(REFUSED, Keeps, tries=1).verdict
    driver = Shows(Keeps)
    assert Verdict.FINDING is play(REFUSED, driver, driver.hello(), 0.2).verdict


def test_a_case_in_which_threads_start_together_is_a_race_and_no_other() -> None:
    assert races(CASES["counter/2-threads-add"])
    assert races(CASES["wait/pre-added-1x1"])
    assert not races(CASES["counter/sum-at-once-and-at-once-away"])
    assert not races(CASES["wait/until-the-last"])


def test_of_several_tries_the_worst_counts_and_a_failure_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["counter/2-threads-add"]
    verdicts: Iterator[Verdict]

    def next_one(_case: Case, *_rest: object) -> Played:
        return Played(case, next(verdicts))

    monkeypatch.setattr(kit, "play", next_one)
    driver = InProcess(Right)
    for given, worst, left in (
        ([Verdict.PASSED] * 4, Verdict.PASSED, 0),
        ([Verdict.PASSED, Verdict.ACCEPTABLE, Verdict.PASSED, Verdict.PASSED], Verdict.ACCEPTABLE, 0),
        ([Verdict.PASSED, Verdict.FAILED, Verdict.PASSED, Verdict.PASSED], Verdict.FAILED, 2),
    ):
        verdicts = iter(given)
        assert worst is kit.tried(case, driver, GO, Asked(4, 1.0, 1.0)).verdict
        assert left == len(list(verdicts))


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        (["passed", "not applicable"], "holds"),
        (["acceptable"], "holds"),
        (["passed", "finding"], "violated"),
        (["undecided", "failed"], "violated"),
        (["passed", "undecided"], "inconclusive"),
        (["not applicable"], "inconclusive"),
        ([], "inconclusive"),
    ],
)
def test_all_that_applies_must_pass_and_something_must_apply(verdicts: list[str], verdict: str) -> None:
    report = Report(GO, {"wait": [Played(REFUSED, Verdict(one)) for one in verdicts]})
    assert verdict == report.verdict


def test_cases_are_chosen_by_family_or_by_name_and_what_is_not_there_is_refused() -> None:
    assert FAMILIES.keys() == chosen([]).keys()
    assert ["at-zero"] == [case.name for case in chosen(["wait/at-zero", "wait/at-zero"])["wait"]]
    assert len(FAMILIES["wait"]) == len(chosen(["wait/at-zero", "wait"])["wait"])
    for name in ("nonsense", "wait/nonsense", "/at-zero", ""):
        with pytest.raises(ValueError, match=f"there is no case '{name}'"):
            chosen([name])


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.finding or turns_of(case.scenario) > 3])
def test_our_class_passes_in_process_what_is_long_or_what_go_does_not(name: str) -> None:
    from waitgroup import WaitGroup

    driver = InProcess(WaitGroup)
    assert Verdict.PASSED is play(CASES[name], driver, driver.hello(), 2.0).verdict


def test_conform_says_what_it_saw_as_one_json_object() -> None:
    command = [sys.executable, "-m", *OURS]
    ran = waitgroup("conform", "--only", "counter", "--json", "-", "--", *command)
    said = ran.json
    assert (0, "holds", "waitgroup") == (ran.code, said["verdict"], said["name"])
    others = {"acceptable": 0, "finding": 0, "failed": 0, "not_applicable": 0, "undecided": 0}
    assert [{"name": "counter", "passed": 27} | others] == said["families"]


def test_conform_shows_what_failed_with_the_command_that_plays_it_again() -> None:
    command = [sys.executable, "-m", OURS[0], "naive Condition"]
    code, out, _ = waitgroup("conform", "--only", "reuse/reuse-parked-1x1", "--", *command)
    lines = out.splitlines()
    assert 1 == code
    assert "failed: reuse/reuse-parked-1x1: a zero that lasts for a moment" in lines
    assert (
        f"  again: waitgroup conform --only reuse/reuse-parked-1x1 -- {sys.executable} -m {OURS[0]} 'naive Condition'"
        in lines
    )
    assert "violated" == lines[-1]
