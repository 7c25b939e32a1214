"""The language of the protocols: what an action must have, and which actions a thread can take."""

from typing import NamedTuple

import pytest

from waitgroup_spec.contract import contract
from waitgroup_spec.protocol import Call, Protocol, Result
from waitgroup_spec.protocols import PROTOCOLS, go, strict


class Walker(NamedTuple):
    """A thread of a protocol with one place."""

    place: int = 0
    result: Result = Result.PENDING


def empty(halted: bool = False) -> Protocol:
    """A protocol without actions whose shared state is the number of units."""
    return Protocol("empty", "Nothing happens.", lambda units: units, lambda _call: Walker(), lambda _shared: halted)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (Call(), "wait()"),
        (Call(timed=True), "wait(timeout)"),
        (Call(interrupted=True), "wait()"),
        (Call(delta=-1), "done()"),
        (Call(delta=1), "add(1)"),
        (Call(delta=-2), "add(-2)"),
        (Call(delta=0), "add(0)"),
    ],
)
def test_a_call_prints_as_one_would_write_it(call: Call, text: str) -> None:
    assert text == str(call)


def test_the_protocols_are_found_by_name() -> None:
    assert {"go": go.go, "strict": strict.strict} == PROTOCOLS
    assert list(PROTOCOLS) == [protocol.name for protocol in PROTOCOLS.values()]


def test_the_actions_are_these_in_the_order_of_the_text() -> None:
    assert ["apply", "reload", "reset", "release", "load", "compare_and_swap", "acquire", "recheck"] == list(
        go.go.actions
    )
    assert ["apply", "read", "cross", "look", "join", "wake", "expire", "interrupt", "cancel"] == list(
        strict.strict.actions
    )
    assert ["apply", "reject", "register", "pass_through", "zero", "expire", "cancel"] == list(contract.actions)


@pytest.mark.parametrize("protocol", [go.go, strict.strict, contract], ids=lambda protocol: protocol.name)
def test_the_protocol_and_every_action_have_a_name_and_a_sentence(protocol: Protocol) -> None:
    assert protocol.sentence.endswith(".")
    assert list(protocol.actions) == [action.name for action in protocol.actions.values()]
    assert [] == [action.name for action in protocol.actions.values() if not action.sentence.endswith(".")]


def test_the_sentence_is_the_first_line_of_the_effect_s_docstring() -> None:
    protocol = empty()

    @protocol.action(0)
    def rest(shared: int, thread: Walker) -> tuple[int, Walker]:
        """Nothing happens.

        Nor here.
        """
        return shared, thread

    assert ("rest", 0, "Nothing happens.") == protocol.actions["rest"][:3]
    # The decorated function stays callable as it is written.
    assert (3, Walker()) == rest(3, Walker())


def test_an_action_without_a_sentence_is_refused() -> None:
    protocol = empty()

    def rest(shared: int, thread: Walker) -> tuple[int, Walker]:
        return shared, thread

    with pytest.raises(ValueError, match=r"^empty: the action rest needs a name of its own and a sentence$"):
        protocol.action(0)(rest)
    assert {} == protocol.actions


def test_a_second_action_of_the_same_name_is_refused() -> None:
    protocol = empty()

    def rest(shared: int, thread: Walker) -> tuple[int, Walker]:
        """Nothing happens."""
        return shared, thread

    protocol.action(0)(rest)
    with pytest.raises(ValueError, match="the action rest needs a name of its own"):
        protocol.action(1)(rest)
    assert [0] == [action.place for action in protocol.actions.values()]


def with_two_actions(halted: bool) -> Protocol:
    """One action that is always enabled, one that needs a positive shared state, and one at another place."""
    protocol = empty(halted)

    @protocol.action(0)
    def rest(shared: int, thread: Walker) -> tuple[int, Walker]:
        """Nothing happens."""
        return shared, thread

    @protocol.action(0, guard=lambda shared, _thread: shared > 0)
    def take(shared: int, thread: Walker) -> tuple[int, Walker]:
        """One unit is taken."""
        return shared - 1, thread

    @protocol.action(1)
    def elsewhere(shared: int, thread: Walker) -> tuple[int, Walker]:
        """Not where the walker stands."""
        return shared, thread

    return protocol


@pytest.mark.parametrize(("shared", "names"), [(0, ["rest"]), (1, ["rest", "take"])])
def test_the_enabled_actions_are_those_at_the_thread_s_place_whose_guard_is_true(shared: int, names: list[str]) -> None:
    assert names == [action.name for action in with_two_actions(halted=False).enabled(shared, Walker())]


def test_nothing_is_enabled_once_the_protocol_has_halted() -> None:
    assert [] == with_two_actions(halted=True).enabled(1, Walker())


def test_a_protocol_like_another_one_has_all_of_it_but_its_actions() -> None:
    named = go.go.like("another", "As go.")
    assert {**vars(go.go), "name": "another", "sentence": "As go.", "actions": {}} == vars(named)
    counted = go.go.like("counted", "As go.", counter=int)
    assert counted.counter is not None
    assert 3 == counted.counter(3)
