"""Mutants of the production source; the scheduler must refuse each, in the scenario that is named."""

from waitgroup_proofs.mutants import Mutant

CORE = "waitgroup.core"

#: The stages of a crossing, which some mutants rearrange.
COMPARED = "                    map(self._state.index, (word, generation)),\n"
RELEASED = "                    map(LockType.release, generation),\n"

PRODUCTION = (
    Mutant(
        "lost-wakeup",
        "a waiter parks although the counter has become zero",
        CORE,
        "granted = not self._join(grant, get_ident()) or park(grant, seconds)",
        "granted = (self._join(grant, get_ident()), park(grant, seconds))[1]",
        "pre-added",
    ),
    Mutant(
        "generation-bug",
        "a woken waiter believes the counter of the moment, not its generation",
        CORE,
        "or park(grant, seconds)\n",
        "or park(grant, seconds)\n"
        "                if self._state[WORD] != ZERO:\n"
        "                    park(grant, seconds)\n",
        "reuse-parked",
    ),
    Mutant(
        "wakes-next-generation",
        "the generation is released and replaced in a step of its own, after the word",
        CORE,
        "(WORD, GENERATION), (ZERO, Generation())), -1),\n" + RELEASED + "                )\n",
        "(WORD,), (ZERO,)), -1),\n                ) and self._commit(\n"
        "                    map(LockType.release, list(self._state[GENERATION])),\n"
        "                    map(setitem, (self._state,), (GENERATION,), (Generation(),)),\n"
        "                )\n",
        "reuse",
    ),
    Mutant(
        "no-wakeup",
        "a crossing releases nobody",
        CORE,
        RELEASED,
        "",
        "pre-added",
    ),
    Mutant(
        "wakes-one",
        "a crossing releases only the first waiter",
        CORE,
        "map(LockType.release, generation)",
        "map(LockType.release, tuple(generation)[:1])",
        "pre-added",
    ),
    Mutant(
        "wakes-before-it-compares",
        "a crossing that finds the word moved has released everyone all the same",
        CORE,
        COMPARED,
        RELEASED.replace("generation", "tuple(generation)") + COMPARED,
        "add-done",
    ),
    Mutant(
        "stale-queue",
        "a crossing leaves the released locks in the queue",
        CORE,
        "repeat(self._state), (WORD, GENERATION), (ZERO, Generation())",
        "repeat(self._state), (WORD,), (ZERO,)",
        "pre-added",
    ),
    Mutant(
        "crossing-keeps-word",
        "a crossing wakes everyone but leaves the word as it was",
        CORE,
        "repeat(self._state), (WORD, GENERATION), (ZERO, Generation())",
        "repeat(self._state), (GENERATION,), (Generation(),)",
        "pre-added",
    ),
    Mutant(
        "crossing-without-compare",
        "a crossing does not look whether the word has moved",
        CORE,
        COMPARED,
        "",
        "add-done",
    ),
    Mutant(
        "crossing-with-units-left",
        "any done() under waiters that has to look is taken for the last one",
        CORE,
        "last = counter + delta == 0 and waiters > 0",
        "last = waiters > 0",
        "add-done",
    ),
    Mutant(
        "waiters-push-up",
        "a waiter moves the word up, where done() does not trap, instead of down",
        CORE,
        "map(add, self._state, (-MICROSECOND,))",
        "map(add, self._state, (MICROSECOND,))",
        "pre-added",
    ),
    Mutant(
        "no-refusal",
        "a surplus done() is passed over in silence",
        CORE,
        "raise NegativeCounterError(",
        "return NegativeCounterError(",
        "surplus",
    ),
    Mutant(
        "no-retry",
        "an add whose crossing fails gives up",
        CORE,
        "            if self._cross(word, generation, ticket) if last else self._apply(delta, ticket):\n"
        "                return\n",
        "            self._cross(word, generation, ticket) if last else self._apply(delta, ticket)\n"
        "            return\n",
        "add-done",
    ),
    Mutant(
        "add-in-two-steps",
        "add(1) reads the word and stores it later",
        CORE,
        "                next(self._up)\n",
        "                self._state[WORD] = self._state[WORD] + STEP\n",
        "nested",
    ),
    Mutant(
        "done-in-two-steps",
        "done() reads the word and stores it later",
        CORE,
        "            next(self._down)\n",
        "            self._state[WORD] = self._state[WORD] - STEP\n",
        "pre-added",
    ),
    Mutant(
        "join-in-two-steps",
        "a waiter reads the word, and joins later with what it has read",
        CORE,
        "map(setitem, (after,), (0,), map(add, self._state, (-MICROSECOND,)))",
        "map(setitem, (after,), (0,), (self._state[WORD] - MICROSECOND,))",
        "pre-added",
    ),
    Mutant(
        "join-without-entry",
        "a waiter is counted but does not enter its generation",
        CORE,
        "            map(setitem, map(getitem, (self._state,), (GENERATION,)), (grant,), (owner,)),\n",
        "",
        "pre-added",
    ),
    Mutant(
        "unlocked-grant",
        "a waiter parks on a lock that is free",
        CORE,
        "        grant.acquire()\n",
        "",
        "pre-added",
    ),
    Mutant(
        "expired-waiter-stays",
        "a wait that expires takes back its count and leaves its lock behind",
        CORE,
        "            map(Generation.pop, map(getitem, (self._state,), (GENERATION,)), (grant,)),\n",
        "",
        "timeout-race",
    ),
    Mutant(
        "expired-although-granted",
        "a wait that expires answers False although it had been granted",
        CORE,
        "                    granted = not self._cancel(grant)\n",
        "                    self._cancel(grant)\n",
        "timeout-race",
    ),
    Mutant(
        "cancel-without-count",
        "a cancelled waiter leaves the queue but stays in the word",
        CORE,
        "map(add, self._state, (MICROSECOND,))",
        "self._state",
        "timeout-race",
    ),
    Mutant(
        "cancels-two",
        "a cancelled waiter takes another one out of the word with it",
        CORE,
        "map(add, self._state, (MICROSECOND,))",
        "map(add, self._state, (2 * MICROSECOND,))",
        "timeout-race",
    ),
    Mutant(
        "interrupt-leaves-waiter",
        "an exception in a parked wait leaves the waiter behind",
        CORE,
        """\
        try:
            try:
                granted = not self._join(grant, get_ident()) or park(grant, seconds)
            finally:
                if not granted:
                    granted = not self._cancel(grant)
        finally:
            if not granted:  # an exception may have come before the waiter could be cancelled
                self._cancel(grant)
""",
        """\
        granted = not self._join(grant, get_ident()) or park(grant, seconds)
        if not granted:
            granted = not self._cancel(grant)
""",
        "cancel",
    ),
)
