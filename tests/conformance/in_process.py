"""A driver in this process, around any class in Python: what the kit says of it without another process."""

from collections.abc import Callable
from typing import Any

from tests.benchmarks.waitgroups import Subject
from tests.conformance.drivers.python.driver import Group, answer

from waitgroup_proofs.conformance.cases import Case
from waitgroup_proofs.conformance.conductor import Played
from waitgroup_proofs.conformance.driver import Driver
from waitgroup_proofs.conformance.kit import Asked, tried


class InProcess(Driver):
    """Answers as the driver in Python does."""

    def __init__(self, make: Callable[[], Any], largest: int = 2**31 - 1) -> None:
        """Around groups that `make()` makes; `largest`: their largest counter."""
        self.subject = Subject(make, units="counter")
        self.group = Group(self.subject, 0)
        self.largest = largest

    def ask(self, **request: object) -> dict[str, Any]:
        """Its answer."""
        if request["do"] == "create":
            self.group = Group(self.subject, int(str(request["units"])))
        said = answer(request, self.group, "in process", self.subject)
        return said | {"largest": self.largest} if request["do"] == "hello" else said

    def end(self) -> None:
        """Nothing is to be ended."""


def played(case: Case, make: Callable[[], Any], patience: float = 0.2, tries: int = 20) -> Played:
    """What the case says of a class."""
    driver = InProcess(make)
    return tried(case, driver, driver.hello(), Asked(tries, patience, 10.0))
