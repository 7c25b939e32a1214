"""The pinned figures: what each check found when its claim was last looked at, and must find again, exactly.

Those of the claims in `claims/NAME.py` are in `claims/figures/NAME.py`. A figure that changes is a question: what in
the text made the difference?
"""

from collections.abc import Mapping
from typing import Any

from waitgroup_proofs.claims.figures import code, conformance, models, mutants, orderings, proofs, zoo

FIGURES: Mapping[str, Mapping[str, Any]] = {
    **proofs.FIGURES,
    **models.FIGURES,
    **zoo.FIGURES,
    **mutants.FIGURES,
    **code.FIGURES,
    **conformance.FIGURES,
    **orderings.FIGURES,
}
