"""The seventeen programs of Go's race detector tests for the WaitGroup, as data: six must race, eleven must not.

Named as in `src/runtime/race/testdata/waitgroup_test.go` of Go 1.27.3, at the sizes they have there. Sleeps are left
out: they only make an interleaving likely, and here all are explored. An element that is incremented counts as written.
"""

from collections.abc import Mapping

from waitgroup_proofs.races.language import Body, Case, Receive, Recovered, Send, Start, read, start, write
from waitgroup_spec.scenarios import DONE, WAIT, add


def elements(array: str, size: int = 3) -> tuple[str, ...]:
    """The elements of an array: each is a variable."""
    return tuple(f"{array}[{i}]" for i in range(size))


def workers(data: tuple[str, ...], name: str = "worker ") -> dict[str, Body]:
    """A worker for each element: it writes the element and is done."""
    return {f"{name}{i}": (write(element), DONE) for i, element in enumerate(data, 1)}


def written(data: tuple[str, ...]) -> Body:
    """A write to each element."""
    return tuple(map(write, data))


def generation(number: int, data: tuple[str, ...], waiter: Body, end: Body) -> dict[str, Body]:
    """A unit for each worker is added; they start, and perhaps a waiter; main waits; then `end`."""
    goroutines = workers(data, f"worker {number}.")
    if waiter:
        goroutines[f"waiter {number}"] = waiter
    return {"main": (add(len(data)), *start(*goroutines), WAIT, *end), **goroutines}


def in_turn(*programs: Mapping[str, Body]) -> dict[str, Body]:
    """One program whose `main` does what that of each one does, one after the other."""
    main = tuple(statement for program in programs for statement in program["main"])
    return {"main": main} | {name: body for program in programs for name, body in program.items() if name != "main"}


def overlapping(generations: int, size: int) -> dict[str, Body]:
    """Main starts each generation without asking whether the waiter of the one before is through."""
    arrays = [elements(f"data {number}", size) for number in range(1, generations + 1)]
    each = (generation(i, data, (WAIT, *written(data), Send()), end=()) for i, data in enumerate(arrays, 1))
    return in_turn(*each, {"main": (Receive(generations),)})


X, Y, DATA = "x", "y", elements("data")

CASES = (
    Case(
        "NoRaceWaitGroup",
        "One worker writes, and main waits.",
        racy=False,
        legal=True,
        program={"main": (add(1), Start("worker"), WAIT), "worker": (write(X), DONE)},
    ),
    Case(
        "RaceWaitGroup",
        "Two workers write the same variable: the group orders them before main, not among each other.",
        racy=True,
        legal=True,
        program={
            "main": (add(1), Start("worker 1"), add(1), Start("worker 2"), WAIT),
            "worker 1": (write(X), DONE),
            "worker 2": (write(X), DONE),
        },
    ),
    Case(
        "NoRaceWaitGroup2",
        "Main writes after it has waited for the worker that writes.",
        racy=False,
        legal=True,
        program={"main": (add(1), Start("worker"), WAIT, write(X)), "worker": (write(X), DONE)},
    ),
    Case(
        "RaceWaitGroupAsMutex",
        "A group is no lock: two goroutines wait until it is free, and then both take it.",
        racy=True,
        legal=False,
        program={
            "main": (*start("left", "right"), Receive(2)),
            "left": (WAIT, add(1), write(X), DONE, Send()),
            "right": (WAIT, add(1), write(X), DONE, Send()),
        },
    ),
    Case(
        "RaceWaitGroupWrongWait",
        "Each worker adds its own unit: main may not wait for it, and the workers write the same variable.",
        racy=True,
        legal=False,
        program={
            "main": (*start("worker 1", "worker 2"), WAIT, Receive(2)),
            "worker 1": (add(1), write(X), DONE, Send()),
            "worker 2": (add(1), write(X), DONE, Send()),
        },
    ),
    Case(
        "RaceWaitGroupWrongAdd",
        "The same without a variable: what races is the first add with the first wait.",
        racy=True,
        legal=False,
        program={
            "main": (*start("worker 1", "worker 2"), WAIT, Receive(2)),
            "worker 1": (add(1), DONE, Send()),
            "worker 2": (add(1), DONE, Send()),
        },
    ),
    Case(
        "NoRaceWaitGroupMultipleWait",
        "Three waits on an empty group.",
        racy=False,
        legal=True,
        program={
            "main": (*start("waiter 1", "waiter 2"), WAIT, Receive(2)),
            "waiter 1": (WAIT, Send()),
            "waiter 2": (WAIT, Send()),
        },
    ),
    Case(
        "NoRaceWaitGroupMultipleWait2",
        "Two workers are done and then wait like main.",
        racy=False,
        legal=True,
        program={
            "main": (add(2), *start("worker 1", "worker 2"), WAIT, Receive(2)),
            "worker 1": (DONE, WAIT, Send()),
            "worker 2": (DONE, WAIT, Send()),
        },
    ),
    Case(
        "NoRaceWaitGroupMultipleWait3",
        "Three waiters read what three workers wrote.",
        racy=False,
        legal=True,
        program={
            "main": (add(3), *start(*workers(DATA), "waiter 1", "waiter 2", "waiter 3"), Receive(3)),
            **workers(DATA),
            **{f"waiter {i}": (WAIT, *map(read, DATA), Send()) for i in (1, 2, 3)},
        },
    ),
    Case(
        "RaceWaitGroup2",
        "Two workers write the same variable; the group is used as it should be.",
        racy=True,
        legal=True,
        program={
            "main": (add(2), *start("worker 1", "worker 2"), WAIT),
            "worker 1": (write(X), DONE),
            "worker 2": (write(X), DONE),
        },
    ),
    Case(
        "NoRaceWaitGroupPanicRecover",
        "A write before a done() too many, and one after its panic has been recovered.",
        racy=False,
        legal=False,
        program={"main": (write(X), Recovered(DONE), write(X))},
    ),
    Case(
        "NoRaceWaitGroupPanicRecover2",
        "The same, but the second write is made by a goroutine that starts after the recovery.",
        racy=False,
        legal=False,
        program={
            "main": (Start("first"), Receive(1)),
            "first": (write(X), Recovered(DONE), Start("second")),
            "second": (write(X), Send()),
        },
    ),
    Case(
        "NoRaceWaitGroupTransitive",
        "Main sees what both workers wrote, not only what the last one did.",
        racy=False,
        legal=True,
        program={
            "main": (add(2), *start("worker 1", "worker 2"), WAIT, read(X), read(Y)),
            "worker 1": (write(X), DONE),
            "worker 2": (write(Y), DONE),
        },
    ),
    Case(
        "NoRaceWaitGroupReuse",
        "Three generations of workers; main writes after each.",
        racy=False,
        legal=True,
        program=in_turn(*(generation(number, DATA, waiter=(), end=written(DATA)) for number in (1, 2, 3))),
    ),
    Case(
        "NoRaceWaitGroupReuse2",
        "A second goroutine waits and writes; main goes on only when it is known to be through.",
        racy=False,
        legal=True,
        program=in_turn(
            *(
                generation(number, DATA, waiter=(WAIT, *written(DATA), Send()), end=(Receive(1), *written(DATA)))
                for number in (1, 2, 3)
            )
        ),
    ),
    Case(
        "RaceWaitGroupReuse",
        "The waiter of one generation may still be on its way when main adds the next one.",
        racy=True,
        legal=False,
        program=overlapping(generations=3, size=3),
    ),
    Case(
        "NoRaceWaitGroupConcurrentAdd",
        "Four goroutines add from zero at the same time; main waits once all have.",
        racy=False,
        legal=True,
        program={
            "main": (*start("worker 1", "worker 2", "worker 3", "worker 4"), Receive(4), WAIT),
            **{f"worker {i}": (add(1), Send(), DONE) for i in (1, 2, 3, 4)},
        },
    ),
)

#: At its full size this program has too many states to be exhausted under a rule that finds no race in it.
SMALL_REUSE = Case(
    "RaceWaitGroupReuse 2,2",
    "RaceWaitGroupReuse, reduced: two generations of two workers in the place of three of three.",
    racy=True,
    legal=False,
    program=overlapping(generations=2, size=2),
)
SMALLER_CASES = tuple(SMALL_REUSE if case.name == "RaceWaitGroupReuse" else case for case in CASES)
