"""A ticket for a unit: whoever adds or takes the unit of a task does so in the same step as the ticket moves.

So however often a step is tried, and whatever comes between, a unit is taken away once for each time it was added.
"""

from collections.abc import Iterator


class Ticket:
    """What goes along with a step of the counter. This one is free: it allows every step, and nothing moves."""

    __slots__ = ()

    def allows(self, delta: int) -> bool:
        """Whether the step may be made, at this moment."""
        return True

    def around(self, step: Iterator[object], delta: int) -> tuple[Iterator[object], ...]:
        """The stages to run for a step: the first refuses it with a ValueError, those after it cannot fail."""
        return (step,)


#: For steps that anybody may make.
FREE = Ticket()


class TaskTicket(Ticket):
    """The ticket of one task: there is one while the task has its unit. It is given with +1, and taken with -1."""

    __slots__ = ("there",)

    def __init__(self) -> None:
        """The task has no unit yet."""
        self.there: list[None] = []

    def allows(self, delta: int) -> bool:
        """Whether it is there to be taken."""
        return delta > 0 or bool(self.there)

    def around(self, step: Iterator[object], delta: int) -> tuple[Iterator[object], ...]:
        """It is given with the step; or looked for before it, and taken with it."""
        if delta > 0:
            return step, map(self.there.append, (None,))
        return map(self.there.index, (None,)), step, map(self.there.pop, (-1,))
