"""The mutants of both protocols; `mutants.engines` must refuse each that does not say why it survives."""

from waitgroup_proofs.mutants.go import GO_MUTANTS
from waitgroup_proofs.mutants.strict import STRICT_MUTANTS

PROTOCOL = (*GO_MUTANTS, *STRICT_MUTANTS)

#: Those that are broken; the others say why they are not.
BROKEN = tuple(mutant for mutant in PROTOCOL if not mutant.survives)
