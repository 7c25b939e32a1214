"""`waitgroup replay TOKEN`: one schedule of the real code, step by step."""

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, html_option, json_option
from waitgroup_proofs.report.schedule import drawn
from waitgroup_proofs.scheduler.replay import TokenError, parsed
from waitgroup_proofs.scheduler.replay import replay as follow


@click.command()
@click.argument("token")
@html_option
@json_option
def replay(token: str, html_file: str | None, json_file: str | None) -> int:
    """Follow one schedule of real code step by step.

    A TOKEN names a schedule; `check` and `mutant` print one for each violation. It is followed on the present source,
    and refused if that has changed.

    Exit code 1: the schedule shows the violation again; 0: it ends, and nothing is wrong.

    Examples, with the token that the first of them prints:

    \b
      waitgroup mutant no-wakeup  # exits 1
      waitgroup replay TOKEN  # exits 1
      waitgroup replay TOKEN --html run.html  # exits 1
    """
    try:
        said = parsed(token)
        replayed = follow(said)
    except TokenError as error:
        raise click.UsageError(str(error)) from None
    verdict = "violated" if replayed.violation else "holds"
    sentence = replayed.violation or "The schedule ends, and nothing is wrong."

    def show(out: Console) -> None:
        out.print(drawn(replayed, out.width), soft_wrap=True)
        out.print(f"\n{sentence}", markup=False)

    def page() -> str:
        from waitgroup_proofs.pages.schedule import Result, page

        return page(Result(verdict, said.target, sentence, said, replayed))

    result = {
        "verdict": verdict,
        "steps": [step.as_json for step in replayed.steps],
        "violation": replayed.violation,
    }
    return finish(verdict, json_file, result, show, html_file, page)
