"""The client program of an export: which calls each thread makes, and when it may start, for a lifted protocol.

The calls are the protocol's own `begin`, evaluated. When a thread may start is a formula over what the explorer looks
at: of each other thread, whether it has started, how many calls it has completed, whether it has finished, and whether
it can step.
"""

from typing import Any

import z3

from waitgroup_proofs.exports import Untranslatable
from waitgroup_proofs.exports.leaves import Leaf
from waitgroup_proofs.exports.lifted import Lifted
from waitgroup_spec.explorer.system import System
from waitgroup_spec.scenarios import After, Client, Scenario, Turn, When


class Program:
    """A scenario under a lifted protocol. Threads are numbered from 0, as their names are."""

    def __init__(self, lifted: Lifted, scenario: Scenario) -> None:
        """Raises Untranslatable, also where the protocol does not know one of the calls."""
        if repeating := [client.name for client in scenario.clients if client.repeats]:
            raise Untranslatable(f"{repeating[0]} repeats its calls for ever: only bounded programs are exported")
        self.lifted = lifted
        self.scenario = scenario
        self.names = scenario.thread_names
        if len(set(self.names)) < len(self.names):
            raise Untranslatable(f"two threads have one name: {', '.join(self.names)}")
        self.clients = [client for client in scenario.clients for _ in range(client.threads)]
        try:
            System(lifted.protocol, scenario)
            self.calls = {client: [self.begin(call) for call in client.calls] for client in scenario.clients}
        except ValueError as error:
            raise Untranslatable(f"{lifted.protocol.name} cannot run {scenario.name}: {error}") from error
        self.shared = lifted.part("shared", lifted.protocol.initial(scenario.units))

    def threads_of(self, client: Client) -> list[int]:
        """The threads of a client."""
        return [i for i, one in enumerate(self.clients) if one is client]

    def begin(self, call: Any) -> dict[Leaf, Any]:
        """The thread that begins a call, leaf by leaf."""
        return self.lifted.part("thread", self.lifted.protocol.begin(call))

    def others(self, i: int) -> list[int]:
        """All threads but one."""
        return [j for j in range(len(self.clients)) if j != i]

    def may_start(self, i: int) -> Any:
        """When thread `i`, which is not started at once and has not started yet, may start: a Z3 Boolean."""
        start = self.clients[i].start
        if isinstance(start, After):
            starters = [j for j, client in enumerate(self.clients) if client.name == start.client]
            return z3.Or([calls(j) >= start.calls for j in starters])
        if start is When.RETURNED:
            return z3.And([z3.Implies(is_("started", j), is_("finished", j)) for j in self.others(i)])
        if start is When.QUIESCENT:
            return self.quiescent(i)
        if isinstance(start, Turn):
            starts = enumerate(client.start for client in self.clients)
            turns = [(is_("started", j), other.number) for j, other in starts if isinstance(other, Turn)]
            together = z3.Or([started for started, number in turns if number == start.number])
            come = z3.And([started for started, number in turns if number < start.number])
            return z3.Or(together, z3.And(come, self.quiescent(i)))
        raise Untranslatable(f"a thread that starts {start}")

    def quiescent(self, i: int) -> Any:
        """No other thread can step, and none that has been started by another one is yet to take its first step."""
        still = [z3.Not(z3.And(is_("started", j), is_("can", j))) for j in self.others(i)]
        due = [j for j in self.others(i) if isinstance(self.clients[j].start, After)]
        return z3.And(still + [z3.Or(is_("started", j), z3.Not(is_("open", j))) for j in due])

    @property
    def gated(self) -> list[int]:
        """The threads that do not start at once; first those of which others ask whether they may start."""
        found = [i for i, client in enumerate(self.clients) if client.start is not When.AT_ONCE]
        return sorted(found, key=lambda i: not isinstance(self.clients[i].start, After))

    @property
    def most_calls(self) -> int:
        """How many calls the busiest thread makes."""
        return max(len(client.calls) for client in self.clients)


def is_(what: str, thread: int) -> Any:
    """Whether a thread has `started` or `finished`, whether it `can` step, whether it is `open`: may start, or has."""
    return z3.Bool(f"{what} {thread}")


def calls(thread: int) -> Any:
    """How many calls a thread has completed."""
    return z3.Int(f"call {thread}")
