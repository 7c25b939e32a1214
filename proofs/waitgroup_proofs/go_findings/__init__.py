"""What is wrong with Go's WaitGroup although its documentation is kept, or its panics are recovered: rows of data.

Not to be confused with `report.findings`, which says what speaks against a claim of ours.
"""

from waitgroup_proofs.go_findings.finding import GoFinding, Sight, recovering, shown, unseen
from waitgroup_proofs.go_findings.rows import FINDINGS

__all__ = ["FINDINGS", "GoFinding", "Sight", "recovering", "shown", "unseen"]
