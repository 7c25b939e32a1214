"""The subcommands, a module each, and what they share: exit codes, the JSON option, tables and progress."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from waitgroup_proofs.report.tables import WIDTH

EXIT = {"holds": 0, "violated": 1, "inconclusive": 3}

#: Progress and messages; the standard output is for results alone.
messages = Console(stderr=True)


def writable(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a file that cannot be written before any work is done for it."""
    if value in (None, "-"):
        return value
    path = Path(str(value))
    try:
        existed = path.exists()
        with path.open("a", encoding="utf-8"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise click.BadParameter(f"cannot write {value!r}: {error.strerror}") from None
    return value


json_option = click.option(
    "--json",
    "json_file",
    metavar="FILE",
    callback=writable,
    help="Write the result as one JSON object to FILE; with - the standard output is that object and nothing else.",
)


class Output(Console):
    """The standard output: as wide as the terminal, or wide enough for a file; a reader that goes away is an error."""

    def __init__(self) -> None:
        """On the present standard output."""
        super().__init__(width=None if sys.stdout.isatty() else WIDTH)

    def on_broken_pipe(self) -> None:
        """What was asked for could not be shown: that is no verdict."""
        raise BrokenPipeError


def finish(verdict: str, json_file: str | None, result: dict[str, Any], show: Callable[[Console], None]) -> int:
    """Print or write the result; returns the exit code that the verdict stands for."""
    if json_file != "-":
        show(Output())
    if json_file is not None:
        text = json.dumps(result, indent=2) + "\n"
        if json_file == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            try:
                Path(json_file).write_text(text, encoding="utf-8")
            except OSError as error:
                raise click.ClickException(f"cannot write {json_file}: {error.strerror}") from None
    return EXIT[verdict]
