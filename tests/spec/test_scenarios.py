"""The scenarios are those of the contract's table: names, threads, and the units that each leaves open."""

import pytest

from waitgroup_spec.scenarios import MODEL_FAMILIES, SCENARIOS, After, Client, Scenario, When, add, scenario

SIZES = [(w, v) for w in (1, 2, 3) for v in (1, 2, 3)]
EVERY_SCENARIO = pytest.mark.parametrize("name", SCENARIOS)

#: Units added less units taken, were no call refused.
OPEN = {
    "pre-added": 0,
    "add-done": 0,
    "nested": 0,
    "mixed": 0,
    "reuse": 0,
    "reuse-eager": 0,
    "reuse-open": 1,
    "reuse-parked": 1,
    "surplus": -1,
    "zero-delta": 0,
    "timeout-race": 0,
    "timeout-reuse": 1,
    "cancel": 0,
}

THREADS = {
    "pre-added": ["worker 1", "worker 2", "waiter 1", "waiter 2"],
    "add-done": ["worker 1", "worker 2", "waiter 1", "waiter 2"],
    "nested": ["first worker", "worker", "waiter 1", "waiter 2"],
    "mixed": ["first worker", "worker", "waiter 1", "waiter 2"],
    "reuse": ["worker 1", "worker 2", "first waiter", "waiter", "late worker"],
    "reuse-eager": ["worker", "last worker", "waiter 1", "waiter 2"],
    "reuse-open": ["worker 1", "worker 2", "first waiter", "waiter"],
    "reuse-parked": ["waiter 1", "waiter 2", "worker"],
    "surplus": ["first worker", "worker", "waiter 1", "waiter 2"],
    "zero-delta": ["worker 1", "worker 2", "waiter 1", "waiter 2", "extra", "owner", "late waiter"],
    "timeout-race": ["worker 1", "worker 2", "first waiter", "waiter"],
    "timeout-reuse": ["worker 1", "worker 2", "first waiter", "waiter", "late waiter"],
    "cancel": ["worker 1", "worker 2", "first waiter", "waiter", "owner", "late waiter"],
}

#: Each client's calls at two workers and two waiters, as one would write them.
CALLS = {
    "pre-added": ["done()", "wait()"],
    "add-done": ["add(1) done()", "wait()"],
    "nested": ["add(1) done() done()", "done()", "wait()"],
    "mixed": ["add(1) add(-3)", "add(-2)", "wait()"],
    "reuse": ["done()", "wait() add(1) wait()", "wait()", "done()"],
    "reuse-eager": ["done()", "done() add(1) done()", "wait()"],
    "reuse-open": ["done()", "wait() add(1) wait()", "wait()"],
    "reuse-parked": ["wait()", "done() add(1)"],
    "surplus": ["done() done()", "done()", "wait()"],
    "zero-delta": ["done()", "wait()", "add(0)", "add(1) done()", "wait()"],
    "timeout-race": ["done()", "wait(timeout)", "wait()"],
    "timeout-reuse": ["done()", "wait(timeout)", "wait()", "add(1) wait(timeout)"],
    "cancel": ["done()", "wait()", "wait()", "add(1) done()", "wait()"],
}


def balance(built: Scenario) -> int:
    """The units there are once every call has been made and none refused."""
    return built.units + sum(client.threads * sum(call.delta or 0 for call in client.calls) for client in built.clients)


def test_the_13_scenarios_of_the_contract_are_there_in_its_order() -> None:
    assert list(OPEN) == list(SCENARIOS)
    assert 13 == len(SCENARIOS)


@EVERY_SCENARIO
def test_a_scenario_is_found_under_its_own_name(name: str) -> None:
    assert name == SCENARIOS[name](2, 2).name


@EVERY_SCENARIO
def test_the_threads_at_two_workers_and_two_waiters_have_these_names(name: str) -> None:
    assert THREADS[name] == SCENARIOS[name](2, 2).thread_names


@EVERY_SCENARIO
def test_the_clients_make_these_calls(name: str) -> None:
    assert CALLS[name] == [" ".join(map(str, client.calls)) for client in SCENARIOS[name](2, 2).clients]


@EVERY_SCENARIO
def test_the_deltas_leave_open_what_the_contract_s_table_says(name: str) -> None:
    assert dict.fromkeys(SIZES, OPEN[name]) == {size: balance(SCENARIOS[name](*size)) for size in SIZES}


@EVERY_SCENARIO
def test_no_client_is_without_threads_and_no_two_threads_share_a_name(name: str) -> None:
    for size in SIZES:
        built = SCENARIOS[name](*size)
        assert 1 <= min(client.threads for client in built.clients)
        assert len(built.thread_names) == len(set(built.thread_names))


@EVERY_SCENARIO
def test_a_thread_that_another_starts_is_started_by_a_call_that_its_starter_makes(name: str) -> None:
    for size in SIZES:
        clients = {client.name: client for client in SCENARIOS[name](*size).clients}
        for client in clients.values():
            if isinstance(client.start, After):
                assert 1 <= client.start.calls <= len(clients[client.start.client].calls)


def test_only_these_clients_start_late() -> None:
    late = {
        (name, client.name): client.start
        for name, build in SCENARIOS.items()
        for client in build(2, 2).clients
        if client.start is not When.AT_ONCE
    }
    assert {
        ("reuse", "late worker"): After("first waiter", 2),
        ("reuse-parked", "worker"): When.QUIESCENT,
        ("zero-delta", "owner"): When.RETURNED,
        ("zero-delta", "late waiter"): After("owner", 1),
        ("timeout-reuse", "late waiter"): When.RETURNED,
        ("cancel", "owner"): When.RETURNED,
        ("cancel", "late waiter"): After("owner", 1),
    } == late


def test_only_these_scenarios_keep_the_rules_of_go_s_legal_use() -> None:
    assert {"pre-added", "nested", "mixed"} == {name for name, build in SCENARIOS.items() if build(2, 2).legal_in_go}


def test_only_these_scenarios_need_a_wait_that_go_does_not_have() -> None:
    assert {"timeout-race", "timeout-reuse", "cancel"} == {
        name
        for name, build in SCENARIOS.items()
        if any(call.timed or call.interrupted for client in build(2, 2).clients for call in client.calls)
    }


def test_the_interrupted_wait_of_cancel_is_the_first_waiter_s() -> None:
    assert [("first waiter", 0)] == [
        (client.name, number)
        for client in SCENARIOS["cancel"](2, 2).clients
        for number, call in enumerate(client.calls)
        if call.interrupted
    ]


def test_the_family_legal_is_the_scenario_pre_added() -> None:
    assert SCENARIOS["pre-added"](3, 2) == MODEL_FAMILIES["legal"](3, 2)


def test_the_family_reuse_is_main_and_a_second_worker_beside_the_legal_threads() -> None:
    legal, family = MODEL_FAMILIES["legal"](2, 2), MODEL_FAMILIES["reuse"](2, 2)
    assert (2, legal.clients) == (family.units, family.clients[:2])
    assert ["worker 1", "worker 2", "waiter 1", "waiter 2", "main", "gen2"] == family.thread_names
    assert After("main", 2) == family.clients[3].start


def test_a_client_of_no_threads_is_left_out() -> None:
    built = scenario("tiny", "a sentence", 0, Client("nobody", (add(1),), 0), Client("somebody", (add(1),)))
    assert ["somebody"] == built.thread_names
