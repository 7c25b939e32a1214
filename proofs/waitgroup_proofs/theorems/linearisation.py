"""Linearisation points: for each way in which an action of a protocol can end, what happens in the contract.

A call of the contract takes effect between its invocation and its response: an add in one step, a wait that blocks in
two. The table says in which steps of the protocol that is. It is data: `contract_refinement` proves it right, for any
number of threads.
"""

from collections.abc import Mapping

from waitgroup_proofs.theorems.steps import Outcome

#: No action of the contract: the call took effect before, or has still to.
SILENT = ""
#: The contract has no such answer.
OUTSIDE = "outside"

#: For each way in which an action can end, the contract's action that happens in the same step.
LINEARISATION: Mapping[str, Mapping[str, str]] = {
    "go": {
        "apply.returned-none": "apply",
        "apply.add-reload": "apply",
        "reload.add-reset": SILENT,
        "reset.add-release": SILENT,
        "release.add-release": SILENT,
        "release.returned-none": SILENT,
        "load.wait-swap": SILENT,
        "load.returned-true": "pass_through",
        "compare_and_swap.wait-load": SILENT,
        "compare_and_swap.wait-acquire": "register",
        "acquire.wait-recheck": SILENT,
        "recheck.returned-true": "zero",
    },
    "strict": {
        "apply.returned-none": "apply",
        "apply.returned-rejected": "reject",
        "apply.add-read": SILENT,
        "read.returned-rejected": "reject",
        "read.add-cross": SILENT,
        "read.add-apply": SILENT,
        "cross.returned-none": "apply",
        "cross.add-read": SILENT,
        "look.returned-true": "pass_through",
        "look.returned-rejected": OUTSIDE,
        "look.wait-join": SILENT,
        "join.wait-parked": "register",
        "join.wait-read": SILENT,
        "wake.returned-true": "zero",
        "expire.wait-cancel": SILENT,
        "interrupt.wait-cancel": SILENT,
        "cancel.returned-true": "zero",
        "cancel.returned-false": "expire",
        "cancel.returned-interrupted": "cancel",
    },
}


def linearised(outcome: Outcome) -> str | None:
    """The contract's action at this outcome; None if nobody has named one."""
    return LINEARISATION[outcome.abstraction.name].get(f"{outcome.action.name}.{outcome.ending}")
