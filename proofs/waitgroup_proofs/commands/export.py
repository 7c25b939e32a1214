"""`waitgroup export FORMAT PROTOCOL`: a protocol, or a protocol under a client program, for other tools."""

import re
import sys
from pathlib import Path

import click

from waitgroup_proofs.commands import finish, json_option, replace, writable
from waitgroup_proofs.commands.explore import SIZE, SUBJECTS, chosen
from waitgroup_proofs.commands.names import Name
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
@click.argument("format_", type=Name("format", FORMATS), metavar="|".join(FORMATS))
@click.argument("protocol", type=Name("protocol", SUBJECTS), metavar="PROTOCOL")
@click.option("--workers", type=SIZE, metavar="N", help="How many workers.")
@click.option("--waiters", type=SIZE, metavar="N", help="How many waiters.")
@click.option("--family", type=Name("family", MODEL_FAMILIES), help="A program of the pinned counts.")
@click.option("--scenario", type=Name("scenario", PROGRAMS), metavar="NAME", help=f"One of {', '.join(PROGRAMS)}.")
@click.option("--out", metavar="FILE", callback=writable, help="Write to FILE, and not to the standard output.")
@json_option
def export(
    format_: str,
    protocol: str,
    workers: int | None,
    waiters: int | None,
    family: str | None,
    scenario: str | None,
    out: str | None,
    json_file: str | None,
) -> int:
    """Write a protocol for other tools: TLA+, Promela, SMT-LIB, a graph.

    It is translated from its own text. tla, promela and dot need a client program: --workers and --waiters, and
    --family or --scenario; legal if not said. smt2 is the protocol's transition relation, for any number of threads,
    and takes none of these.

    \b
    The formats: docs/exports.md

    Examples:

    \b
      waitgroup export tla go --workers 2 --waiters 2 --out go.tla
      waitgroup export promela strict --workers 2 --waiters 1 --scenario reuse
      waitgroup export smt2 strict
      waitgroup export dot go --workers 1 --waiters 1
    """
    found = SUBJECTS[protocol]
    try:
        if format_ == "smt2":
            if any((workers, waiters, family, scenario)):
                raise click.UsageError("smt2 is about any number of threads: leave out the client program")
            text = smt2(found)
        elif workers is None or waiters is None:
            raise click.UsageError(f"{format_} needs a client program: give --workers and --waiters")
        else:
            program = chosen(protocol, family, scenario, workers, waiters)
            if format_ == "dot":
                text = dot(found, program)
            elif format_ == "promela":
                text = promela(Program(Lifted(found, bounded), program))
            else:
                text = tla_text(out, found, program, f"{protocol}_{program.name}_{workers}x{waiters}")
    except Untranslatable as error:
        raise click.ClickException(str(error)) from None
    if out not in (None, "-"):
        replace(str(out), text)
    result = {"verdict": "holds", "format": format_, "protocol": protocol, "text": text}
    return finish("holds", json_file, result, lambda _out: shown(text) if out in (None, "-") else None)


def shown(text: str) -> None:
    """Write to the standard output, as it is."""
    sys.stdout.write(text)


def tla_text(out: str | None, protocol: Protocol, scenario: Scenario, name: str) -> str:
    """A module, which must have the name of its file; TLC's configuration is written beside that."""
    module = re.sub(r"\W", "_", name)
    if out not in (None, "-"):
        file = Path(str(out))
        module = file.stem
        if file.suffix != ".tla" or not re.fullmatch(r"[A-Za-z]\w*", module, re.ASCII):
            raise click.UsageError(f"{file.name} cannot be the file of a module: name it like {protocol.name}.tla")
    text = tla(Program(Lifted(protocol, bounded), scenario), module)
    if out not in (None, "-"):
        replace(str(file.with_suffix(".cfg")), "".join(f"{line}\n" for line in CONFIGURATION))
    return text
