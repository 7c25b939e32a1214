"""Every case of the proofs happens, and no clause, rule, guard or needed synchronisation can be spared.

Established, each by a model that the solver finds:

* Every outcome of every action happens, and every kind of call begins, in some state with the invariant; the outcomes
  that the text has and nobody reaches are listed here and proved impossible. So no obligation holds for want of a case.
  (That real runs reach all of them is tested: the tests let small clients loose.)
* Without any one clause of an invariant, any one rule of legal use, or any one `guard=` of a protocol (what effects ask
  is for mutants), some obligation fails: one is named for each (`failures` finds them all), and its counterexample is
  what the clause rules out. And no rule could be weaker than the invariant that it brings about.
* Go's documentation in the place of rule 2 does not suffice: an Add that merely starts while the counter is positive.
* Without what one of these actions contributes to the order of events, some wait returns and does not know the done.
  (That of the other actions nothing is needed is tested.)

Assumed: nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import z3

from waitgroup_proofs.lift import formula
from waitgroup_proofs.obligations import Formulas, Obligation, discharge
from waitgroup_proofs.theorems import (
    bounds,
    contract_refinement,
    happens_before,
    inductive,
    lemmas,
    no_lost_waiters,
    no_panic,
    non_negative_counter,
    termination,
    wakeup_on_zero,
)
from waitgroup_proofs.theorems.abstraction import Abstraction, Caller, Rule, sentence_of
from waitgroup_proofs.theorems.go.census import Census, License
from waitgroup_proofs.theorems.steps import (
    Invocation,
    about,
    global_clauses,
    happens,
    in_some_state,
    invocations,
    legal_entry,
    local_clauses,
    outcomes,
    with_other,
)
from waitgroup_spec.protocol import Protocol, always_enabled
from waitgroup_spec.protocols import go


class Needed(NamedTuple):
    """What is needed of the proofs of one protocol: for each part, an obligation that fails without it."""

    never: tuple[str, ...]
    without: Mapping[str, str]
    unguarded: Mapping[str, str]
    mute: Mapping[str, str]


NEEDED = {
    "go": Needed(
        # Outcomes that stand in the text and that no legal run reaches: only who takes the last unit finds zero.
        never=("apply.nested.add-reload", "apply.from-zero.add-reload"),
        without={
            "SIGN": "no-panic.apply.nested.negative-counter",
            "SEEN": "no-panic.reload.misuse-reload",
            "LEFT": "census.shape.add-release",
            "LOADED": "inductive.compare_and_swap.wait-acquire.ZEROER",
            "CLEAN": "no-panic.reload.misuse-reload",
            "NATURAL": "no-panic.recheck.reused",
            "TOKENS": "no-panic.apply.nested.misuse-add",
            "CONSERVE": "lost.as-new",
            "ZEROER": "wakeup.reset.reset.add-release",
            "WAKING": "no-panic.recheck.reused",
            "PHASE": "no-panic.apply.from-zero.misuse-add",
            "UNITS": "no-panic.apply.nested.negative-counter",
            "WAITERS": "inductive.compare_and_swap.wait-acquire.CLEAN",
            "RULE_1": "inductive.add.negative.TOKENS",
            "RULE_2": "inductive.add.nested.TOKENS",
            "RULE_3_ADD": "inductive.add.from-zero.PHASE",
            "RULE_3_WAIT": "inductive.wait.PHASE",
            "RULE_4": "inductive.add.nested.SIGN",
            "RULE_5_UNITS": "inductive.add.from-zero.UNITS",
            "RULE_5_WAITERS": "inductive.wait.WAITERS",
        },
        unguarded={"acquire": "inductive.acquire.wait-recheck.NATURAL"},
        mute={
            "apply": "happens-before.apply.negative.add-reload",
            "reset": "happens-before.reset.add-release",
            "release": "happens-before.release.returned-none",
            "load": "happens-before.load.returned-true",
            "acquire": "happens-before.acquire.wait-recheck",
        },
    ),
    "strict": Needed(
        never=(),
        without={
            "JOINED": "census.others.wait-parked",
            "BOUNDS": "counter.bounds",
            "ROOM": "termination.look.wait-join",
            "COUNTED": "wakeup.zero",
            "WAITING": "lost.outstanding",
        },
        unguarded={
            "wake": "refines.wake.returned-true",
            "expire": "termination.expire.wait-cancel",
            "interrupt": "termination.interrupt.wait-cancel",
        },
        mute={
            "apply": "happens-before.apply.returned-none",
            "cross": "happens-before.cross.returned-none",
            "look": "happens-before.look.returned-true",
            "wake": "happens-before.wake.returned-true",
            "cancel": "happens-before.cancel.timed.false.returned-true",
        },
    ),
}


#: Where the obligations about a protocol come from; what is cheap to discharge, and likely to fail, is first.
MODULES = (
    lemmas,
    inductive,
    no_panic,
    non_negative_counter,
    wakeup_on_zero,
    no_lost_waiters,
    termination,
    bounds,
    contract_refinement,
    happens_before,
)


def proofs(of: Abstraction) -> dict[str, Obligation]:
    """Every obligation about a protocol."""
    return {found.id: found for module in MODULES for found in module.obligations(of)}


def failures(of: Abstraction) -> Iterator[tuple[Obligation, str]]:
    """Every obligation that fails, with its counterexample: a mutant of the protocol has some, or a clause left out."""
    for module in MODULES:
        for obligation in module.obligations(of):
            answer = discharge(obligation)
            if answer.verdict != "holds":
                yield obligation, answer.model


def unguarded(protocol: Protocol, name: str) -> Protocol:
    """The protocol with one action always enabled."""
    weaker = protocol.like(protocol.name, protocol.sentence)
    weaker.actions = {**protocol.actions, name: protocol.actions[name]._replace(guard=always_enabled)}
    return weaker


def fails(of: Abstraction, obligations: Mapping[str, Obligation], id: str, spared: str) -> Obligation:
    """An obligation about a weaker protocol or invariant, expected to fail."""
    obligation = obligations[f"{of.name}.{id}"]
    return replace(
        obligation,
        id=f"{of.name}.necessity.without-{spared}.{id}",
        sentence=f"False without {spared}: {obligation.sentence}",
        expected="refuted",
    )


def begins(of: Abstraction, invocation: Invocation) -> Obligation:
    """Some state with the invariant allows the call."""
    return Obligation(
        f"{of.name}.necessity.begins.{invocation.id}",
        f"A legal {invocation.id} can begin.",
        lambda: Formulas(legal_entry(of, invocation), z3.BoolVal(True)),
        "satisfiable",
    )


def weakest(of: Abstraction, invocation: Invocation, rule: Rule) -> Obligation:
    """A rule asks for no more than the invariant does after the call has begun."""

    def build() -> Formulas:
        before = [formula(of.shape, of.rest), *global_clauses(of, of.rest)]
        after = [*with_other(of, invocation.caller, of.rest), *local_clauses(of, invocation.caller)]
        return Formulas([*before, *after], formula(rule.holds, of.shared, of.rest, invocation.caller))

    sentence = f"No weaker rule would do: {rule.sentence}"
    return Obligation(f"{of.name}.necessity.weakest.{invocation.id}.{rule.id}", sentence, build)


def documented(shared: go.Shared, _census: Census, caller: Caller[Any]) -> bool:
    """As Go documents it: a positive delta may be added whenever the call starts while the counter is positive."""
    return caller.license is not License.NESTED or shared.word.counter > 0


def as_documented(of: Abstraction) -> Abstraction:
    """Go with the documentation's rule in the place of rule 2."""
    rules = (
        r._replace(sentence=sentence_of(documented), holds=documented) if r.id == "RULE_2" else r for r in of.rules
    )
    return replace(of, rules=tuple(rules))


def cases(of: Abstraction) -> Iterator[Obligation]:
    """What happens, and what never does."""
    name, never = of.name, NEEDED[of.name].never
    starts = Formulas([], formula(inductive.in_range, inductive.UNITS))
    yield Obligation(f"{name}.necessity.begins.run", "A run can begin.", lambda: starts, "satisfiable")
    yield from (begins(of, invocation) for invocation in invocations(of))
    for outcome in outcomes(of):
        if outcome.id in never:
            sentence = "A positive Add is never the zeroer."
            yield about(outcome, f"necessity.never.{outcome.id}", sentence, no_panic.impossible)
        elif not outcome.panics:
            yield happens(outcome, f"necessity.happens.{outcome.id}", f"{outcome.action.name} can end so.")

    def with_a_waiter(shared: Any, census: Any) -> bool:
        return of.stuck(shared, census) and census.parked > 0

    def with_nobody(shared: Any, census: Any) -> bool:
        return of.stuck(shared, census) and census == of.nobody

    yield in_some_state(of, "necessity.ends.parked", "Nothing can step and someone is parked.", with_a_waiter)
    yield in_some_state(of, "necessity.ends.nobody", "Nothing can step and nobody is in a call.", with_nobody)


def obligations(of: Abstraction) -> list[Obligation]:
    """What happens; what never does; what fails without each clause, rule, guard and synchronisation."""
    needed = NEEDED[of.name]
    guarded = [action.name for action in of.protocol.actions.values() if action.guard is not always_enabled]
    found = [
        *cases(of),
        *(fails(of, proofs(of.without(id)), needed.without[id], id) for id in of.parts),
        *(weakest(of, invocation, rule) for invocation in invocations(of) for rule in of.rules),
        *(
            fails(of, proofs(of.of(unguarded(of.protocol, name))), needed.unguarded[name], f"guard-of-{name}")
            for name in guarded
        ),
    ]
    if of.name == "go":
        found.append(fails(of, proofs(as_documented(of)), needed.without["RULE_2"], "owning-a-unit"))
    for action, id in needed.mute.items():
        mute = {obligation.id: obligation for obligation in happens_before.obligations(of, action)}
        found.append(fails(of, mute, id, f"synchronisation-of-{action}"))
    return found
