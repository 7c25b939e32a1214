"""What is claimed of the zoo: each algorithm is as right, or as wrong, as its page says."""

from waitgroup_proofs.claims import Claim, Kind
from waitgroup_proofs.zoo import SIZES, SMALL, as_stated
from waitgroup_spec.zoo import PROGRAMS, ZOO

SUBJECTS = f"{len(ZOO)} algorithms in {len(PROGRAMS)} programs"

ZOO_CLAIMS = (
    Claim(
        "zoo",
        "Each algorithm of the zoo is right or wrong as its page says, and first breaks in the program of its level.",
        Kind.EXHAUSTIVE,
        f"{SUBJECTS}, at 1 x 1, 1 x 2 and 2 x 1",
        as_stated(SMALL),
    ),
    Claim(
        "zoo-beyond",
        "The same with two workers and two waiters too.",
        Kind.EXHAUSTIVE,
        f"{SUBJECTS}, up to 2 x 2",
        as_stated(SIZES),
        full=True,
    ),
)
