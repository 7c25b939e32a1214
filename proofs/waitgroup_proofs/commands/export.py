"""`waitgroup export FORMAT PROTOCOL`: a protocol, or a protocol under a client program, for other tools."""

import re
import sys
from pathlib import Path

import click

from waitgroup_proofs.commands import replace, writable
from waitgroup_proofs.commands.explore import SIZE, SUBJECTS, chosen
from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.bounded import bounded
from waitgroup_proofs.exports.dot import dot
from waitgroup_proofs.exports.lifted import Lifted
from waitgroup_proofs.exports.program import Program
from waitgroup_proofs.exports.promela import promela
from waitgroup_proofs.exports.smt2 import smt2
from waitgroup_proofs.exports.tla import CONFIGURATION, tla
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.scenarios import MODEL_FAMILIES, Scenario
from waitgroup_spec.zoo import PROGRAMS

FORMATS = ("tla", "promela", "smt2", "dot")


@click.command()
@click.argument("format_", type=click.Choice(FORMATS), metavar=f"({'|'.join(FORMATS)})")
@click.argument("protocol", type=click.Choice(list(SUBJECTS)), metavar="PROTOCOL")
@click.option("--workers", type=SIZE, help="How many workers.")
@click.option("--waiters", type=SIZE, help="How many waiters.")
@click.option("--family", type=click.Choice(list(MODEL_FAMILIES)), help="A program of the pinned counts.")
@click.option("--scenario", type=click.Choice(list(PROGRAMS)), help="A scenario of the contract or of the zoo.")
@click.option("--out", metavar="FILE", callback=writable, help="Write to FILE, and not to the standard output.")
def export(
    format_: str,
    protocol: str,
    workers: int | None,
    waiters: int | None,
    family: str | None,
    scenario: str | None,
    out: str | None,
) -> int:
    """Write PROTOCOL for other tools, from its own text: docs/exports.md says what each format is for.

    tla, promela and dot need a client program: --workers and --waiters, and --family or --scenario; legal if not said.
    smt2 is the protocol's transition relation, for any number of threads, and takes none of these.
    """
    found = SUBJECTS[protocol]
    try:
        if format_ == "smt2":
            if any((workers, waiters, family, scenario)):
                raise click.UsageError("smt2 is about any number of threads: leave out the client program")
            return written(out, smt2(found))
        if workers is None or waiters is None:
            raise click.UsageError(f"{format_} needs a client program: give --workers and --waiters")
        program = chosen(protocol, family, scenario, workers, waiters)
        if format_ == "dot":
            return written(out, dot(found, program))
        if format_ == "promela":
            return written(out, promela(Program(Lifted(found, bounded), program)))
        return tla_written(out, found, program, f"{protocol}_{program.name}_{workers}x{waiters}")
    except Untranslatable as error:
        raise click.ClickException(str(error)) from None


def written(out: str | None, text: str) -> int:
    """Write to a file or to the standard output."""
    if out in (None, "-"):
        sys.stdout.write(text)
    else:
        replace(str(out), text)
    return 0


def tla_written(out: str | None, protocol: Protocol, scenario: Scenario, name: str) -> int:
    """Write a module, which must have the name of its file, and TLC's configuration beside it."""
    module = re.sub(r"\W", "_", name)
    if out not in (None, "-"):
        file = Path(str(out))
        module = file.stem
        if file.suffix != ".tla" or not re.fullmatch(r"[A-Za-z]\w*", module, re.ASCII):
            raise click.UsageError(f"{file.name} cannot be the file of a module: name it like {protocol.name}.tla")
    text = tla(Program(Lifted(protocol, bounded), scenario), module)
    if out not in (None, "-"):
        written(str(file.with_suffix(".cfg")), "".join(f"{line}\n" for line in CONFIGURATION))
    return written(out, text)
