"""The site builds without a warning, and no page of it loads anything from the network."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.docs.pages import ROOT, pages

#: What a browser fetches by itself: these attributes of these elements, and what a style sheet names.
LOADED = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
    ("object", "data"),
    ("embed", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("track", "src"),
    ("input", "src"),
    ("use", "href"),
    ("image", "href"),
}
IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")
#: Links that say something of the page and fetch nothing.
SAYS = {"canonical", "author", "license", "next", "prev", "index", "search"}


class Elsewhere(HTMLParser):
    """Collects what a page would load from another host."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        rel = dict(attrs).get("rel") or ""
        for name, value in attrs:
            if name == "style":
                self.found += IN_STYLES.findall(value or "")
            elif (tag, name) in LOADED and re.match(r"\s*(https?:)?//", value or "") and rel not in SAYS:
                self.found.append(str(value))


def from_elsewhere(text: str) -> list[str]:
    page = Elsewhere()
    page.feed(text)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL)
    return page.found + [address for style in styles for address in IN_STYLES.findall(style)]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="//example.org/a.css">',
        '<link rel="preconnect" href="https://example.org">',
        '<img srcset="http://example.org/a.png 2x">',
        "<style>@import 'https://example.org/a.css';</style>",
        "<p style=\"background: url('http://example.org/a.png')\">",
    ],
)
def test_what_a_page_would_load_from_another_host_is_found(text: str) -> None:
    assert 1 == len(from_elsewhere(text))


def test_a_link_that_a_reader_may_follow_is_not_loaded() -> None:
    assert [] == from_elsewhere('<a href="https://example.org">x</a><img src="a.png"><link rel="icon" href="a.ico">')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    directory = tmp_path_factory.mktemp("site")
    options = ("--quiet", "--fail-on-warning", "--keep-going", "--doctree-dir", str(directory / "doctrees"))
    command = [sys.executable, "-m", "sphinx", *options, "docs", str(directory / "html")]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (0, "", "") == (built.returncode, built.stdout, built.stderr)
    return directory / "html"


@pytest.mark.site
def test_every_page_is_in_the_site_and_no_link_of_the_source_is_left_as_text(site: Path) -> None:
    shown = {str(page.relative_to(site).with_suffix(".md")) for page in site.rglob("*.html")}
    written = {page.removeprefix("docs/") for page in pages() if page.startswith("docs/")}
    assert set() == written - shown
    assert [] == [page for page in site.rglob("*.html") if "{.external}" in page.read_text("utf-8")]


@pytest.mark.site
def test_no_page_and_no_style_sheet_loads_anything_from_the_network(site: Path) -> None:
    found = {str(page.relative_to(site)): from_elsewhere(page.read_text("utf-8")) for page in site.rglob("*.html")}
    found |= {str(style): IN_STYLES.findall(style.read_text("utf-8")) for style in site.rglob("*.css")}
    assert {"index.html", "game.html", "source/spec/waitgroup_spec/contract.py.html"} <= set(found)
    assert {} == {page: addresses for page, addresses in found.items() if addresses}


@pytest.mark.site
def test_every_link_within_the_site_leads_to_a_file_and_to_an_anchor_that_are_there(site: Path) -> None:
    # What follows a # in the game's own links is the name of a level, which its script reads.
    texts = {page: page.read_text("utf-8") for page in site.rglob("*.html") if page.name != "game.html"}
    anchors = {page: set(re.findall(r'\bid="([^"]+)"', text)) for page, text in texts.items()}
    missing = []
    for page, text in texts.items():
        for href in set(re.findall(r'<a [^>]*href="([^"]+)"', text)):
            path, _, anchor = href.partition("#")
            target = (page.parent / path).resolve() if path else page
            if re.match(r"[a-z]+:", href):
                continue
            if not target.exists() or (anchor and target in anchors and anchor not in anchors[target]):
                missing.append(f"{page.relative_to(site)}: {href}")
    assert [] == missing
