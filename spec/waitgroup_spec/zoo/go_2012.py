"""Go's WaitGroup when it had just become atomic: `go_1_4` without its second look at the counter.

Origin: `src/pkg/sync/waitgroup.go` of Go's repository at commit 75899bf228fc, without the mutex around everything that
`go_2011` has. Go has a test for a wait that ends too soon: `TestWaitGroupRace` fails with "Spurious wakeup from Wait".

Wrong: the Add that came to zero looks for waiters in a later step, and never again at the counter. By then the wait may
have returned and the next generation have begun; the waiters that it finds are those of the next one, and they are
released although their work is outstanding. This takes no misuse: every wait has returned before the group is used
again, and only the last done() of the first generation has not.
"""

from waitgroup_spec.zoo import go_1_4
from waitgroup_spec.zoo.calls import ADDED, Failure, Level, Thread
from waitgroup_spec.zoo.go_1_4 import Place, Shared

LEVEL = Level("reuse-open", 1, 1, Failure.EARLY)

go_2012 = go_1_4.go_1_4.like(
    "go_2012",
    "Go's of 2012: as before 1.5, but whoever came to zero does not look at the counter again.",
)

# Add(delta)
go_2012.action(Place.ADD_APPLY)(go_1_4.apply)
go_2012.action(Place.ADD_LOOK)(go_1_4.look_for_waiters)


@go_2012.action(Place.ADD_RELEASE, guard=go_1_4.unlocked)
def release(shared: Shared, _thread: Thread) -> tuple[Shared, Thread]:
    """Under the mutex: a permit for each waiter, whatever the counter is now; the next waiter makes a new semaphore."""
    if shared.waiters == 0:
        return shared, ADDED
    return shared._replace(waiters=0, permits=(*shared.permits, shared.waiters)), ADDED


# Wait()
go_2012.action(Place.WAIT_LOAD)(go_1_4.load)
go_2012.action(Place.WAIT_COUNT, guard=go_1_4.unlocked)(go_1_4.count)
go_2012.action(Place.WAIT_LOOK)(go_1_4.look)
go_2012.action(Place.WAIT_ACQUIRE, guard=go_1_4.permit_left)(go_1_4.acquire)
