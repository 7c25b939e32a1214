"""`waitgroup claims`: the ledger as a Markdown table; and every table of the documents."""

from pathlib import Path

import click

from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.claims.markdown import TABLES, claims_markdown, with_tables
from waitgroup_proofs.commands import finish, json_option
from waitgroup_proofs.report.markdown import begin, end


@click.command()
@click.option(
    "--write",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Replace the tables between their marks in this file.",
)
@json_option
def claims(file: Path | None, json_file: str | None) -> int:
    """Print the ledger of claims as a table; nothing is checked.

    The table is Markdown. With --write each table of a document is replaced between the lines that mark its place.
    What checks the claims is `verify`.

    Examples:

    \b
      waitgroup claims
      waitgroup claims --write README.md
      waitgroup claims --json -
    """
    if file is None:
        rows = [
            {"id": one.id, "kind": one.kind.value, "statement": one.sentence, "bound": one.bound, "full": one.full}
            for one in LEDGER
        ]
        listed = {"verdict": "holds", "claims": rows}
        return finish("holds", json_file, listed, lambda _out: click.echo(claims_markdown()))
    try:
        before = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"cannot read {file}: {getattr(error, 'strerror', 'it is not in UTF-8')}") from None
    after = with_tables(before)
    if after is None:
        marks = f"{begin('NAME')} and {end('NAME')}, where NAME is one of {', '.join(TABLES)}"
        raise click.UsageError(f"{file} has no place for a table: put it between the lines {marks}")
    if after != before:
        try:
            file.write_text(after, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"cannot write {file}: {error.strerror}") from None
    result = {"verdict": "holds", "file": str(file), "changed": after != before}
    return finish("holds", json_file, result, lambda _out: None)
