"""The pinned figures of the claims about the kit: cases by family, and states of the scheduler in all of them."""

from collections.abc import Mapping

KIT = {"counter": 27, "wait": 41, "reuse": 33, "misuse": 32, "timeout": 26, "bounds": 22, "go": 13}

FIGURES: Mapping[str, Mapping[str, int]] = {
    "vectors": KIT,
    "kit-on-ours": KIT,
    "kit-in-every-interleaving": {
        "counter": 229,
        "wait": 9_794,
        "reuse": 5_432,
        "misuse": 5_466,
        "timeout": 7_496,
        "bounds": 113,
        "go": 978,
    },
}
