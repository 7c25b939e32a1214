"""How long the code under test may go on without touching anything that others can see; `loops` says why."""

from typing import TypeVar

T = TypeVar("T")

#: So many rounds of loops and calls of functions may follow each other unseen: less than a second for a short loop,
#: some seconds for calls, and more than what waits for others has to do between two looks at them.
LONGEST_SILENCE = 100_000

#: The same code nests less deeply where it is not instrumented, so this says nothing about it.
TOO_DEEP = "calls nest more deeply than can be followed here"


class Patience:
    """The count, and whether it has gone too far."""

    #: The rounds and calls since a thread was last resumed, or since the beginning.
    rounds = 0
    #: Why a module was not loaded, or a group not made, even if their code has caught it.
    lost_with: Exception | None = None

    def begin(self) -> None:
        """Something else begins, or a thread goes on."""
        self.rounds, self.lost_with = 0, None

    def asked(self, made: T) -> T:
        """What was `made`, unless patience was lost meanwhile: then that is raised."""
        if self.lost_with is not None:
            raise self.lost_with
        return made


#: One thing runs at a time.
PATIENCE = Patience()
