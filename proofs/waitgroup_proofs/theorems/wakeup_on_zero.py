"""When the counter comes to zero, every parked waiter is woken, and no Wait returns at any other time.

Established:

* While the counter is zero, there are exactly as many permits as parked waiters, if one counts those that are there,
  those that an Add is about to release, and those that the zeroer is committed to: it saw every registered waiter.
* The zeroer keeps its word: its reset clears the word and leaves it with as many releases as waiters were registered,
  and each release makes one permit and leaves one less to release.
* Wait returns only in a step that finds the counter at zero and leaves it there.

Assumed: the invariant (`inductive`). That these steps are indeed taken is `termination`, and that nothing can block
them is `no_lost_waiters`: only a waiter can be unable to step, for want of a permit.
"""

from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.theorems.census import Census
from waitgroup_proofs.theorems.steps import NOTHING, SHARED, Outcome, Step, Without, about, in_every_state, outcomes
from waitgroup_spec.protocol import Protocol, Result
from waitgroup_spec.protocols import go
from waitgroup_spec.protocols.go import Place
from waitgroup_spec.word import ZERO

SENTENCE = "A counter that comes to zero wakes every parked waiter, and Wait returns at zero only."


def permit_for_everyone(shared: go.Shared, census: Census) -> bool:
    """At zero, every parked waiter has a permit: one that is there, is being released, or is committed to."""
    return shared.word.counter != 0 or census.parked == shared.permits + census.releases + census.zeroer_waiters


def commits(step: Step) -> bool:
    """After the reset the word is zero, and the zeroer has a permit to release for each waiter that was registered."""
    return step.shared.word == ZERO and step.caller.thread.releases == SHARED.word.waiters


def returns_at_zero(step: Step) -> bool:
    """A Wait that returns does so at zero."""
    if step.caller.thread.result != Result.TRUE:
        return True
    return SHARED.word.counter == 0 and step.shared.word.counter == 0


def releases_one(outcome: Outcome, without: Without) -> Obligation:
    """A release turns one of the permits still to be released into a permit."""

    def conclusion(step: Step) -> bool:
        one_more = step.shared.permits == SHARED.permits + 1
        return one_more and step.before.releases - step.after.releases == 1

    sentence = "A release makes one permit, and leaves one less to release."
    return about(outcome, f"wakeup.release.{outcome.id}", sentence, conclusion, without)


def obligations(protocol: Protocol = go.go, without: Without = NOTHING) -> list[Obligation]:
    """In every state; then the reset, the releases, and the ends of Wait."""
    everyone = "At counter zero the parked waiters are the permits that are there, being released, or committed to."
    steps = [outcome for outcome in outcomes(protocol) if not outcome.panics]
    kept = "The reset clears the word and commits the zeroer to one permit for each registered waiter."
    return [
        in_every_state("wakeup.permits", everyone, permit_for_everyone, without),
        *(
            about(outcome, f"wakeup.reset.{outcome.id}", kept, commits, without)
            for outcome in steps
            if outcome.action.place == Place.ADD_RESET
        ),
        *(releases_one(outcome, without) for outcome in steps if outcome.action.place == Place.ADD_RELEASE),
        *(
            about(outcome, f"wakeup.at-zero.{outcome.id}", "Wait returns at counter zero.", returns_at_zero, without)
            for outcome in steps
            if any(path.result.caller.thread.result == Result.TRUE for path in outcome.paths)
        ),
    ]
