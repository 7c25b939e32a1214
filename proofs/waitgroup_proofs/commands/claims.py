"""`waitgroup claims`: the ledger as a Markdown table; and every table of the documents."""

from pathlib import Path

import click

from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.claims.markdown import TABLES, begin, claims_markdown, end, with_tables
from waitgroup_proofs.commands import finish, json_option


@click.command()
@click.option(
    "--write", "file", type=click.Path(path_type=Path), help="Replace the tables between their marks in this file."
)
@json_option
def claims(file: Path | None, json_file: str | None) -> int:
    """Print the ledger as a Markdown table, or write it into a file. Nothing is checked: that is `verify`."""
    if file is None:
        rows = [
            {"id": one.id, "kind": one.kind.value, "statement": one.sentence, "bound": one.bound, "full": one.full}
            for one in LEDGER
        ]
        return finish("holds", json_file, {"claims": rows}, lambda _out: click.echo(claims_markdown()))
    try:
        before = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from None
    after = with_tables(before)
    if after is None:
        marks = f"{begin('NAME')} and {end('NAME')}, where NAME is one of {', '.join(TABLES)}"
        raise click.UsageError(f"{file} has no place for a table: put it between the lines {marks}")
    if after != before:
        try:
            file.write_text(after, encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"cannot write {file}: {error.strerror}") from None
    return 0
