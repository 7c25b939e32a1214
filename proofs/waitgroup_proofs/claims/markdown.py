"""The ledger as Markdown, so that no document states a claim by hand."""

from waitgroup_proofs.claims.ledger import LEDGER

BEGIN = "<!-- claims: made by `make readme` -->"
END = "<!-- end of claims -->"


def claims_markdown() -> str:
    """One row a claim: identifier, sentence, in what sense, up to which bound."""
    rows = ["| claim | what it says | in what sense | bound |", "|---|---|---|---|"]
    for claim in LEDGER:
        full = " (`verify --full`)" if claim.full else ""
        rows.append(f"| `{claim.id}` | {claim.sentence} | {claim.kind.value} | {claim.bound}{full} |")
    return "\n".join(rows)


def with_claims(text: str) -> str | None:
    """`text` with the table between its marks replaced; None if it does not have exactly one pair of marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        return None
    return f"{before}{BEGIN}\n\n{claims_markdown()}\n\n{END}{after}"
