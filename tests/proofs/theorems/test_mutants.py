"""Protocols, words and tables broken on purpose: for each, an obligation that fails, by name, with a counterexample.

These are beside the mutants of `waitgroup_proofs.mutants`, which are put before every engine.
"""

from collections.abc import Callable
from types import ModuleType
from typing import cast

import pytest

from waitgroup_proofs.mutants import Mutant, mutated_module
from waitgroup_proofs.mutants.production import CORE
from waitgroup_proofs.obligations import discharge
from waitgroup_proofs.theorems import ABSTRACTIONS, contract_refinement, happens_before, packing, shipped_word
from waitgroup_proofs.theorems.abstraction import Abstraction
from waitgroup_proofs.theorems.go import GO
from waitgroup_proofs.theorems.linearisation import LINEARISATION, OUTSIDE, SILENT
from waitgroup_proofs.theorems.necessity import failures, proofs
from waitgroup_proofs.theorems.synchronisation import SYNCHRONISATION
from waitgroup_spec import word
from waitgroup_spec.protocols import go

Mutate = Callable[[ModuleType, str, str], ModuleType]

SLOW_PATH = "if word.counter > 0 or word.waiters == 0:"
RETRY = "        return shared, Thread(Place.WAIT_LOAD)\n"
COMPARE = f"    if shared.word != thread.saved:\n{RETRY}"
SWAP = "shared._replace(word=plus_waiter(shared.word)), Thread(Place.WAIT_ACQUIRE)"
MISUSE = "if word.waiters != 0 and thread.delta > 0 and word.counter == to_signed(thread.delta):"

REFUSED = {
    "never the slow path": (SLOW_PATH, "if True:", "inductive.apply.negative.returned-none.ZEROER"),
    "delta counted twice": ("word, thread.delta)", "word, 2 * thread.delta)", "counter.sum.apply.nested.returned-none"),
    "zero counts as negative": ("word.counter < 0:", "word.counter <= 0:", "no-panic.apply.negative.negative-counter"),
    "every Add with waiters is misuse": (
        MISUSE,
        "if word.waiters != 0 and thread.delta > 0:",
        "no-panic.apply.nested.misuse-add",
    ),
    "the last release left out": ("releases == 1:", "releases == 2:", "inductive.release.add-release.LEFT"),
    "a release without a permit": ("permits + 1)", "permits)", "wakeup.release.release.returned-none"),
    "Wait returns while work is outstanding": (
        "if shared.word.counter == 0:",
        "if shared.word.counter >= 0:",
        "wakeup.at-zero.load.returned-true",
    ),
    "Wait registers at zero": (
        "    if shared.word.counter == 0:\n        return shared, WAITED\n",
        "",
        "inductive.load.wait-swap.LOADED",
    ),
    "nobody is registered": (
        SWAP,
        "shared, Thread(Place.WAIT_ACQUIRE)",
        "inductive.compare_and_swap.wait-acquire.CONSERVE",
    ),
    "a failed swap is tried again without a load": (
        RETRY,
        "        return shared, thread\n",
        "termination.compare_and_swap.wait-swap",
    ),
    "acquire keeps the permit": ("permits - 1)", "permits)", "inductive.acquire.wait-recheck.CONSERVE"),
    "acquire leaves one permit": ("permits > 0", "permits > 1", "lost.stuck.wait-acquire"),
}

REFUSED_WORDS = {
    "the delta reaches the waiters": (
        "return Word(to_signed(word.counter + delta), word.bubble, word.waiters)",
        "return Word(to_signed(word.counter + delta), word.bubble, word.waiters + 1)",
        "packing.delta-is-addition",
    ),
    "the counter saturates": (
        "return Word(to_signed(word.counter + delta), word.bubble, word.waiters)",
        "return Word(min(word.counter + to_signed(delta), COUNTER_MAX), word.bubble, word.waiters)",
        "packing.negative-if-out-of-range",
    ),
    "the carry is lost": (
        "return Word(word.counter, 1, 0)",
        "return Word(word.counter, 0, 0)",
        "packing.waiter-is-addition",
    ),
    "the last waiter is refused": (
        "if word.waiters < WAITERS_MAX:",
        "if word.waiters < WAITERS_MAX - 1:",
        "packing.waiter-keeps-the-rest",
    ),
    "the flag is one bit too high": (
        "bubble=(bits >> layout.waiter_bits)",
        "bubble=(bits >> (layout.waiter_bits + 1))",
        "packing.decoded-like-go",
    ),
    "the counter is unsigned": (
        "return (value + half) % (1 << bits) - half",
        "return value % (1 << bits)",
        "packing.decoded-like-go",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_protocol_fails_an_obligation_and_a_counterexample_says_why(mutate: Mutate, name: str) -> None:
    old, new, id = REFUSED[name]
    answer = discharge(proofs(GO.of(mutate(go, old, new).go))[f"go.{id}"])
    assert (answer.verdict, answer.model != "") == ("violated", True)


@pytest.mark.slow
def test_a_swap_that_compares_the_counter_alone_is_as_good_under_legal_use(mutate: Mutate) -> None:
    weaker = COMPARE.replace("word !=", "word.counter !=").replace("saved:", "saved.counter:")
    assert [] == list(failures(GO.of(mutate(go, COMPARE, weaker).go)))


@pytest.mark.parametrize("name", REFUSED_WORDS)
def test_a_broken_word_fails_a_packing_lemma(mutate: Mutate, name: str) -> None:
    old, new, id = REFUSED_WORDS[name]
    lemmas = {obligation.id: obligation for obligation in packing.obligations(mutate(word, old, new))}
    answer = discharge(lemmas[id])
    assert (answer.verdict, answer.model != "") == ("violated", True)


# The shipped word

SHIPPED = {
    "the waiters are read wrongly": ("-word % UNIT", "word % UNIT", ["reads-back"]),
    "a unit is too small for the largest counter to trap": (
        "WORD_MAX // COUNTER_MAX",
        "WORD_MAX // COUNTER_MAX - 40",
        ["steps-up", "applies"],
    ),
    "a unit is so large that the largest counter does not fit": (
        "WORD_MAX // COUNTER_MAX",
        "WORD_MAX // COUNTER_MAX + 1",
        ["reads-back", "steps-up", "applies", "joins", "cancels"],
    ),
    "the word does not count waiters": (
        "return counter * UNIT - waiters",
        "return counter * UNIT",
        ["reads-back", "steps-down", "applies", "crosses", "joins", "cancels"],
    ),
    "what three does not divide is lost of a delta": (
        "third, third, delta - 2 * third",
        "third, third, third",
        ["applies"],
    ),
    "a delta is in one piece": ("third, third, delta - 2 * third", "0, 0, delta", ["parts-fit"]),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_broken_shipped_word_is_not_that_of_strict(name: str) -> None:
    old, new, refuted_ids = SHIPPED[name]
    broken = cast(shipped_word.Words, mutated_module(Mutant(name, "", CORE, old, new)))
    violated = [one.id for one in map(discharge, shipped_word.obligations(broken)) if one.verdict == "violated"]
    assert [f"shipped-word.{id}" for id in refuted_ids] == violated


# The tables

POINTS = [(name, point) for name, points in LINEARISATION.items() for point in points if points[point] != OUTSIDE]


def refuted(of: Abstraction, module: ModuleType, point: str) -> bool:
    """Whether an obligation about steps that end so fails; the abstraction is made anew, for what is kept about it."""
    action, _, ending = point.partition(".")
    about = (
        one for one in module.obligations(of.of(of.protocol)) if f".{action}." in one.id and f".{ending}" in one.id
    )
    return any(discharge(one).verdict == "violated" for one in about)


@pytest.mark.parametrize(("name", "point"), POINTS)
def test_a_wrong_linearisation_point_fails_an_obligation(
    name: str, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = ABSTRACTIONS[name]
    assert not refuted(of, contract_refinement, point)
    monkeypatch.setitem(LINEARISATION[name], point, "apply" if LINEARISATION[name][point] == SILENT else SILENT)
    assert refuted(of, contract_refinement, point)


@pytest.mark.parametrize(("name", "point"), POINTS)
def test_a_point_that_is_put_outside_the_contract_fails_an_obligation(
    name: str, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LINEARISATION[name], point, OUTSIDE)
    assert refuted(ABSTRACTIONS[name], contract_refinement, point)


def test_an_outcome_without_a_linearisation_point_fails_an_obligation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(LINEARISATION["strict"], "wake.returned-true")
    assert refuted(ABSTRACTIONS["strict"], contract_refinement, "wake.returned-true")


def test_an_action_of_which_nobody_says_how_it_synchronises_fails_an_obligation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(SYNCHRONISATION["go"], "recheck")
    assert refuted(ABSTRACTIONS["go"], happens_before, "recheck.returned-true")
