"""Any program as a target: a function that may start threads, join them, and assert what it likes.

What is asked of it: no exception leaves a thread, and it comes to its end. No contract is involved.
"""

from collections.abc import Callable
from typing import Any

from greenlet import GreenletExit

from waitgroup_proofs.monitor import ContractMonitor
from waitgroup_proofs.scheduler.digests import Part
from waitgroup_proofs.scheduler.fiber import Fiber, UnsupportedTarget
from waitgroup_proofs.scheduler.loader import Loader
from waitgroup_proofs.scheduler.patience import TOO_DEEP
from waitgroup_proofs.scheduler.run import Run
from waitgroup_proofs.scheduler.scenario_thread import Thread
from waitgroup_proofs.scheduler.schedules import Violation
from waitgroup_proofs.scheduler.target import Bench, told
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.scenarios import Client, Scenario, When, add

#: One thread that does something, of which a contract says nothing.
PROGRAM = Scenario("program", "a program of its own", 0, (Client("main", (add(1),)),))


class Program:
    """The target: a function, and the instrumented modules that it is from."""

    def __init__(self, loader: Loader, function: Callable[[], object]) -> None:
        """`function` is called once in each run."""
        self.function = function
        self.lasting = loader.lasting()
        self.packages, self.files = loader.packages, loader.files
        self.lines = {str(path): text.splitlines() for path, text in loader.texts}
        self.digest = loader.digest

    def construct(self, _units: int) -> Any:
        """Nothing is there before it begins."""
        return None

    def perform(self, _instance: Any, _call: Call) -> object:
        """Run it."""
        return self.function()

    def observe(self, _instance: Any) -> tuple[int, int] | None:
        """There is no word."""
        return None

    def broken(self, _instance: Any) -> str | None:
        """Nor an invariant."""
        return None

    def line(self, position: tuple[str, int] | None) -> tuple[str, str]:
        """A position as `file:line` and the text that stands there."""
        return told(self.lines, position)


class NoContract(ContractMonitor):
    """Allows everything."""

    def initial(self, units: int, threads: int) -> int:
        """One explanation, whatever comes."""
        return 1

    def invoke(self, number: int, thread: int, call: Call) -> int:
        """Allowed."""
        return number

    def respond(self, number: int, thread: int, result: Result) -> int:
        """Allowed."""
        return number

    def renamed(self, number: int, order: tuple[int, ...]) -> int:
        """The same."""
        return number

    def explained(self, number: int) -> Part:
        """There is nothing to explain."""
        return self.digests.part(())

    def look(self, number: int, thread: int) -> bytes:
        """Nothing to tell threads apart by."""
        return b""


NO_CONTRACT = NoContract()


def bench_of(program: Program) -> Bench:
    """A bench for one run of a program, every access a step."""
    return Bench(program, PROGRAM, NO_CONTRACT, None, None)


class ProgramRun(Run):
    """A run of a program: its threads come as it starts them."""

    def __init__(self, bench: Bench) -> None:
        """Only the main thread is there."""
        super().__init__(bench._replace(contract=NO_CONTRACT))
        self.surroundings.begin = self.begin
        self.names = ["main"]
        self.bodies: list[Callable[[], object]] = []
        self.daemons = [False]

    def begin(self, thread: Any) -> Thread:
        """One more thread, started by the one that runs."""
        fiber = Thread(self, len(self.threads), 0, When.RETURNED)
        # It is made within the thread that starts it, and must hand back to the scheduler, not to that thread.
        scheduler = self.threads[0].parent
        assert scheduler is not None
        fiber.parent = scheduler
        self.threads.append(fiber)
        self.bodies.append(thread.run)
        self.daemons.append(thread.daemon)
        self.names.append(f"{len(self.bodies)}: {thread.name}")
        return fiber

    def body(self, fiber: Fiber) -> None:
        """What a thread does: no exception may leave it."""
        thread: Any = fiber
        thread.enter_call(0.0)
        work = self.bench.target.perform if thread.number == 0 else None
        try:
            if work is not None:
                work(self.instance, add(1))
            else:
                self.bodies[thread.number - 1]()
        except (GreenletExit, Violation):
            if not thread.ended:
                raise
            return
        except BaseException as error:
            if thread.ended:
                return
            if isinstance(error, RecursionError):
                raise UnsupportedTarget(TOO_DEEP) from None
            said = f": {error}" if str(error) else ""
            raise Violation(f"{self.names[thread.number]} raised {type(error).__name__}{said}") from None
        thread.finished = True

    def goes_on_wrongly(self) -> bool:
        """A program must come to its end; a daemon need not."""
        return any(not thread.finished and not self.daemons[thread.number] for thread in self.threads)

    def _may_start(self, thread: Thread) -> bool:
        return True

    def name(self, thread: Thread) -> str:
        """What the thread is called: `main`, or a number and the name that it was given."""
        return self.names[thread.number]

    def _at_rest(self) -> None:
        """Between steps: if nobody can go on, everybody must have finished."""
        if any(self._ways(thread) for thread in self.threads):
            return
        blocked = [self.name(thread) for thread in self.threads if not (thread.finished or self.daemons[thread.number])]
        if blocked:
            raise Violation(f"nobody can run, and {' and '.join(blocked)} waits for ever")
