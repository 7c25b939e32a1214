"""A case of the kit: a client program, turn by turn, with what it is there to catch.

The program is a `Scenario` of the spec, so the explorer, the scheduler and a driver in any language run the same text.
A *turn* is what is started together: the first at once, each other when all is quiescent, which a driver can tell, for
then every call has returned or blocks. After each turn the results so far, the counter and the waiters are compared.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import After, Client, Scenario, Turn, When

#: Seconds of a timeout that is to end, of one that is not, and of a wait that only looks.
SHORT: Final = 0.05
LONG: Final = 3_600.0
LOOK: Final = 0.0
#: Seconds for which a case is held where somebody who gives up too early is to be found.
HELD: Final = 1.0


class Case(NamedTuple):
    """One case.

    `racy`: a misuse that Go may or may not notice, so that whatever it does is acceptable. `finding`: the name of what
    Go does otherwise than the contract. `timeouts`: seconds, of the waits of a client; a timed wait's are SHORT if not
    named. `tasks`: clients that a `go` of their starter starts; the last of their calls is the done() that `go` makes.
    `adds`: clients who take a unit away with `add(-1)`, and not with `done()`. `hold`: seconds that each turn lasts at
    least while somebody is blocked.
    """

    name: str
    scenario: Scenario
    flags: tuple[str, ...] = ()
    racy: bool = False
    finding: str = ""
    timeouts: Mapping[str, float] = {}
    tasks: frozenset[str] = frozenset()
    adds: frozenset[str] = frozenset()
    hold: float = 0.0


#: One step of a turn: a call, or some that one thread makes one after the other.
Step = Call | tuple[Call, ...]


class Together(NamedTuple):
    """Steps that are started together, by a thread each."""

    steps: tuple[Step, ...]


def together(*steps: Step) -> Together:
    """A turn of several threads."""
    return Together(steps)


def case(
    name: str,
    sentence: str,
    *turns: Step | Together,
    units: int = 0,
    flags: tuple[str, ...] = (),
    racy: bool = False,
    finding: str = "",
    timeouts: Mapping[str, float] | None = None,
    adds: tuple[str, ...] = (),
    hold: float = 0.0,
) -> Case:
    """A case whose turns are listed. The threads are named `thread 1`, `thread 2`, ... as they come."""
    clients: list[Client] = []
    for number, turn in enumerate(turns):
        for step in turn.steps if isinstance(turn, Together) else (turn,):
            calls = (step,) if isinstance(step, Call) else step
            start = Turn(number) if number else When.AT_ONCE
            clients.append(Client(f"thread {len(clients) + 1}", calls, start=start))
    program = Scenario(name, sentence, units, tuple(clients))
    return Case(name, program, flags, racy, finding, timeouts or {}, adds=frozenset(adds), hold=hold)


def turn_of(client: Client, scenario: Scenario) -> int:
    """The number of the turn in which the client starts, from 0. What waits until all have returned comes last."""
    if isinstance(client.start, After):
        starter = client.start.client
        return turn_of(next(other for other in scenario.clients if other.name == starter), scenario)
    if isinstance(client.start, Turn):
        return client.start.number
    if client.start is When.RETURNED:
        others = [other.start for other in scenario.clients]
        return 1 + max([0, *(start.number for start in others if isinstance(start, Turn)), When.QUIESCENT in others])
    return 1 if client.start is When.QUIESCENT else 0


def turns_of(scenario: Scenario) -> int:
    """How many there are."""
    return 1 + max(turn_of(client, scenario) for client in scenario.clients)


def up_to(scenario: Scenario, turn: int) -> Scenario:
    """The same program without what starts after this turn."""
    clients = tuple(client for client in scenario.clients if turn_of(client, scenario) <= turn)
    return scenario._replace(clients=clients)
