"""What stands for things that the scheduler does not control, until somebody uses them.

A refusal names what was asked for. It comes when the thing is used, not when it is imported: a module may hold more
than the class under test needs.
"""

import sys
from enum import Enum
from importlib import import_module
from typing import Any, NoReturn

from waitgroup_proofs.scheduler.fiber import UnsupportedTarget, controlled

#: Classes that do nothing but say something.
Harmless = (BaseException, Enum)


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

    def __str__(self) -> str:
        """The name."""
        return self._name

    def __getitem__(self, _parameters: object) -> "Refusal":
        """A generic type of it, for annotations."""
        return self

    def __or__(self, _other: object) -> "Refusal":
        """One type or another, for annotations."""
        return self

    __ror__ = __or__

    def __call__(self, *_arguments: object, **_keywords: object) -> NoReturn:
        """Refused, whatever the code under test would catch."""
        reason = UnsupportedTarget(f"{self._name} is not under the scheduler's control")
        fiber = controlled()
        if fiber is None:
            raise reason
        fiber.abandon(reason)

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        """A class made of it can be defined, and does nothing that it needs it for."""
        return (Refused,)


class Refused:
    """The base of classes that would have one that is refused."""

    def __new__(cls, *_arguments: object, **_keywords: object) -> "Refused":
        """No instance can be made."""
        Refusal(f"a base of {cls.__name__}")()


#: What some systems do not have, and nobody has under the scheduler, where nothing forks.
ABSENT = {("os", "register_at_fork")}


class Module:
    """A stand-in for a module: what it has is controlled, constants are the real ones, anything else is refused."""

    def __init__(self, name: str, **controlled: Any) -> None:
        """`controlled` is what it has."""
        self.__name__ = name
        vars(self).update(controlled)

    def __getattr__(self, name: str) -> Any:
        """What is not here."""
        if name.startswith("__") or (self.__name__, name) in ABSENT:
            raise AttributeError(name)
        if self.__name__.partition(".")[0] in sys.stdlib_module_names:
            found = getattr(import_module(self.__name__), name, None)
            if isinstance(found, (int, float, str, Enum)) or (isinstance(found, type) and issubclass(found, Harmless)):
                return found
        return Refusal(f"{self.__name__}.{name}")
