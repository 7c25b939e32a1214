"""The kill matrix is exactly the pinned one; each engine can fail, and what it cannot decide refuses nothing."""

from collections.abc import Iterator

import pytest

from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.go_findings import recovering
from waitgroup_proofs.mutants import Mutant, engines
from waitgroup_proofs.mutants.engines import (
    ENGINES,
    Row,
    explored,
    kill_matrix,
    protocol_of,
    refusal,
    row_of,
)
from waitgroup_proofs.mutants.go import GO, GO_MUTANTS
from waitgroup_proofs.mutants.protocols import BROKEN, PROTOCOL
from waitgroup_proofs.mutants.strict import STRICT, STRICT_MUTANTS
from waitgroup_proofs.obligations import Formulas, Obligation
from waitgroup_spec.explorer import Exploration, explore
from waitgroup_spec.properties import Kind, properties_of, waiters_counted
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import DONE, SCENARIOS, TIMED_WAIT, WAIT, After, Client, Scenario, add
from waitgroup_spec.word import COUNTER_MAX, WAITERS_MAX

MUTANTS = {mutant.name: mutant for mutant in PROTOCOL}

#: What assertions, endings, outcomes, contract and proof say: the steps of a shortest run, or a word.
MATRIX = FIGURES["kill-matrix"]

#: The first obligation that fails, of each mutant that has one.
OBLIGATIONS = {
    "go-no-waiters-test": "go.inductive.apply.negative.add-reload.SEEN",
    "go-slow-path-too-early": "go.inductive.apply.negative.add-reload.SEEN",
    "go-store-after-releases": "go.inductive.reload.add-release.CONSERVE",
    "go-one-release-more": "go.inductive.reset.add-release.CONSERVE",
    "go-no-reset": "go.inductive.reset.add-release.CONSERVE",
    "go-stores-what-it-saw": "go.inductive.compare_and_swap.wait-acquire.CLEAN",
    "go-swap-without-compare": "go.inductive.compare_and_swap.wait-acquire.ZEROER",
    "go-no-retry": "go.wakeup.at-zero.compare_and_swap.returned-true",
    "go-acquires-nothing": "go.inductive.acquire.wait-recheck.NATURAL",
    "go-split-read-modify-write": "go.inductive.apply.negative.returned-none.TOKENS",
    "go-checks-before-adding": "go.inductive.apply.negative.returned-none.ZEROER",
    "go-one-release-less": "go.inductive.reset.returned-none.CONSERVE",
    "go-wakes-one": "go.inductive.reset.add-release.CONSERVE",
    "go-parks-unregistered": "go.inductive.compare_and_swap.wait-acquire.CONSERVE",
    "strict-zero-under-waiters": "strict.inductive.apply.returned-none.WAITING",
    "strict-no-lower-bound": "strict.inductive.apply.returned-none.BOUNDS",
    "strict-joins-at-zero": "strict.inductive.join.wait-parked.WAITING",
    "strict-same-generation": "strict.inductive.cross.returned-none.COUNTED",
    "strict-crossing-keeps-waiters": "strict.inductive.cross.returned-none.COUNTED",
    "strict-wakes-ungranted": "strict.inductive.wake.returned-true.COUNTED",
    "strict-cancels-without-count": "strict.inductive.cancel.timed.false.returned-false.COUNTED",
    "strict-expires-without-cancel": "strict.inductive.expire.timed.returned-false.COUNTED",
    "strict-granted-counts-twice": "strict.inductive.cancel.timed.false.returned-false.COUNTED",
    "strict-believes-the-counter": "strict.inductive.cancel.timed.false.returned-false.COUNTED",
    "strict-crosses-for-ever": "strict.termination.read.add-cross",
    "strict-crosses-without-compare": "strict.counter.sum.cross.returned-none",
    "strict-crosses-on-waiters-alone": "strict.counter.sum.cross.returned-none",
    "strict-no-retry": "strict.counter.sum.cross.returned-none",
    "strict-refuses-the-last-unit": "strict.bounds.refused.read.returned-rejected",
    "strict-refuses-late-waiter": "strict.bounds.refused.join.returned-rejected",
    "strict-swallows-interrupt": "strict.census.known.interrupt.interrupted.wait-cancel",
    "strict-expires-although-granted": "strict.refines.cancel.timed.false.returned-false",
    "strict-granted-takes-another": "strict.inductive.cancel.timed.false.returned-false.COUNTED",
    "strict-no-upper-bound": "strict.inductive.apply.returned-none.BOUNDS",
    "strict-no-waiter-limit": "strict.inductive.join.wait-parked.ROOM",
    "strict-passes-when-full": "strict.wakeup.at-zero.join.returned-true",
}


def unchanged(module: str, name: str = "unchanged") -> Mutant:
    """The protocol as it is, as a mutant that changes nothing."""
    passage = "def initial(units: int)"
    return Mutant(name, "", module, passage, passage, engine="", survives="Nothing is changed.")


def up_to(mutant: Mutant, last: str) -> Row:
    """What the engines say, in their order, as far as the one that is named last."""
    names = list(ENGINES)
    return Row(mutant, {name: ENGINES[name](mutant) for name in names[: names.index(last) + 1]})


# The matrix


def test_there_are_nineteen_mutants_of_go_and_at_least_twelve_of_strict() -> None:
    assert (19, 24) == (len(GO_MUTANTS), len(STRICT_MUTANTS))
    assert (list(MATRIX), 40) == ([mutant.name for mutant in PROTOCOL], len(BROKEN))


@pytest.mark.parametrize("name", [mutant.name for mutant in PROTOCOL if mutant.killed_by])
def test_a_mutant_is_first_refused_by_the_engine_and_in_the_scenario_that_it_names(name: str) -> None:
    mutant, cells = MUTANTS[name], MATRIX[name].split()
    found = up_to(mutant, mutant.engine).cells
    assert (["-"] * (len(found) - 1), cells[: len(found)]) == (found[:-1], found)
    engine, judgement = refusal(mutant)
    assert (mutant.engine, "violated", mutant.killed_by) == (engine, judgement.verdict, judgement.where)
    assert mutant.killed_by in judgement.detail.splitlines()[0]
    assert "\nstep" in judgement.detail


@pytest.mark.parametrize("name", [mutant.name for mutant in PROTOCOL if not mutant.killed_by])
def test_no_search_refuses_a_mutant_that_names_no_scenario(name: str) -> None:
    assert ["-"] * 4 == up_to(MUTANTS[name], "contract").cells


@pytest.mark.slow
def test_the_kill_matrix_is_exactly_this() -> None:
    words: list[str] = []
    rows = kill_matrix(words.append)
    assert MATRIX == {row.mutant.name: " ".join(row.cells) for row in rows}
    assert list(MATRIX) == words
    proofs = {row.mutant.name: row.judgements["proof"] for row in rows}
    assert OBLIGATIONS == {name: said.where for name, said in proofs.items() if said.verdict == "violated"}
    assert {"holds"} == {row.verdict for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("module", [GO, STRICT])
def test_no_engine_refuses_a_protocol_as_it_is(module: str) -> None:
    row = row_of(unchanged(module))
    assert (["-"] * 5, "holds") == (row.cells, row.verdict)


def test_these_mutants_of_go_are_refused_by_endings_alone_or_by_outcome_sets_alone() -> None:
    """Proofs and the contract see the former as well; the latter break nothing that a legal program can see."""
    found: dict[str, list[str]] = {}
    for mutant in GO_MUTANTS:
        found.setdefault(mutant.engine, []).append(mutant.name)
    assert ["go-checks-before-adding", "go-one-release-less", "go-wakes-one", "go-parks-unregistered"] == found[
        "endings"
    ]
    assert ["go-no-negative-check", "go-no-misuse-check", "go-no-reload-check", "go-no-recheck"] == found["outcomes"]
    assert ["go-resets-waiters-alone"] == found[""]


def test_in_the_usual_program_assertions_do_not_see_a_split_read_modify_write_either() -> None:
    """A worker that adds while it holds a unit is what turns the lost update into a panic."""
    split = protocol_of(MUTANTS["go-split-read-modify-write"])
    broken = {
        name: {v.property.kind for v in explored(split, SCENARIOS[name](2, 2)).verdicts if v.verdict == "violated"}
        for name in ("pre-added", "nested")
    }
    assert Kind.ALWAYS not in broken["pre-added"]
    assert Kind.AT_ENDINGS in broken["pre-added"]
    assert Kind.ALWAYS in broken["nested"]


# Survivors


def test_clearing_the_waiters_alone_is_the_same_in_every_scenario_of_go() -> None:
    mutant = MUTANTS["go-resets-waiters-alone"]
    for name in (name for name in SCENARIOS if name not in ("timeout-race", "timeout-reuse", "cancel")):
        found = [explore(protocol, SCENARIOS[name](2, 2)) for protocol in (go.go, protocol_of(mutant))]
        assert found[0].outcomes == found[1].outcomes, name
        assert found[0].transitions == found[1].transitions, name


def test_clearing_the_waiters_alone_is_told_by_a_panic_that_is_recovered() -> None:
    """An Add panics within the zeroer's window; the store of zero wipes its unit out, the other one keeps it."""
    protocols = go.go, protocol_of(MUTANTS["go-resets-waiters-alone"])
    found = [explore(recovering(protocol), SCENARIOS["add-done"](2, 2)) for protocol in protocols]
    assert found[0].outcomes != found[1].outcomes


def test_what_only_a_proof_can_see_is_broken_nevertheless() -> None:
    full = strict.Shared(counter=COUNTER_MAX, waiters=WAITERS_MAX)
    effects = {name: protocol_of(MUTANTS[f"strict-{name}"]).actions for name in ("no-upper-bound", "no-waiter-limit")}
    shared, _ = effects["no-upper-bound"]["apply"].effect(full, strict.begin(Call(delta=1)))
    assert COUNTER_MAX + 1 == shared.counter
    joining = strict.begin(Call())._replace(place=strict.Place.WAIT_JOIN)
    shared, _ = effects["no-waiter-limit"]["join"].effect(full, joining)
    assert WAITERS_MAX + 1 == shared.waiters
    _, thread = protocol_of(MUTANTS["strict-passes-when-full"]).actions["join"].effect(full, joining)
    assert Result.TRUE is thread.result


def test_a_granted_waiter_that_takes_another_with_it_needs_a_program_that_no_scenario_has() -> None:
    """The timeout ends after the grant, when somebody waits for the next generation."""
    late = Client("late waiter", (WAIT,), start=After("worker", 2))
    clients = (Client("first waiter", (TIMED_WAIT,)), Client("worker", (DONE, add(1))), late)
    program = Scenario("two generations", "and a timeout", 1, clients)
    for protocol, broken in ((strict.strict, []), (protocol_of(MUTANTS["strict-granted-takes-another"]), [10])):
        found = explore(protocol, program, properties_of(protocol, program))
        lengths = [len(v.path) - 1 for v in found.verdicts if v.verdict == "violated"]
        assert broken == lengths
        assert not broken or waiters_counted in [v.property.holds for v in found.verdicts if v.verdict == "violated"]


# The engines


@pytest.mark.parametrize("module", [GO, STRICT])
def test_no_search_refuses_a_protocol_as_it_is(module: str) -> None:
    assert ["-"] * 4 == up_to(unchanged(module), "contract").cells


@pytest.mark.parametrize("name", ["go-slow-path-too-early", "strict-no-upper-bound"])
def test_a_proof_refuses_a_mutant_with_a_counterexample(name: str) -> None:
    judgement = ENGINES["proof"](MUTANTS[name])
    assert ("violated", None, OBLIGATIONS[name]) == judgement[:3]
    assert " = " in judgement.detail.splitlines()[1]


@pytest.mark.parametrize("engine", ["assertions", "endings", "outcomes", "contract"])
def test_a_search_that_is_cut_short_refuses_nothing_and_is_no_pass(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "MOST_STATES", 40)
    mutant = unchanged(GO, f"cut short {engine}")
    assert ("inconclusive", None) == ENGINES[engine](mutant)[:2]


def test_a_search_of_the_original_that_is_cut_short_is_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_short(protocol: Protocol, scenario: Scenario) -> Exploration:
        found = explored(protocol, scenario)
        return found._replace(truncated=True, outcomes={}) if protocol is go.go else found

    monkeypatch.setattr(engines, "explored", cut_short)
    assert ("inconclusive", None) == engines.outcomes(unchanged(GO, "original cut short"))[:2]


@pytest.mark.parametrize(("model", "verdict"), [("counter = -1", "violated"), ("", "inconclusive")])
def test_an_obligation_without_a_counterexample_refuses_nothing(
    model: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_protocol: object) -> Iterator[tuple[Obligation, str]]:
        yield Obligation("some.id", "Something is so.", lambda: Formulas([], None)), model

    monkeypatch.setattr(engines, "failures", failing)
    judgement = ENGINES["proof"](unchanged(GO, f"unchanged, {verdict}"))
    assert (verdict, None, "some.id") == judgement[:3]
    assert f"some.id: Something is so.\n{model}" == judgement.detail


def test_a_run_that_goes_on_for_ever_has_no_length_but_is_shown() -> None:
    judgement = engines.endings(MUTANTS["strict-crosses-for-ever"])
    assert ("violated", None, "add-done") == judgement[:3]
    assert "From step 6 on the same again, for ever." == judgement.detail.splitlines()[-1]


def test_a_difference_of_outcomes_is_shown_by_a_run_of_whoever_has_it() -> None:
    lost = engines.outcomes(MUTANTS["go-no-recheck"]).detail.splitlines()
    assert "add-done: all returned | panic 2 | panic 4 has become all returned | panic 2" == lost[0]
    assert "panic 4, in the original alone, by this run:" == lost[1]
    gained = engines.outcomes(MUTANTS["strict-refuses-late-waiter"]).detail.splitlines()
    assert (
        "add-done: all returned has become all returned | all returned, 1 refused | all returned, 2 refused"
        == gained[0]
    )
    assert "all returned, 1 refused, in the mutant alone, by this run:" == gained[1]
