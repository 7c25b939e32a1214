"""States as plain data for pages: any named tuple, Go's word apart."""

from enum import IntEnum
from typing import NamedTuple

from waitgroup_proofs.report.states import said, shared_as_data, standing, summary, thread_as_data
from waitgroup_spec.protocol import Result
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.word import Word


class Colour(IntEnum):
    DARK_RED = 1


class Made(NamedTuple):
    word: Word = Word(-1, 0, 2)
    permits: int = 3
    open: bool = True
    colour: Colour = Colour.DARK_RED
    queue: tuple[int, ...] = (1, 2)
    empty: tuple[int, ...] = ()


def test_every_kind_of_field_is_told_in_words_and_numbers_stay_numbers() -> None:
    assert [
        {"name": "word", "word": [-1, 0, 2]},
        {"name": "permits", "value": 3},
        {"name": "open", "value": "yes"},
        {"name": "colour", "value": "dark red"},
        {"name": "queue", "value": "1, 2"},
        {"name": "empty", "value": "none"},
    ] == shared_as_data(Made())


def test_a_summary_leaves_out_what_is_zero() -> None:
    assert "counter 2, permits 1" == summary(go.Shared(word=Word(2, 0, 0), permits=1))
    assert "all zero" == summary(strict.Shared())
    assert "counter 2" == said(Word(2, 0, 0))


def test_a_thread_shows_those_of_its_locals_that_are_not_as_at_the_beginning() -> None:
    thread = go.Thread(go.Place.ADD_RESET, saved=Word(0, 0, 2))
    assert {"stands": "add reset", "locals": [["saved", "waiters 2"]]} == thread_as_data(thread)
    assert {"stands": "wait load", "locals": []} == thread_as_data(go.Thread(go.Place.WAIT_LOAD))


def test_a_thread_whose_call_is_over_says_how() -> None:
    ended = [go.ADDED, go.WAITED, go.PANICKED, strict.returned(Result.REJECTED)]
    assert ["returned", "returned true", "panicked", "refused"] == list(map(standing, ended))
