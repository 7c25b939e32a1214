"""Which steps of a run depend on each other: those that, as neighbours, could have another effect in the other order.

Every shared access is a step. Besides what they access, steps depend on each other by what the verdict looks at:

* CALLS: the contract sees which calls were over before another one began. A step in which a call ends stores this, one
  in which a call begins loads it; so the ends of two calls, or the beginnings, can be exchanged.
* REST: where nobody can run, blocked calls are asked for their reasons, time may pass, and some threads may start. What
  can happen there (a timeout, an interrupt, a start) stores this. Steps with which a thread comes to rest load it: they
  bring it to its end or to something that it waits for, or take what it has waited for. Every such step of a run that
  has come to a rest then stays before what happens there.
* SHOWN: a target that can be observed is looked at after every step. Whatever changes the group itself stores this.
* WORD: a monitor that is told after every step what is observed ties each step of a thread to it. Steps with which
  that changes store this, and every step loads it.
"""

from typing import NamedTuple

from waitgroup_proofs.scheduler.fiber import Operation
from waitgroup_proofs.scheduler.keys import fields
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.scenario_thread import Thread
from waitgroup_proofs.scheduler.schedules import Choice
from waitgroup_spec.scenarios import After

CALLS, REST, SHOWN, WORD = 1, 2, 4, 8


class Event(NamedTuple):
    """One step: who made it and how, its access, and what it loads and stores of what the verdict looks at.

    `starts`: the thread begins when it has been started, which stays possible. `waits`: only what it waits for lets it
    go on, no timeout or interrupt. `frees`: a lock that was taken is released.
    """

    choice: Choice
    operation: Operation
    loads: int
    stores: int
    starts: bool = False
    waits: bool = False
    frees: bool = False

    def depends_on(self, other: "Event") -> bool:
        """Whether the two, of different threads, could have another effect in the other order."""
        if self.stores & other.loads or self.loads & other.stores:
            return True
        return self.operation.depends_on(other.operation)

    def at_worst(self) -> "Event":
        """The step with everything that it may load or store where something else has happened before it."""
        stores = self.stores | CALLS | (self.loads & WORD)
        return self._replace(loads=self.loads | CALLS | REST, stores=stores)

    def lets_in(self, other: "Event") -> bool:
        """Whether this frees the lock that `other` has to wait for: then `other` cannot come first."""
        return self.frees and other.waits and self.operation.places == other.operation.places


class Path:
    """A run, and the events that it has made."""

    def __init__(self, run: Run) -> None:
        """Before the first step; `follow` has been called."""
        self.run = run
        self.events: list[Event] = []
        #: The threads that have not come to the first access of their call, or to their beginning.
        self.outside = {thread.number for thread in run.threads}
        self.observed = run.bench.target.observe(run.instance)
        #: What an event refers to by its id is kept, so that no other object gets that id.
        self.kept = [thread.frames.objects for thread in run.threads]

    def step(self, choice: Choice) -> Event:
        """Make a step. Raises Violation."""
        thread = self.run.threads[choice.thread]
        event, inside, calls = self._next(thread, choice), int(thread.started), thread.calls
        self.run.step(choice)
        self.kept.append(thread.frames.objects)
        loads, stores = event.loads, event.stores
        if thread.calls > calls:
            stores |= CALLS
        if thread.calls > calls + inside:  # a call without any access has begun as well
            loads |= CALLS
        if thread.finished or thread.operation.lock is not None:
            loads |= REST
        if thread.calls > calls or not inside:
            self.outside.add(choice.thread)
        else:
            self.outside.discard(choice.thread)
        if loads & WORD:
            before, self.observed = self.observed, self.run.bench.target.observe(self.run.instance)
            stores |= WORD if before != self.observed else 0
        self.events.append(event._replace(loads=loads, stores=stores))
        return self.events[-1]

    def pending(self) -> list[Event]:
        """What the threads that cannot go on would do."""
        return [self._next(thread, Choice(thread.number)) for thread in self.run.threads if not thread.finished]

    def _next(self, thread: Thread, choice: Choice) -> Event:
        """The step that a thread would make, as far as can be told before."""
        operation, client = thread.operation, self.run.bench.scenario.clients[thread.client]
        loads = CALLS if thread.number in self.outside else 0
        stores = 0
        if self.run.bench.strict is not None:
            loads |= WORD
        if not thread.started or (choice.how != "run" and operation.lock is not None):
            loads, stores = loads | REST, stores | REST
        if self._shows(operation):
            loads, stores = loads | SHOWN, stores | SHOWN
        interruptible = operation.parks and client.calls[thread.calls].interrupted
        waits = operation.lock is not None and not operation.timed and not interruptible
        starts = not thread.started and isinstance(client.start, After)
        return Event(choice, operation, loads, stores, starts, waits, self._frees(operation))

    def _frees(self, operation: Operation) -> bool:
        """Whether an access is the release of a lock that is taken, as far as the lock is known."""
        if operation.what != "release" or not operation.places:
            return False
        known = self.run.surroundings.objects.members.get(operation.places[0][0])
        return known is not None and known.value.taken

    def _shows(self, operation: Operation) -> bool:
        """Whether an access may change what an observer of the group sees: its fields, its containers and locks."""
        if self.observed is None or not operation.storing or operation.places == ():
            return False
        group = self.run.instance
        seen = {id(group), *(id(value) for _, value in fields(group))}
        return operation.places is None or any(place in seen for place, _ in operation.places)
