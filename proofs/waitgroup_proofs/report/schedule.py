"""A schedule of real code as text: a column for each thread, a row for what it does in one line of source.

Only one thread steps in a row, so what it does may go on to the right, over the columns of the others: that is how a
schedule of many threads is readable on a narrow terminal.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import NamedTuple

from rich.text import Text

from waitgroup_proofs.report.tables import WIDTH
from waitgroup_proofs.scheduler.boundaries import interrupted
from waitgroup_proofs.scheduler.explanations import Explanation
from waitgroup_proofs.scheduler.replay import Replay, Step

#: What is added to an access that goes on in another way.
HOW = {"run": "", "start": "", "expire": ", times out", "interrupt": ", is interrupted"}
GAP = "  "
#: The least room for the text of a column, and the least distance between two columns.
LEAST_ROOM, LEAST_PITCH = 24, 2
#: So many explanations are shown; the others are counted.
MOST_SHOWN = 3

VIOLATED = "bold red"


class Row(NamedTuple):
    """Steps of one thread in one line of source, within one call.

    `first` is the number of the first of them; `begins`: the call begins with it.
    """

    first: int
    steps: tuple[Step, ...]
    begins: bool

    @property
    def last(self) -> Step:
        """The last step, which tells how things are afterwards."""
        return self.steps[-1]

    @property
    def numbers(self) -> str:
        """The numbers of the steps."""
        end = self.first + len(self.steps) - 1
        return str(self.first) if end == self.first else f"{self.first}-{end}"

    @property
    def accesses(self) -> str:
        """What the thread does in this line; what it does over and over is said once."""
        said = [(name, len(list(same))) for name, same in groupby(map(access, self.steps))]
        return ", ".join(name if count == 1 else f"{name} x {count}" for name, count in said)


def access(step: Step) -> str:
    """What a step does, in words."""
    base, injection = interrupted(step.how)
    comes = f", {injection.kind} comes" if injection else ""
    return clean(step.operation) + HOW[base] + comes + (", returns" if step.returns else "")


def clean(text: str) -> str:
    """Somebody else's text, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " if letter == "\t" else "?" for letter in text)


def folded(steps: Sequence[Step]) -> Iterator[Row]:
    """The rows: a new one wherever another thread, another line or another call begins."""
    begun = 0
    calling: set[int] = set()
    for number, step in enumerate(steps):
        following = steps[number + 1] if number + 1 < len(steps) else None
        same = following is not None and (step.number, step.position) == (following.number, following.position)
        if not same or step.returns:
            yield Row(begun + 1, tuple(steps[begun : number + 1]), step.number not in calling)
            begun = number + 1
            calling.add(step.number)
        if step.returns:
            calling.remove(step.number)


class Columns(NamedTuple):
    """Where the columns of the threads begin, `pitch` apart, right of the `left` ones, in so much `room`.

    `flat`: a row is one line.
    """

    names: tuple[str, ...]
    left: tuple[int, ...]
    pitch: int
    room: int
    flat: bool

    def line(self, left: Sequence[tuple[str, str]], column: int, text: Text) -> Text:
        """One line: the cells on the left, the text in its column, and marks for the columns that it leaves free."""
        line = Text()
        for (cell, style), width in zip(left, self.left, strict=True):
            line.append(cell.rjust(width) + GAP, style)
        edge = line.cell_len
        for number in range(len(self.names)):
            start = edge + number * self.pitch
            if number == column:
                line.append(" " * (start - line.cell_len)).append_text(text)
            elif line.cell_len <= start - (len(GAP) if number > column else 0):
                line.append(" " * (start - line.cell_len)).append("|", "dim")
        return line

    def header(self, left: Sequence[str]) -> Iterator[Text]:
        """The names, each where its column begins, on as many lines as they need."""
        lines: list[Text] = []
        edge = sum(width + len(GAP) for width in self.left)
        for number, name in enumerate(self.names):
            start = edge + number * self.pitch
            line = next((line for line in lines if line.cell_len < start), None)
            if line is None:
                cells = left if not lines else [""] * len(left)
                line = Text("".join(cell.rjust(width) + GAP for cell, width in zip(cells, self.left, strict=True)))
                lines.append(line)
            line.append(" " * (start - line.cell_len)).append(name)
        for line in lines:
            line.stylize("bold")
        return iter(lines)

    def block(self, row: Row, column: int) -> list[Text]:
        """What stands in the column of the thread that steps: source, accesses, place."""
        source, accesses, place = clean(row.last.line), row.accesses, clean(row.last.place)
        if self.flat:
            parts = [(source, ""), (accesses, "cyan"), (place, "dim")]
            return [Text(GAP).join(Text(part, style) for part, style in parts if part)]
        below = f"{accesses}{GAP}{place}" if place else accesses
        said = [(source, ""), (below, "cyan")]
        room = max(LEAST_ROOM, self.room - column * self.pitch)
        return [Text(line, style) for part, style in said for line in wrap(part, room, break_on_hyphens=False)]


def arranged(rows: Sequence[Row], names: tuple[str, ...], left: tuple[int, ...], width: int) -> Columns:
    """Columns for the width: a row is one line if that fits, else two, else as many as it takes."""
    room = width - sum(cell + len(GAP) for cell in left)
    others = max(len(names) - 1, 1)
    wide = max(map(len, names)) + len(GAP)
    for flat in (True, False):
        columns = Columns(names, left, 0, room, flat)
        widest = max(text.cell_len for row in rows for text in columns.block(row, 0))
        pitch = min(widest + len(GAP), (room - widest) // others)
        if pitch >= wide:
            return columns._replace(pitch=pitch)
    pitch = max(LEAST_PITCH, min(wide, (room - LEAST_ROOM) // others))
    return columns._replace(pitch=pitch)


def drawn(replayed: Replay, width: int = WIDTH) -> Text:
    """The schedule as text of so many columns; print it without wrapping."""
    if not replayed.steps:
        return Text("No step was made.")
    rows = list(folded(replayed.steps))
    shown = shown_threads(replayed)
    has_word = with_word(replayed)
    heads = ["step", *(["word"] if has_word else []), *(["ways"] if replayed.contract else [])]
    cells = [cells_of(row, has_word)[: len(heads)] for row in rows]
    left = tuple(max(len(head), *(len(row[n]) for row in cells)) for n, head in enumerate(heads))
    columns = arranged(rows, tuple(replayed.threads[number] for number in shown), left, width)
    lines = list(columns.header(heads))
    for row, texts in zip(rows, cells, strict=True):
        column = shown.index(row.last.number)
        if row.begins:
            lines.append(columns.line([("", "")] * len(heads), column, Text(clean(row.last.call), "bold")))
        wrong = VIOLATED if row is rows[-1] and replayed.violation else ""
        for below, text in enumerate(columns.block(row, column)):
            text.stylize(wrong)
            lines.append(columns.line([("" if below else cell, wrong) for cell in texts], column, text))
    for line in lines:
        line.rstrip()
    below_it = [Text(), *explained(replayed, has_word, width)] if replayed.contract else []
    return Text("\n").join([*lines, *below_it])


def shown_threads(replayed: Replay) -> list[int]:
    """The threads that have a column: those that make a step, or that are said to be wrong."""
    stepping = {step.number for step in replayed.steps}
    names = replayed.threads[: len(replayed.steps[-1].positions)]
    return [n for n, name in enumerate(names) if n in stepping or name in (replayed.violation or "")]


def with_word(replayed: Replay) -> bool:
    """Whether the target has a word that can be looked at."""
    return any(step.counter is not None for step in replayed.steps)


def cells_of(row: Row, has_word: bool) -> list[str]:
    """Left of the columns: the steps, the word, and in how many ways the contract explains the run."""
    step = row.last
    word = [f"{step.counter},{step.waiters}"] if has_word else []
    return [row.numbers, *word, str(step.ways or "none")]


def explained(replayed: Replay, has_word: bool, width: int) -> Iterator[Text]:
    """What the cells on the left mean, and how the contract explained the run before it could not any more."""
    word = "word: counter, waiters. " if has_word else ""
    for line in wrap(f"{word}ways: in how many ways the contract explains the run so far.", width):
        yield Text(line, "dim")
    if replayed.steps[-1].ways or len(replayed.steps) == 1:
        return
    before = replayed.steps[-2]
    yield Text()
    said = f"Before step {len(replayed.steps)} the contract explained the run like this, but not what happened then:"
    yield from map(Text, wrap(said, width))
    for one in before.explanations[:MOST_SHOWN]:
        for line in wrap(in_words(one, replayed.threads), width, initial_indent="  ", subsequent_indent="    "):
            yield Text(line)
    more = before.ways - min(MOST_SHOWN, len(before.explanations))
    if more:
        yield Text(f"  and {more} more")


def in_words(explanation: Explanation, threads: Sequence[str]) -> str:
    """One explanation as a line of text."""
    stand = (f"{thread} {words}" for thread, words in zip(threads, explanation.threads, strict=True))
    return ", ".join([f"counter {explanation.counter}", *stand])
