"""Every run of any number of threads has an explanation in the contract: of `strict` always, of `go` under legal use.

Established: the contract (`waitgroup_spec.contract`) accompanies every run, in which calls take effect in steps of
their own, the linearisation points: an add in one, a wait that blocks in two; `linearisation` names them action by
action. At each the contract's guard is true, and its own text, executed, leads to a state that is again related. A call
that returns has taken effect, and returns what the contract says. Where nothing can step, each call that is blocked is
a wait which the contract too leaves blocked: it is registered, and not released; in `strict` no timeout has to end for
that.

Outside the contract, which speaks of no such number, is one answer: a wait that `strict` refuses because 2^31 - 1
waiters are registered; it changes nothing. Assumed: the invariant (`inductive`), and for `go` the rules of legal use.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.lift import formula, symbol
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, name_of, plus
from waitgroup_proofs.theorems.companion import Companion, accompanied, assumptions
from waitgroup_proofs.theorems.linearisation import OUTSIDE, SILENT, linearised
from waitgroup_proofs.theorems.steps import Outcome, Step, about, outcomes, with_other
from waitgroup_spec import contract
from waitgroup_spec.contract import Place
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.word import WAITERS_MAX


def follows(
    outcome: Outcome, _step: Step, shared: contract.Shared, thread: contract.Thread
) -> tuple[contract.Shared, contract.Thread] | None:
    """The contract's step, by its own text; None where its guard is false."""
    name = linearised(outcome)
    if name == SILENT:
        return shared, thread
    action = contract.contract.actions.get(name or OUTSIDE)
    if action is None or thread.place != action.place or not action.guard(shared, thread):
        return None
    after: tuple[contract.Shared, contract.Thread] = action.effect(shared, thread)
    return after


# What the contract has in the place of a thread. `generation`: when a wait was registered.


def explained_go(caller: Caller[Any], generation: int) -> contract.Thread:
    """A call of Go: an Add has taken effect as soon as it is applied, a Wait is registered as soon as it is parked."""
    thread = caller.thread
    match thread.place:
        case go.Place.ADD_APPLY:
            return contract.begin(Call(delta=thread.delta))
        case go.Place.ADD_RELOAD | go.Place.ADD_RESET | go.Place.ADD_RELEASE:
            return contract.returned(Result.NONE)
        case go.Place.WAIT_LOAD | go.Place.WAIT_SWAP:
            return contract.begin(Call())
        case go.Place.WAIT_ACQUIRE | go.Place.WAIT_RECHECK:
            return contract.Thread(Place.WAIT_REGISTERED, generation=generation)
    return contract.returned(thread.result)


def explained_strict(caller: Caller[Any], generation: int) -> contract.Thread:
    """A call of strict: nothing has taken effect until the call returns, but that a parked wait is registered."""
    thread = caller.thread
    match thread.place:
        case strict.Place.ADD_APPLY | strict.Place.ADD_READ | strict.Place.ADD_CROSS:
            return contract.begin(Call(delta=thread.delta))
        case strict.Place.WAIT_READ | strict.Place.WAIT_JOIN:
            return contract.begin(Call(timed=thread.timed, interrupted=thread.interrupted))
        case strict.Place.WAIT_PARKED | strict.Place.WAIT_CANCEL:
            wait = contract.begin(Call(timed=thread.timed, interrupted=thread.interrupted))
            return wait._replace(place=Place.WAIT_REGISTERED, generation=generation)
    return contract.returned(thread.result)


# The relation


def released_go(shared: go.Shared, caller: Caller[Any]) -> bool:
    """A waiter that has a permit is released; one that is parked is, exactly while the counter is zero."""
    return caller.thread.place == go.Place.WAIT_RECHECK or shared.word.counter == 0


def released_strict(shared: strict.Shared, caller: Caller[Any]) -> bool:
    """A waiter that is granted is released, and no other."""
    return strict.granted(shared, caller.thread)


class Explanation(NamedTuple):
    """How one protocol is explained: its counter, its threads, and which of its waiters are released."""

    counter: Callable[[Any], int]
    explained: Callable[[Caller[Any], int], contract.Thread]
    released: Callable[[Any, Caller[Any]], bool]

    def agrees(self, shared: Any, explaining: contract.Shared) -> bool:
        """The counters are the same."""
        return self.counter(shared) == explaining.counter

    def related(self, shared: Any, caller: Caller[Any], explaining: contract.Shared, thread: contract.Thread) -> bool:
        """The thread is what explains the caller; a registered one is released if, and only if, it ought to be."""
        if thread != self.explained(caller, thread.generation):
            return False
        if thread.place != Place.WAIT_REGISTERED:
            return True
        in_time = thread.generation <= explaining.generation
        return in_time and bool(contract.released(explaining, thread)) == bool(self.released(shared, caller))


EXPLANATIONS = {
    "go": Explanation(lambda shared: shared.word.counter, explained_go, released_go),
    "strict": Explanation(lambda shared: shared.counter, explained_strict, released_strict),
}


@cache
def companion(protocol: str) -> Companion:
    """The contract, beside a protocol."""
    explanation = EXPLANATIONS[protocol]
    return Companion(
        id="refines",
        shared=symbol(contract.Shared, "contract"),
        part=lambda caller, name: explanation.explained(caller, integer(f"{name}.contract.generation")),
        starts=contract.initial,
        begins=lambda shared, call: (shared, contract.begin(call)),
        follows=follows,
        agrees=explanation.agrees,
        related=explanation.related,
    )


def legitimately(of: Abstraction, caller: Caller[Any]) -> Obligation:
    """Where nothing can step, the contract too leaves the call blocked."""
    beside = companion(of.name)
    thread = beside.part(caller, "mine")

    def nobody_can_step() -> bool:
        return of.stuck(of.shared, plus(of.contribution(of.shared, caller), of.rest))

    def waits() -> bool:
        return thread.place == Place.WAIT_REGISTERED and not contract.released(beside.shared, thread)

    def build() -> Formulas:
        clauses = with_other(of, caller, of.rest)
        agree = formula(beside.agrees, of.shared, beside.shared)
        mine = assumptions(beside, of, caller, "mine")
        return Formulas([formula(of.shape, of.rest), *clauses, agree, *mine, formula(nobody_can_step)], formula(waits))

    sentence = "Where nothing can step, a call in progress is a wait that is registered and not released."
    return Obligation(f"{of.name}.refines.blocked.{name_of(caller)}", sentence, build)


#: Actions that only the end of a timeout, or an exception from elsewhere, makes possible: nobody may have to wait for
#: them.
PATIENT = ("expire", "interrupt")


def promptly(of: Abstraction, caller: Caller[Any]) -> Obligation:
    """A call of strict can go on, unless it is a wait that the contract too leaves blocked; no timeout has to end."""
    beside = companion(of.name)
    thread = beside.part(caller, "mine")

    def goes_on() -> bool:
        enabled = of.protocol.enabled(of.shared, caller.thread)
        if any(action.name not in PATIENT for action in enabled):
            return True
        return thread.place == Place.WAIT_REGISTERED and not contract.released(beside.shared, thread)

    def build() -> Formulas:
        agree = formula(beside.agrees, of.shared, beside.shared)
        return Formulas([agree, *assumptions(beside, of, caller, "mine")], formula(goes_on))

    sentence = "A call goes on without the end of a timeout, or is a wait that is registered and not released."
    return Obligation(f"{of.name}.refines.prompt.{name_of(caller)}", sentence, build)


def delivered(outcome: Outcome) -> Obligation:
    """An exception that has reached a waiter of strict leaves the call."""
    return Obligation(
        f"{outcome.abstraction.name}.refines.delivered.{outcome.id}",
        "A wait that gives up because of an exception ends in it.",
        lambda: Formulas([], z3.BoolVal(outcome.answer is Result.INTERRUPTED)),
    )


def beyond(outcome: Outcome) -> Obligation:
    """What the contract has no answer for: a wait that is refused beside as many waiters as can be counted."""

    def refused_when_full(step: Step) -> bool:
        if outcome.abstraction.name != "strict" or outcome.answer is not Result.REJECTED or is_add(outcome.caller):
            return False
        was: strict.Shared = step.was
        return step.shared == was and was.waiters == WAITERS_MAX

    sentence = "Outside the contract there is but a wait that is refused beside 2^31 - 1 others, and changes nothing."
    return about(outcome, f"refines.outside.{outcome.id}", sentence, refused_when_full)


def is_add(caller: Caller[Any]) -> bool:
    """Whether a thread of strict is in an add."""
    return caller.thread.place in (strict.Place.ADD_APPLY, strict.Place.ADD_READ, strict.Place.ADD_CROSS)


def gives_up(outcome: Outcome) -> bool:
    """Whether a wait of strict ends here because of an exception."""
    cancels = outcome.abstraction.name == "strict" and outcome.action.place == strict.Place.WAIT_CANCEL
    return cancels and outcome.caller.thread.reason is Result.INTERRUPTED


def obligations(of: Abstraction) -> list[Obligation]:
    """The companion follows every run; and it is blocked where the run is."""
    outside = [outcome for outcome in outcomes(of) if linearised(outcome) == OUTSIDE]
    ids = tuple(outcome.id for outcome in outside)
    in_progress = [caller for caller in of.callers if caller.thread.result is Result.PENDING]
    return [
        *accompanied(companion(of.name), of, ids),
        *(beyond(outcome) for outcome in outside),
        *(legitimately(of, caller) for caller in in_progress),
        *(promptly(of, caller) for caller in in_progress if of.name == "strict"),
        *(delivered(outcome) for outcome in outcomes(of) if gives_up(outcome)),
    ]
