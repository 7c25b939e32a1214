"""Mutants of strict: the slips that a person would make who wrote it from memory."""

from waitgroup_proofs.mutants import Mutant

STRICT = "waitgroup_spec.protocols.strict"

CROSSABLE = "    if shared.counter + thread.delta == 0 and shared.waiters == thread.saved_waiters:\n"
CROSSED = "return Shared(0, 0, shared.generation + 1)"
JOINABLE = "if shared.counter >= 1 and shared.waiters < WAITERS_MAX:"
JOIN_AGAIN = "    return shared, thread._replace(place=Place.WAIT_READ)\n"
NOT_GRANTED = "    if not granted(shared, thread):\n"
GRANTED = "    return shared.generation != thread.generation\n"

#: Where a word is full, or two generations and a timeout meet: no scenario goes there. And one that nobody outside can
#: tell, because the wait may have expired before it was granted; the proof names the step and is stricter.
PROOF_ONLY = (
    Mutant(
        "strict-expires-although-granted",
        "a waiter whose timeout ends after it was granted returns False",
        STRICT,
        "    if thread.reason == Result.FALSE:\n        return shared, returned(Result.TRUE)\n",
        "",
        engine="proof",
    ),
    Mutant(
        "strict-granted-takes-another",
        "a waiter that gives up after it was granted takes one of the next generation out of the word",
        STRICT,
        NOT_GRANTED,
        "    if shared.waiters > 0:\n",
        engine="proof",
    ),
    Mutant(
        "strict-no-upper-bound",
        "an add may take the counter beyond its maximum",
        STRICT,
        "return 0 <= total <= COUNTER_MAX and",
        "return 0 <= total and",
        engine="proof",
    ),
    Mutant(
        "strict-no-waiter-limit",
        "a waiter parks although the word cannot count it",
        STRICT,
        JOINABLE,
        "if shared.counter >= 1:",
        engine="proof",
    ),
    Mutant(
        "strict-passes-when-full",
        "a waiter that cannot park takes it that the counter is zero",
        STRICT,
        JOIN_AGAIN,
        "    return shared, returned(Result.TRUE)\n",
        engine="proof",
    ),
)

EQUIVALENT = (
    Mutant(
        "strict-crosses-on-counter-alone",
        "a crossing does not look whether the waiters are the same",
        STRICT,
        CROSSABLE,
        "    if shared.counter + thread.delta == 0:\n",
        engine="",
        survives="A crossing grants whoever is parked when it happens, so it need not know how many those are.",
    ),
    Mutant(
        "strict-no-case-for-zero",
        "add(0) is applied like any other delta",
        STRICT,
        "    if thread.delta == 0:\n        return shared, returned(Result.NONE)\n",
        "",
        engine="",
        survives="Waiters are parked only while the counter is positive, so that a delta of zero is always applicable.",
    ),
)

STRICT_MUTANTS = (
    Mutant(
        "strict-zero-under-waiters",
        "the counter reaches zero without a crossing",
        STRICT,
        " and not (total == 0 and shared.waiters > 0)",
        "",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "strict-no-lower-bound",
        "an add may take more than there is",
        STRICT,
        "return 0 <= total <= COUNTER_MAX",
        "return total <= COUNTER_MAX",
        "surplus",
        "assertions",
    ),
    Mutant(
        "strict-joins-at-zero",
        "a waiter parks although nothing is outstanding",
        STRICT,
        JOINABLE,
        "if shared.waiters < WAITERS_MAX:",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "strict-same-generation",
        "a crossing forgets to grant",
        STRICT,
        CROSSED,
        "return Shared(0, 0, shared.generation)",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "strict-crossing-keeps-waiters",
        "a crossing leaves in the word the waiters that it grants",
        STRICT,
        CROSSED,
        "return Shared(0, shared.waiters, shared.generation + 1)",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "strict-wakes-ungranted",
        "a parked waiter returns without being granted",
        STRICT,
        "@strict.action(Place.WAIT_PARKED, guard=granted)",
        "@strict.action(Place.WAIT_PARKED)",
        "pre-added",
        "assertions",
    ),
    Mutant(
        "strict-cancels-without-count",
        "an expired waiter stays in the word",
        STRICT,
        "shared._replace(waiters=shared.waiters - 1), returned(thread.reason)",
        "shared, returned(thread.reason)",
        "timeout-race",
        "assertions",
    ),
    Mutant(
        "strict-expires-without-cancel",
        "a waiter whose timeout ends returns at once",
        STRICT,
        "    return shared, thread._replace(place=Place.WAIT_CANCEL, reason=Result.FALSE)\n",
        "    return shared, returned(Result.FALSE)\n",
        "timeout-race",
        "assertions",
    ),
    Mutant(
        "strict-granted-counts-twice",
        "a waiter that gives up after it was granted is taken out of the word once more",
        STRICT,
        NOT_GRANTED,
        "    if True:\n",
        "timeout-race",
        "assertions",
    ),
    Mutant(
        "strict-believes-the-counter",
        "a waiter takes it that it is granted if the counter is zero at the moment",
        STRICT,
        GRANTED,
        "    return shared.counter == 0\n",
        "reuse-open",
        "endings",
    ),
    Mutant(
        "strict-crosses-for-ever",
        "an add under waiters tries to cross although more is outstanding than it takes",
        STRICT,
        "    if shared.counter + thread.delta == 0 and shared.waiters > 0:\n",
        "    if shared.waiters > 0:\n",
        "add-done",
        "endings",
    ),
    Mutant(
        "strict-crosses-without-compare",
        "a crossing does not look whether the word has moved",
        STRICT,
        CROSSABLE,
        "    if True:\n",
        "add-done",
        "outcomes",
    ),
    Mutant(
        "strict-crosses-on-waiters-alone",
        "a crossing does not look whether more has become outstanding",
        STRICT,
        CROSSABLE,
        "    if shared.waiters == thread.saved_waiters:\n",
        "add-done",
        "outcomes",
    ),
    Mutant(
        "strict-no-retry",
        "an add whose crossing fails returns",
        STRICT,
        "    return shared, thread._replace(place=Place.ADD_READ, saved_waiters=0)\n",
        "    return shared, returned(Result.NONE)\n",
        "reuse",
        "endings",
    ),
    Mutant(
        "strict-refuses-the-last-unit",
        "an add that would have to cross is refused",
        STRICT,
        "    if shared.counter + thread.delta < 0:\n",
        "    if shared.counter + thread.delta <= 0:\n",
        "reuse",
        "endings",
    ),
    Mutant(
        "strict-refuses-late-waiter",
        "a waiter that comes too late to park is refused",
        STRICT,
        JOIN_AGAIN,
        "    return shared, returned(Result.REJECTED)\n",
        "add-done",
        "outcomes",
    ),
    Mutant(
        "strict-swallows-interrupt",
        "an interrupted waiter returns True, and its exception is lost",
        STRICT,
        "reason=Result.INTERRUPTED)",
        "reason=Result.TRUE)",
        "cancel",
        "outcomes",
    ),
    *PROOF_ONLY,
    *EQUIVALENT,
)
