"""The explanations of a history in the contract: a Wing-Gong search, breadth first.

The search goes through the events in order and keeps every *configuration* that explains them: the counter, and which
of the open calls have not taken effect yet. A call that is answered must have taken effect by then; only then are steps
made (just in time), by it and by those that may come before it. No configuration left: no explanation.

What a call may do is asked of the contract itself (`settles`, `moved`, `blocks`). What keeps the search small:

* What a call will answer is known, so it takes effect only in that way. (A violation is then seen too early, perhaps;
  `verdicts` finds the first event at which it is one whatever comes later.)
* A step that changes nothing shared, and after which the call has its answer, is made as soon as it can be: it takes
  nothing away from anybody. So a wait is over at the first moment of its call at which the counter is zero, or is
  positive if it expired, and a refused add at the first at which it must be refused. That a wait may also be registered
  before that zero and return afterwards adds no explanation: to pass at that zero is as good. So no configuration
  remembers a generation, and none differs from another for ever because of what has been.
* Of open calls that add the same, the one that returns first takes effect first: exchanging two of them is unseen.
* A group is searched by itself; and when no call is open, only the counter is left.

A call that never returns may have taken effect or not, and may not at a quiet moment: then it is a wait, registered in
a generation that is not over. Who is blocked at two quiet moments has seen no zero between them.
"""

import time
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from waitgroup_proofs.conformance.answers import answers, blocks, moved, settles
from waitgroup_proofs.conformance.history import Event, Kind, Operation
from waitgroup_spec.protocol import Call, Result
from waitgroup_spec.word import COUNTER_MAX

#: More configurations than this at once, and the search is given up.
MOST_CONFIGURATIONS = 200_000
#: So many steps are made between two looks at the clock.
PATIENCE = 1_000


class UndecidedError(Exception):
    """The search was given up; the message says why."""


class Bound(NamedTuple):
    """When to give up: a time (of `time.monotonic`), or so many configurations."""

    deadline: float = float("inf")
    configurations: int = MOST_CONFIGURATIONS

    def keep(self, configurations: int) -> None:
        """Raise UndecidedError if there are too many, or if the time is over."""
        if configurations > self.configurations:
            raise UndecidedError(f"more than {self.configurations:,} configurations explain it so far")
        if time.monotonic() >= self.deadline:
            raise UndecidedError("the time is over")


Configuration = tuple[int, int]


class Search:
    """Explains the events of one group one by one.

    `configurations` are pairs of the counter and a set of bits: the bit of an open call is set as long as the call has
    not taken effect. Only a call that can have an effect, or will return, has a bit.
    """

    def __init__(self, units: int, operations: Sequence[Operation], events: Sequence[Event], bound: Bound) -> None:
        """Before the first of `events`, which are all of the group that are to be explained."""
        self.operations = operations
        self.events = events
        self.bound = bound
        self.configurations: set[Configuration] = {(units, 0)}
        self.bits: dict[int, int] = {}
        self.open: dict[int, None] = {}
        self.ends = {event.operation: n for n, event in enumerate(events) if event.kind is Kind.RETURN}
        self.quiets = [n for n, event in enumerate(events) if event.kind is Kind.QUIET]
        #: The calls that will return and change nothing, by what they must come to; and the adds, in order of return.
        self.settling: dict[tuple[Call, Result | None], int] = {}
        self.cleared: dict[int, int] = {}
        self.movers: dict[int, list[int]] = {}
        #: Somebody blocked at the last quiet moment is blocked at the next one.
        self.held = False

    def step(self, number: int) -> bool:
        """Go past event `number`; False if nothing explains it. Raises UndecidedError."""
        event = self.events[number]
        if event.kind is Kind.CALL:
            self.call(event.operation, number)
        elif event.kind is Kind.RETURN:
            self.answer(event.operation)
        else:
            self.quiet(number)
        self.bound.keep(len(self.configurations))
        return bool(self.configurations)

    def quiet_ahead(self, operation: int, number: int) -> bool:
        """Whether there is a quiet moment between event `number` and the return of the operation."""
        following = bisect_right(self.quiets, number)
        return following < len(self.quiets) and self.quiets[following] < self.ends.get(operation, len(self.events))

    def call(self, operation: int, number: int) -> None:
        """A call begins."""
        self.open[operation] = None
        delta = self.operations[operation].call.delta
        call, result = self.expected(operation)
        moves = bool(delta) and result is (Result.NONE if operation in self.ends else None)
        if not moves and operation not in self.ends:
            return
        bit = 1
        while bit in self.bits.values():
            bit <<= 1
        self.bits[operation] = bit
        self.configurations = {(counter, mask | bit) for counter, mask in self.configurations}
        if moves:
            assert delta is not None
            adders = sorted(
                (one for one in self.bits if one == operation or self.bits[one] in self.movers.get(delta, ())),
                key=lambda one: self.ends.get(one, len(self.events)),
            )
            self.movers[delta] = [self.bits[one] for one in adders]
        elif not self.quiet_ahead(operation, number):
            self.settle(call, result, bit)

    def expected(self, operation: int) -> tuple[Call, Result | None]:
        """What the operation must come to; what has not returned yet need not come to anything."""
        said = self.operations[operation]
        return answers(said.call, said.word) if operation in self.ends else (said.call, None)

    def settle(self, call: Call, result: Result | None, bit: int) -> None:
        """From now on a call has its answer as soon as it can."""
        self.settling[call, result] = self.settling.get((call, result), 0) | bit
        self.cleared.clear()
        self.configurations = {(counter, self.settled(counter, mask)) for counter, mask in self.configurations}

    def settled(self, counter: int, mask: int) -> int:
        """The set without those that have their answer at this counter."""
        cleared = self.cleared.get(counter)
        if cleared is None:
            cleared = 0
            for (call, result), waiting in self.settling.items():
                if settles(call, result, counter):
                    cleared |= waiting
            self.cleared[counter] = cleared
        return mask & ~cleared

    def answer(self, operation: int) -> None:
        """A call returns: it has taken effect, and others may have before it."""
        bit = self.bits.pop(operation)
        del self.open[operation]
        self.configurations = {one for one in self.reachable(bit) if not one[1] & bit}
        self.forget(bit)

    def reachable(self, bit: int = 0) -> list[Configuration]:
        """What steps can make of the configurations; none is made once the call of this bit has taken effect."""
        seen = set(self.configurations)
        found = list(seen)
        for step, (counter, mask) in enumerate(found):
            if mask & bit or not bit:
                alone = self.free(counter, mask)
                for following in self.following(counter, mask, bit if alone else 0):
                    if following not in seen:
                        seen.add(following)
                        found.append(following)
            if step % PATIENCE == 0:
                self.bound.keep(len(seen))
        return found

    def free(self, counter: int, mask: int) -> bool:
        """Whether no order of the adds that have not taken effect matters to anybody, as long as all are accepted.

        It matters to a call without its answer if that can come of a counter on the way; and at the largest counter. It
        does not matter to adds near zero: after any of them those of the others that lead to the same counter can be
        made too, the positive ones first.
        """
        if self.held:
            return False
        least = most = counter
        for delta, adds in self.movers.items():
            for bit in adds:
                if mask & bit:
                    least += min(delta, 0)
                    most += max(delta, 0)
        deltas = [call.delta or 0 for (call, _), waiting in self.settling.items() if mask & waiting]
        return most + max(0, *deltas, 0) <= COUNTER_MAX and (not deltas or least + min(0, *deltas, 0) > 0)

    def following(self, counter: int, mask: int, alone: int = 0) -> list[Configuration]:
        """What one step can make of a configuration.

        `alone`: no order matters, and it is enough to ask what becomes of the call with this bit.
        """
        found = []
        if alone:
            adding = [delta for delta, bits in self.movers.items() if alone in bits]
            if not adding:
                return []  # what it waits for is out of reach
            after = moved(adding[0], counter)
            if after is not None:
                return [(after[0], self.settled(after[0], mask & ~alone))]
        for delta, bits in self.movers.items():
            for bit in bits:
                if mask & bit:
                    after = moved(delta, counter)
                    if after is not None and not (self.held and after[1]):
                        found.append((after[0], self.settled(after[0], mask & ~bit)))
                    break
        return found

    def forget(self, bit: int) -> None:
        """A call is over."""
        adders = {delta: [one for one in bits if one != bit] for delta, bits in self.movers.items()}
        self.movers = {delta: bits for delta, bits in adders.items() if bits}
        self.settling = {ends: waiting & ~bit for ends, waiting in self.settling.items() if waiting & ~bit}
        self.cleared.clear()

    def quiet(self, number: int) -> None:
        """Nobody can run: every open call is blocked."""
        calls = {self.operations[operation].call for operation in self.open}
        self.configurations = {one for one in self.configurations if all(blocks(call, one[0]) for call in calls)}
        self.held = False
        for operation in self.open:
            if self.quiet_ahead(operation, number):
                self.held = True
            elif operation in self.bits and self.configurations:
                self.settle(*self.expected(operation), self.bits[operation])
