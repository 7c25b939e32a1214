"""Pages for a browser, each one file that needs nothing else.

Nothing that comes from the code under test can become HTML: the templates escape all text, the scripts put in text
only, and a page's own policy allows no script and no style but the two that are written here.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


@cache
def environment() -> Environment:
    """Where the templates are."""
    loader = PackageLoader("waitgroup_proofs", "pages")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def joined(names: Sequence[str]) -> str:
    """The text of files that lie beside the templates."""
    beside = files("waitgroup_proofs.pages")
    return "".join(beside.joinpath(name).read_text("utf-8") for name in names)


def rendered(name: str, parts: Sequence[str] = (), **values: Any) -> str:
    """The page of the template `name`.html, with what is common to all pages, the style and script of its own, and
    those of `parts`. Equal values give equal pages.
    """
    own = [*parts, name]
    style, script = (joined([f"{one}.{kind}" for one in ("common", *own)]) for kind in ("css", "js"))
    return (
        environment()
        .get_template(f"{name}.html")
        .render(
            style=Markup(style),
            style_hash=integrity(style),
            script=Markup(script),
            script_hash=integrity(script),
            **values,
        )
    )


def integrity(text: str) -> str:
    """What a policy calls a script or a style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
