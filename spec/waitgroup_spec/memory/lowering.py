"""A protocol of `waitgroup_spec.protocols` under the memory model: the same text, nothing written twice.

An action of a protocol is one atomic operation already. What the memory model has to know besides is its *footprint*:
which field of the shared state it is an operation on, and of which kind. The action then runs on a shared state that
holds, in this one field, the value that was read; fields that are other actions' hold something that cannot be computed
with, so that a wrong footprint is an error and not a wrong answer. Sites have the names of the actions.
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


class Footprint(NamedTuple):
    """An operation on one field of the shared state; `failure` is the ordering of a swap that fails."""

    field: str
    kind: Kind
    failure: Site = RELAXED


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


class Caller(NamedTuple):
    """Where a thread stands: touches left before its call, the call once it has begun, touches left after it."""

    before: tuple[model.Touch, ...]
    thread: Any
    after: tuple[model.Touch, ...]


class Lowered:
    """A protocol's actions as operations on memory."""

    def __init__(self, protocol: Protocol, footprints: Mapping[str, Footprint], units: int) -> None:
        """`units` are outstanding from the start. Raises ValueError unless each action has a footprint."""
        if set(footprints) != set(protocol.actions):
            raise ValueError(f"footprints of {sorted(footprints)}, actions {sorted(protocol.actions)}")
        self.protocol = protocol
        self.footprints = footprints
        initial = protocol.initial(units)
        fields = {footprint.field for footprint in footprints.values()}
        #: The locations with their first values.
        self.locations: dict[str, Value] = {field: getattr(initial, field) for field in sorted(fields)}
        self.nothing = Elsewhere()
        self.elsewhere = initial._replace(**dict.fromkeys(fields, self.nothing))

    def caller(
        self, call: Call, before: Sequence[str] = (), after: Sequence[str] = ()
    ) -> tuple[Local, Callable[[Any], Operation | None]]:
        """A thread that writes some payloads, makes a call, and reads some payloads."""
        writes = tuple(model.Touch(payload, True, None) for payload in before)
        reads = tuple(model.Touch(payload, False, None) for payload in after)
        return Caller(writes, self.protocol.begin(call), reads), self.operation

    def operation(self, caller: Caller) -> Operation | None:
        """What the thread does next."""
        if caller.before:
            return caller.before[0]._replace(then=caller._replace(before=caller.before[1:]))
        actions = self.protocol.at(caller.thread.place)
        if actions:
            (action,) = actions
            return self.lowered(action, caller)
        if caller.after:
            return caller.after[0]._replace(then=caller._replace(after=caller.after[1:]))
        return None

    def lowered(self, action: Action, caller: Caller) -> Operation:
        """The action as an operation."""
        field, kind, failure = self.footprints[action.name]

        def effect(value: Value) -> tuple[Value, Local] | None:
            shared = self.elsewhere._replace(**{field: value})
            if not action.guard(shared, caller.thread):
                return None
            after, thread = action.effect(shared, caller.thread)
            new = getattr(after, field)
            self.check(action, kind, shared, after)
            then: Local = caller._replace(thread=thread)
            if self.protocol.halted(after):
                outcome = self.protocol.outcome(after)
                then = Failed(self.protocol.legend.get(outcome, outcome))
            return (NOTHING if kind is Kind.LOAD or (kind is Kind.SWAP and new == value) else new), then

        if kind is Kind.STORE:
            written = effect(self.nothing)
            assert written is not None, "a store is always enabled"
            return model.Write(field, written[0], action.name, written[1])
        return model.Access(field, action.name, action.name if kind is Kind.LOAD else failure, effect)

    def check(self, action: Action, kind: Kind, before: Any, after: Any) -> None:
        """Raises ValueError if an action writes what its footprint does not say."""
        own = self.footprints[action.name].field
        if any(
            getattr(after, field) is not getattr(before, field)
            for field in self.locations
            if field != own or kind is Kind.LOAD
        ):
            raise ValueError(f"{action.name} writes more than its footprint says")
