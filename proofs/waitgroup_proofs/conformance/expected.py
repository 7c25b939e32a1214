"""What is expected of a case after each turn, and whether what was seen is that."""

from collections.abc import Iterable
from typing import NamedTuple

from waitgroup_proofs.conformance.cases import Case, turns_of, up_to
from waitgroup_proofs.conformance.outcomes import BLOCKED, Outcome, of_contract, of_go

RAISED = "raised"
#: What a call can be said to have given.
WORDS = ("returned", "expired", RAISED, *(f"{RAISED} {why}" for why in ("negative", "overflow", "misuse", "reused")))


class Expected(NamedTuple):
    """After one turn: what the contract allows, and what Go does. Empty if Go has no such call."""

    contract: frozenset[Outcome]
    go: frozenset[Outcome]

    def whose(self, seen: Outcome) -> str:
        """Whose outcome this is: "contract", "go", or nobody's."""
        if any(agrees(seen, outcome) for outcome in self.contract):
            return "contract"
        return "go" if any(agrees(seen, outcome) for outcome in self.go) else ""

    def can_become(self, seen: Outcome) -> bool:
        """Whether calls that have not returned yet could still make it one of the contract's."""
        return any(is_ahead(outcome, seen) for outcome in self.contract)


def expected(case: Case) -> tuple[Expected, ...]:
    """After each turn."""
    turns = [up_to(case.scenario, turn) for turn in range(turns_of(case.scenario))]
    return tuple(
        Expected(of_calls(case, of_contract(turn)), of_calls(case, of_go(turn) or frozenset())) for turn in turns
    )


def of_calls(case: Case, outcomes: Iterable[Outcome]) -> frozenset[Outcome]:
    """The same without the done() of each task, which is the `go`'s and no call of anybody."""
    own = {client.name: len(client.calls) - 1 for client in case.scenario.clients if client.name in case.tasks}
    return frozenset(
        outcome._replace(results=tuple((name, words[: own.get(name)]) for name, words in outcome.results))
        for outcome in outcomes
    )


def agrees(seen: Outcome, outcome: Outcome) -> bool:
    """Whether what was seen is this outcome, as far as it could be seen."""
    words = dict(outcome.results)
    return (
        words.keys() == dict(seen.results).keys()
        and all(
            len(ours) == len(words[name]) and all(map(is_said_by, words[name], ours)) for name, ours in seen.results
        )
        and seen.counter in (None, outcome.counter)
        and seen.waiters in (None, outcome.waiters)
        and (None in (seen.word, outcome.word) or seen.word == outcome.word)
    )


def is_ahead(outcome: Outcome, seen: Outcome) -> bool:
    """Whether the calls that have ended so far ended as in this outcome."""
    words = dict(outcome.results)
    return all(
        all(map(is_said_by, words.get(name, ()), ended(ours))) and len(ended(ours)) <= len(words.get(name, ()))
        for name, ours in seen.results
    )


def ended(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without the call that has not."""
    return words[:-1] if words and words[-1] == BLOCKED else words


def is_said_by(word: str, said: str) -> bool:
    """Whether an implementation that says this can mean that word: it need not say why it raises."""
    return word == said or (said == RAISED and word.startswith(RAISED))
