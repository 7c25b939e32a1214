"""One step of one thread under RC11 without load buffering, by views."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from waitgroup_spec.memory.ordering import (
    NOTHING,
    Access,
    Failed,
    Fence,
    Local,
    Model,
    Operation,
    Ordering,
    Program,
    Site,
    Sleep,
    Touch,
    Value,
    Wake,
    Write,
)
from waitgroup_spec.memory.state import (
    Message,
    Payload,
    State,
    ThreadState,
    View,
    changed,
    forgotten,
    inserted,
    join,
    raised,
    told,
)


class Step(NamedTuple):
    """What a thread did; `read` and `written` are NOTHING where it did not.

    `time` is where in the modification order the message is that was read, or, of a store, the one that was written.
    """

    thread: int
    operation: Operation
    read: Value = NOTHING
    written: Value = NOTHING
    time: int = 0


class Machine:
    """A program with an ordering for each of its sites."""

    def __init__(
        self,
        program: Program,
        orderings: Mapping[str, Ordering] | None = None,
        model: Model = Model.CPP20,
        forgets: bool = True,
    ) -> None:
        """`model`: the rules, see `Model`.

        `forgets`: without it, states keep what no further step depends on, for those who draw a run.
        """
        self.program = program
        self.orderings = orderings or {}
        self.model = model
        self.forgets = forgets
        self.names = tuple(program.threads)
        self.locations = {name: number for number, name in enumerate(program.locations)}
        self.payloads = {name: number for number, name in enumerate(program.payloads)}
        self.codes = [code for _start, code in program.threads.values()]
        self.known: dict[tuple[int, Local], Operation | None] = {}
        nothing: View = (0,) * (len(self.locations) + len(self.names))
        released = (nothing,) * len(self.locations)
        clocks: View = (0,) * len(self.names)
        self.initial = State(
            tuple((Message(value, nothing, False),) for value in program.locations.values()),
            tuple(
                self._rested(number, ThreadState(start, nothing, nothing, released))
                for number, (start, _code) in enumerate(program.threads.values())
            ),
            tuple(Payload(clocks, clocks) for _ in program.payloads),
        )

    def operation(self, number: int, local: Local) -> Operation | None:
        """What a thread that stands at `local` does next; None if it is finished or has failed."""
        key = (number, local)
        if key not in self.known:
            self.known[key] = None if isinstance(local, Failed) else self.codes[number](local)
        return self.known[key]

    def ordering(self, site: Site) -> Ordering:
        """The ordering of an operation. Raises KeyError for a site that has none."""
        return self.orderings[site] if isinstance(site, str) else site

    def finished(self, state: State) -> bool:
        """Whether all threads are."""
        return not any(thread.current for thread in state.threads)

    def successors(self, state: State) -> Iterator[tuple[Step, State]]:
        """Every step of every thread, with the state after it."""
        if state.race:
            return
        for number, thread in enumerate(state.threads):
            operation = self.operation(number, thread.local)
            if operation is None or thread.asleep is not None:
                continue
            match operation:
                case Access() | Write() | Sleep() if (used := self._used(state, number, operation.location)).race:
                    yield Step(number, operation), used
                case Access():
                    yield from self._access(used, number, operation)
                case Write():
                    yield from self._write(used, number, operation)
                case Sleep(location):
                    newest = used.memory[self.locations[location]][-1].value
                    yield Step(number, operation, newest), self._other(used, number, operation)
                case _:
                    yield Step(number, operation), self._other(state, number, operation)

    def _access(self, state: State, number: int, operation: Access) -> Iterator[tuple[Step, State]]:
        """Every message that the thread may read; a write goes right behind it."""
        location, thread = self.locations[operation.location], state.threads[number]
        messages = state.memory[location]
        first = len(messages) - 1 if self.model is Model.SEQUENTIAL else thread.current[location]
        for time in range(first, len(messages)):
            message = messages[time]
            effect = operation.effect(message.value)
            if effect is None:
                continue
            written, local = effect
            ordering = self.ordering(operation.failure if written is NOTHING else operation.success)
            current = raised(thread.current, location, time)
            if ordering.acquires:
                current = join(current, message.view)
            read = thread._replace(current=current, pending=join(thread.pending, message.view))
            step = Step(number, operation, message.value, written, time)
            if written is NOTHING:
                yield step, self._settled(state, number, read._replace(local=local))
            elif time + 1 == len(messages) or not messages[time + 1].updates:
                after = state._replace(threads=changed(state.threads, number, read))
                yield step, self._put(after, number, location, time + 1, written, ordering, local, updates=True)

    def _write(self, state: State, number: int, operation: Write) -> Iterator[tuple[Step, State]]:
        """Every place in the modification order that is behind all the thread knows, and splits no update."""
        location, ordering = self.locations[operation.location], self.ordering(operation.ordering)
        messages = state.memory[location]
        first = len(messages) if self.model is Model.SEQUENTIAL else state.threads[number].current[location] + 1
        for time in range(first, len(messages) + 1):
            if time == len(messages) or not messages[time].updates:
                yield (
                    Step(number, operation, written=operation.value, time=time),
                    self._put(state, number, location, time, operation.value, ordering, operation.then, updates=False),
                )

    def _put(
        self,
        state: State,
        number: int,
        location: int,
        time: int,
        value: Value,
        ordering: Ordering,
        local: Local,
        updates: bool,
    ) -> State:
        """The state with a new message of this thread at `time`."""
        state = inserted(state, location, time, Message(value, (), updates))
        thread = state.threads[number]
        current = raised(thread.current, location, time)
        released = thread.released
        if ordering.releases and self.model is Model.CPP11:
            released = changed(released, location, current)
        view = current if ordering.releases else released[location]
        if updates:  # the release sequences of the message that was read go on
            view = join(view, state.memory[location][time - 1].view)
        messages = changed(state.memory[location], time, Message(value, view, updates))
        state = state._replace(memory=changed(state.memory, location, messages))
        return self._settled(state, number, thread._replace(local=local, current=current, released=released))

    def _other(self, state: State, number: int, operation: Operation) -> State:
        """The state after a step that neither reads nor writes an atomic location, as far as the program can tell."""
        thread = state.threads[number]
        if not isinstance(operation, Sleep):
            thread = thread._replace(local=operation.then)  # type: ignore[union-attr]
        match operation:
            case Fence():
                ordering = self.ordering(operation.ordering)
                if ordering.acquires:
                    thread = thread._replace(current=join(thread.current, thread.pending))
                if ordering.releases:
                    thread = thread._replace(released=(thread.current,) * len(self.locations))
            case Touch():
                before = state
                for payload in operation.payloads:
                    state = self._touched(state, number, payload, operation.writes)
                    if state.race:  # the touches before it depend on the order in which the payloads are named
                        return before._replace(race=state.race)
                thread = state.threads[number]._replace(local=operation.then)
            case Sleep():
                location = self.locations[operation.location]
                asleep, local = operation.effect(state.memory[location][-1].value)
                thread = thread._replace(local=local, asleep=location if asleep else None)
            case Wake():
                location = self.locations[operation.location]
                state = state._replace(
                    threads=tuple(
                        self._rested(position, other._replace(asleep=None)) if other.asleep == location else other
                        for position, other in enumerate(state.threads)
                    )
                )
        return self._settled(state, number, thread)

    def _used(self, state: State, number: int, location: str) -> State:
        """The state in which the thread has used the object that the location is in, if it may be freed.

        A use after the free is a flaw even if it is ordered after it.
        """
        name = self.program.object
        if not name or location in self.program.outside:
            return state
        freed = any(state.payloads[self.payloads[name]].writes)
        return state._replace(race=name) if freed else self._touched(state, number, name, writes=False)

    def _touched(self, state: State, number: int, name: str, writes: bool) -> State:
        """A race if another thread's conflicting touch is not known to this one.

        All that a thread touches until it tells others of it has one clock: what spins comes back to the same state.
        """
        position, own = self.payloads[name], len(self.locations) + number
        payload, thread = state.payloads[position], state.threads[number]
        known = thread.current[len(self.locations) :]
        conflicting = (payload.writes, payload.reads) if writes else (payload.writes,)
        if any(clock > seen for clocks in conflicting for clock, seen in zip(clocks, known, strict=True)):
            return state._replace(race=name)
        clock = known[number]
        if told(state, number, own, clock):
            clock += 1
            thread = thread._replace(current=changed(thread.current, own, clock))
            state = state._replace(threads=changed(state.threads, number, thread))
        if writes:
            payload = payload._replace(writes=changed(payload.writes, number, clock))
        else:
            payload = payload._replace(reads=changed(payload.reads, number, clock))
        return state._replace(payloads=changed(state.payloads, position, payload))

    def _settled(self, state: State, number: int, thread: ThreadState) -> State:
        """The canonical state in which the thread has come where it is."""
        state = state._replace(threads=changed(state.threads, number, self._rested(number, thread)))
        return forgotten(state) if self.forgets else state

    def _rested(self, number: int, thread: ThreadState) -> ThreadState:
        """The thread without its views, if it is finished."""
        over = thread.asleep is None and self.operation(number, thread.local) is None
        return ThreadState(thread.local) if over and self.forgets else thread

    def sentence(self, step: Step) -> str:
        """A step in words."""
        name, operation = self.names[step.thread], step.operation
        match operation:
            case Access(location):
                site = operation.failure if step.written is NOTHING else operation.success
                if step.read is NOTHING:
                    return f"{name} uses {location} ({self._named(site)})"
                said = f"reads {shown(step.read)} from {location}"
                if step.written is not NOTHING:
                    said += f" and writes {shown(step.written)}"
                return f"{name} {said} ({self._named(site)})"
            case Write(location, value, site):
                return f"{name} writes {shown(value)} to {location} ({self._named(site)})"
            case Fence(site):
                return f"{name} fences ({self._named(site)})"
            case Touch(payloads, writes):
                freed = payloads == (self.program.object,) and writes
                return f"{name} {'frees' if freed else 'writes' if writes else 'reads'} {', '.join(payloads)}"
            case Sleep(location, effect):
                asleep, _local = effect(step.read)
                return f"{name} finds {shown(step.read)} in {location} and {'sleeps' if asleep else 'does not sleep'}"
            case Wake(location):
                return f"{name} wakes who sleeps on {location}"

    def _named(self, site: Any) -> str:
        ordering = self.ordering(site)
        return f"{site}: {ordering}" if isinstance(site, str) else str(ordering)


def shown(value: Value) -> str:
    """A value in words: of a tuple with names, the fields that are not zero."""
    if not hasattr(value, "_fields"):
        return str(value)
    return ", ".join(f"{name} {part}" for name, part in zip(value._fields, value, strict=True) if part) or "0"
