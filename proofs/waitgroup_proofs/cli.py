"""The command line: `waitgroup SUBCOMMAND`. Exit codes are the same for every subcommand.

0: everything asked for holds; 1: a property is violated; 2: usage or input error, in one line; 3: inconclusive, because
a bound, a timeout or a missing tool cut it short. 130: stopped with Ctrl-C.
"""

import ast
import os
import shutil
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

#: The subcommands in the order in which a newcomer needs them. Each is a function in a module of `commands` that has
#: its name, and the first line of its docstring is its summary.
GROUPS = {
    "Explore and prove the protocols": ("explore", "prove", "verify"),
    "Check a class in Python": ("check", "replay"),
    "Check an implementation in any language": ("conform", "vectors", "history"),
    "Look closer": ("orderings", "zoo", "play", "mutant", "claims", "export"),
    "Set up": ("completion",),
}
SUBCOMMANDS = tuple(name for names in GROUPS.values() for name in names)

#: The widest help text.
WIDEST = 100


def summary(name: str) -> str:
    """The first line of the subcommand's help, read from its text: who asks for a list need not wait for imports."""
    source = (Path(__file__).parent / "commands" / f"{name}.py").read_text(encoding="utf-8")
    found = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return (ast.get_docstring(found) or "").partition("\n")[0]


class Subcommands(click.Group):
    """Imports only the subcommand that is asked for: who checks code need not wait for the theorems to load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of this name, if there is one."""
        if cmd_name not in SUBCOMMANDS:
            return None
        found = getattr(import_module(f"waitgroup_proofs.commands.{cmd_name}"), cmd_name)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, which knows no names to suggest."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=SUBCOMMANDS, ctx=ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it, which would begin a new line at Ctrl-C."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The subcommands by groups, then the options."""
        longest = max(map(len, SUBCOMMANDS))
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(longest), summary(name)) for name in names])
        click.Command.format_options(self, ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The subcommands that begin like this, and the options."""
        begun = [CompletionItem(name, help=summary(name)) for name in SUBCOMMANDS if name.startswith(incomplete)]
        return begun + click.Command.shell_complete(self, ctx, incomplete)


@click.command(
    cls=Subcommands,
    invoke_without_command=True,
    subcommand_metavar="COMMAND ...",
    options_metavar="",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0, everything asked for holds; 1, a property is violated; 2, the question makes no sense; 3, "
    "inconclusive: a bound, a timeout or a missing tool cut it short.",
)
@click.version_option(package_name="waitgroup")
@click.pass_context
def waitgroup(context: click.Context) -> None:
    """The verified WaitGroup: explore its protocols, prove its theorems, check its code and your own.

    `waitgroup COMMAND --help` says what a command does, with examples.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    stopped = []

    def stop(_number: int, _frame: object) -> None:
        # Kept, because an exception that comes inside a finalizer is lost, with a complaint that is not for users.
        stopped.append(True)
        sys.unraisablehook = lambda _lost: None
        raise KeyboardInterrupt

    # A time limit, or a terminal that is closed, must not leave processes behind either.
    for number in (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ())):
        signal.signal(number, stop)
    code = answered()
    if stopped and code != 130:
        print("waitgroup: stopped", file=sys.stderr)
    return 130 if stopped else code


def answered() -> int:
    """The exit code of what was asked for, or of why it could not be."""
    try:
        width = min(shutil.get_terminal_size().columns, WIDEST)
        code = waitgroup.main(prog_name="waitgroup", standalone_mode=False, terminal_width=width)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        print("waitgroup:", " ".join(error.format_message().split()), file=sys.stderr)
        return 2
    except (KeyboardInterrupt, click.Abort):
        print("waitgroup: stopped", file=sys.stderr)
        return 130
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # a reader that has gone wants to hear nothing
            print(f"waitgroup: cannot write: {error.strerror}", file=sys.stderr)
        # What is still buffered cannot be written either, and must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:  # ours: it must not pass for a verdict
        traceback.print_exc()
        print(f"waitgroup: a mistake of ours, and no verdict: {type(error).__name__}: {error}", file=sys.stderr)
        return 3
