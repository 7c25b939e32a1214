"""The client programs under which orderings are searched: legal ones, since misuse needs no weak memory to go wrong.

In each of them every worker writes a payload of its own before it is done, and every waiter reads all of them once it
has waited. What a program adds to that is in its sentence.
"""

from collections.abc import Callable, Sequence

from waitgroup_spec.memory.lowering import Lowered, Script
from waitgroup_spec.memory.ordering import ACQ_REL, ACQUIRE, NOTHING, RELEASE, Access, Member, Program, Touch, Write
from waitgroup_spec.memory.subjects import Subject
from waitgroup_spec.protocol import Call
from waitgroup_spec.scenarios import Size

DONE, WAIT, ADD_ONE = Call(delta=-1), Call(), Call(delta=1)

#: What the locations of a WaitGroup are in.
GROUP = "the group"


def results_of(workers: int) -> tuple[str, ...]:
    """The payloads, one for each worker."""
    return tuple(f"result {number}" for number in range(1, workers + 1))


def writes(*payloads: str) -> Touch:
    """Writes, not atomically."""
    return Touch(payloads, True, None)


def reads(*payloads: str) -> Touch:
    """Reads, not atomically."""
    return Touch(payloads, False, None)


def blocked_until(location: str, value: int) -> Access:
    """Blocked until the location holds the value; what was released with it is acquired."""
    return Access(location, ACQUIRE, ACQUIRE, lambda found: (NOTHING, None) if found == value else None)


def program(subject: Subject, size: Size, worker: Sequence[Script], waiter: Script, units: int) -> Program:
    """The scripts of each worker and of every waiter as threads of a program."""
    lowered = Lowered(subject.protocol, subject.footprints, units)
    results = results_of(size[0])
    scripts = {f"worker {number}": script for number, script in enumerate(worker, 1)}
    scripts |= {f"waiter {number}": waiter for number in range(1, size[1] + 1)}
    alike = tuple(
        Member(f"worker {number}", (result,))
        for number, result in enumerate(results, 1)
        if len(worker[number - 1]) == len(worker[-1])
    )
    waiters = tuple(Member(f"waiter {number}") for number in range(1, size[1] + 1))
    threads = {name: lowered.thread(script) for name, script in scripts.items()}
    return Program(lowered.locations, results, threads, alike=(alike, waiters))


def pre_added(subject: Subject, size: Size) -> Program:
    """The units are there before any thread starts."""
    results = results_of(size[0])
    workers: list[Script] = [(writes(one), DONE) for one in results]
    return program(subject, size, workers, (WAIT, reads(*results)), size[0])


def nested(subject: Subject, size: Size) -> Program:
    """The first worker adds a unit while it holds one, and is done twice."""
    results = results_of(size[0])
    first = (ADD_ONE, writes(results[0]), DONE, DONE)
    others = [(writes(one), DONE) for one in results[1:]]
    return program(subject, size, [first, *others], (WAIT, reads(*results)), size[0])


def started(subject: Subject, size: Size) -> Program:
    """A thread adds the units one by one and starts all others then, which is a release that they acquire."""
    results, start = results_of(size[0]), blocked_until("started", 1)
    text = program(subject, size, [(start, writes(one), DONE) for one in results], (start, WAIT, reads(*results)), 0)
    starter: Script = [*([ADD_ONE] * size[0]), Write("started", 1, RELEASE, None)]
    threads = {"starter": Lowered(subject.protocol, subject.footprints, 0).thread(starter), **text.threads}
    return text._replace(locations={**text.locations, "started": 0}, threads=threads)


def freed(subject: Subject, size: Size) -> Program:
    """Once every wait has returned, an owner frees the group."""
    results = results_of(size[0])
    leave = Access("returned", ACQ_REL, ACQ_REL, lambda before: (before + 1, None))
    waiter = (WAIT, reads(*results), leave)
    text = program(subject, size, [(writes(one), DONE) for one in results], waiter, size[0])
    owner: Script = [blocked_until("returned", size[1]), writes(GROUP)]
    threads = {**text.threads, "owner": Lowered(subject.protocol, subject.footprints, 0).thread(owner)}
    return text._replace(
        locations={**text.locations, "returned": 0},
        payloads=(*text.payloads, GROUP),
        threads=threads,
        object=GROUP,
        outside=("returned",),
    )


PROGRAMS: dict[str, Callable[[Subject, Size], Program]] = {
    "pre-added": pre_added,
    "nested": nested,
    "started": started,
    "freed": freed,
}
