"""Sphinx: how `make docs` turns these pages into a site that needs no network."""

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for `source_pages` and `game`

project = "waitgroup"
author = copyright = "The waitgroup authors"
extensions = ["myst_parser", "source_pages", "game", "sphinx.ext.autodoc"]
root_doc = "index"
source_suffix = {".md": "markdown"}

# These pages are written where people look for them first, and shown here too.
adopted_pages = {"readme": "README.md", "proofs": "proofs/README.md"}

myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
default_role = "code"

html_theme = "furo"
html_title = "waitgroup"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]


def without_tildes(
    app: Sphinx, what: str, name: str, of: object, options: object, arguments: str, answer: str
) -> object:
    """Type variables are written as their names: Sphinx leaves the tilde with which it abbreviates in front of them."""
    return re.sub(r"~(?:\w+\.)*~?(?=\w)", "", arguments) if arguments else arguments, answer


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", without_tildes)
