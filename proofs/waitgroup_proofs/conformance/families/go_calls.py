"""`go`: adds a unit, starts the task, and is done when the task has returned."""

from waitgroup_proofs.conformance.cases import Case
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import DONE, WAIT, After, Client, Scenario, Turn, add, scenario

OPENS = add(1)


def tasks(name: str, sentence: str, *clients: Client, units: int = 0) -> Case:
    """A case in which the clients that are named `task` or `task 1`, ... are started by a `go`."""
    program: Scenario = scenario(name, sentence, units, *clients)
    started = frozenset(client.name for client in clients if client.name.startswith("task"))
    return Case(name, program, ("Go",), tasks=started)


def task(name: str, starter: str, number: int, *calls: Call) -> Client:
    """What the `number`-th call of `starter`, a `go`, starts: these calls, and the done() that `go` makes."""
    return Client(name, (*calls, DONE), start=After(starter, number))


def owner(*calls: Call) -> Client:
    """Who calls `go`."""
    return Client("owner", calls)


def late(number: int, *calls: Call) -> Client:
    """A thread that starts in a later turn."""
    return Client(f"late {number}", calls, start=Turn(number))


CASES = (
    tasks("one-task", "a task that does nothing", owner(OPENS), task("task", "owner", 1)),
    tasks("one-task-and-a-wait", "its starter waits", owner(OPENS, WAIT), task("task", "owner", 1)),
    tasks(
        "three-tasks-and-a-wait",
        "for three",
        owner(OPENS, OPENS, OPENS, WAIT),
        task("task 1", "owner", 1),
        task("task 2", "owner", 2),
        task("task 3", "owner", 3),
    ),
    tasks("another-waits", "another thread waits", owner(OPENS), task("task", "owner", 1), late(1, WAIT)),
    tasks(
        "a-task-that-adds-and-is-done",
        "a task moves the counter",
        owner(OPENS, WAIT),
        task("task", "owner", 1, add(1), DONE),
    ),
    tasks(
        "a-task-that-leaves-a-unit",
        "and leaves a unit behind",
        owner(OPENS),
        task("task", "owner", 1, add(1)),
        late(1, WAIT),
        late(2, DONE),
    ),
    tasks(
        "a-task-that-starts-another",
        "a task starts another",
        owner(OPENS, WAIT),
        task("task 1", "owner", 1, OPENS),
        task("task 2", "task 1", 1),
    ),
    tasks(
        "a-task-that-starts-two",
        "or two",
        owner(OPENS, WAIT),
        task("task 1", "owner", 1, OPENS, OPENS),
        task("task 2", "task 1", 1),
        task("task 3", "task 1", 2),
    ),
    tasks(
        "a-chain-of-tasks",
        "each task starts the next",
        owner(OPENS, WAIT),
        task("task 1", "owner", 1, OPENS),
        task("task 2", "task 1", 1, OPENS),
        task("task 3", "task 2", 1),
    ),
    tasks(
        "beside-units-of-others",
        "beside a unit that is not a task's",
        owner(OPENS),
        task("task", "owner", 1),
        late(1, WAIT),
        late(2, DONE),
        units=1,
    ),
    tasks(
        "two-rounds",
        "again after the wait",
        owner(OPENS, WAIT, OPENS, WAIT),
        task("task 1", "owner", 1),
        task("task 2", "owner", 3),
    ),
    tasks(
        "a-wait-beside-a-task-that-does-not-end",
        "a wait does not miss it",
        owner(OPENS, WAIT),
        task("task", "owner", 1, WAIT),
    ),
    tasks(
        "a-task-that-waits-for-a-unit-of-its-own",
        "a task that waits on the group waits for itself",
        owner(OPENS),
        task("task", "owner", 1, WAIT),
    ),
)
