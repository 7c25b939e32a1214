"""`waitgroup completion SHELL`: the script with which a shell completes what is typed."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.commands.names import Name

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=Name("shell", SHELLS), metavar="bash|zsh|fish")
@json_option
def completion(shell: str, json_file: str | None) -> int:
    """Print the script with which a shell completes what is typed.

    It completes subcommands, options, and the names of protocols, scenarios, claims and mutants, in every shell that is
    started from then on.

    Examples:

    \b
      waitgroup completion bash >> ~/.bashrc
      waitgroup completion zsh >> ~/.zshrc
      waitgroup completion fish > ~/.config/fish/completions/waitgroup.fish
    """
    made = SHELLS[shell](click.Command("waitgroup"), {}, "waitgroup", "_WAITGROUP_COMPLETE")
    # Not `source()`, which for bash looks first whether the one that is here is new enough.
    script = made.source_template % made.source_vars()
    result = {"verdict": "holds", "shell": shell, "script": script}
    return finish("holds", json_file, result, lambda _out: click.echo(script))
