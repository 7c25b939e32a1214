"""Go's WaitGroup of 1.11 to 1.17: `state1 [3]uint32`, the packed word with all 32 low bits for the waiters.

Origin: `src/sync/waitgroup.go` of Go 1.17.13. Two of the three numbers are the 64-bit word, whichever two are aligned;
the third one is the semaphore. There is no bubble flag, which came with Go 1.25.

Right exactly where Go 1.27.3 is, and wrong in the same runs: the steps are the same, and so are the four panics that
are not about bubbles. Only the top differs: 2^31 waiters still fit, where Go 1.27.3 carries into the flag and counts
none; 2^32 do not, and carry into the counter, which gains a unit that nobody will take away.
"""

from waitgroup_spec.protocols import go
from waitgroup_spec.word import GO_1_24, Word, pack, unpack
from waitgroup_spec.zoo.calls import Level

LEVEL = Level("mixed", 2, 2)

go_1_17 = go.go.like(
    "go_1_17",
    "Go's of 1.11 to 1.17: one packed word without a bubble flag, and a semaphore.",
    counter=lambda shared: int(shared.word.counter),
)


def plus_waiter(word: Word) -> Word:
    """Wait's new word: one more, in a word in which nothing stands between the waiters and the counter."""
    return unpack(pack(word, GO_1_24) + 1, GO_1_24)


# Add(delta): the flag that `apply` looks at first is never set.
go_1_17.action(go.Place.ADD_APPLY)(go.apply)
go_1_17.action(go.Place.ADD_RELOAD)(go.reload)
go_1_17.action(go.Place.ADD_RESET)(go.reset)
go_1_17.action(go.Place.ADD_RELEASE)(go.release)

# Wait()
go_1_17.action(go.Place.WAIT_LOAD)(go.load)


@go_1_17.action(go.Place.WAIT_SWAP)
def compare_and_swap(shared: go.Shared, thread: go.Thread) -> tuple[go.Shared, go.Thread]:
    """The waiter is registered if the word has not moved since it was loaded; else Wait begins again."""
    if shared.word != thread.saved:
        return shared, go.Thread(go.Place.WAIT_LOAD)
    return shared._replace(word=plus_waiter(shared.word)), go.Thread(go.Place.WAIT_ACQUIRE)


go_1_17.action(go.Place.WAIT_ACQUIRE, guard=go.permit_left)(go.acquire)
go_1_17.action(go.Place.WAIT_RECHECK)(go.recheck)
