"""Plays the whole kit on a driver, or a part of it, and says what it says: by case, by family, in all."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from waitgroup_proofs.conformance.cases import Case, turn_of
from waitgroup_proofs.conformance.conductor import Played, Verdict, play
from waitgroup_proofs.conformance.driver import Driver, DriverFault, Hello
from waitgroup_proofs.conformance.families import FAMILIES

#: Faults of a driver after which no more is asked of it.
FAULTS: Final = 3
#: How often a failure that may be a thread's being late is tried again.
CONFIRMATIONS: Final = 3
#: The verdicts from the worst on: of several tries, the worst counts.
WORST: Final = (Verdict.FAILED, Verdict.FINDING, Verdict.UNDECIDED, Verdict.ACCEPTABLE, Verdict.PASSED)


class Asked(NamedTuple):
    """How the kit is played. `tries`: how often a case in which threads race. `grace`, `patience`: seconds."""

    tries: int
    patience: float
    grace: float


class Report(NamedTuple):
    """What a driver said of itself, and what came of each case, by family."""

    hello: Hello
    played: dict[str, list[Played]]

    @property
    def verdict(self) -> str:
        """One of holds, violated, inconclusive; where no case applies, nothing has been shown."""
        verdicts = {one.verdict for cases in self.played.values() for one in cases}
        if verdicts & {Verdict.FAILED, Verdict.FINDING}:
            return "violated"
        if Verdict.UNDECIDED in verdicts or not verdicts & {Verdict.PASSED, Verdict.ACCEPTABLE}:
            return "inconclusive"
        return "holds"

    def counts(self, family: str) -> Counter[Verdict]:
        """How many cases of a family came out how."""
        return Counter(one.verdict for one in self.played[family])


def chosen(names: Sequence[str]) -> dict[str, list[Case]]:
    """The cases of these names, `family` or `family/case`; all if none. Raises ValueError for one that is not there."""
    if not names:
        return {family: list(cases) for family, cases in FAMILIES.items()}
    found: dict[str, list[Case]] = {}
    for name in names:
        family, _, case = name.partition("/")
        cases = [one for one in FAMILIES.get(family, ()) if case in ("", one.name)]
        if not cases:
            raise ValueError(f"there is no case {name!r}: name a family ({', '.join(FAMILIES)}) or family/case")
        found.setdefault(family, []).extend(one for one in cases if one not in found[family])
    return found


def races(case: Case) -> bool:
    """Whether threads are started together, so that another try can come out otherwise."""
    turns = Counter(turn_of(client, case.scenario) for client in case.scenario.clients for _ in range(client.threads))
    return max(turns.values()) > 1


def conduct(
    command: Sequence[str],
    cases: dict[str, list[Case]],
    asked: Asked,
    progress: Callable[[str], None] = lambda _name: None,
) -> Report:
    """Play the cases. Raises DriverFault if the command cannot be started, or does not say hello."""
    driver = Driver(command, asked.grace)
    try:
        hello = driver.hello()
        faults = 0
        played: dict[str, list[Played]] = {family: [] for family in cases}
        for family, some in cases.items():
            for case in some:
                progress(f"{family}/{case.name}")
                if faults == FAULTS:
                    played[family].append(Played(case, Verdict.UNDECIDED, f"not played, after {FAULTS} faults"))
                    continue
                try:
                    played[family].append(tried(case, driver, hello, asked))
                except DriverFault as fault:
                    faults += 1
                    played[family].append(Played(case, Verdict.UNDECIDED, str(fault)))
                    driver.end()
                    try:
                        driver = Driver(command, asked.grace)
                        driver.hello()
                    except DriverFault:
                        faults = FAULTS
        return Report(hello, played)
    finally:
        driver.end()


def tried(case: Case, driver: Driver, hello: Hello, asked: Asked) -> Played:
    """The worst of some tries if the case is a race; the first that is not allowed ends them. Raises DriverFault."""
    worst = play(case, driver, hello, asked.patience)
    for _ in range(asked.tries - 1 if races(case) else 0):
        if worst.verdict not in (Verdict.PASSED, Verdict.ACCEPTABLE):
            break
        again = play(case, driver, hello, asked.patience)
        worst = min(worst, again, key=lambda one: WORST.index(one.verdict))
    if worst.verdict is Verdict.FAILED and worst.late and "waiters" not in hello.observes:
        return confirmed(worst, driver, hello, asked)
    return worst


def confirmed(failed: Played, driver: Driver, hello: Hello, asked: Asked) -> Played:
    """A failure of one whose waiters cannot be seen, if it shows again with time for every thread to come to its call.

    Else it is undecided: a waiter may only have been late, and not have been there when the next turn began.
    """
    for _ in range(CONFIRMATIONS):
        again = play(failed.case, driver, hello, asked.patience, settled=asked.patience / 2)
        if again.verdict is Verdict.FAILED:
            return again
    return failed._replace(verdict=Verdict.UNDECIDED, told=f"{failed.told}; not seen again with more time")


def failures(report: Report) -> Iterable[tuple[str, Played]]:
    """What did not pass, with its family."""
    wrong = (Verdict.FAILED, Verdict.FINDING, Verdict.UNDECIDED)
    return ((family, one) for family, cases in report.played.items() for one in cases if one.verdict in wrong)
