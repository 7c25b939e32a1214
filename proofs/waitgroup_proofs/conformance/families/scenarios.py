"""Cases that are scenarios of the contract, at the sizes at which a person can still follow them."""

from waitgroup_proofs.conformance.cases import Case
from waitgroup_spec.scenarios import SCENARIOS

SIZES = ((1, 1), (2, 1), (1, 2), (2, 2))


def of_scenario(name: str, *flags: str, racy: bool = False, finding: str = "") -> tuple[Case, ...]:
    """The scenario at each size: workers, then waiters."""
    return tuple(
        Case(f"{name}-{workers}x{waiters}", SCENARIOS[name](workers, waiters), flags, racy, finding)
        for workers, waiters in SIZES
    )
