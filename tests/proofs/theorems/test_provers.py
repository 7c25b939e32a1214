"""Each kind of obligation can fail: for each, something broken that turns one red, by name.

What is broken is an abstraction, a companion, or a passage of a protocol, of the explanations, or of the clocks.
"""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from waitgroup_proofs.obligations import Obligation, discharge
from waitgroup_proofs.terms import Term
from waitgroup_proofs.theorems import (
    ABSTRACTIONS,
    contract_clauses,
    contract_refinement,
    happens_before,
    lemmas,
    necessity,
)
from waitgroup_proofs.theorems.abstraction import Abstraction, Clause, Rule
from waitgroup_proofs.theorems.companion import accompanied
from waitgroup_proofs.theorems.inductive import in_range
from waitgroup_proofs.theorems.necessity import proofs
from waitgroup_proofs.theorems.synchronisation import SYNCHRONISATION, Through
from waitgroup_spec import contract
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import strict
from waitgroup_spec.word import COUNTER_MAX

Mutate = Callable[[ModuleType, str, str], ModuleType]
GO, STRICT = ABSTRACTIONS["go"], ABSTRACTIONS["strict"]


def red(obligations: list[Obligation]) -> list[str]:
    """The obligations that fail."""
    return [one.id for one in map(discharge, obligations) if one.verdict == "violated"]


def fresh(of: Abstraction) -> Abstraction:
    """The same, without what is kept about it."""
    return of.of(of.protocol)


def named(found: list[str], part: str) -> bool:
    return any(part in id for id in found)


# Protocols

BROKEN = {
    "a reason that is none on one path": (
        "reason=Result.INTERRUPTED)",
        "reason=Result.INTERRUPTED if shared.counter < 7 else Result.TRUE)",
        "census.known.interrupt",
    ),
    "a generation that goes back": ("shared.generation + 1)", "shared.generation - 1)", "census.survives.JOINED.cross"),
    "a delta turned round": ("delta=call.delta)", "delta=-call.delta)", "refines.add"),
    "a timeout forgotten": ("timed=call.timed, ", "", "refines.wait"),
    "an add that becomes a wait": ("if call.delta is None:", "if True:", "refines.add"),
    "a wake that waits for the timeout": (
        "return shared.generation != thread.generation\n\n\n@strict.action(Place.WAIT_PARKED, guard=granted)",
        "return shared.generation != thread.generation\n\n\n"
        "@strict.action(Place.WAIT_PARKED, guard=lambda s, t: granted(s, t) and not t.timed)",
        "refines.prompt.wait-parked.timed",
    ),
    "an exception that is swallowed": (
        "    return shared, returned(thread.reason)",
        "    return shared, returned(Result.TRUE)",
        "refines.delivered.cancel",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_passage_of_strict_fails_the_obligation_about_it(mutate: Mutate, name: str) -> None:
    old, new, id = BROKEN[name]
    broken = STRICT.of(mutate(strict, old, new).strict)
    assert [] != red([obligation for name, obligation in proofs(broken).items() if f".{id}" in name])


# The contract

WEAKER = {
    "pass at any counter": ("return shared.counter == 0\n", "return shared.counter >= 0\n", "answers.pass_through"),
    "register at any counter": ("return shared.counter > 0\n", "return shared.counter >= 0\n", "keeps.register"),
    "expire although released": ("thread.timed and not released(shared, thread)", "thread.timed", "answers.expire"),
    "expire without a timeout": (
        "thread.timed and not released(shared, thread)",
        "not released(shared, thread)",
        "answers.expire",
    ),
    "cancel anybody": ("return thread.interrupted\n", "return True\n", "answers.cancel"),
    "reject anything": ("return not in_range(shared, thread)", "return True", "answers.reject"),
    "apply anything": ("return 0 <= shared.counter + thread.delta <= COUNTER_MAX", "return True", "keeps.apply"),
    "release whoever": ("return shared.generation != thread.generation", "return True", "answers.zero"),
    "forget the generation": ("Shared(0, shared.generation + 1)", "Shared(0, shared.generation)", "others"),
    "a zero that cannot be returned from": (
        "@contract.action(Place.WAIT_REGISTERED, guard=released)",
        "@contract.action(Place.WAIT_REGISTERED, guard=expirable)",
        "contract.returns",
    ),
}


@pytest.mark.parametrize("name", WEAKER)
def test_a_contract_that_allows_too_much_or_too_little_fails_its_clauses(mutate: Mutate, name: str) -> None:
    old, new, id = WEAKER[name]
    assert named(red(contract_clauses.obligations(mutate(contract, old, new).contract)), id)


# Abstractions


def test_a_thread_of_a_kind_that_is_left_out_is_noticed() -> None:
    few = replace(STRICT, callers=tuple(c for c in STRICT.callers if c.thread.place != strict.Place.WAIT_JOIN))
    assert named(red(lemmas.obligations(few)), "census.known.look")


def test_a_clause_that_nothing_keeps_leaves_no_case_that_happens() -> None:
    never = Clause("NEVER", "Nothing is so.", lambda shared, _census: shared.counter < shared.counter)
    impossible = replace(STRICT, clauses=(*STRICT.clauses, never))
    assert named(red(list(necessity.cases(impossible))), "necessity.happens")


@pytest.mark.parametrize("rule", ["RULE_1", "RULE_2"])
def test_a_rule_that_asks_for_too_much_is_noticed(rule: str) -> None:
    def stricter(one: Rule) -> Rule:
        def holds(shared: Any, census: Any, caller: Any) -> bool:
            return one.holds(shared, census, caller) and bool(shared.word.counter > 5)

        return one._replace(holds=holds)

    rules = tuple(stricter(one) if one.id == rule else one for one in GO.rules)
    found = [one for one in necessity.obligations(replace(GO, rules=rules)) if f"weakest.add.negative.{rule}" in one.id]
    assert 1 == len(found) == len(red(found))


def test_a_run_may_start_with_any_number_of_units_that_is_in_range() -> None:
    assert [False, True, True, False] == [in_range(units) for units in (-1, 0, COUNTER_MAX, COUNTER_MAX + 1)]


def unknown(value: Any) -> list[Any]:
    """The numbers of nested named tuples that are known, although nothing is to be known of them."""
    if isinstance(value, tuple):
        return [known for part in value for known in unknown(part)]
    return [] if isinstance(value, (Term, bool)) or type(value) is not int else [value]


def names(value: Any) -> set[str]:
    """The names of the unknowns of nested named tuples."""
    if isinstance(value, tuple):
        return {name for part in value for name in names(part)}
    return {str(value.expression)} if isinstance(value, Term) else set()


@pytest.mark.parametrize("of", ABSTRACTIONS.values(), ids=ABSTRACTIONS)
def test_nothing_is_known_of_the_unknowns_and_no_two_of_them_are_one(of: Abstraction) -> None:
    companions = [contract_refinement.companion(of.name), happens_before.companion(of)]
    parts = [of.shared, of.rest, of.rest_after, of.everyone, *(companion.shared for companion in companions)]
    threads = [*of.callers, *of.others]
    assert [] == [known for part in parts for known in unknown(part)]
    assert [] == [known for caller in threads for known in unknown(caller.thread)]
    groups = [*map(names, parts), set().union(*map(names, of.callers)), set().union(*map(names, of.others))]
    assert len(set().union(*groups)) == sum(map(len, groups))
    assert [caller.license for caller in of.callers] == [caller.license for caller in of.others]


# Companions


def refinement(of: Abstraction, **broken: Any) -> list[str]:
    """What fails of refinement with a broken companion."""
    return red(accompanied(replace(contract_refinement.companion(of.name), **broken), fresh(of)))


def test_a_companion_that_starts_wrongly_fails_at_the_start() -> None:
    assert named(refinement(GO, starts=lambda units: contract.Shared(counter=units + 1)), "refines.start")


def test_a_companion_that_begins_wrongly_fails_at_the_invocation() -> None:
    returned = contract.returned(Result.NONE)
    assert named(refinement(GO, begins=lambda shared, _call: (shared, returned)), "refines.add")


def test_a_companion_that_touches_others_at_an_invocation_fails() -> None:
    def begins(shared: contract.Shared, call: Any) -> tuple[contract.Shared, contract.Thread]:
        return shared._replace(generation=shared.generation + 1), contract.begin(call)

    assert named(refinement(GO, begins=begins), "refines.wait")


def test_a_step_that_releases_a_bystander_fails_beside_it() -> None:
    follows = contract_refinement.companion("strict").follows

    def releases(outcome: Any, step: Any, shared: contract.Shared, thread: contract.Thread) -> Any:
        after = follows(outcome, step, shared, thread)
        if after is None or outcome.action.name != "join":
            return after
        return after[0]._replace(generation=after[0].generation + 1), after[1]

    assert named(refinement(STRICT, follows=releases), "join.wait-parked.beside.wait-parked")


def clocks(of: Abstraction, **broken: Any) -> list[str]:
    """What fails of happens-before with broken clocks."""
    return red(accompanied(replace(happens_before.companion(of), **broken), fresh(of)))


@pytest.mark.parametrize("of", ABSTRACTIONS.values(), ids=ABSTRACTIONS)
def test_no_two_threads_are_ever_apart_if_nothing_is(of: Abstraction) -> None:
    assert [] != clocks(of, apart=lambda _part, _other: False)


def test_a_second_done_is_noticed() -> None:
    def begins(shared: happens_before.Clocks, call: Any) -> Any:
        return happens_before.begins(shared._replace(called=0), call)

    assert named(clocks(GO, begins=begins), "happens-before.add.negative")


def test_a_permit_that_is_made_without_a_release_carries_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for how in (Through.STORE, Through.UPDATE):
        monkeypatch.setitem(SYNCHRONISATION["go"], "release", how)
        assert named(red(happens_before.obligations(fresh(GO))), "release")


def test_a_grant_that_is_made_without_a_crossing_carries_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SYNCHRONISATION["strict"], "cross.returned-none", Through.UPDATE)
    assert named(red(happens_before.obligations(fresh(STRICT))), "cross.returned-none.beside")


@pytest.mark.parametrize(
    ("of", "action"),
    [(STRICT, "look"), *(pytest.param(GO, name, marks=pytest.mark.slow) for name in ("load", "recheck"))],
)
def test_a_step_that_takes_no_permit_and_wakes_nobody_learns_nothing_from_one(
    of: Abstraction, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for how in (Through.ACQUIRE, Through.WAKE):
        monkeypatch.setitem(SYNCHRONISATION[of.name], action, how)
        assert named(red(happens_before.obligations(fresh(of))), f"{action}.")
