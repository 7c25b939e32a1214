"""The command line: `waitgroup SUBCOMMAND`. Exit codes are the same for every subcommand.

0: everything asked for holds; 1: a property is violated; 2: usage or input error, in one line; 3: inconclusive, because
a bound, a timeout or a missing tool cut it short. 130: stopped with Ctrl-C.
"""

import os
import signal
import sys
import traceback
from importlib import import_module

import click

#: Each is a function in a module of `commands` that has its name.
SUBCOMMANDS = (
    "check",
    "claims",
    "conform",
    "explore",
    "export",
    "history",
    "mutant",
    "orderings",
    "play",
    "prove",
    "replay",
    "vectors",
    "verify",
    "zoo",
)


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


@click.command(cls=Subcommands, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="waitgroup")
def waitgroup() -> None:
    """The verified WaitGroup: explore its protocols, prove its theorems, check the shipped code."""


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
        code = waitgroup.main(standalone_mode=False)
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
