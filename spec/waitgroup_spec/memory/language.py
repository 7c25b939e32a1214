"""A tiny language for threads: straight lines and loops of atomic operations on named locations and registers.

A thread is a list of instructions::

    [write("data"), store("flag", 1, "publish")]
    [label("again"), load("seen", "flag", "look"), jump("again", when=lambda own: own["seen"] == 0), read("data")]

`"publish"` and `"look"` are sites: whoever runs the program says which orderings they have. A litmus test writes the
orderings themselves. Values are plain values or functions of the thread's own registers; labels and jumps take no step.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from waitgroup_spec.memory import ordering as model
from waitgroup_spec.memory.ordering import NOTHING, RELAXED, Failed, Program, Site, Value
from waitgroup_spec.memory.state import State

Registers = Mapping[str, Value]
#: A value, or a function from the thread's registers to one.
Expression = Any


class Load(NamedTuple):
    into: str
    location: str
    ordering: Site


class Store(NamedTuple):
    location: str
    value: Expression
    ordering: Site


class Update(NamedTuple):
    """A read-modify-write. `change(value, registers)` is the new value, or NOTHING to fail.

    One that fails is a load with the ordering `failure`; without one, it does not fail but blocks.
    """

    into: str
    location: str
    change: Callable[[Value, Registers], Value]
    ordering: Site
    failure: Site | None = None


class Fence(NamedTuple):
    ordering: Site


class Touch(NamedTuple):
    payloads: tuple[str, ...]
    writes: bool


class Sleep(NamedTuple):
    location: str
    value: Expression


class Wake(NamedTuple):
    location: str


class Label(NamedTuple):
    name: str


class Jump(NamedTuple):
    label: str
    when: Callable[[Registers], bool]


class Fail(NamedTuple):
    why: str


Instruction = Load | Store | Update | Fence | Touch | Sleep | Wake | Label | Jump | Fail

load, store, update, fence, label, fail = Load, Store, Update, Fence, Label, Fail
sleep_while, wake_all = Sleep, Wake


def always(_own: Registers) -> bool:
    """The condition of a jump without one."""
    return True


def jump(label: str, when: Callable[[Registers], bool] = always) -> Jump:
    """Go on behind the label, if the condition holds."""
    return Jump(label, when)


def read(payload: str) -> Touch:
    """Read a payload, not atomically."""
    return Touch((payload,), writes=False)


def write(payload: str) -> Touch:
    """Write a payload, not atomically."""
    return Touch((payload,), writes=True)


def fetch_add(into: str, location: str, delta: int, ordering: Site) -> Update:
    """Add `delta`; the register takes the value from before."""
    return Update(into, location, lambda value, _own: value + delta, ordering)


def exchange(into: str, location: str, value: Expression, ordering: Site) -> Update:
    """Write a value; the register takes the one from before."""
    return Update(into, location, lambda _value, own: evaluated(value, own), ordering)


def compare_and_swap(
    into: str, location: str, expected: Expression, desired: Expression, success: Site, failure: Site = RELAXED
) -> Update:
    """Write `desired` if the location holds `expected`, never failing spuriously; the register takes what it held."""

    def change(value: Value, own: Registers) -> Value:
        return evaluated(desired, own) if value == evaluated(expected, own) else NOTHING

    return Update(into, location, change, success, failure)


def evaluated(expression: Expression, own: Registers) -> Value:
    """The value of an expression under a thread's registers."""
    return expression(own) if callable(expression) else expression


class Local(NamedTuple):
    """Where a thread stands: the next instruction, and its registers in alphabetical order."""

    at: int
    registers: tuple[tuple[str, Value], ...] = ()


class Text:
    """The instructions of one thread as a function from where it stands to what it does next."""

    def __init__(self, instructions: Sequence[Instruction]) -> None:
        """Raises ValueError for a jump to a label that is not there exactly once."""
        self.instructions = tuple(instructions)
        labels = [instruction.name for instruction in instructions if isinstance(instruction, Label)]
        for instruction in instructions:
            if isinstance(instruction, Jump) and labels.count(instruction.label) != 1:
                raise ValueError(f"there must be one label {instruction.label}, and there are {labels}")
        self.labels = {step.name: at for at, step in enumerate(instructions) if isinstance(step, Label)}

    def settled(self, at: int, own: Registers) -> Local | Failed:
        """Where the thread stands after the labels and jumps that come next, which must not go round for ever."""
        while at < len(self.instructions):
            match self.instructions[at]:
                case Label():
                    at += 1
                case Jump(name, when):
                    at = self.labels[name] if when(own) else at + 1
                case Fail(why):
                    return Failed(why)
                case _:
                    break
        return Local(at, tuple(sorted(own.items())))

    def __call__(self, local: Local) -> model.Operation | None:
        """The next operation; None at the end of the text."""
        if local.at == len(self.instructions):
            return None
        own = dict(local.registers)
        then = partial(self.settled, local.at + 1)
        match self.instructions[local.at]:
            case Load(into, location, ordering):
                return model.Access(location, ordering, ordering, lambda value: (NOTHING, then({**own, into: value})))
            case Store(location, value, ordering):
                return model.Write(location, evaluated(value, own), ordering, then(own))
            case Update(into, location, change, success, failure):

                def effect(value: Value) -> tuple[Value, model.Local] | None:
                    new = change(value, own)
                    blocked = new is NOTHING and failure is None
                    return None if blocked else (new, then({**own, into: value}))

                return model.Access(location, success, success if failure is None else failure, effect)
            case Fence(ordering):
                return model.Fence(ordering, then(own))
            case Touch(payloads, writes):
                return model.Touch(payloads, writes, then(own))
            case Sleep(location, value):
                return model.Sleep(location, lambda newest: (newest == evaluated(value, own), then(own)))
            case Wake(location):
                return model.Wake(location, then(own))
        raise AssertionError("a thread stands at no label, jump or failure")


def program(locations: dict[str, Value], payloads: Sequence[str] = (), **threads: Sequence[Instruction]) -> Program:
    """A program of such threads, by name."""
    texts = {name: Text(instructions) for name, instructions in threads.items()}
    return Program(locations, tuple(payloads), {name: (text.settled(0, {}), text) for name, text in texts.items()})


def observed(program: Program, state: State) -> dict[str, Value]:
    """What the memory and the registers hold in the end; no two threads may use a register of the same name."""
    seen = {name: messages[-1].value for name, messages in zip(program.locations, state.memory, strict=True)}
    for thread in state.threads:
        if isinstance(thread.local, Local):
            seen.update(thread.local.registers)
    return seen
