"""One step of one thread under RC11 without load buffering, by views."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from waitgroup_spec.memory.ordering import (
    NOTHING,
    Access,
    Failed,
    Fence,
    Local,
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
)


class Step(NamedTuple):
    """What a thread did; `read` and `written` are NOTHING where it did not."""

    thread: int
    operation: Operation
    read: Value = NOTHING
    written: Value = NOTHING


class Machine:
    """A program with an ordering for each of its sites."""

    def __init__(
        self, program: Program, orderings: Mapping[str, Ordering] | None = None, same_thread_continues: bool = False
    ) -> None:
        """`same_thread_continues`: the release sequences of C++11 and C17, see `waitgroup_spec.memory`."""
        self.program = program
        self.orderings = orderings or {}
        self.same_thread_continues = same_thread_continues
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
            tuple(ThreadState(start, nothing, nothing, released) for start, _code in program.threads.values()),
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
                case Access():
                    yield from self._access(state, number, operation)
                case Write():
                    yield from self._write(state, number, operation)
                case _:
                    yield Step(number, operation), self._other(state, number, operation)

    def _access(self, state: State, number: int, operation: Access) -> Iterator[tuple[Step, State]]:
        """Every message that the thread may read; a write goes right behind it."""
        location, thread = self.locations[operation.location], state.threads[number]
        messages = state.memory[location]
        for time in range(thread.current[location], len(messages)):
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
            step = Step(number, operation, message.value, written)
            if written is NOTHING:
                yield step, self._settled(state, number, read._replace(local=local))
            elif time + 1 == len(messages) or not messages[time + 1].updates:
                after = state._replace(threads=changed(state.threads, number, read))
                yield step, self._put(after, number, location, time + 1, written, ordering, local, updates=True)

    def _write(self, state: State, number: int, operation: Write) -> Iterator[tuple[Step, State]]:
        """Every place in the modification order that is behind all the thread knows, and splits no update."""
        location, ordering = self.locations[operation.location], self.ordering(operation.ordering)
        messages = state.memory[location]
        step = Step(number, operation, written=operation.value)
        for time in range(state.threads[number].current[location] + 1, len(messages) + 1):
            if time == len(messages) or not messages[time].updates:
                yield (
                    step,
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
        if ordering.releases and self.same_thread_continues:
            released = changed(released, location, current)
        view = current if ordering.releases else released[location]
        if updates:  # the release sequences of the message that was read go on
            view = join(view, state.memory[location][time - 1].view)
        messages = changed(state.memory[location], time, Message(value, view, updates))
        state = state._replace(memory=changed(state.memory, location, messages))
        return self._settled(state, number, thread._replace(local=local, current=current, released=released))

    def _other(self, state: State, number: int, operation: Operation) -> State:
        """The state after a step that neither reads nor writes an atomic location, as far as the program can tell."""
        thread = state.threads[number]._replace(local=operation.then)  # type: ignore[union-attr]
        match operation:
            case Fence():
                ordering = self.ordering(operation.ordering)
                if ordering.acquires:
                    thread = thread._replace(current=join(thread.current, thread.pending))
                if ordering.releases:
                    thread = thread._replace(released=(thread.current,) * len(self.locations))
            case Touch():
                return self._touch(state, number, thread, operation)
            case Sleep():
                location = self.locations[operation.location]
                if state.memory[location][-1].value == operation.value:
                    thread = thread._replace(asleep=location)
            case Wake():
                location = self.locations[operation.location]
                state = state._replace(
                    threads=tuple(
                        self._rested(position, other._replace(asleep=None)) if other.asleep == location else other
                        for position, other in enumerate(state.threads)
                    )
                )
        return self._settled(state, number, thread)

    def _touch(self, state: State, number: int, thread: ThreadState, operation: Touch) -> State:
        """A race if another thread's conflicting touch is not known to this one."""
        position = self.payloads[operation.payload]
        payload, first = state.payloads[position], len(self.locations)
        known = thread.current[first:]
        conflicting = (payload.writes, payload.reads) if operation.writes else (payload.writes,)
        if any(clock > seen for clocks in conflicting for clock, seen in zip(clocks, known, strict=True)):
            return state._replace(race=operation.payload)
        clock = known[number] + 1
        if operation.writes:
            payload = payload._replace(writes=changed(payload.writes, number, clock))
        else:
            payload = payload._replace(reads=changed(payload.reads, number, clock))
        thread = thread._replace(current=changed(thread.current, first + number, clock))
        return self._settled(state._replace(payloads=changed(state.payloads, position, payload)), number, thread)

    def _settled(self, state: State, number: int, thread: ThreadState) -> State:
        """The canonical state in which the thread has come where it is."""
        return forgotten(state._replace(threads=changed(state.threads, number, self._rested(number, thread))))

    def _rested(self, number: int, thread: ThreadState) -> ThreadState:
        """The thread without its views, if it is finished."""
        over = thread.asleep is None and self.operation(number, thread.local) is None
        return ThreadState(thread.local) if over else thread

    def sentence(self, step: Step) -> str:
        """A step in words."""
        name, operation = self.names[step.thread], step.operation
        match operation:
            case Access(location):
                site = operation.failure if step.written is NOTHING else operation.success
                said = f"reads {step.read} from {location}"
                if step.written is not NOTHING:
                    said += f" and writes {step.written}"
                return f"{name} {said} ({self._named(site)})"
            case Write(location, value, site):
                return f"{name} writes {value} to {location} ({self._named(site)})"
            case Fence(site):
                return f"{name} fences ({self._named(site)})"
            case Touch(payload, writes):
                return f"{name} {'writes' if writes else 'reads'} {payload}"
            case Sleep(location, value):
                return f"{name} sleeps if {location} is {value}"
            case Wake(location):
                return f"{name} wakes who sleeps on {location}"

    def _named(self, site: Any) -> str:
        ordering = self.ordering(site)
        return f"{site}: {ordering}" if isinstance(site, str) else str(ordering)
