"""A program over the protocol `go`, with clocks: its states, its steps, and the races they show.

A step is one atomic action of the WaitGroup. Whatever a goroutine does by itself until its next call (accesses, `go`,
messages) belongs to the same step: accesses decide nothing, and knowledge passes only where a step, a start or a
message passes it, so nothing can tell when it was done. No race is missed by that, and far fewer orders are left.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from waitgroup_proofs.races.clocks import Clock, Edge, Operation, Rule, knows, merged, operation_of, replaced, ticked
from waitgroup_proofs.races.language import Body, Receive, Recovered, Send, Start, Touch
from waitgroup_spec.protocol import Action, Call, Result
from waitgroup_spec.protocols.go import Panic, go

#: The name under which accesses to the group itself are reported.
GROUP = "the group"
MAIN = 0
UNSTARTED = -1


class Access(NamedTuple):
    """One access; it was event number `event` of its goroutine."""

    goroutine: int
    variable: str
    write: bool
    event: int


class Race(NamedTuple):
    """Two accesses to one variable, at least one a write, of which neither happened before the other."""

    variable: str
    first: str
    second: str


class State(NamedTuple):
    """What the goroutines and the group are at, and what each of them knows.

    `positions`: the statement that each goroutine is at; `threads`: its call, or None outside calls. `channel` is what
    the messages in it carry together. `subtracted`: for each goroutine, the event in which it last took units away.
    """

    shared: Any
    positions: tuple[int, ...]
    threads: tuple[Any, ...]
    clocks: tuple[Clock, ...]
    group: Clock
    permits: tuple[Clock, ...]
    messages: int
    channel: Clock
    subtracted: Clock
    accesses: frozenset[Access]


class Step(NamedTuple):
    """What a step leads to, and what it shows.

    `race`: one that it shows, if any; `early`: a Wait returned without knowing of every done() that had been applied.
    That asks for more than those applied before the zero crossing that let it return; legal use knows no others.
    """

    action: str
    state: State
    race: Race | None
    early: bool


class Machine:
    """The transition system of one program under one rule."""

    def __init__(self, program: Mapping[str, Body], rule: Rule, folded: bool = True) -> None:
        """`program`: what each goroutine does, by name; the first one is there from the start.

        `folded`: what a goroutine does by itself is no step of its own. Raises ValueError if another than the first
        one receives.
        """
        if any(isinstance(statement, Receive) for body in [*program.values()][1:] for statement in body):
            raise ValueError("only main receives")
        self.names = tuple(program)
        self.bodies = tuple(program.values())
        self.rule = rule
        self.folded = folded
        #: The clock of whoever knows nothing.
        self.nothing: Clock = (0,) * len(program)

    def initial(self) -> Step:
        """Nothing has been done, or only what `main` does by itself before its first call."""
        count, nothing = len(self.names), self.nothing
        positions = (0, *[UNSTARTED] * (count - 1))
        threads, clocks = (None,) * count, (nothing,) * count
        draft = Draft(
            self, State(go.initial(0), positions, threads, clocks, nothing, (), 0, nothing, nothing, frozenset())
        )
        if self.folded:
            draft.proceed(MAIN)
        return draft.step("start")

    def steps(self, state: State) -> Iterator[Step]:
        """Every step that some goroutine can take; a permit is taken in as many ways as permits differ."""
        if go.halted(state.shared):
            return
        for goroutine, thread in enumerate(state.threads):
            if thread is None:
                if not self.folded and (draft := Draft(self, state)).perform(goroutine):
                    yield draft.step(self.told(state, goroutine))
                continue
            for action in go.enabled(state.shared, thread):
                permits = sorted(set(state.permits)) if action.name == "acquire" else []
                for permit in permits or [self.nothing]:
                    draft = Draft(self, state)
                    draft.act(goroutine, action, permit)
                    yield draft.step(f"{self.told(state, goroutine)}: {action.name}")

    def told(self, state: State, goroutine: int) -> str:
        """A goroutine, and the statement that it is at."""
        return f"{self.names[goroutine]}: {self.bodies[goroutine][state.positions[goroutine]]}"


class Draft:
    """A copy of a state in which one step is being taken."""

    def __init__(self, machine: Machine, state: State) -> None:
        """A draft that is still equal to `state`."""
        self.machine = machine
        self.shared = state.shared
        self.positions = list(state.positions)
        self.threads = list(state.threads)
        self.clocks = list(state.clocks)
        self.group = state.group
        self.permits = list(state.permits)
        self.messages = state.messages
        self.channel = state.channel
        self.subtracted = state.subtracted
        self.accesses = state.accesses
        self.race: Race | None = None
        self.early = False

    def step(self, action: str) -> Step:
        """What the draft has become. What a goroutine knew that has ended is forgotten: nobody will ask."""
        ended = (position == len(body) for position, body in zip(self.positions, self.machine.bodies, strict=True))
        clocks = (self.machine.nothing if over else clock for over, clock in zip(ended, self.clocks, strict=True))
        state = State(
            self.shared,
            tuple(self.positions),
            tuple(self.threads),
            tuple(clocks),
            self.group,
            tuple(sorted(self.permits)),
            self.messages,
            self.channel,
            self.subtracted,
            self.accesses,
        )
        return Step(action, state, self.race, self.early)

    def act(self, goroutine: int, action: Action, permit: Clock) -> None:
        """A goroutine takes one atomic action of its call."""
        before, thread = self.shared, self.threads[goroutine]
        self.shared, moved = action.effect(before, thread)
        self.threads[goroutine] = moved
        operation = operation_of(action.name, before, thread, self.shared, moved)
        if operation in self.machine.rule.accesses:
            self.touch(goroutine, GROUP, self.machine.rule.accesses[operation])
        if operation is Operation.SUBTRACT:
            clock = self.clocks[goroutine] = ticked(self.clocks[goroutine], goroutine)
            self.subtracted = replaced(self.subtracted, goroutine, clock[goroutine])
        self.pass_on(goroutine, self.machine.rule.edges.get(operation), permit)
        if moved.result is Result.TRUE:
            self.early = not knows(self.clocks[goroutine], self.subtracted)
        self.leave(goroutine)
        if self.machine.folded:
            self.proceed(goroutine)
            self.proceed(MAIN)

    def pass_on(self, goroutine: int, edge: Edge | None, permit: Clock) -> None:
        """Knowledge passes between a goroutine and the group."""
        own = self.clocks[goroutine]
        match edge:
            case Edge.LEARN:
                self.clocks[goroutine] = merged(own, self.group)
            case Edge.TELL:
                self.group = merged(own, self.group)
            case Edge.EXCHANGE:
                self.clocks[goroutine] = self.group = merged(own, self.group)
            case Edge.REPLACE:
                self.group = own
            case Edge.GIVE:
                self.permits.append(own)
            case Edge.TAKE if permit in self.permits:
                self.permits.remove(permit)
                self.clocks[goroutine] = merged(own, permit)

    def leave(self, goroutine: int) -> None:
        """A call that is over is left. A panic that is not recovered stays, and ends the program."""
        result = self.threads[goroutine].result
        if result is Result.PENDING:
            return
        if result is Result.PANICKED:
            statement = self.machine.bodies[goroutine][self.positions[goroutine]]
            if not isinstance(statement, Recovered) or self.shared.panic is Panic.BUBBLE:
                return
            self.shared = self.shared._replace(panic=Panic.NONE)
        self.threads[goroutine] = None
        self.positions[goroutine] += 1

    def proceed(self, goroutine: int) -> None:
        """A goroutine does all that it can do by itself, and so does whoever it starts."""
        while self.perform(goroutine):
            pass

    def perform(self, goroutine: int) -> bool:
        """A goroutine outside calls does the next statement, or enters the call; False if it cannot."""
        body, position = self.machine.bodies[goroutine], self.positions[goroutine]
        if self.threads[goroutine] is not None or position in {UNSTARTED, len(body)}:
            return False
        match body[position]:
            case Recovered(call) | (Call() as call):
                self.threads[goroutine] = go.begin(call)
                return True
            case Receive(messages) if self.messages < messages:
                return False
            case Receive():
                self.clocks[goroutine] = merged(self.clocks[goroutine], self.channel)
                self.messages, self.channel = 0, self.machine.nothing
            case Send():
                self.messages, self.channel = self.messages + 1, merged(self.clocks[goroutine], self.channel)
            case Start(name):
                started = self.machine.names.index(name)
                self.positions[started], self.clocks[started] = 0, self.clocks[goroutine]
                if self.machine.folded:
                    self.proceed(started)
            case Touch(variable, write):
                self.touch(goroutine, variable, write)
        self.positions[goroutine] += 1
        return True

    def touch(self, goroutine: int, variable: str, write: bool) -> None:
        """One more access. It races with an earlier one that it conflicts with and does not know of."""
        clock = self.clocks[goroutine] = ticked(self.clocks[goroutine], goroutine)
        access = Access(goroutine, variable, write, clock[goroutine])
        unknown = (
            other
            for other in sorted(self.accesses)
            if other.variable == variable and (other.write or write) and other.event > clock[other.goroutine]
        )
        if other := next(unknown, None):
            self.race = Race(variable, self.told(other), self.told(access))
        self.accesses |= {access}

    def told(self, access: Access) -> str:
        """An access in words."""
        return f"{self.machine.names[access.goroutine]} {'writes' if access.write else 'reads'} {access.variable}"
