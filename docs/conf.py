"""Sphinx: how `make docs` turns these pages into a site that needs no network."""

import sys
from pathlib import Path

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

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
default_role = "code"
suppress_warnings = ["myst.header"]  # a heading that skips a level leads where it should all the same

html_theme = "furo"
html_title = "waitgroup"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
