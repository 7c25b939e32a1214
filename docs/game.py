"""A Sphinx extension: the site has the game of `waitgroup play`, as `game.html`, and the page about it leads there."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from waitgroup_proofs.pages.play import play_data, play_page

#: The page that is about the game. Its name is taken, so the game has another.
ABOUT, GAME = "play", "game.html"


def lead_there(_app: Sphinx, docname: str, content: list[str]) -> None:
    """Before the page is parsed, put a link below its title: in a checkout there is nothing that it could lead to."""
    if docname == ABOUT:
        title, _, text = content[0].partition("\n")
        content[0] = f"{title}\n\n**[Play it now]({GAME}){{.external}}.** Or write the page yourself:\n{text}"


def write_game(app: Sphinx, exception: Exception | None) -> None:
    """The page is one file, and the same for the same sources."""
    if exception is None:
        (Path(app.outdir) / GAME).write_text(play_page(play_data()), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", lead_there)
    app.connect("build-finished", write_game)
    return {"parallel_read_safe": True}
