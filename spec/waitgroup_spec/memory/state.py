"""States of the memory model: views, messages, and the renumbering that makes equal states equal values."""

from typing import Any, NamedTuple

from waitgroup_spec.memory.ordering import Local, Value

#: What is known: of each location, up to which message; then, of each thread, how many of its touches of payloads
#: happened before. The first part is a view of the memory, the second one a vector clock; both grow in the same way.
View = tuple[int, ...]


class Message(NamedTuple):
    """One write. Its timestamp is its position in the location's modification order."""

    value: Value
    view: View  # what a read that acquires takes over
    updates: bool  # written by a read-modify-write, which read the message just before: nothing comes between


class ThreadState(NamedTuple):
    """A thread. Once it is finished, its views are empty."""

    local: Local
    current: View = ()  # what happened before its next step
    pending: View = ()  # what relaxed reads have seen released: an acquire fence makes it current
    released: tuple[View, ...] = ()  # for each location, what even a relaxed write there passes on
    asleep: int | None = None  # the location on which it sleeps


class Payload(NamedTuple):
    """For each thread, its clock at its last write and at its last read of this payload."""

    writes: View
    reads: View


class State(NamedTuple):
    """A state; `race` names the payload on which there was a race, after which nothing has a meaning."""

    memory: tuple[tuple[Message, ...], ...]
    threads: tuple[ThreadState, ...]
    payloads: tuple[Payload, ...]
    race: str = ""


def join(one: View, other: View) -> View:
    """What is known to one or the other."""
    return one if one == other else tuple(map(max, one, other))


def changed(values: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    """The tuple with another value at one position."""
    return (*values[:position], value, *values[position + 1 :])


def raised(view: View, position: int, least: int) -> View:
    """The view, knowing at least `least` at one position."""
    return view if view[position] >= least else changed(view, position, least)


def told(state: State, number: int, position: int, least: int) -> bool:
    """Whether others know, or can come to know, as much as `least` at one position of this thread's view."""
    thread = state.threads[number]
    others = [view for other in state.threads if other is not thread for view in (other.current, other.pending)]
    released = [view for other in state.threads for view in other.released]
    messages = [message.view for messages in state.memory for message in messages]
    return any(view and view[position] >= least for view in (*others, *released, *messages))


def inserted(state: State, location: int, position: int, message: Message) -> State:
    """The state with a message at `position`; later messages move up by one in every view but the new message's."""
    messages = state.memory[location]
    if position < len(messages):
        state = renumbered(state, location, lambda time: time + (time >= position))
        messages = state.memory[location]
    messages = (*messages[:position], message, *messages[position:])
    return state._replace(memory=changed(state.memory, location, messages))


def forgotten(state: State) -> State:
    """The state without the messages that no thread can read or write behind any more."""
    unfinished = [thread for thread in state.threads if thread.current]
    for location in range(len(state.memory)):
        messages = state.memory[location]
        floor = min((thread.current[location] for thread in unfinished), default=len(messages) - 1)
        if floor:
            state = state._replace(memory=changed(state.memory, location, messages[floor:]))
            state = renumbered(state, location, lambda time, floor=floor: max(0, time - floor))
    return state


def renumbered(state: State, location: int, number: Any) -> State:
    """The state with `number(timestamp)` for each timestamp of one location."""

    def view(old: View) -> View:
        return changed(old, location, number(old[location])) if old else old

    return state._replace(
        memory=tuple(
            tuple(message._replace(view=view(message.view)) for message in messages) for messages in state.memory
        ),
        threads=tuple(
            thread._replace(
                current=view(thread.current),
                pending=view(thread.pending),
                released=tuple(map(view, thread.released)),
            )
            for thread in state.threads
        ),
    )
