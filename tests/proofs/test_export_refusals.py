"""What cannot be exported faithfully is refused, and what the bounds of an export decide is decided rightly."""

from functools import partial
from typing import Any, NamedTuple

import pytest
import z3

from waitgroup_proofs import lift
from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import LIMIT, Bounded, bounded
from waitgroup_proofs.exports.lifted import Lifted
from waitgroup_proofs.exports.program import Program
from waitgroup_proofs.exports.promela import promela
from waitgroup_proofs.exports.sequences import TOO_LONG, sequence
from waitgroup_proofs.exports.smt2 import smt2
from waitgroup_proofs.lift import paths
from waitgroup_spec.protocol import Effect, Guard, Protocol, Result, always_enabled
from waitgroup_spec.protocols import strict
from waitgroup_spec.scenarios import WAIT, Client, scenario

# Bounds


def test_a_wrapping_sum_is_a_plain_one_within_the_bounds() -> None:
    x, y = bounded("x", -LIMIT, LIMIT), bounded("y", -LIMIT, LIMIT)
    (path,) = paths(lambda: (x + y + 2**31) % 2**32 - 2**31)
    assert ("x + y", ()) == (str(path.result.expression), path.conditions)


@pytest.mark.parametrize(
    ("decided", "text"),
    [(True, "x < 2**31"), (False, "x > y + 2**20"), (False, "x == 2**20"), (True, "x != 2**20"), (True, "x * 0 == 0")],
)
def test_a_comparison_that_the_bounds_decide_is_no_question(decided: bool, text: str) -> None:
    x, y = bounded("x", -LIMIT, LIMIT), bounded("y", -LIMIT, LIMIT)
    assert decided is eval(text, {"x": x, "y": y})


def test_what_may_exceed_32_bits_is_refused() -> None:
    x = bounded("x", -LIMIT, LIMIT)
    product = x * 2**18
    assert isinstance(product, Bounded)
    with pytest.raises(TypeError, match="beyond 32 bits"):
        product == x  # noqa: B015 (to ask is what is refused)


# Refusals


class Shared(NamedTuple):
    first: int = 0
    second: int = 0
    flag: bool = False


class Thread(NamedTuple):
    place: int = 0
    result: Result = Result.PENDING


def small(effect: Effect, guard: Guard = always_enabled, shared: Any = Shared) -> Protocol:
    """A protocol of one action."""
    protocol = Protocol("small", "One action.", lambda _units: shared(), lambda _call: Thread())
    protocol.action(0, guard)(effect)
    return protocol


def asks_identity(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """It asks whether the result is a certain object."""
    return shared, thread._replace(place=1 if thread.result is Result.PENDING else 2)


def asks_identity_elsewhere(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """It asks through another function."""
    return asks_identity(shared, thread)


def asks_in_a_module(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """It asks through a function of a module."""
    return shared, thread._replace(place=int(lift.truth(shared.flag)))


def asks_type(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """It asks whether the result is of a certain type."""
    return shared, thread._replace(place=1 if isinstance(shared.first, bool) else 2)


def swaps(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """Two numbers change places."""
    return shared._replace(first=shared.second, second=shared.first), thread


def mixes(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """A number becomes a truth value."""
    return shared._replace(flag=shared.first), thread  # type: ignore[arg-type]


def divides(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """It divides by what is not known."""
    return shared._replace(first=shared.first // shared.second), thread


def grows(shared: Shared, thread: Thread) -> tuple[Shared, Thread]:
    """A product that 32 bits do not hold."""
    return shared._replace(first=shared.first * shared.second * 16), thread


class Text(NamedTuple):
    found: str = ""


def nothing(shared: Any, thread: Thread) -> tuple[Any, Thread]:
    """It does nothing."""
    return shared, thread


ALONE = scenario("alone", "one waiter", 0, Client("waiter", (WAIT,)))


@pytest.mark.parametrize(
    ("protocol", "why"),
    [
        (small(asks_identity), "small, asks_identity: it asks for identity or type"),
        (small(asks_identity_elsewhere), "asks_identity: IS_OP"),
        (small(asks_in_a_module), "truth: isinstance"),
        (small(nothing, guard=partial(always_enabled)), "no plain function"),
        (small(asks_type), "asks_type: isinstance"),
        (small(nothing, guard=lambda _shared, thread: thread.result is Result.PENDING), "<lambda>: IS_OP"),
        (small(swaps), "each of shared.first, shared.second becomes what another one was"),
        (small(mixes), "shared.flag becomes .*, which is no bool"),
        (small(divides), "the only divisors are positive constants"),
        (small(grows), "beyond 32 bits"),
        (small(nothing, shared=Text), "shared.found is a .*, which is no number"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_cannot_be_translated_is_refused(protocol: Protocol, why: str) -> None:
    with pytest.raises(Untranslatable, match=why):
        promela(Program(Lifted(protocol, bounded), ALONE))


def test_a_program_without_an_end_is_refused() -> None:
    endless = scenario("endless", "for ever", 0, Client("waiter", (WAIT,), repeats=True))
    with pytest.raises(Untranslatable, match="waiter repeats its calls for ever"):
        Program(Lifted(strict.strict, bounded), endless)


# Tuples of any length


class Queue(NamedTuple):
    numbers: tuple[int, ...] = ()


def grown(shared: Queue, thread: Thread) -> tuple[Queue, Thread]:
    """One number more."""
    return Queue((*shared.numbers, len(shared.numbers) + 1)), thread


def shortened(shared: Queue, thread: Thread) -> tuple[Queue, Thread]:
    """The first number is taken out."""
    return Queue(shared.numbers[1:]), thread


def picked(shared: Queue, thread: Thread) -> tuple[Queue, Thread]:
    """The number at a place that is not known comes first, and its place is left out."""
    where, numbers = thread.place, shared.numbers
    return Queue((numbers[where], *numbers[:where], *numbers[where + 1 :])), thread


def first_is_positive(shared: Queue, _thread: Thread) -> bool:
    """Whether the first number is positive, if there is one."""
    return shared.numbers[0] > 0


def made(effect: Effect, numbers: tuple[int, ...], guard: Guard = always_enabled) -> list[dict[str, int]]:
    """What the lifted effect makes of a tuple: what each case that applies changes."""
    lifted = Lifted(small(effect, guard, Queue), bounded)
    before = lifted.part("shared", Queue(numbers))
    state = [(z3.Int(leaf.name), value) for leaf, value in before.items()]
    found = []
    for case in lifted.actions[0].cases:
        if z3.is_true(z3.simplify(z3.substitute(case.condition, *state))):
            after = {leaf: z3.simplify(z3.substitute(value, *state)) for leaf, value in case.changes.items()}
            found.append({leaf.path[-1]: value.as_long() for leaf, value in (before | after).items()})
    return found


@pytest.mark.parametrize("effect", [grown, shortened], ids=lambda effect: effect.__name__)
@pytest.mark.parametrize("numbers", [(), (5,), (5, 6), (5, 6, 7), (5, 6, 7, 8)])
def test_a_tuple_of_any_length_becomes_what_the_function_makes_of_it(effect: Effect, numbers: tuple[int, ...]) -> None:
    expected = effect(Queue(numbers), Thread())[0].numbers
    assert [sequence(expected)._asdict()] == made(effect, numbers)


def test_a_tuple_that_has_become_too_long_is_out_of_bounds() -> None:
    assert LIMIT < sequence((1, 2, 3, 4, 5)).length
    assert [sequence((1, 2, 3, 4, 5)).length] == [found["length"] for found in made(grown, (1, 2, 3, 4))]


def test_a_look_outside_a_tuple_is_out_of_bounds() -> None:
    # The place is 0.
    assert [sequence((5, 6))._asdict()] == made(picked, (5, 6))
    assert [TOO_LONG] == [found["length"] for found in made(picked, ())]
    assert [TOO_LONG] == [found["length"] for found in made(nothing, (), guard=first_is_positive)]


def test_tuples_of_any_length_have_no_place_in_a_relation_without_bounds() -> None:
    with pytest.raises(Untranslatable, match="small keeps a tuple of any length"):
        smt2(small(grown, shared=Queue))
