"""What a module under test gets when it imports: stand-ins for what must be controlled, refusals for what cannot be.

A refusal names what was asked for. It comes when the thing is used, not when it is imported: a module may hold more
than the class under test needs.
"""

from types import SimpleNamespace
from typing import Any, NoReturn

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget, controlled
from waitgroup_proofs.scheduler.primitives import Lock, get_ident

#: As on most systems: the longest timeout that a lock takes.
TIMEOUT_MAX = 4_294_967.0

#: Modules of the standard library that do not wait. Whatever else is imported is refused. (What a target makes with
#: them that outlives a run, such as a cache, is not noticed.)
HARMLESS = frozenset(
    {
        "__future__", "abc", "collections", "collections.abc", "contextlib", "dataclasses", "enum", "functools",
        "itertools", "math", "numbers", "operator", "sys", "types", "typing", "typing_extensions", "warnings",
        "weakref",
    }
)  # fmt: skip


class Refusal:
    """Stands for something that the scheduler does not control: whoever uses it ends the run."""

    def __init__(self, name: str) -> None:
        """`name` is how the code under test calls it."""
        self._name = name

    def __getattr__(self, attribute: str) -> "Refusal":
        """Its parts are refused as well."""
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return Refusal(f"{self._name}.{attribute}")

    def __call__(self, *_arguments: object, **_keywords: object) -> NoReturn:
        """Refused, whatever the code under test would catch."""
        reason = UnsupportedTarget(f"{self._name} is not under the scheduler's control")
        fiber = controlled()
        if fiber is None:
            raise reason
        fiber.abandon(reason)

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> NoReturn:
        """No class can be made of it."""
        self()


class Module(SimpleNamespace):
    """A stand-in for a module: what it has is controlled, anything else is refused."""

    def __getattr__(self, name: str) -> Refusal:
        """What is not here."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Refusal(f"{self.__name__}.{name}")


#: By the name under which they are imported.
CONTROLLED = {
    "_thread": Module(__name__="_thread", allocate_lock=Lock, LockType=Lock, get_ident=get_ident),
    "threading": Module(__name__="threading", Lock=Lock, TIMEOUT_MAX=TIMEOUT_MAX, get_ident=get_ident),
}


def imported(name: str) -> Any:
    """The stand-in for a module; None if the real one does no harm."""
    if name in CONTROLLED:
        return CONTROLLED[name]
    return None if name in HARMLESS else Module(__name__=name)
