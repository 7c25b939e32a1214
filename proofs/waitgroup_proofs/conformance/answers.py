"""What the contract says of one call at one counter: asked of the text of the spec, each question once.

A fresh group with that counter stands for every one with it: what a call that begins may do depends on nothing else.
"""

from functools import cache, lru_cache

from waitgroup_proofs.conformance.outcomes import NAMES
from waitgroup_spec import contract
from waitgroup_spec.protocol import Call, Result


@cache
def answers(call: Call, word: str) -> tuple[Call, Result | None]:
    """The call and the result that a word stands for; None if the contract has no such answer to such a call."""
    if not word.startswith("raised"):
        results = [result for result, name in NAMES.items() if name == word]
        return call, next((one for one in results if (one is Result.NONE) == (call.delta is not None)), None)
    if call.delta is None:
        return call._replace(interrupted=True), Result.INTERRUPTED if word == "raised" else None
    reason = "raised negative" if call.delta < 0 else "raised overflow"
    return call, Result.REJECTED if word in ("raised", reason) else None


@lru_cache(1 << 16)
def settles(call: Call, result: Result | None, counter: int) -> bool:
    """Whether the call can come to this result while the counter is this, changing nothing."""
    shared = contract.initial(counter)
    threads = [contract.begin(call)]
    for thread in threads:
        for action in contract.contract.enabled(shared, thread):
            changed, following = action.effect(shared, thread)
            if changed == shared and following not in threads:
                threads.append(following)
    return any(thread.result is result for thread in threads)


@lru_cache(1 << 16)
def moved(delta: int, counter: int) -> tuple[int, bool] | None:
    """The counter after an add, and whether a generation is over then; None if the add is refused."""
    shared, thread = contract.initial(counter), contract.begin(Call(delta))
    for action in contract.contract.enabled(shared, thread):
        after, returned = action.effect(shared, thread)
        if returned.result is Result.NONE:
            return after.counter, after.generation != shared.generation
    return None


@lru_cache(1 << 16)
def blocks(call: Call, counter: int) -> bool:
    """Whether the call can be blocked while the counter is this: as a wait that is registered and not released."""
    shared, thread = contract.initial(counter), contract.begin(call)
    after = [action.effect(shared, thread) for action in contract.contract.enabled(shared, thread)]
    return any(
        moved.place is contract.Place.WAIT_REGISTERED and not contract.released(changed, moved)
        for changed, moved in after
    )
