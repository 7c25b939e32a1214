"""Protocols and words broken on purpose: for each, an obligation that fails, by name, with a counterexample.

The checks that only misuse can trip are dead under legal use, and leaving one out breaks no theorem: those mutants are
listed too, because what a proof does not see belongs to what it says.
"""

from collections.abc import Callable
from types import ModuleType

import pytest

from waitgroup_proofs.obligations import discharge
from waitgroup_proofs.theorems import packing
from waitgroup_proofs.theorems.go import GO
from waitgroup_proofs.theorems.necessity import failures, proofs
from waitgroup_spec import word
from waitgroup_spec.protocols import go

Mutate = Callable[[ModuleType, str, str], ModuleType]

SLOW_PATH = "if word.counter > 0 or word.waiters == 0:"
RELEASES = "releases=thread.saved.waiters)"
RESET = "return shared._replace(word=ZERO), Thread(Place.ADD_RELEASE"
RETRY = "        return shared, Thread(Place.WAIT_LOAD)\n"
COMPARE = f"    if shared.word != thread.saved:\n{RETRY}"
SWAP = "shared._replace(word=plus_waiter(shared.word)), Thread(Place.WAIT_ACQUIRE)"
MISUSE = "if word.waiters != 0 and thread.delta > 0 and word.counter == to_signed(thread.delta):"

REFUSED = {
    "no test for waiters": (SLOW_PATH, "if word.counter > 0:", "inductive.apply.negative.add-reload.SEEN"),
    "slow path with any waiter": (SLOW_PATH, "if word.waiters == 0:", "inductive.apply.nested.add-reload.ZEROER"),
    "never the slow path": (SLOW_PATH, "if True:", "inductive.apply.negative.returned-none.ZEROER"),
    "delta counted twice": ("word, thread.delta)", "word, 2 * thread.delta)", "counter.sum.apply.nested.returned-none"),
    "zero counts as negative": ("word.counter < 0:", "word.counter <= 0:", "no-panic.apply.negative.negative-counter"),
    "every Add with waiters is misuse": (
        MISUSE,
        "if word.waiters != 0 and thread.delta > 0:",
        "no-panic.apply.nested.misuse-add",
    ),
    "no reset store": (RESET, "return shared, Thread(Place.ADD_RELEASE", "inductive.reset.add-release.WAKING"),
    "one release too many": (RELEASES, "releases=thread.saved.waiters + 1)", "inductive.reset.add-release.CONSERVE"),
    "one release too few": (RELEASES, "releases=thread.saved.waiters - 1)", "wakeup.reset.reset.add-release"),
    "one release for all": (RELEASES, "releases=1)", "wakeup.reset.reset.add-release"),
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
    "swap without compare": (COMPARE, "", "inductive.compare_and_swap.wait-acquire.WAKING"),
    "the loaded word is stored": (
        f"{COMPARE}    return shared._replace(word=plus_waiter(shared.word))",
        "    return shared._replace(word=plus_waiter(thread.saved))",
        "inductive.compare_and_swap.wait-acquire.TOKENS",
    ),
    "nobody is registered": (
        SWAP,
        "shared, Thread(Place.WAIT_ACQUIRE)",
        "inductive.compare_and_swap.wait-acquire.CONSERVE",
    ),
    "a failed swap returns": (
        RETRY,
        "        return shared, WAITED\n",
        "wakeup.at-zero.compare_and_swap.returned-true",
    ),
    "a failed swap parks": (
        RETRY,
        "        return shared, Thread(Place.WAIT_ACQUIRE)\n",
        "inductive.compare_and_swap.wait-acquire.CONSERVE",
    ),
    "a failed swap is tried again without a load": (
        RETRY,
        "        return shared, thread\n",
        "termination.compare_and_swap.wait-swap",
    ),
    "acquire without a permit": (", guard=permit_left)", ")", "inductive.acquire.wait-recheck.NATURAL"),
    "acquire keeps the permit": ("permits - 1)", "permits)", "inductive.acquire.wait-recheck.CONSERVE"),
    "acquire leaves one permit": ("permits > 0", "permits > 1", "lost.stuck.wait-acquire"),
}

EQUIVALENT = {
    "the reset clears the waiters alone": (
        RESET,
        "return shared._replace(word=shared.word._replace(waiters=0)), Thread(Place.ADD_RELEASE",
    ),
    "the swap compares the counter alone": (
        COMPARE,
        COMPARE.replace("word !=", "word.counter !=").replace("saved:", "saved.counter:"),
    ),
    "no negative check": ("    if word.counter < 0:\n        return panicked(shared, Panic.NEGATIVE_COUNTER)\n", ""),
    "no misuse check": (f"    {MISUSE}\n        return panicked(shared, Panic.MISUSE_ADD)\n", ""),
    "no second look by the zeroer": (
        "    if shared.word != thread.saved:\n        return panicked(shared, Panic.MISUSE_RELOAD)\n",
        "",
    ),
    "no second look by the woken": ("    if shared.word != ZERO:\n        return panicked(shared, Panic.REUSED)\n", ""),
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


@pytest.mark.parametrize("name", EQUIVALENT)
def test_what_legal_use_cannot_tell_apart_fails_nothing(mutate: Mutate, name: str) -> None:
    assert list(failures(GO.of(mutate(go, *EQUIVALENT[name]).go))) == []


@pytest.mark.parametrize("name", REFUSED_WORDS)
def test_a_broken_word_fails_a_packing_lemma(mutate: Mutate, name: str) -> None:
    old, new, id = REFUSED_WORDS[name]
    lemmas = {obligation.id: obligation for obligation in packing.obligations(mutate(word, old, new))}
    answer = discharge(lemmas[id])
    assert (answer.verdict, answer.model != "") == ("violated", True)
