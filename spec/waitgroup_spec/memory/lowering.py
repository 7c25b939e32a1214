"""A protocol's text under the memory model: the actions of `waitgroup_spec.protocol`, nothing written twice.

An action of a protocol is one atomic operation already. What the memory model has to know besides is its *footprint*:
which field of the shared state it is an operation on, and of which kind. The action then runs on a shared state that
holds, in this one field, the value that was read; fields that are other actions' hold something that cannot be computed
with, so that a wrong field is an error and not a wrong answer. So is a kind that writes too little; that none says too
much, as an update would of what is a load, is left to who writes the footprint. Sites have the names of the actions.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from waitgroup_spec.memory import ordering as model
from waitgroup_spec.memory.ordering import NOTHING, RELAXED, Failed, Local, Operation, Site, Value
from waitgroup_spec.protocol import Action, Call, Protocol


class Kind(Enum):
    """What an action is to the memory."""

    LOAD = "load"
    STORE = "store"  # whatever was there before
    UPDATE = "update"  # always writes
    SWAP = "swap"  # writes only if it changes the value
    FENCE = "fence"
    SLEEP = "sleep"  # a futex: the thread sleeps if it comes to stand at an action of kind WOKEN
    WOKEN = "woken"  # what a sleeper does once it is woken; its guard and the count of wake-ups are the machine's
    WAKE = "wake"


#: Those that may write the field.
WRITES = (Kind.STORE, Kind.UPDATE, Kind.SWAP)
#: Those that read or write the field, as the program can tell.
ACCESSES = (Kind.LOAD, *WRITES)


class Footprint(NamedTuple):
    """An operation on one field of the shared state; `failure` is the ordering of a swap that fails.

    An action that stands for several operations of a program's text has a site for each: `sites(thread)`.
    """

    field: str
    kind: Kind
    failure: Site = RELAXED
    sites: Callable[[Any], str] | None = None


class Elsewhere:
    """What an action sees in a field that is not its own. To compute with it or to compare it raises TypeError."""

    def __hash__(self) -> int:
        raise TypeError("the action hashes a field that is not in its footprint")

    def __eq__(self, other: object) -> bool:
        raise TypeError("the action compares a field that is not in its footprint")

    def __bool__(self) -> bool:
        raise TypeError("the action looks at a field that is not in its footprint")

    def __getattr__(self, name: str) -> Any:
        raise TypeError(f"the action reads .{name} of a field that is not in its footprint")


class Standing(NamedTuple):
    """Where a thread stands: at which step of its script, and where in its call, if the step is one."""

    at: int
    thread: Any = None


#: What a thread does: calls, and operations that go on with the next step, whatever their `then` says.
Script = Sequence[Call | Operation]


class Lowered:
    """A protocol's actions as operations on memory."""

    def __init__(self, protocol: Protocol, footprints: Mapping[str, Footprint], units: int) -> None:
        """`units` are outstanding from the start. Raises ValueError unless each action has a footprint."""
        if set(footprints) != set(protocol.actions):
            raise ValueError(f"footprints of {sorted(footprints)}, actions {sorted(protocol.actions)}")
        self.protocol = protocol
        self.footprints = footprints
        initial = protocol.initial(units)
        fields = {footprint.field for footprint in footprints.values() if footprint.kind in ACCESSES}
        #: The locations with their first values.
        self.locations: dict[str, Value] = {field: getattr(initial, field) for field in sorted(fields)}
        self.nothing = Elsewhere()
        self.elsewhere = initial._replace(**dict.fromkeys(fields, self.nothing))

    def thread(self, script: Script) -> tuple[Local, Callable[[Any], Operation | None]]:
        """A thread that does what the script says."""

        def standing(at: int) -> Standing:
            step = script[at] if at < len(script) else None
            return Standing(at, self.protocol.begin(step) if isinstance(step, Call) else None)

        def operation(here: Standing) -> Operation | None:
            if here.at == len(script):
                return None
            step = script[here.at]
            if isinstance(step, Call):
                (action,) = self.protocol.at(here.thread.place)
                return self.lowered(action, here, standing(here.at + 1))
            return going_on(step, standing(here.at + 1))

        return standing(0), operation

    def lowered(self, action: Action, here: Standing, afterwards: Standing) -> Operation:
        """The action as an operation; `afterwards` is where the thread stands when its call is over."""
        field, kind, failure, sites = self.footprints[action.name]
        site = sites(here.thread) if sites else action.name

        def then(shared: Any, thread: Any) -> Local:
            if self.protocol.halted(shared):
                outcome = self.protocol.outcome(shared)
                return Failed(self.protocol.legend.get(outcome, outcome))
            return here._replace(thread=thread) if self.protocol.at(thread.place) else afterwards

        def effect(value: Value) -> tuple[Value, Local] | None:
            shared = self.elsewhere._replace(**{field: value})
            if not action.guard(shared, here.thread):
                return None
            after, thread = self.taken(action, shared, here.thread)
            new = getattr(after, field)
            writes = kind is Kind.UPDATE or kind is Kind.STORE or (kind is Kind.SWAP and new != value)
            return new if writes else NOTHING, then(after, thread)

        def asleep(value: Value) -> tuple[bool, Local]:
            shared = self.elsewhere._replace(**{field: value})
            after, thread = self.taken(action, shared, here.thread)
            for woken in self.protocol.at(thread.place):
                if self.footprints[woken.name].kind is Kind.WOKEN:
                    return True, then(*self.taken(woken, self.elsewhere, thread))
            return False, then(after, thread)

        match kind:
            case Kind.STORE:
                written = effect(self.nothing)
                assert written is not None, "a store is always enabled"
                return model.Write(field, written[0], site, written[1])
            case Kind.FENCE:
                return model.Fence(site, then(*self.taken(action, self.elsewhere, here.thread)))
            case Kind.SLEEP:
                return model.Sleep(field, asleep)
            case Kind.WAKE:
                return model.Wake(field, then(*self.taken(action, self.elsewhere, here.thread)))
            case _:
                return model.Access(field, site, site if kind is Kind.LOAD else failure, effect)

    def taken(self, action: Action, shared: Any, thread: Any) -> tuple[Any, Any]:
        """What the action leads to. Raises ValueError if it writes what its footprint does not say."""
        after, thread = action.effect(shared, thread)
        footprint = self.footprints[action.name]
        may = footprint.field if footprint.kind in WRITES else ""
        if any(getattr(after, field) is not getattr(shared, field) for field in self.locations if field != may):
            raise ValueError(f"{action.name} writes more than its footprint says")
        return after, thread


def going_on(operation: Operation, then: Standing) -> Operation:
    """The operation, after which the thread stands at `then`. Raises ValueError for a sleep."""
    if isinstance(operation, model.Sleep):
        raise ValueError("a script has no sleep of its own")
    if not isinstance(operation, model.Access):
        return operation._replace(then=then)
    given = operation.effect

    def effect(value: Value) -> tuple[Value, Local] | None:
        found = given(value)
        return None if found is None else (found[0], then)

    return operation._replace(effect=effect)
