"""Tables in Markdown, and the places for them in documents: between two marks, which say what writes there.

A document has a table wherever it has the two marks of one: `<!-- NAME: made by ... -->` and `<!-- end of NAME -->`.
"""

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with these columns."""
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def begin(name: str, by: str = "make readme") -> str:
    """The mark before a table; `by` is the command that makes it."""
    return f"<!-- {name}: made by `{by}` -->"


def end(name: str) -> str:
    """The mark after a table."""
    return f"<!-- end of {name} -->"


def replaced(text: str, name: str, made: str, by: str = "make readme") -> str:
    """`text` with what is between the two marks replaced. Raises ValueError if each of them is not there just once."""
    first, last = begin(name, by), end(name)
    before, found, rest = text.partition(first)
    _, closed, after = rest.partition(last)
    if not found or not closed or first in rest or last in before + after:
        raise ValueError(f"there is no place for {name}: put it between the lines {first} and {last}")
    return f"{before}{first}\n\n{made}\n\n{last}{after}"
