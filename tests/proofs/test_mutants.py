"""Every mutant is of the source as it is; those of the shipped source are refused in the scenario that they name.

What refuses the mutants of the protocols is in test_engines.py.
"""

import pytest

from waitgroup_proofs.claims.mutants import mutants_refused, production_mutant_refused
from waitgroup_proofs.mutants import Mutant, StaleMutant, mutated, mutated_module, source_of
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.scenarios import SCENARIOS

EVERY = (*PRODUCTION, *PROTOCOL)

#: Steps, and the sentence, of a shortest schedule that shows what is wrong with the shipped source as mutated.
SCHEDULES = {
    "lost-wakeup": (5, "nobody can run, and waiter 1 is blocked without a reason"),
    "generation-bug": (13, "nobody can run, and waiter 1 and waiter 2 are blocked without a reason"),
    "wakes-next-generation": (6, "the word counts 0 waiters, and 1 are parked"),
    "no-wakeup": (7, "nobody can run, and waiter 2 is blocked without a reason"),
    "wakes-one": (10, "nobody can run, and waiter 1 is blocked without a reason"),
    "wakes-before-it-compares": (7, "worker 1 got REJECTED, which no run of contract allows"),
    "stale-queue": (6, "the word counts 0 waiters, and 1 are parked"),
    "crossing-keeps-word": (6, "worker 2 got NONE, which no run of strict allows"),
    "crossing-without-compare": (7, "no step of strict explains what worker 1 did to the word"),
    "crossing-with-units-left": (7, "no step of strict explains what worker 1 did to the word"),
    "waiters-push-up": (2, "no step of strict explains what waiter 1 did to the word"),
    "no-refusal": (4, "worker got NONE, which no run of contract allows"),
    "no-retry": (7, "worker 1 got NONE, which no run of strict allows"),
    "add-in-two-steps": (3, "no step of strict explains what first worker did to the word"),
    "done-in-two-steps": (4, "worker 2 got NONE, which no run of strict allows"),
    "join-in-two-steps": (4, "no step of strict explains what waiter 1 did to the word"),
    "join-without-entry": (2, "the word counts 1 waiters, and 0 are parked"),
    "unlocked-grant": (3, "waiter 1 got TRUE, which no run of contract allows"),
    "expired-waiter-stays": (4, "the word counts 0 waiters, and 1 are parked"),
    "expired-although-granted": (9, "first waiter got FALSE, which no run of strict allows"),
    "cancel-without-count": (4, "the word counts 1 waiters, and 0 are parked"),
    "cancels-two": (4, "no step of strict explains what first waiter did to the word"),
    "interrupt-leaves-waiter": (3, "first waiter got INTERRUPTED, which no run of strict allows"),
}


def named(mutants: tuple[Mutant, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("mutant", mutants, ids=[mutant.name for mutant in mutants])


def test_every_mutant_is_pinned_and_has_a_name_of_its_own() -> None:
    assert [*SCHEDULES] == [mutant.name for mutant in PRODUCTION]
    assert len(EVERY) == len({mutant.name for mutant in EVERY})


@pytest.mark.parametrize(
    "mutant",
    # Claim `production-mutants` searches for all of them.
    [pytest.param(m, id=m.name, marks=[pytest.mark.slow] if i % 3 else []) for i, m in enumerate(PRODUCTION)],
)
def test_a_mutant_of_the_shipped_source_is_refused_in_its_scenario(mutant: Mutant) -> None:
    found = production_mutant_refused(mutant, shortest=True)
    assert ("violated", mutant.killed_by) == (found.verdict, found.scenario.name)
    assert found.violation is not None
    assert SCHEDULES[mutant.name] == (len(found.violation.schedule), found.violation.sentence)


@named(EVERY)
def test_a_mutant_differs_from_the_source_in_its_passage_alone(mutant: Mutant) -> None:
    _, text = source_of(mutant.module)
    before, old, after = text.partition(mutant.old)
    assert mutant.old == old
    assert before + mutant.new + after == mutated(mutant)
    assert text != mutated(mutant)
    compile(mutated(mutant), mutant.name, "exec")


@named(EVERY)
def test_a_mutant_names_an_engine_and_a_scenario_or_says_why_it_survives(mutant: Mutant) -> None:
    assert bool(mutant.engine) != bool(mutant.survives)
    assert bool(mutant.killed_by) == (mutant.engine not in ("", "proof"))
    assert not mutant.killed_by or mutant.killed_by in SCENARIOS
    assert not mutant.survives or mutant.survives.endswith(".")


@pytest.mark.parametrize(("old", "times"), [("no such passage", 0), ("(self._state,), (WORD,), after", 2)])
def test_a_mutant_whose_passage_does_not_stand_in_the_source_once_is_stale(old: str, times: int) -> None:
    stale = PRODUCTION[0]._replace(name="stale", module="waitgroup.core", old=old)
    with pytest.raises(StaleMutant) as error:
        mutated(stale)
    assert f"stale: waitgroup.core holds its passage {times} times, not once" == str(error.value)
    with pytest.raises(StaleMutant):
        mutated_module(stale)


def test_a_mutant_of_a_module_that_is_missing_says_which() -> None:
    with pytest.raises(ModuleNotFoundError) as error:
        source_of("waitgroup.nothing")
    assert "the source of waitgroup.nothing cannot be found" == str(error.value)


def test_a_mutated_module_is_not_installed_and_leaves_the_real_one_alone() -> None:
    mutant = next(mutant for mutant in PROTOCOL if mutant.name == "strict-same-generation")
    module = mutated_module(mutant)
    protocol: Protocol = module.strict
    real = __import__(mutant.module, fromlist=["strict"]).strict
    assert protocol is not real
    assert protocol.name == real.name
    assert protocol.actions["cross"].effect is not real.actions["cross"].effect


def test_a_mutant_that_survives_and_one_that_is_stale_are_named() -> None:
    survivor, stale = PRODUCTION[0], PRODUCTION[1]

    def verdict(mutant: Mutant) -> str:
        if mutant is stale:
            raise StaleMutant("stale: out of date")
        return "holds" if mutant is survivor else "violated"

    evidence = mutants_refused(PRODUCTION, verdict)(lambda _words: None)
    assert ("violated", {"refused": len(PRODUCTION) - 2}) == (evidence.verdict, evidence.figures)
    assert [
        "lost-wakeup survives pre-added: " + survivor.sentence,
        "stale: out of date",
    ] == evidence.detail.splitlines()


@pytest.mark.parametrize(("verdict", "expected"), [("holds", "violated"), ("inconclusive", "inconclusive")])
def test_a_mutant_about_which_nothing_was_decided_does_not_count_as_refused(verdict: str, expected: str) -> None:
    evidence = mutants_refused(PRODUCTION, lambda _mutant: verdict)(lambda _words: None)
    assert (expected, {"refused": 0}) == (evidence.verdict, evidence.figures)
