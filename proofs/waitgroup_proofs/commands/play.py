"""`waitgroup play`: writes the page on which one plays the scheduler."""

import click
from rich.console import Console

from waitgroup_proofs.commands import finish, json_option, page_file
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.report.tables import columns


@click.command()
@click.option(
    "--out",
    metavar="FILE",
    default="play.html",
    show_default=True,
    callback=page_file,
    help="Where to write the page; it needs nothing else.",
)
@json_option
def play(out: str, json_file: str | None) -> int:
    """Write a game for the browser in which you are the scheduler.

    Break each program in as few steps as the explorer. The page holds every state of its programs; it needs no server,
    and loads nothing.

    Exit code 1: a level is not as it should be, for one that nobody can win can be won, or the other way round.

    Examples:

    \b
      waitgroup play  # about 10 s
      waitgroup play --out game.html  # about 10 s
    """
    from waitgroup_proofs.pages.play import play_data, play_page

    with Counting(None, "exploring the levels"):
        data = play_data()
    levels = [
        {"name": level["name"], "par": level["par"], "forbidden_by": level["claim"] and level["claim"]["id"]}
        for level in data["levels"]
    ]
    wrong = [level for level in levels if (level["par"] is None) != (level["forbidden_by"] is not None)]

    def show(console: Console) -> None:
        table = columns("level", "par", "nobody can win: the claim that says so")
        for level in levels:
            table.add_row(level["name"], str(level["par"] or ""), level["forbidden_by"])
        console.print(table)
        console.print(f"{out}: open it in a browser", markup=False, soft_wrap=True)

    verdict = "violated" if wrong else "holds"
    return finish(verdict, json_file, {"verdict": verdict, "levels": levels}, show, out, lambda: play_page(data))
