"""Lifted functions say what the functions say: compared at random numbers, and refused where they cannot be."""

import math
import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from waitgroup_proofs.lift import Path, formula, paths, symbol
from waitgroup_proofs.terms import Condition, Term, Vector, integer, vector
from waitgroup_spec import word
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.word import GO_1_24, GO_1_25, Word

#: Without a deadline, because a busy machine is not a failure; derandomized, so that a run can be repeated.
TESTS = settings(deadline=None, derandomize=True, database=None, max_examples=30)

X, Y = integer("x"), integer("y")
WORD = symbol(Word, "word")
BITS, DELTA = vector("bits", 0, 2**64 - 1), vector("delta", -(2**63), 2**63 - 1)
FIELDS = Word(vector("counter", -(2**31), 2**31 - 1), vector("bubble", 0, 1), vector("waiters", 0, 2**31 - 1))
#: Few numbers, so that unknowns meet; then those at which words wrap and carry; then any.
NUMBERS = (
    st.integers(-1, 2)
    | st.sampled_from([s * 2**p + d for s in (-1, 1) for p in (31, 32, 63) for d in (-1, 0, 1)])
    | st.integers(-(2**65), 2**65)
)


#: Unknowns and their values, as Z3 substitutes them.
Numbers = list[tuple[Any, Any]]


def unknowns(value: object) -> list[Term]:
    """The terms in a nested tuple, from left to right."""
    if isinstance(value, tuple):
        return [term for part in value for term in unknowns(part)]
    return [value] if isinstance(value, Term) else []


def at(value: Any, numbers: Numbers) -> Any:
    """What a lifted value, or a formula, is where the unknowns are these numbers."""
    if isinstance(value, tuple):
        parts = [at(part, numbers) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, Vector):
        number = value.low + (at(value.expression, numbers) - value.low) % 2**64
        assert number <= value.high
        return number
    if isinstance(value, Term):
        return at(value.expression, numbers)
    if not z3.is_expr(value):
        return value
    known = z3.simplify(z3.substitute(value, *numbers))
    return z3.is_true(known) if z3.is_bool(known) else known.as_long()


def here(terms: list[Term], numbers: dict[str, int]) -> Numbers:
    """The numbers of these unknowns, for Z3."""
    found = [(term.expression, numbers[str(term.expression)]) for term in terms]
    return [(known, z3.BitVecVal(n, 64) if z3.is_bv(known) else z3.IntVal(n)) for known, n in found]


def taken(found: list[Path[Any]], numbers: Numbers) -> Path[Any]:
    """The one path whose conditions are all true."""
    (only,) = [path for path in found if all(at(condition, numbers) for condition in path.conditions)]
    return only


def asking(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and if its result is a condition, the answer to it."""

    def asked(*arguments: Any) -> Any:
        result = function(*arguments)
        return bool(result) if isinstance(result, Condition) else result

    return asked


def of_actions(module: ModuleType) -> list[Any]:
    """The guard and the effect of each action, with an unknown shared state and an unknown thread at its place."""
    protocol = module.__dict__[module.__name__.rpartition(".")[2]]
    shared = symbol(module.__dict__["Shared"], "shared")
    return [
        pytest.param(function, (shared, symbol(module.__dict__["Thread"], "thread", place=action.place)), id=name)
        for action in protocol.actions.values()
        for name, function in (
            (f"{protocol.name} {action.name}", action.effect),
            (f"{protocol.name} {action.name} guard", action.guard),
        )
    ]


OF_WORDS = [
    pytest.param(word.to_signed, (X,), id="to_signed"),
    pytest.param(word.pack, (WORD, GO_1_25), id="pack"),
    pytest.param(word.pack, (WORD, GO_1_24), id="pack before 1.25"),
    pytest.param(word.unpack, (X, GO_1_25), id="unpack"),
    pytest.param(word.unpack, (X, GO_1_24), id="unpack before 1.25"),
    pytest.param(word.plus_delta, (WORD, X), id="plus_delta"),
    pytest.param(word.plus_waiter, (WORD,), id="plus_waiter"),
    pytest.param(word.to_signed, (DELTA,), id="to_signed of 64 bits"),
    pytest.param(word.pack, (FIELDS, GO_1_25), id="pack to 64 bits"),
    pytest.param(word.unpack, (BITS, GO_1_25), id="unpack of 64 bits"),
    pytest.param(word.unpack, (BITS, GO_1_24), id="unpack of 64 bits before 1.25"),
    pytest.param(word.plus_delta, (FIELDS, DELTA), id="plus_delta of 64 bits"),
    pytest.param(word.plus_waiter, (FIELDS,), id="plus_waiter of 64 bits"),
]


@pytest.mark.parametrize(("function", "arguments"), [*of_actions(go), *of_actions(strict), *OF_WORDS])
def test_of_all_paths_exactly_one_is_taken_and_it_returns_what_the_function_returns(
    function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    found = paths(asking(function), *arguments)
    terms = unknowns(arguments)
    ranges = {
        str(term.expression): st.integers(term.low, term.high) if isinstance(term, Vector) else NUMBERS
        for term in terms
    }

    @TESTS
    @given(st.fixed_dictionaries(ranges))
    def at_random_numbers(drawn: dict[str, int]) -> None:
        numbers = here(terms, drawn)
        assert at(taken(found, numbers).result, numbers) == function(*at(arguments, numbers))

    at_random_numbers()


def between(low: int, number: int, high: int) -> bool:
    return low <= number < high or number == -1


@TESTS
@given(st.fixed_dictionaries({"x": NUMBERS, "y": NUMBERS}))
def test_a_formula_is_true_exactly_where_the_predicate_is(numbers: dict[str, int]) -> None:
    assert at(formula(between, 0, X, Y), here([X, Y], numbers)) == between(0, numbers["x"], numbers["y"])


def test_a_predicate_that_needs_no_unknown_is_a_constant_formula() -> None:
    assert z3.is_true(formula(lambda: True))
    assert z3.is_false(formula(lambda: X is None))


def test_the_same_question_is_asked_once_whichever_way_round() -> None:
    answers = [path.result for path in paths(lambda: (bool(X == Y), bool(Y == X), bool(X != Y)))]
    assert answers == [(True, True, False), (False, False, True)]


def test_named_tuples_compare_field_by_field() -> None:
    assert [path.result for path in paths(operator.ne, WORD, Word())] == [False, True, True, True]


def test_unknowns_of_one_name_are_one_unknown() -> None:
    assert [path.result for path in paths(lambda: bool(integer("x") == X))] == [True, False]


#: What the expressions of the next two tests are about.
KNOWN = {"x": X, "bits": BITS, "delta": DELTA, "math": math, "operator": operator}


@pytest.mark.parametrize(
    "expression",
    [
        *("hash(x)", "int(x)", "float(x)", "len(x)", "iter(x)", "abs(x)", "range(x)", "[0][x]", "{x}", "~x"),
        *("math.floor(x)", "operator.index(x)", "x / 2", "x << 1", "x ** 2", "x & 1", "x | 1", "1 // x", "1 % x"),
        *("x % x", "x // x", "x % 0", "x // -2", "x + 0.5", "x == '0'", "x == None", "x < None"),
        *("hash(x < 0)", "(x < 0) + 1", "(x < 0) == 1", "x < (x < 0)", "x + bits", "bits + x"),
    ],
)
def test_what_is_not_lifted_is_refused(expression: str) -> None:
    with pytest.raises(TypeError):
        paths(eval, expression, KNOWN)


@pytest.mark.parametrize(
    "expression",
    [
        *("bits == delta", "bits < delta", "bits + 1 == bits", "2 * bits == 1", "bits - 2 < bits"),
        *("delta >> 1", "(bits + 1) >> 1", "bits // 3", "bits % 3", "bits % 2**65"),
    ],
)
def test_what_64_bits_do_not_determine_is_refused(expression: str) -> None:
    with pytest.raises(TypeError):
        paths(eval, expression, KNOWN)


def test_nobody_may_ask_outside_a_lifted_function() -> None:
    with pytest.raises(TypeError, match=r"x < 1: true or false\?"):
        bool(X < 1)


def test_an_exception_on_any_path_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        paths(lambda: 1 // 0 if X > 7 else 1)


def test_a_predicate_must_give_a_truth_value() -> None:
    with pytest.raises(TypeError, match="neither True nor False"):
        formula(lambda: X + 1)


@pytest.mark.parametrize("later", ["bool(y > 0)", "None"])
def test_a_function_that_asks_something_else_when_it_is_repeated_is_caught(later: str) -> None:
    runs = iter(["bool(x > 0)", later])

    def changing() -> object:
        return eval(next(runs), {"x": X, "y": Y})

    with pytest.raises(RuntimeError, match="not deterministic"):
        paths(changing)


def test_a_function_with_too_many_paths_is_given_up() -> None:
    with pytest.raises(RuntimeError, match="more than 2000 paths"):
        paths(lambda: [bool(bound < X) for bound in range(11)])


def test_a_symbol_has_unknown_integers_all_the_way_down_and_enums_that_are_known() -> None:
    thread = symbol(go.Thread, "thread", place=go.Place.WAIT_LOAD, delta=3)
    assert (thread.place, thread.delta, thread.result) == (go.Place.WAIT_LOAD, 3, Result.PENDING)
    assert [str(term.expression) for term in unknowns(thread)] == [
        "thread.saved.counter",
        "thread.saved.bubble",
        "thread.saved.waiters",
        "thread.releases",
    ]
