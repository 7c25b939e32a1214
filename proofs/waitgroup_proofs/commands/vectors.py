"""`waitgroup vectors`: write the test vectors, or say whether those that are there are the same."""

from pathlib import Path

import click

from waitgroup_proofs.commands import finish, json_option, replace
from waitgroup_proofs.commands.working import Counting
from waitgroup_proofs.conformance.families import FAMILIES
from waitgroup_proofs.conformance.vectors import differing, files


@click.command()
@click.option(
    "--out", "folder", metavar="DIR", default="tests/vectors", show_default=True, help="The directory that they are in."
)
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file is missing, another, or too many.")
@json_option
def vectors(folder: str, check: bool, json_file: str | None) -> int:
    """Write the test vectors for implementations in any language.

    They are JSON, with their schema: the same bytes on every machine (docs/vectors.md).

    Examples:

    \b
      waitgroup vectors --out vectors  # about 5 s
      waitgroup vectors --out vectors --check  # about 5 s
    """
    path = Path(folder)
    if not folder or not path.is_dir():
        raise click.UsageError(f"{folder!r} is no directory: make it first, or name another with --out")
    with Counting(None, "working out what is expected"):
        wrong = differing(path)
    if not check:
        for name, text in files().items():
            replace(str(path / name), text)
    tests = sum(map(len, FAMILIES.values()))
    verdict = "violated" if check and wrong else "holds"
    said = f"not as generated: {', '.join(wrong)}" if check and wrong else f"{tests} tests in {len(FAMILIES)} families"
    result = {"verdict": verdict, "tests": tests, "changed": wrong}
    return finish(verdict, json_file, result, lambda out: out.print(said))
