"""`waitgroup replay TOKEN`: one schedule of the real code, step by step."""

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.report.tables import replay_table
from waitgroup_proofs.scheduler.replay import TokenError, parsed
from waitgroup_proofs.scheduler.replay import replay as follow


@click.command()
@click.argument("token")
@json_option
def replay(token: str, json_file: str | None) -> int:
    """Follow the schedule of TOKEN on the shipped source; exit code 1 when it shows the violation again."""
    try:
        replayed = follow(parsed(token))
    except TokenError as error:
        raise click.UsageError(str(error)) from None
    verdict = "violated" if replayed.violation else "holds"

    def show(out: Console) -> None:
        out.print(replay_table(replayed))
        out.print(f"\n{replayed.violation or 'The schedule ends, and nothing is wrong.'}", markup=False)

    result = {"verdict": verdict, "steps": [step._asdict() for step in replayed.steps], "violation": replayed.violation}
    return finish(verdict, json_file, result, show)
