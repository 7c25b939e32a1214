"""What a run is told and what it tells: the choices it is made of, and what is wrong with it."""

from typing import NamedTuple


class Choice(NamedTuple):
    """Which thread steps, and how: `run`, or for a parked wait `expire` or `interrupt`."""

    thread: int
    how: str = "run"


#: A run, as the choices that lead to where it is.
Schedule = tuple[Choice, ...]


class Violation(Exception):
    """The run has no explanation. The message is a sentence that says what is wrong."""


def are(names: list[str]) -> str:
    """The names, as the subject of a sentence."""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
