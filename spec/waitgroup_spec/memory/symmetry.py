"""One state for all those that differ only in which of several threads, all alike, is which.

Exchanging two such threads, with the payloads that are their own, turns runs of the program into runs of it. So it is
enough to go on from one state of each such class. Threads are sorted by what can be seen of them without names; where
that leaves a tie the order stays as it is, and a class may keep several states: more work, the same verdict.
"""

from typing import Any

from waitgroup_spec.memory.ordering import Local, Program
from waitgroup_spec.memory.state import Message, Payload, State, ThreadState, View

#: Threads that are alike, each with the payloads that are its own.
Members = list[tuple[int, list[int]]]
#: One after the other: among these threads, which takes which one's place.
Exchanges = tuple[tuple[Members, list[int]], ...]


class Symmetry:
    """The exchanges that a program allows."""

    def __init__(self, program: Program) -> None:
        """Those of its threads that are `alike`."""
        names, payloads = list(program.threads), list(program.payloads)
        self.first = len(program.locations)
        self.classes: list[Members] = [
            [(names.index(one.thread), [payloads.index(name) for name in one.payloads]) for one in members]
            for members in program.alike
            if len(members) > 1
        ]
        self.numbers: dict[Local, int] = {}

    def folded(self, state: State) -> tuple[State, Exchanges]:
        """The state, or one that differs from it only in which of the threads is which; and how to come to that one."""
        exchanges: Exchanges = ()
        for members in self.classes:
            keys = [self.key(state, thread, payloads) for thread, payloads in members]
            order = sorted(range(len(members)), key=keys.__getitem__)
            if order != list(range(len(members))):
                state = self.exchanged(state, members, order)
                exchanges = (*exchanges, (members, order))
        return state, exchanges

    def exchanged_all(self, state: State, exchanges: Exchanges) -> State:
        """The state after these exchanges."""
        for members, order in exchanges:
            state = self.exchanged(state, members, order)
        return state

    def key(self, state: State, number: int, payloads: list[int]) -> Any:
        """What can be seen of a thread: where it stands, what it knows, and who knows of it."""
        thread, own, first = state.threads[number], self.first + number, self.first
        standing = self.numbers.setdefault(thread.local, len(self.numbers))
        views = [view[:first] + view[own : own + 1] for view in (thread.current, thread.pending, *thread.released)]
        in_memory = [message.view[own] for messages in state.memory for message in messages]
        in_threads = [view[own] for other in state.threads for view in (other.current, *other.released) if view]
        touched = [(payload.writes[number], payload.reads[number]) for payload in state.payloads]
        owned = [(sorted(state.payloads[one].writes), sorted(state.payloads[one].reads)) for one in payloads]
        asleep = -1 if thread.asleep is None else thread.asleep
        return standing, asleep, views, in_memory, sorted(in_threads), sorted(touched), owned

    def exchanged(self, state: State, members: Members, order: list[int]) -> State:
        """The state in which `members[order[i]]` is called `members[i]`."""
        threads = list(range(len(state.threads)))
        payloads = list(range(len(state.payloads)))
        for (thread, owned), place in zip(members, order, strict=True):
            threads[thread] = members[place][0]
            for mine, theirs in zip(owned, members[place][1], strict=True):
                payloads[mine] = theirs

        def clocks(vector: View) -> View:
            return tuple(vector[thread] for thread in threads)

        def view(old: View) -> View:
            return old and old[: self.first] + clocks(old[self.first :])

        return State(
            tuple(
                tuple(Message(message.value, view(message.view), message.updates) for message in messages)
                for messages in state.memory
            ),
            tuple(
                ThreadState(one.local, view(one.current), view(one.pending), tuple(map(view, one.released)), one.asleep)
                for one in (state.threads[thread] for thread in threads)
            ),
            tuple(
                Payload(clocks(one.writes), clocks(one.reads)) for one in (state.payloads[place] for place in payloads)
            ),
            state.race,
        )
