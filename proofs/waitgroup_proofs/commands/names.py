"""Names on the command line: a shell completes them, and for one that is wrong the nearest that are right are named."""

from collections.abc import Iterable
from difflib import get_close_matches

import click
from click.shell_completion import CompletionItem

#: As many are listed in a message.
LISTED = 24


def unknown(kind: str, said: str, known: Iterable[str]) -> str:
    """What is wrong with a name, and which one may be meant; what there is if none is near."""
    names = list(known)
    nearest = get_close_matches(said, names)
    if nearest:
        return f"no {kind} is called {said!r}: did you mean {' or '.join(nearest)}?"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"no {kind} is called {said!r}: choose from {', '.join(names[:LISTED])}{more}"


class Name(click.Choice[str]):
    """One name of those that there are."""

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        """`kind`: what it is that has such names."""
        super().__init__(list(known))
        self.kind = kind

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """Called by click."""
        return unknown(self.kind, str(value), self.choices)


class Names(click.ParamType[list[str]]):
    """Some names, with commas between; the value is the list of them."""

    name = "names"

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        """`kind`: what it is that has such names."""
        self.kind = kind
        self.known = list(known)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """Called by click."""
        names = str(value).split(",")
        for name in names:
            if name not in self.known:
                self.fail(unknown(self.kind, name, self.known), param, ctx)
        return names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The last of them is completed."""
        before, comma, begun = incomplete.rpartition(",")
        return [CompletionItem(f"{before}{comma}{name}") for name in self.known if name.startswith(begun)]
