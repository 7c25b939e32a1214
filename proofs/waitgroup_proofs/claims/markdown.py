"""The tables of the documents, made from the project's data, so that none of them states such a thing by hand."""

from collections.abc import Callable, Mapping

from waitgroup_proofs.claims.figures import FIGURES
from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.go_findings.rows import FINDINGS
from waitgroup_proofs.mutants.matrix import matrix_markdown
from waitgroup_proofs.report.markdown import begin, end, replaced, table
from waitgroup_proofs.report.orderings import COLUMNS, run_rows, site_rows
from waitgroup_proofs.report.words import in_hex
from waitgroup_proofs.report.zoo import pages_markdown, zoo_markdown
from waitgroup_proofs.theorems import THEOREMS
from waitgroup_proofs.theorems.linearisation import LINEARISATION, OUTSIDE
from waitgroup_proofs.theorems.necessity import NEEDED
from waitgroup_proofs.theorems.synchronisation import synchronises
from waitgroup_spec.endless import FAIRNESS
from waitgroup_spec.memory.hazards import HAZARDS
from waitgroup_spec.memory.minima import MINIMA
from waitgroup_spec.memory.ordering import Model
from waitgroup_spec.memory.programs import pre_added
from waitgroup_spec.memory.requirements import Minimum, weakenings
from waitgroup_spec.memory.search import explore


def claims_markdown() -> str:
    """One row a claim: identifier, sentence, in what sense, up to which bound."""
    full = {claim.id: " (`verify --full`)" if claim.full else "" for claim in LEDGER}
    rows = [(f"`{one.id}`", one.sentence, one.kind.value, one.bound + full[one.id]) for one in LEDGER]
    return table(("claim", "what it says", "in what sense", "bound"), rows)


def theorems_markdown() -> str:
    """One row a theorem; those about both protocols have one row for the two."""
    subjects: dict[tuple[str, str, str], list[str]] = {}
    for theorem in THEOREMS.values():
        name = theorem.id.rpartition(".")[2]
        module = theorem.module.rpartition(".")[2]
        subjects.setdefault((name, module, theorem.sentence), []).append(theorem.subject)
    rows = [
        (f"`{name}`", f"[`{module}.py`](waitgroup_proofs/theorems/{module}.py)", sentence, ", ".join(about))
        for (name, module, sentence), about in subjects.items()
    ]
    return table(("theorem", "module", "what it says", "of"), rows)


def linearisation_markdown() -> str:
    """One row for each way in which an action can end: what happens in the contract, and how it synchronises."""
    rows = []
    for protocol, points in LINEARISATION.items():
        for outcome, step in points.items():
            action, _, ending = outcome.partition(".")
            how = synchronises(protocol, action, ending)
            said = "outside the contract" if step == OUTSIDE else f"`{step}`" if step else ""
            needed = "yes" if action in NEEDED[protocol].mute else ""
            rows.append((protocol, f"`{action}`", ending.replace("-", " "), said, how.value if how else "", needed))
    return table(("protocol", "action", "ends at", "in the contract", "synchronises: it", "needed"), rows)


def fairness_markdown() -> str:
    """One row for each question about fairness."""
    rows = []
    for question in FAIRNESS:
        verdict, states, stem, lap = FIGURES["fairness"][question.name]
        run = f"{stem} steps, then {lap} for ever" if lap else f"{stem} steps" if stem else ""
        rows.append((f"`{question.name}`", question.sentence, verdict, f"{states:,}", run))
    return table(("question", "what the answer means", "verdict", "states", "counterexample"), rows)


def findings_markdown() -> str:
    """For each thing that can be seen of a finding: the program, and a shortest run of Go's model to it."""
    columns = ("step", "thread", "action", "word before", "word afterwards", "permits")
    parts = []
    for finding in FINDINGS:
        parts.append(f"#### `{finding.id}`\n\n{finding.sentence}")
        for sight in finding.sights:
            rows = [
                (str(number), one.thread, f"`{one.action}`", in_hex(one.before), in_hex(one.after), str(one.permits))
                for number, one in enumerate(sight.run, 1)
            ]
            program = f"{sight.program.sentence}, {sight.program.units} outstanding at first"
            parts.append(f"{sight.sentence} (The program `{sight.program.name}`: {program}.)\n\n{table(columns, rows)}")
    return "\n\n".join(parts)


def orderings_markdown() -> str:
    """For each minimum, a row for each site: what it needs, and what goes wrong one step weaker."""
    parts = []
    for name, (subject, orderings) in MINIMA.items():
        minimum = Minimum(orderings, tuple(weakenings(subject, orderings)))
        rows = [(f"`{site}`", needs, weaker) for site, needs, weaker in site_rows(minimum)]
        parts.append(f"### {name}\n\n{table(('site', 'needs', 'one step weaker'), rows)}")
    return "\n\n".join(parts)


def ordering_runs_markdown() -> str:
    """A shortest run to what each weakening of a minimum of Go's breaks."""
    parts = []
    for name in ("go, the last done acquires", "go, reload acquires"):
        subject, orderings = MINIMA[name]
        for one in weakenings(subject, orderings):
            heading = f"### {name}, but `{one.site}` is {one.ordering}: {one.flaw.what}"
            run = run_rows(pre_added(subject, one.size), {**orderings, one.site: one.ordering}, one.choices)
            parts.append(f"{heading}\n\n{table(COLUMNS, run)}")
    return "\n\n".join(parts)


def hazards_markdown() -> str:
    """What no ordering repairs, with a shortest run under sequential consistency."""
    parts = []
    for hazard in HAZARDS.values():
        found = explore(hazard.program, model=Model.SEQUENTIAL)
        assert found.flaw is not None
        run = run_rows(hazard.program, {}, found.choices, Model.SEQUENTIAL)
        said = f"{hazard.sentence} In {len(found.flaw.steps)} steps: {found.flaw.what}. {hazard.instead}"
        parts.append(f"### `{hazard.name}`\n\n{said}\n\n{table(COLUMNS, run)}")
    return "\n\n".join(parts)


#: Every table that a document can have.
TABLES: Mapping[str, Callable[[], str]] = {
    "claims": claims_markdown,
    "theorems": theorems_markdown,
    "linearisation": linearisation_markdown,
    "fairness": fairness_markdown,
    "findings": findings_markdown,
    "orderings": orderings_markdown,
    "ordering-runs": ordering_runs_markdown,
    "hazards": hazards_markdown,
    "kill-matrix": lambda: matrix_markdown(FIGURES["kill-matrix"]),
    "zoo": lambda: zoo_markdown(FIGURES["zoo-beyond"]),
    "zoo-pages": pages_markdown,
}


def with_tables(text: str) -> str | None:
    """`text` with the tables between their marks replaced; None if it has no marks, or one without the other."""
    names = [name for name in TABLES if begin(name) in text or end(name) in text]
    for name in names:
        try:
            text = replaced(text, name, TABLES[name]())
        except ValueError:
            return None
    return text if names else None
