"""Pages do not rot: what they link to is there, what they name exists, and what is drawn is so."""

import re
import tomllib
from pathlib import Path

import pytest
from docs.references import LINK, fault, names
from tests.docs.pages import ROOT, pages

from waitgroup_proofs.claims.ledger import LEDGER
from waitgroup_proofs.mutants.production import PRODUCTION
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.theorems.go import GO
from waitgroup_proofs.theorems.strict import STRICT
from waitgroup_spec.contract import contract

PAGES = pages()
#: Targets of the reader's own Makefile, in an example of a CI job.
NOT_OURS = {"driver"}
MUTANTS = {mutant.name for mutant in (*PRODUCTION, *PROTOCOL)}


def faults(origin: Path, text: str) -> list[str]:
    return [wrong for match in LINK.finditer(text) if (wrong := fault(origin, match)) is not None]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_that_is_there_and_to_a_name_that_it_defines(page: str) -> None:
    assert [] == faults(ROOT / page, PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_every_mutant_and_claim_that_a_command_names_exists(page: str) -> None:
    assert set() == set(re.findall(r"waitgroup mutant ([a-z][a-z-]+)", PAGES[page])) - MUTANTS
    asked = re.findall(r"waitgroup verify((?: --only [a-z\d-]+)+)", PAGES[page])
    assert set() == set(" ".join(asked).replace("--only", "").split()) - {claim.id for claim in LEDGER}


def test_a_link_to_nothing_and_to_no_such_name_is_reported() -> None:
    text = (
        "[a](../spec/nothing.py) [b](../spec/waitgroup_spec/word.py#nothing) [c](../spec/waitgroup_spec/word.py#pack)"
    )
    wrong = ["../spec/nothing.py does not exist", "../spec/waitgroup_spec/word.py defines no nothing"]
    assert wrong == faults(ROOT / "docs" / "page.md", text)


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", PAGES[page], re.MULTILINE)
    assert set() == set(named) - targets - NOT_OURS


def test_every_page_with_doctests_is_one_that_pytest_collects() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    collected = {path for pattern in options["testpaths"] for path in ROOT.glob(pattern) if path.suffix == ".md"}
    assert "--doctest-glob=*.md" in options["addopts"]
    assert [] == [page for page, text in PAGES.items() if "\n>>> " in text and ROOT / page not in collected]


def test_the_contents_name_every_page_once() -> None:
    entries = [
        line
        for block in re.findall(r"^```{toctree}\n(.*?)^```$", PAGES["docs/index.md"], re.M | re.S)
        for line in block.splitlines()
        if line and not line.startswith(":")
    ]
    listed = [re.sub(r".*<(.*)>", r"\1", entry) for entry in entries]
    written = [page.removeprefix("docs/").removesuffix(".md") for page in PAGES if page.startswith("docs/")]
    assert sorted(page for page in written if page != "index") == sorted(listed)


def test_the_theory_names_the_line_of_every_clause_rule_rank_and_step() -> None:
    invariants = "../proofs/waitgroup_proofs/theorems"
    lines = {f"../spec/waitgroup_spec/contract.py#{action}" for action in contract.actions}
    for of in (GO, STRICT):
        lines |= {f"../spec/waitgroup_spec/protocols/{of.name}.py#{action}" for action in of.protocol.actions}
        for part in map(str.lower, of.parts):
            lines.add(f"{invariants}/{of.name}/{'legal_use' if part.startswith('rule') else 'invariant'}.py#{part}")
        lines |= {f"{invariants}/{of.name}/{line}" for line in ("invariant.py#rank", "census.py#contribution")}
    assert 53 == len(lines)
    assert set() == {line for line in lines if f"]({line})" not in PAGES["docs/theory.md"]}


def test_names_are_functions_classes_members_and_what_is_assigned(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("A = 1\n\nclass B:\n    C: int = 0\n\n    def d(self): ...\n\n\nasync def e(): ...\n", "utf-8")
    assert {"A": 1, "B": 3, "B.C": 4, "B.d": 6, "e": 9} == names(file)
