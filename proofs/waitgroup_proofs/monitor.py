"""Online monitors: does what was observed of a run have an explanation in a protocol of the spec?

A monitor keeps the set of all configurations of a protocol that explain the run so far: its shared state, and a thread
for each call under way. Nothing left means that the run has no explanation. The same class tracks two protocols:

* the *contract*, of which only invocations, responses and quiescence are seen: every step is silent and may have
  happened at any moment between (a Wing-Gong search, done online);
* `strict`, of which the word is seen after every step: only the thread that stepped can have moved, at most one of its
  moves can have changed the shared state, and the result must show the word that was seen.

The rule for blocked calls: linearizability alone never constrains a call that has not returned. A blocked call is
legitimate only if in some explanation it cannot step either. Where nobody can run, a wait has been registered; both
are asked when the run is quiescent.

Sets of configurations are numbered, and every question about a number is answered once for all runs.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from waitgroup_proofs.scheduler.digests import Digests, Part
from waitgroup_spec import contract
from waitgroup_spec.protocol import Call, Protocol, Result


class Configuration(NamedTuple):
    """One explanation: the protocol's shared state, and its thread for each controlled thread (None: not in a call)."""

    shared: Any
    threads: tuple[Any, ...]


Configurations = frozenset[Configuration]


class Monitor:
    """The explanations of one protocol; a set of them is a number, and 0 is the empty set: no explanation."""

    def __init__(self, protocol: Protocol) -> None:
        """Nothing observed yet."""
        self.protocol = protocol
        self.sets: list[Configurations] = [frozenset()]
        self.numbers: dict[Configurations, int] = {frozenset(): 0}
        self.answers: dict[tuple[Any, ...], int] = {}
        self.digests = Digests()
        self.looks: dict[tuple[int, int], bytes] = {}

    def initial(self, units: int, threads: int) -> int:
        """Before anything is called, with `units` of outstanding work."""
        return self._number([Configuration(self.protocol.initial(units), (None,) * threads)])

    def _number(self, configurations: Iterable[Configuration]) -> int:
        found = frozenset(configurations)
        if found not in self.numbers:
            self.numbers[found] = len(self.sets)
            self.sets.append(found)
        return self.numbers[found]

    def _answer(self, question: tuple[Any, ...], compute: Callable[[], Iterable[Configuration]]) -> int:
        if question not in self.answers:
            self.answers[question] = self._number(compute())
        return self.answers[question]

    def invoke(self, number: int, thread: int, call: Call) -> int:
        """Thread `thread` enters `call`."""
        return self._answer(
            ("invoke", number, thread, call),
            lambda: (replaced(c, thread, self.protocol.begin(call)) for c in self.sets[number]),
        )

    def respond(self, number: int, thread: int, result: Result) -> int:
        """The call of `thread` returns `result`; before that, anything silent may have happened."""
        return self._answer(
            ("respond", number, thread, result),
            lambda: (
                replaced(c, thread, None) for c in self.silently(number, thread) if c.threads[thread].result is result
            ),
        )

    def renamed(self, number: int, order: tuple[int, ...]) -> int:
        """The same explanations with the threads in another order."""
        return self._answer(
            ("renamed", number, order),
            lambda: (c._replace(threads=tuple(c.threads[i] for i in order)) for c in self.sets[number]),
        )

    def explained(self, number: int) -> Part:
        """The explanations themselves, as a part of keys."""
        return self.digests.part(self.sets[number])

    def look(self, number: int, thread: int) -> bytes:
        """What can be told of `thread` in the explanations, whatever the threads are called."""
        look = self.looks.get((number, thread))
        if look is None:
            told = [self.digests.of((c.shared, c.threads[thread])) for c in self.sets[number]]
            look = self.looks[number, thread] = self.digests.of(tuple(sorted(told)))
        return look

    def silently(self, number: int, thread: int) -> Iterable[Configuration]:
        """What may have become of the configurations, unseen, by the time `thread` responds."""
        raise NotImplementedError

    def steps(self, configuration: Configuration, thread: int) -> list[Configuration]:
        """What one step of `thread` makes of a configuration."""
        shared, state = configuration.shared, configuration.threads[thread]
        after = (action.effect(shared, state) for action in self.protocol.enabled(shared, state))
        return [replaced(configuration, thread, moved)._replace(shared=changed) for changed, moved in after]


class ContractMonitor(Monitor):
    """Explanations in the contract."""

    def __init__(self) -> None:
        """Of the contract of the spec."""
        super().__init__(contract.contract)

    def silently(self, number: int, thread: int) -> set[Configuration]:
        """Any steps of any threads."""
        found = set(self.sets[number])
        frontier = list(found)
        for configuration in frontier:
            for mover, state in enumerate(configuration.threads):
                for following in self.steps(configuration, mover) if state is not None else ():
                    if following not in found:
                        found.add(following)
                        frontier.append(following)
        return found

    def quiescent(self, number: int, blocked: tuple[int, ...], asleep: tuple[int, ...] = ()) -> int:
        """Nobody can run: then each blocked call is a wait that is registered and has not been released.

        The calls that are `asleep` will go on when their time has come. Each of them that is a wait has been registered
        if it could be.
        """

        def legitimate(configuration: Configuration, thread: int) -> bool:
            state = configuration.threads[thread]
            registered = state.place is contract.Place.WAIT_REGISTERED
            return registered and not contract.released(configuration.shared, state)

        def settled(configuration: Configuration, thread: int) -> bool:
            state = configuration.threads[thread]
            invoked = state.place is contract.Place.WAIT_INVOKED
            return not (invoked and contract.positive(configuration.shared, state))

        return self._answer(
            ("quiescent", number, blocked, asleep),
            lambda: (
                c
                for c in self.silently(number, 0)
                if all(legitimate(c, thread) for thread in blocked) and all(settled(c, thread) for thread in asleep)
            ),
        )


class StrictMonitor(Monitor):
    """Explanations in a protocol whose shared state is observed after every step."""

    def __init__(self, protocol: Protocol, seen: Callable[[Any], Any]) -> None:
        """`seen(shared)` is what the observer would see of a shared state."""
        super().__init__(protocol)
        self.seen = seen

    def stepped(self, number: int, thread: int, observed: Any) -> int:
        """`thread` made one step in the real code, after which `observed` was seen."""
        question = ("stepped", number, thread, observed)
        return self._answer(question, lambda: self._explained(self.sets[number], thread, observed))

    def silently(self, number: int, thread: int) -> set[Configuration]:
        """Moves of `thread` that change nothing that can be seen."""
        return {
            following
            for configuration in self.sets[number]
            for following in self._explained([configuration], thread, self.seen(configuration.shared))
        }

    def _explained(self, before: Iterable[Configuration], thread: int, observed: Any) -> set[Configuration]:
        """At most one change of the shared state, and moves of `thread` that change nothing before and after it."""
        explained: set[Configuration] = set()
        frontier = [(configuration, False) for configuration in before]
        for configuration, changed in frontier:
            if self.seen(configuration.shared) == observed:
                explained.add(configuration)
            if configuration.threads[thread] is None:
                continue
            for following in self.steps(configuration, thread):
                moved = following.shared != configuration.shared
                if not (changed and moved) and (following, changed or moved) not in frontier:
                    frontier.append((following, changed or moved))
        return explained

    def quiescent(self, number: int, blocked: tuple[int, ...]) -> int:
        """Each blocked thread is blocked in the protocol too, but for a timeout or an interrupt that may come."""

        def stuck(configuration: Configuration, thread: int) -> bool:
            enabled = self.protocol.enabled(configuration.shared, configuration.threads[thread])
            return all(action.name in {"expire", "interrupt"} for action in enabled)

        return self._answer(
            ("quiescent", number, blocked),
            lambda: (c for c in self.sets[number] if all(stuck(c, thread) for thread in blocked)),
        )


def replaced(configuration: Configuration, thread: int, state: Any) -> Configuration:
    """The configuration with another state of one thread."""
    threads = configuration.threads
    return configuration._replace(threads=(*threads[:thread], state, *threads[thread + 1 :]))
