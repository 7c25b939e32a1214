"""Every done() up to the zero crossing happens before the return of every wait that the crossing allows.

Established, for any number of threads: choose one call that takes units away, any one; call it *the* done. Whoever is
ordered after it by synchronisation knows it. Knowledge passes through the word, and through the permits of Go's
semaphore or the grants of strict's waiters, as `synchronisation` says action by action, and in no other way. When a
wait returns True, its thread knows the done, if the zero that lets it return came at or after the step of the done. In
Go, under legal use, this is so of every Wait that returns after that step. Which actions need to synchronise at all is
in `necessity`.

Assumed: the invariant (`inductive`); that an atomic operation which sees the word is ordered after those that made it
what it is (Go's memory model; in production, the interpreter's lock or its own); that a permit carries
what its releaser knew, and a grant what its granter knew. Nothing is assumed about which permit a waiter takes.
"""

from functools import cache, partial
from typing import Any, NamedTuple

from waitgroup_proofs.lift import symbol
from waitgroup_proofs.obligations import Obligation
from waitgroup_proofs.terms import integer
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, identical
from waitgroup_proofs.theorems.companion import Companion, accompanied
from waitgroup_proofs.theorems.linearisation import linearised
from waitgroup_proofs.theorems.steps import Outcome, Step
from waitgroup_proofs.theorems.synchronisation import Through, synchronises
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.protocols import go, strict

# Who knows the done is said by natural numbers, which are positive if so: to add two of them is to know from either.


class Clocks(NamedTuple):
    """The shared part: what has become of the done, and who would learn of it."""

    called: int = 0  # the call that is the done has begun
    applied: int = 0  # and it has taken its step
    word: int = 0  # whoever observes the word learns of it
    ignorant: int = 0  # how many permits do not carry it


class Knowledge(NamedTuple):
    """The part of one thread."""

    is_done: int = 0  # its call is the done, and has still to take its step
    knows: int = 0  # the done happened before
    granted: int = 0  # its grant carries the done
    allowed: int = 0  # the zero that lets its wait return came at or after the step of the done


#: Unknowns: whether the call that begins is the one chosen, and whether a waiter is so unlucky as to take an ignorant
#: permit although there is another.
CHOSEN, UNLUCKY = integer("chosen"), integer("unlucky")


def begins(clocks: Clocks, call: Call, chosen: int = CHOSEN) -> tuple[Clocks, Knowledge]:
    """The call that is chosen, which must take units away; or another call.

    A thread that enters another call is taken to know nothing: to know more never makes anybody know less.
    """
    if chosen and clocks.called == 0 and call.delta is not None and call.delta < 0:
        return clocks._replace(called=1), Knowledge(is_done=1, knows=1)
    return clocks, Knowledge()


def follows(
    mute: str, outcome: Outcome, step: Step, clocks: Clocks, part: Knowledge, unlucky: int = UNLUCKY
) -> tuple[Clocks, Knowledge] | None:
    """Observe, then publish; the action `mute` does neither."""
    how = synchronises(outcome.abstraction.name, outcome.action.name, outcome.ending)
    if how is None:
        return None
    called, applied, word, ignorant = clocks
    heard: int = 0
    if how in (Through.LOAD, Through.UPDATE, Through.CROSS):
        heard = word
    if how is Through.WAKE:
        if outcome.action.place != strict.Place.WAIT_PARKED or outcome.abstraction.name != "strict":
            return None
        heard = part.granted
    if how is Through.ACQUIRE:
        if not permits_change(step) or step.shared.permits >= step.was.permits:
            return None
        if ignorant > 0 and (unlucky or ignorant == step.was.permits):
            ignorant = ignorant - 1
        else:
            heard = 1
    knows = part.knows if outcome.action.name == mute else part.knows + heard
    # Who changes nothing publishes nothing, whatever the table says.
    told = 0 if outcome.action.name == mute or identical(step.was, step.shared) else knows
    if how in (Through.UPDATE, Through.CROSS):
        word = word + told
    if how is Through.STORE:
        word = told
    # A permit that is made carries something only if it is released with it.
    if permits_change(step) and step.shared.permits > step.was.permits and not (how is Through.RELEASE and told > 0):
        ignorant = ignorant + 1
    after = part._replace(knows=knows)
    if linearised(outcome) == "apply":
        applied, after = applied + part.is_done, after._replace(is_done=0)
    if outcome.answer is not Result.PENDING:
        after = after._replace(is_done=0)
        if not granted(outcome):
            after = after._replace(allowed=applied if outcome.answer is Result.TRUE else 0)
    return Clocks(called, applied, word, ignorant), after


def permits_change(step: Step) -> bool:
    """Whether the step makes or takes a permit; strict has none."""
    return hasattr(step.was, "permits") and not identical(step.was.permits, step.shared.permits)


def granted(outcome: Outcome) -> bool:
    """Whether a wait of strict returns True because of a zero that granted it, and not of one that it sees now."""
    return outcome.abstraction.name == "strict" and linearised(outcome) == "zero"


def notices(outcome: Outcome, step: Step, clocks: Clocks, other: Caller[Any], part: Knowledge) -> Knowledge:
    """A waiter that the step grants (strict): its grant carries what a crossing thread knew, as the word does now."""
    if other.thread.place not in (strict.Place.WAIT_PARKED, strict.Place.WAIT_CANCEL):
        return part
    if strict.granted(step.was, other.thread) or not strict.granted(step.shared, other.thread):
        return part
    crosses = synchronises(outcome.abstraction.name, outcome.action.name, outcome.ending) is Through.CROSS
    return part._replace(granted=clocks.word if crosses else 0, allowed=clocks.applied)


# The relation


def natural(numbers: Clocks | Knowledge) -> bool:
    """No number is negative."""
    return all(number >= 0 for number in numbers)


def agrees_go(shared: go.Shared, clocks: Clocks) -> bool:
    """Once the done has taken its step, the word and every permit carry it."""
    if not natural(clocks) or clocks.ignorant > shared.permits:
        return False
    return clocks.applied == 0 or (clocks.called > 0 and clocks.word > 0 and clocks.ignorant == 0)


def agrees_strict(_shared: strict.Shared, clocks: Clocks) -> bool:
    """Once the done has taken its step, the word carries it."""
    return natural(clocks) and (clocks.applied == 0 or (clocks.called > 0 and clocks.word > 0))


def is_to_come(caller: Caller[Any], clocks: Clocks, part: Knowledge) -> bool:
    """Whoever is the done takes units away, and knows of itself; nobody else has been it."""
    if part.is_done == 0:
        return True
    return caller.thread.delta < 0 and part.knows > 0 and clocks.called > 0 and clocks.applied == 0


def related_go(_shared: go.Shared, caller: Caller[Any], clocks: Clocks, part: Knowledge) -> bool:
    """Zeroers and woken waiters know the done once it has taken its step; so does a Wait that returns from then on."""
    place = go.Place
    if not natural(part):
        return False
    match caller.thread.place:
        case place.ADD_APPLY:
            return is_to_come(caller, clocks, part)
        case place.ADD_RELOAD | place.ADD_RESET | place.ADD_RELEASE | place.WAIT_RECHECK:
            return part.is_done == 0 and (clocks.applied == 0 or part.knows > 0)
        case place.RETURNED:
            return part.is_done == 0 and (part.allowed == 0 or part.knows > 0)
    return part.is_done == 0


def related_strict(shared: strict.Shared, caller: Caller[Any], clocks: Clocks, part: Knowledge) -> bool:
    """A waiter whose generation ended with the done, or after it, has a grant that carries it, and knows it at last."""
    place = strict.Place
    if not natural(part):
        return False
    match caller.thread.place:
        case place.ADD_APPLY | place.ADD_READ | place.ADD_CROSS:
            return is_to_come(caller, clocks, part)
        case place.WAIT_PARKED | place.WAIT_CANCEL if strict.granted(shared, caller.thread):
            return part.is_done == 0 and (part.allowed == 0 or (part.granted > 0 and clocks.applied > 0))
        case place.RETURNED:
            return part.is_done == 0 and (part.allowed == 0 or part.knows > 0)
    return part.is_done == 0


@cache
def companion(of: Abstraction, mute: str = "") -> Companion:
    """The clocks, beside a protocol of which one action does not synchronise."""
    in_go = of.name == "go"
    return Companion(
        id="happens-before",
        shared=symbol(Clocks, "clocks"),
        part=lambda _caller, name: symbol(Knowledge, f"{name}.knowledge"),
        starts=lambda _units: Clocks(),
        begins=begins,
        follows=partial(follows, mute),
        agrees=agrees_go if in_go else agrees_strict,
        related=related_go if in_go else related_strict,
        notices=(lambda _outcome, _step, _shared, _other, part: part) if in_go else notices,
        apart=lambda part, other: part.is_done == 0 or other.is_done == 0,
    )


def obligations(of: Abstraction, mute: str = "") -> list[Obligation]:
    """The clocks follow every run, and every wait that returns knows what it ought to."""
    return accompanied(companion(of, mute), of)
