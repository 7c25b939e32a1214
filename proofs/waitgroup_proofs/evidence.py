"""What a check finds: a verdict, figures, and what speaks against it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple


class Evidence(NamedTuple):
    """What a check found: a verdict, figures that can be pinned, and a counterexample or a reason, if there is one."""

    verdict: str
    figures: Mapping[str, Any]
    detail: str = ""


#: Takes a word or two on how far the check is.
Report = Callable[[str], None]


#: Looks for itself whether a claim is true.
Check = Callable[[Report], Evidence]


def worst(verdicts: Iterable[str]) -> str:
    """`violated` if any is, else `holds` if all do, and there are any; anything else is `inconclusive`."""
    found = set(verdicts)
    if "violated" in found:
        return "violated"
    return "holds" if found == {"holds"} else "inconclusive"
