"""A Sphinx extension: a file of the repository that a page links to becomes a page of the site, and its names anchors.

A link to a file or to a name that does not exist is a warning, which `make docs` treats as an error.
"""

import os
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound
from references import LINK, fault, names
from sphinx.application import Sphinx
from sphinx.util import logging

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"

logger = logging.getLogger(__name__)


def adopt_and_link(app: Sphinx, docname: str, content: list[str]) -> None:
    """Before a page is parsed: take the text of a page that is adopted, and lead links to files to their pages."""
    adopted = {ROOT / file: page for page, file in app.config.adopted_pages.items()}
    origin = ROOT / app.config.adopted_pages.get(docname, f"docs/{docname}.md")
    if docname in app.config.adopted_pages:
        content[0] = origin.read_text("utf-8")
    here = (DOCS / docname).parent

    def led(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(origin.parent / match["path"]))
        anchor = f"#{match['name']}" if match["name"] else ""
        wrong = fault(origin, match)
        if wrong:
            logger.warning(wrong, location=docname)
        if wrong:
            return match[0]
        if target.suffix in (".png", ".svg"):
            return f"]({os.path.relpath(target, here)})"
        if target in adopted or (target.suffix == ".md" and DOCS in target.parents):
            page = DOCS / f"{adopted[target]}.md" if target in adopted else target
            return f"]({os.path.relpath(page, here)}{anchor})"
        app.linked_sources.add(target)  # type: ignore[attr-defined]
        page = DOCS / "source" / f"{target.relative_to(ROOT)}.html"
        return f"]({os.path.relpath(page, here)}{anchor}){{.external}}"

    # In a doctest the blank line ends the output; a reader does not need it.
    content[0] = LINK.sub(led, content[0]).replace("\n\n```\n", "\n```\n")


def listed(directory: Path) -> str:
    """The names of what is in a directory."""
    return "".join(f"<li><code>{escape(path.name)}</code></li>" for path in sorted(directory.iterdir()))


def shown(file: Path) -> str:
    """The text of a file with its lines numbered, and an anchor in front of each name that it defines."""
    try:
        lexer = get_lexer_for_filename(file.name)
    except ClassNotFound:
        lexer = TextLexer()
    # The formatter puts `<a id="line-N">` at the beginning of each line.
    html = highlight(file.read_text("utf-8"), lexer, HtmlFormatter(lineanchors="line", linenos="inline"))
    for name, line in names(file).items():
        html = html.replace(f'<a id="line-{line}"', f'<span id="{name}"></span><a id="line-{line}"', 1)
    return html


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each file that is linked to."""
    for target in sorted(app.linked_sources):  # type: ignore[attr-defined]
        name = str(target.relative_to(ROOT))
        body = f"<ul>{listed(target)}</ul>" if target.is_dir() else shown(target)
        yield f"source/{name}", {"title": name, "body": f"<h1>{escape(name)}</h1>{body}"}, "page.html"


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.linked_sources = set()  # type: ignore[attr-defined]
    app.add_config_value("adopted_pages", {}, "env", dict)
    app.connect("source-read", adopt_and_link)
    app.connect("html-collect-pages", source_pages)
    return {"parallel_read_safe": False}
