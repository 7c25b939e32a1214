"""Go's algorithm with two steps exchanged: the permits are released before the word is reset.

Origin: a mutant of Go 1.27.3's Add, which stores zero and then releases; both orders wake everyone.

Wrong: a waiter that is woken early still finds itself in the word and takes that for a second generation, so that a
legal program panics as *reused*.
"""

from waitgroup_spec.protocols import go
from waitgroup_spec.word import ZERO
from waitgroup_spec.zoo.calls import Failure, Level

LEVEL = Level("pre-added", 1, 1, Failure.PANIC)

release_before_reset = go.go.like(
    "release_before_reset",
    "Go's with two steps exchanged: waiters are woken before the word is reset.",
    counter=lambda shared: int(shared.word.counter),
)

# Add(delta)
release_before_reset.action(go.Place.ADD_APPLY)(go.apply)


@release_before_reset.action(go.Place.ADD_RELOAD)
def reload(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """The zeroer looks again, and goes on to release, not to reset."""
    if shared.word != thread.saved:
        return go.panicked(shared, go.Panic.MISUSE_RELOAD)
    return shared, go.Thread(go.Place.ADD_RELEASE, releases=thread.saved.waiters)


@release_before_reset.action(go.Place.ADD_RELEASE)
def release(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """One permit for each waiter that was registered, and still is."""
    shared = shared._replace(permits=shared.permits + 1)
    if thread.releases == 1:
        return shared, go.Thread(go.Place.ADD_RESET)
    return shared, thread._replace(releases=thread.releases - 1)


@release_before_reset.action(go.Place.ADD_RESET)
def reset(shared: go.Shared, _thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """Too late: the whole word is stored as zero, whatever it has become."""
    return shared._replace(word=ZERO), go.ADDED


# Wait()
release_before_reset.action(go.Place.WAIT_LOAD)(go.load)
release_before_reset.action(go.Place.WAIT_SWAP)(go.compare_and_swap)
release_before_reset.action(go.Place.WAIT_ACQUIRE, guard=go.permit_left)(go.acquire)
release_before_reset.action(go.Place.WAIT_RECHECK)(go.recheck)
