"""Go's WaitGroup under the memory model, from the text of `waitgroup_spec.protocols.go`.

The counter and the waiters are one word, the semaphore is another location. The workers' units are counted before
anybody starts. Each worker writes a payload of its own before it is done, and each waiter reads all of them once it has
waited. A panic is a failure: there is no misuse here, so there must be none.
"""

from waitgroup_spec.memory.assignments import LOADS, STORES, UPDATES, Choices
from waitgroup_spec.memory.lowering import Footprint, Kind, Lowered
from waitgroup_spec.memory.ordering import Program
from waitgroup_spec.protocol import Call
from waitgroup_spec.protocols import go as text

FOOTPRINTS = {
    "apply": Footprint("word", Kind.UPDATE),
    "reload": Footprint("word", Kind.LOAD),
    "reset": Footprint("word", Kind.STORE),
    "release": Footprint("permits", Kind.UPDATE),
    "load": Footprint("word", Kind.LOAD),
    "compare_and_swap": Footprint("word", Kind.SWAP),
    "acquire": Footprint("permits", Kind.UPDATE),
    "recheck": Footprint("word", Kind.LOAD),
}

#: 4,096 assignments.
CHOICES: Choices = {
    "apply": UPDATES,
    "reload": LOADS,
    "reset": STORES,
    "release": UPDATES,
    "load": LOADS,
    "compare_and_swap": UPDATES,
    "acquire": UPDATES,
    "recheck": LOADS,
}


def go(workers: int, waiters: int) -> Program:
    """So many threads that work and are done, and so many that wait for them."""
    lowered = Lowered(text.go, FOOTPRINTS, units=workers)
    results = [f"result {number}" for number in range(1, workers + 1)]
    threads = {
        f"worker {number}": lowered.caller(Call(delta=-1), before=[result]) for number, result in enumerate(results, 1)
    }
    threads |= {f"waiter {number}": lowered.caller(Call(), after=results) for number in range(1, waiters + 1)}
    return Program(lowered.locations, tuple(results), threads)
