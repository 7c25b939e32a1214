"""When the counter comes to zero, every parked waiter is woken, and no wait returns True for any other reason.

Established, of `go` under legal use:

* While the counter is zero, there are exactly as many permits as parked waiters, if one counts those that are there,
  those that an Add is about to release, and those that the zeroer is committed to: it saw every registered waiter.
* The zeroer keeps its word: its reset clears the word and leaves it with as many releases as waiters were registered,
  and each release makes one permit and leaves one less to release.
* Wait returns only in a step that finds the counter at zero and leaves it there.

Of `strict`, under every use: while the counter is zero, nobody is parked who has not been granted; the step that brings
it there grants everyone who was; and a wait returns True only at zero, or because it was granted.

Assumed: the invariant (`inductive`). That these steps are indeed taken is `termination`, and that nothing can block
them is `no_lost_waiters`.
"""

from collections.abc import Callable

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.go.census import Census
from waitgroup_proofs.theorems.steps import Outcome, Step, about, in_every_state, outcomes
from waitgroup_proofs.theorems.strict.census import Census as StrictCensus
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.word import ZERO


def each(taken: list[Outcome], id: str, sentence: str, conclusion: Callable[[Step], bool]) -> list[Obligation]:
    """The conclusion, about every one of these outcomes."""
    return [about(outcome, f"wakeup.{id}.{outcome.id}", sentence, conclusion) for outcome in taken]


# Go


def permit_for_everyone(shared: go.Shared, census: Census) -> bool:
    """At zero, every parked waiter has a permit: one that is there, is being released, or is committed to."""
    return shared.word.counter != 0 or census.parked == shared.permits + census.releases + census.zeroer_waiters


def of_go(of: Abstraction) -> list[Obligation]:
    """In every state; then the reset, the releases, and the ends of Wait."""

    def commits(step: Step) -> bool:
        was: go.Shared = step.was
        return step.shared.word == ZERO and bool(step.caller.thread.releases == was.word.waiters)

    def releases_one(step: Step) -> bool:
        was: go.Shared = step.was
        after: go.Shared = step.shared
        return after.permits == was.permits + 1 and bool(step.before.releases - step.after.releases == 1)

    def at_zero(step: Step) -> bool:
        was: go.Shared = step.was
        after: go.Shared = step.shared
        return was.word.counter == 0 and after.word.counter == 0

    steps = [outcome for outcome in outcomes(of) if not outcome.panics]
    everyone = "At counter zero the parked waiters are the permits that are there, being released, or committed to."
    reset = [outcome for outcome in steps if outcome.action.place == go.Place.ADD_RESET]
    release = [outcome for outcome in steps if outcome.action.place == go.Place.ADD_RELEASE]
    returned = [outcome for outcome in steps if outcome.answer is Result.TRUE]
    kept = "The reset clears the word and commits the zeroer to one permit for each registered waiter."
    return [
        in_every_state(of, "wakeup.permits", everyone, permit_for_everyone),
        *each(reset, "reset", kept, commits),
        *each(release, "release", "A release makes one permit, and leaves one less to release.", releases_one),
        *each(returned, "at-zero", "Wait returns at counter zero.", at_zero),
    ]


# Strict


def nobody_waits_at_zero(shared: strict.Shared, census: StrictCensus) -> bool:
    """At zero, everyone who is parked has been granted."""
    return shared.counter != 0 or census.parked == 0


def of_strict(of: Abstraction) -> list[Obligation]:
    """In every state; then the crossing, and the ends of wait."""

    def grants_everyone(step: Step) -> bool:
        was: strict.Shared = step.was
        after: strict.Shared = step.shared
        left: StrictCensus = step.after
        return after.counter == after.waiters == left.parked == 0 and after.generation > was.generation

    def at_zero_or_granted(outcome: Outcome) -> Obligation:
        def conclusion(step: Step) -> bool:
            was: strict.Shared = step.was
            thread: strict.Thread = outcome.caller.thread
            parked = thread.place in (strict.Place.WAIT_PARKED, strict.Place.WAIT_CANCEL)
            return was.counter == 0 or (parked and strict.granted(was, thread))

        sentence = "A wait returns True at counter zero, or because it was granted."
        return about(outcome, f"wakeup.at-zero.{outcome.id}", sentence, conclusion)

    crossing = [o for o in outcomes(of) if o.action.place == strict.Place.ADD_CROSS and o.answer is Result.NONE]
    return [
        in_every_state(of, "wakeup.zero", "At counter zero nobody waits to be granted.", nobody_waits_at_zero),
        *each(crossing, "cross", "A crossing leaves zero behind, and grants everyone parked.", grants_everyone),
        *(at_zero_or_granted(outcome) for outcome in outcomes(of) if outcome.answer is Result.TRUE),
    ]


def obligations(of: Abstraction) -> list[Obligation]:
    """What zero means in this protocol."""
    return of_go(of) if of.name == "go" else of_strict(of)
