"""The kill matrix as a table: a row for each mutant, a column for each engine."""

from collections.abc import Mapping

from rich.table import Table

from waitgroup_proofs.mutants.engines import ENGINES
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.report.markdown import table
from waitgroup_proofs.report.tables import columns

#: What every engine says of a mutant, by its name: one word an engine, in the order of `ENGINES`.
Matrix = Mapping[str, str]

#: What the cells mean.
LEGEND = (
    "A number is the length of a shortest run that shows what is broken; refused: without such a run; -: passes; "
    "undecided: the engine could not tell. In bold, or with a star, the first engine that refuses the mutant."
)


def cells_of(said: str, mark: str) -> list[str]:
    """The cells of one row, with the first one that refuses marked; `mark` holds braces where it goes."""
    cells = said.split()
    first = next((i for i, cell in enumerate(cells) if cell not in ("-", "undecided")), None)
    return [mark.format(cell) if i == first else cell for i, cell in enumerate(cells)]


def matrix_table(matrix: Matrix) -> Table:
    """The matrix for the terminal."""
    mutants = {mutant.name: mutant for mutant in PROTOCOL}
    shown = columns("mutant", *ENGINES, "what is broken")
    for name, said in matrix.items():
        shown.add_row(name, *cells_of(said, "[bold red]{}*[/]"), mutants[name].sentence)
    return shown


def matrix_markdown(matrix: Matrix) -> str:
    """The matrix as a table in Markdown; below it, why the survivors are none of the broken ones."""
    mutants = {mutant.name: mutant for mutant in PROTOCOL}
    rows = [(f"`{name}`", mutants[name].sentence, *cells_of(said, "**{}**")) for name, said in matrix.items()]
    survivors = [f"* `{name}` survives: {mutants[name].survives}" for name in matrix if mutants[name].survives]
    return "\n".join([table(("mutant", "what is broken", *ENGINES), rows), "", LEGEND, "", *survivors])
