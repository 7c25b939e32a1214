"""A protocol's own text runs under the memory model: wrong footprints are errors, and outcomes are the explorer's."""

import pytest

from waitgroup_spec.explorer import explore as explore_states
from waitgroup_spec.memory.lowering import Footprint, Kind, Lowered
from waitgroup_spec.memory.machine import Machine
from waitgroup_spec.memory.minima import GO_LAST_DONE_ACQUIRES
from waitgroup_spec.memory.ordering import NOTHING, RELAXED, Failed, Model, Program, Sleep
from waitgroup_spec.memory.programs import pre_added
from waitgroup_spec.memory.search import explore
from waitgroup_spec.memory.subjects import GO, LATCH, STRICT_CAS, ZIG, Subject
from waitgroup_spec.scenarios import SCENARIOS, Scenario, When

FOOTPRINTS = GO.footprints


def test_a_protocol_needs_a_footprint_for_each_action() -> None:
    with pytest.raises(ValueError, match="footprints of"):
        Lowered(GO.protocol, {"apply": FOOTPRINTS["apply"]}, units=1)


@pytest.mark.parametrize(
    ("action", "footprint", "error", "message"),
    [
        ("load", Footprint("permits", Kind.LOAD), TypeError, "reads .counter of a field"),
        ("apply", Footprint("word", Kind.LOAD), ValueError, "apply writes more than its footprint says"),
        ("apply", Footprint("permits", Kind.UPDATE), TypeError, "not in its footprint"),
        ("apply", Footprint("word", Kind.STORE), TypeError, "not in its footprint"),
        ("reset", Footprint("word", Kind.FENCE), ValueError, "reset writes more than its footprint says"),
        ("reset", Footprint("word", Kind.WAKE), ValueError, "reset writes more than its footprint says"),
        ("reset", Footprint("permits", Kind.STORE), ValueError, "reset writes more than its footprint says"),
    ],
)
def test_a_wrong_footprint_is_an_error(action: str, footprint: Footprint, error: type[Exception], message: str) -> None:
    wrong = GO._replace(footprints={**FOOTPRINTS, action: footprint})
    with pytest.raises(error, match=message):
        explore(pre_added(wrong, (1, 1)), {"apply": RELAXED, **GO_LAST_DONE_ACQUIRES})


def test_a_script_has_no_sleep_of_its_own() -> None:
    lowered = Lowered(LATCH.protocol, LATCH.footprints, units=1)
    start, code = lowered.thread([Sleep("counter", lambda _value: (True, None))])
    with pytest.raises(ValueError, match="no sleep of its own"):
        code(start)


def as_program(subject: Subject, scenario: Scenario) -> Program:
    """The scenario under the memory model. Raises ValueError if a thread of it does not start at once."""
    if any(client.start is not When.AT_ONCE for client in scenario.clients):
        raise ValueError("a thread that starts later")
    lowered = Lowered(subject.protocol, subject.footprints, scenario.units)
    scripts = [client.calls for client in scenario.clients for _ in range(client.threads)]
    threads = zip(scenario.thread_names, map(lowered.thread, scripts), strict=True)
    return Program(lowered.locations, (), dict(threads))


def in_the_explorer(subject: Subject, scenario: Scenario) -> set[str]:
    legend = subject.protocol.legend
    return {legend.get(outcome, outcome) for outcome in explore_states(subject.protocol, scenario).outcomes}


def outcomes(subject: Subject, program: Program, model: Model) -> set[str]:
    """How runs end under the strongest orderings; a panic by its message."""
    strongest = {site: choices[-1] for site, choices in subject.choices.items()} | {"add": subject.choices["done"][-1]}
    machine = Machine(program, strongest, model)
    fresh, found, ends = [machine.initial], {machine.initial}, set()
    for state in fresh:
        failed = [thread.local.why for thread in state.threads if isinstance(thread.local, Failed)]
        after = [] if failed else [after for _step, after in machine.successors(state)]
        blocked = sum(bool(thread.current) for thread in state.threads)
        if failed:
            ends.update(failed)
        elif not after:
            ends.add(f"{blocked} blocked" if blocked else "all returned")
        fresh += [one for one in dict.fromkeys(after) if one not in found]
        found.update(after)
    return ends


#: Those in which all threads start at once.
AT_ONCE = ("pre-added", "add-done", "nested", "mixed", "reuse-eager", "surplus")


@pytest.mark.parametrize("model", [Model.SEQUENTIAL, Model.CPP20])
@pytest.mark.parametrize("name", AT_ONCE)
def test_under_the_strongest_orderings_go_ends_as_it_does_in_the_explorer(name: str, model: Model) -> None:
    for size in ((1, 1), (2, 1), (1, 2)):
        scenario = SCENARIOS[name](*size)
        assert outcomes(GO, as_program(GO, scenario), model) == in_the_explorer(GO, scenario)


@pytest.mark.parametrize("model", [Model.SEQUENTIAL, Model.CPP20])
@pytest.mark.parametrize("subject", [STRICT_CAS, LATCH, ZIG], ids=lambda subject: subject.protocol.name)
def test_the_other_protocols_end_so_too(subject: Subject, model: Model) -> None:
    for size in ((1, 1), (2, 1), (1, 2)):
        scenario = SCENARIOS["pre-added"](*size)
        assert outcomes(subject, as_program(subject, scenario), model) == in_the_explorer(subject, scenario)


def test_nothing_has_a_name() -> None:
    assert repr(NOTHING) == "NOTHING"
