"""The levels: the zoo, mutants of both protocols, Go itself by its documentation, and what nobody can break.

The mutants and the findings are those of the ledger; what is written here is only what a player reads, and the size of
the program. The goal of a mutant is the property that its shortest bad run violates, or that the contract explains it.
"""

from collections.abc import Iterator
from functools import cache

from waitgroup_proofs.go_findings import FINDINGS, Sight, unseen
from waitgroup_proofs.mutants import mutated
from waitgroup_proofs.mutants.engines import original_of, protocol_of
from waitgroup_proofs.mutants.protocols import PROTOCOL
from waitgroup_proofs.play.exhibits import right_exhibits, wrong_exhibits
from waitgroup_proofs.play.levels import Explained, Goal, Level, easiest
from waitgroup_spec.properties import properties_of
from waitgroup_spec.protocol import Protocol
from waitgroup_spec.protocols import go, strict
from waitgroup_spec.scenarios import SCENARIOS, Size

SLIPS_IN_GO = "Slips in Go's algorithm"
GO_ITSELF = "Go as it is"
SLIPS_IN_OURS = "Slips in strict, ours"
RIGHT = "Nobody can win"

#: Of a mutant: its name, the size of the program in which it is refused, a title and a story that do not give it away.
MUTANTS: dict[str, tuple[tuple[str, Size, str, str], ...]] = {
    SLIPS_IN_GO: (
        ("go-parks-unregistered", (1, 1), "Lost at the door", "The word moves while somebody is on the way in."),
        ("go-no-retry", (2, 1), "Too eager", "Two workers, and one waiter that takes a hint too well."),
        ("go-checks-before-adding", (1, 1), "Look, then leap", "What you saw a moment ago was true a moment ago."),
        ("go-acquires-nothing", (1, 1), "No ticket needed", "The semaphore is there. Does anybody ask it?"),
        ("go-slow-path-too-early", (2, 1), "Everybody is the last", "One of two workers is done. Is that all?"),
        ("go-store-after-releases", (1, 1), "Open first, tidy up later", "The order of two lines makes a program."),
        ("go-one-release-more", (1, 1), "One for the road", "Count the permits."),
        ("go-split-read-modify-write", (1, 1), "Half an addition", "Read here, write there, and between them: you."),
        ("go-wakes-one", (1, 2), "One bell for two", "Two waiters, and a worker that is in a hurry."),
    ),
    SLIPS_IN_OURS: (
        ("strict-zero-under-waiters", (1, 1), "Straight to zero", "The last unit is a unit like any other. Or is it?"),
        (
            "strict-expires-without-cancel",
            (1, 1),
            "Slip away",
            "The waiter has a timeout, and may lose patience.",
        ),
        ("strict-cancels-without-count", (1, 1), "Gone, but counted", "Leaving takes more than going away."),
        (
            "strict-refuses-late-waiter",
            (1, 1),
            "Too late is not wrong",
            "Somebody on the way in finds the gate open.",
        ),
        (
            "strict-swallows-interrupt",
            (1, 1),
            "Message received",
            "An exception reaches the waiter. Does it go on?",
        ),
        ("strict-no-retry", (1, 2), "A crossing that fails", "The worker means to open the gate. Keep it busy."),
        ("strict-granted-counts-twice", (1, 1), "Two ways out", "The gate opens, and at that moment time is up."),
        ("strict-believes-the-counter", (1, 2), "Believe the counter", "Zero may last for a moment only."),
    ),
}

#: What mutants do wrong that no property states, but the contract does.
EXPLAINED = {
    "strict-refuses-late-waiter": "No wait is refused while the word has room for it.",
    "strict-swallows-interrupt": "A wait returns True only if the counter has been zero while it waited.",
}

#: Of each thing that can be seen of a finding, in their order: name, title, story, and the goal that it violates.
SIGHTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "go-started-in-time",
        "Started in time",
        "Go's documentation allows an Add that starts while the counter is positive. It says nothing about how long an "
        "Add takes.",
        "An Add that has started while the counter is positive does not panic.",
    ),
    (
        "go-add-zero",
        "Add nothing",
        "Add(0) changes nothing. It still looks at what it has not changed.",
        "When every call has returned, no permit is left.",
    ),
    (
        "go-add-zero-next",
        "The sins of the fathers",
        "What is left behind meets the next generation, which is legal, and alone.",
        "The waiter of the next generation does not panic.",
    ),
    (
        "go-no-rollback",
        "Somebody else's mistake",
        "One call takes too much and panics. The program recovers; what the call has done to the word stays.",
        "No waiter is left behind when all the others have panicked.",
    ),
    (
        "go-no-rollback-done",
        "No way back",
        "The same, and this time the Done for which the waiter waits comes after all.",
        "No waiter is left behind when all the others have panicked.",
    ),
)

LOST = "Whoever has not returned waits for work that is outstanding."
#: Protocol, scenario, size, title, story, the goal's sentence, and the claim that forbids it for any number of threads.
UNWINNABLE: tuple[tuple[Protocol, str, Size, str, str, str, str], ...] = (
    (
        go.go,
        "pre-added",
        (2, 2),
        "The usual program",
        "Go's WaitGroup, used by the rules. Each slip in its algorithm is mended.",
        "When nothing can step, every call has returned, the word is zero and no permit is left.",
        "no-lost-waiters",
    ),
    (
        go.go,
        "nested",
        (2, 1),
        "An Add by the rules",
        "A worker adds a unit while it holds one, which Go allows.",
        "No call panics.",
        "no-panic",
    ),
    (
        strict.strict,
        "reuse-parked",
        (1, 2),
        "A zero that lasts for a moment",
        "The worker opens the next generation while the waiters of the last one are still asleep.",
        LOST,
        "no-lost-waiters",
    ),
    (
        strict.strict,
        "zero-delta",
        (1, 1),
        "Add nothing, again",
        "The program that broke Go, with our protocol.",
        LOST,
        "no-lost-waiters",
    ),
    (
        strict.strict,
        "surplus",
        (1, 1),
        "One done() too many",
        "One call takes what is not there. Nobody else may notice.",
        "The counter stays within 0 and 2^31 - 1.",
        "non-negative-counter",
    ),
    (
        strict.strict,
        "timeout-race",
        (1, 2),
        "Time is up",
        "A waiter loses patience while the last unit is being taken.",
        LOST,
        "no-lost-waiters",
    ),
)


@cache
def campaign() -> tuple[Level, ...]:
    """Every level, in the order in which they are played."""
    broken = (*wrong_exhibits(), *slips(SLIPS_IN_GO), *findings(), *slips(SLIPS_IN_OURS))
    return (*broken, *right(), *right_exhibits())


def slips(chapter: str) -> Iterator[Level]:
    """The mutants of one protocol."""
    mutants = {mutant.name: mutant for mutant in PROTOCOL}
    for name, size, title, story in MUTANTS[chapter]:
        mutant, scenario = mutants[name], SCENARIOS[mutants[name].killed_by](*size)
        protocol = protocol_of(mutant)
        properties = properties_of(protocol, scenario)
        said = EXPLAINED.get(name)
        goal: Goal = Explained(said) if said else easiest(protocol, scenario, properties).property
        broken = f"A mutant of {original_of(mutant).name}: {mutant.sentence}."
        text = mutated(mutant)
        yield Level(name, chapter, title, story, protocol, scenario, goal, properties, broken=broken, text=text)


def findings() -> Iterator[Level]:
    """What can be seen of Go itself."""
    seen: list[tuple[str, Sight]] = [(finding.sentence, sight) for finding in FINDINGS for sight in finding.sights]
    for (name, title, story, goal), (sentence, sight) in zip(SIGHTS, seen, strict=True):
        violated = unseen(sight)._replace(sentence=goal)
        known = properties_of(go.go, sight.program)
        yield Level(name, GO_ITSELF, title, story, sight.protocol, sight.program, violated, known, broken=sentence)


def right() -> Iterator[Level]:
    """What holds, for any number of threads."""
    for protocol, scenario, size, title, story, sentence, claim in UNWINNABLE:
        program = SCENARIOS[scenario](*size)
        properties = properties_of(protocol, program)
        goal = next(one for one in properties if one.sentence == sentence)
        name = f"{protocol.name}-{scenario}"
        yield Level(name, RIGHT, title, story, protocol, program, goal, properties, forbidden_by=claim)
