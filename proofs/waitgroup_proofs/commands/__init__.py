"""The subcommands, a module each, and what they share: exit codes, the JSON option, tables and progress."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from waitgroup_proofs.report.tables import WIDTH

EXIT = {"holds": 0, "violated": 1, "inconclusive": 3}

#: Progress and messages; the standard output is for results alone. Colours can be forced where nothing can move.
messages = Console(stderr=True, force_interactive=None if sys.stderr is not None and sys.stderr.isatty() else False)


def writable(context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a file that cannot be written, or is to be written twice, before any work is done for it."""
    if value in (None, "-"):
        return value
    if value in (context.params.get(name) for name in ("json_file", "html_file", "out")):
        raise click.BadParameter(f"{value!r} is to hold something else already: name another file")
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


def page_file(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """As `writable`; the standard output is no place for a page."""
    if value == "-":
        raise click.BadParameter("name a file for the page")
    return writable(context, parameter, value)


html_option = click.option(
    "--html",
    "html_file",
    metavar="FILE",
    callback=page_file,
    help="Write the result to FILE as a page for a browser, which needs nothing else and steps through the schedule.",
)


class Output(Console):
    """The standard output: as wide as the terminal, or wide enough for a file; a reader that goes away is an error."""

    def __init__(self) -> None:
        """On the present standard output."""
        width, height = shutil.get_terminal_size()
        # Of a dumb terminal rich thinks to know both, if it is not told both.
        super().__init__(width=width if sys.stdout.isatty() else WIDTH, height=height)

    def on_broken_pipe(self) -> None:
        """What was asked for could not be shown: that is no verdict."""
        raise BrokenPipeError


def finish(
    verdict: str,
    json_file: str | None,
    result: dict[str, Any],
    show: Callable[[Console], None],
    html_file: str | None = None,
    page: Callable[[], str] = str,
) -> int:
    """Print or write the result; returns the exit code that the verdict stands for. `page()` is for `--html`."""
    if json_file != "-":
        show(Output())
    if json_file is not None:
        text = json.dumps(result, indent=2) + "\n"
        if json_file == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            replace(json_file, text)
    if html_file is not None:
        replace(html_file, page())
    return EXIT[verdict]


def replace(name: str, text: str) -> None:
    """Write a file whole, or leave it as it is. Where no other can be made beside it, it is written in place."""
    data = text.encode("utf-8", "backslashreplace")
    file = Path(name).resolve()
    beside = file.with_name(f".waitgroup-{os.getpid()}")
    try:
        if (file.exists() and not file.is_file()) or not os.access(file.parent, os.W_OK):
            file.write_bytes(data)
            return
        try:
            beside.write_bytes(data)
            if file.exists():
                shutil.copymode(file, beside)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot write {name}: {error.strerror}") from None
