"""A thread of a scenario, as a fiber: how far it is in its calls, and what it has reported since its last step."""

from typing import TYPE_CHECKING

from waitgroup_proofs.scheduler.digests import digests_of
from waitgroup_proofs.scheduler.fiber import Fiber
from waitgroup_proofs.scheduler.keys import Frames
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.scenarios import After, Turn, When

if TYPE_CHECKING:
    from waitgroup_proofs.scheduler.run import Run


class Thread(Fiber):
    """The thread. Switch to it to let it go on."""

    def __init__(self, run: "Run", number: int, client: int, start: When | Turn | After) -> None:
        """Not running yet."""
        super().__init__(run.body, number, run.surroundings)
        self.client = client
        self.start_when = start
        self.starts_when_blocked = start is When.QUIESCENT or isinstance(start, Turn)
        self.started = start is When.AT_ONCE
        self.calls = 0
        self.results: tuple[Result, ...] = ()
        self.invoked = False
        self.interrupted = False
        self.finished = False
        self.events: list[Call | Result] = []
        self.target = run.bench.target
        self._frames: Frames | None = None

    @property
    def frames(self) -> Frames:
        """Where the thread stands, looked up when somebody asks: most states on the way are known already."""
        if self._frames is None:
            self._frames = Frames(self.gr_frame, self.target.files, digests_of(self.target))
        return self._frames

    def has_moved(self) -> None:
        """The thread has made a step."""
        self._frames = None
