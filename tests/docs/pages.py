"""The pages of the guide, and what is in them: blocks of code, commands, files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent

#: A fenced block: its language and its text.
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: The first line of a block that is a file of this name.
FILE = re.compile(r"# (\w+\.py)\n")
#: The comment on a command that ends with another exit code than 0.
EXITS = re.compile(r"\s+#(?:.*;)? exits (\d)$")


class Command(NamedTuple):
    """A command that a page shows, the exit code that it says, and the output that it shows, if any."""

    page: str
    line: str
    exits: int = 0
    output: str | None = None


def pages() -> dict[str, str]:
    """The text of every page, by its path."""
    paths = [ROOT / "README.md", ROOT / "proofs" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths}


def blocks(text: str, language: str) -> list[str]:
    """The blocks of one language."""
    return [block for name, block in BLOCK.findall(text) if name == language]


def files(text: str) -> dict[str, str]:
    """The files that a page has its reader write: Python blocks that begin with a name, `# mine.py`."""
    found = ((FILE.match(block), block) for block in blocks(text, "python"))
    return {match[1]: block for match, block in found if match}


def commands(page: str, text: str) -> Iterator[Command]:
    """Every line of a console block, or, in one with prompts, every line after `$ ` with the output below, if any."""
    for block in blocks(text, "console"):
        prompted = block.startswith("$ ")
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:] if prompted else block.splitlines():
            line, _, output = part.partition("\n")
            exits = EXITS.search(line)
            yield Command(page, EXITS.sub("", line), int(exits[1]) if exits else 0, output or None)
