"""`waitgroup play`: writes the page on which one plays the scheduler."""

import click

from waitgroup_proofs.commands import page_file, replace


@click.command()
@click.option(
    "--out",
    metavar="FILE",
    default="play.html",
    show_default=True,
    callback=page_file,
    help="Where to write the page; it needs nothing else.",
)
def play(out: str) -> int:
    """Write a page for a browser on which you are the scheduler: break each program in as few steps as the explorer.

    The page holds every state of its programs; it needs no server, and loads nothing.
    """
    from waitgroup_proofs.play.page import play_page

    replace(out, play_page())
    click.echo(f"{out}: open it in a browser")
    return 0
