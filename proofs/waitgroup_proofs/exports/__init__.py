"""Exports: the protocols and their client programs for other tools, printed from the one text that there is.

No protocol is translated by hand. `lifted` runs its guards and effects on unknown values, as the proofs do; what comes
out, a case for each path, is printed in the tool's own notation. What cannot be printed faithfully is refused.
"""


class Untranslatable(Exception):
    """A protocol or program that has no faithful translation: nothing is dropped or approximated in silence."""
